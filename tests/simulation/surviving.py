"""What must survive a change of the programme: the oracle of the changing merchant.

It has the documents as they were published and the entries as they are stored, and none of our
domain. Lots, debts and remainders are carried over here with fractions; what a voucher promises is
what the document lapsed_too that it was issued under.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from regulars.domain.card import Card
from regulars.domain.ledger import lot_name
from regulars.domain.operations import AnyOperation, GrantTier, Issue
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused

Lots = dict[str, dict[str, int]]


class Lost(BaseException):
    """Something did not survive, or was asked for wrongly; nothing that catches errors does."""


@dataclass
class Promise:
    """A voucher: what it was issued for, what is locked in it, and what became of it."""

    reward: str
    version: int
    terms: Mapping[str, Any]
    pieces: list[tuple[str, str, int]]
    """Unit, lot and amount."""
    month: str
    expires_on: str = ""
    status: str = "issued"


@dataclass
class Sale:
    """What a sale granted, as (unit, lot, amount), and what it carried."""

    version: int
    granted: list[tuple[str, str, int]]
    carried: dict[str, int]


@dataclass
class Member:
    """What one member holds, as far as their entries go."""

    lots: Lots = field(default_factory=lambda: defaultdict(dict))
    debt: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    carry: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    reached: int = 0
    """The version up to which all was carried over."""
    rights: dict[tuple[str, str], str] = field(default_factory=dict)
    sales: dict[int, Sale] = field(default_factory=dict)
    """Sales that were not refunded."""
    gone: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By unit and lot what expired unspent: no refund asks for it."""


class Surviving:
    """All members, and all versions."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.members: dict[str, Member] = {}
        self.documents: dict[int, Mapping[str, Any]] = {1: document}
        self.steps: list[tuple[int, dict[str, tuple[str, Fraction]], list[str]]] = []
        self.vouchers: dict[str, Promise] = {}
        self.stock: Counter[str] = Counter()
        self.today = date.min

    @property
    def newest(self) -> int:
        return max(self.documents)

    @property
    def unit(self) -> str:
        """The unit of points as it is called now."""
        return str(self.documents[self.newest]["units"][0]["id"])

    def must(self, so: object, wrong: str) -> None:
        """Raise Lost with what is wrong unless it is so."""
        if not so:
            raise Lost(wrong)

    def sales_left(self) -> list[tuple[str, int]]:
        """Members and entries of sales that can be refunded."""
        return [(name, seq) for name, one in self.members.items() for seq in one.sales]

    def published(self, document: Mapping[str, Any], version: int) -> None:
        """Take in a new version and what it does to everybody."""
        old = self.documents[self.newest]
        there = {unit["id"] for unit in old["units"]}
        replaced = {}
        for unit in document["units"]:
            if (replaces := unit.get("replaces")) and replaces["unit"] in there:
                replaced[replaces["unit"]] = (unit["id"], Fraction(replaces["rate"]))
        rules = {rule["id"] for rule in document["earn"]}
        dropped = [rule["id"] for rule in old["earn"] if rule["id"] not in rules]
        self.documents[version] = document
        if replaced or dropped:
            self.steps.append((version, replaced, dropped))

    # Entries

    def written(
        self, name: str, operation: AnyOperation, text: str | None, after: Card, today: date
    ) -> None:
        """Take in what an operation did, and hold the state after it against it."""
        member = self.members.setdefault(name, Member())
        if text is not None:
            entry = json.loads(text)
            over = [at for at, *_ in self.steps if entry["prog"] < at <= member.reached]
            self.must(not over, f"booked by a version from before {over}")
            self._carry_over(member, entry["prog"], today)
            self._entry(member, entry, after, today)
        lots = {unit: {k: n for k, n in each.items() if n} for unit, each in member.lots.items()}
        held = {unit: {lot_name(*it.key): it.amount for it in each}
                for unit, each in after.lots.items()}  # fmt: skip
        self.must(held == {u: each for u, each in lots.items() if each}, f"holds {held}: {lots}")
        debt = {unit: owed for unit, owed in member.debt.items() if owed}
        self.must(dict(after.debt) == debt, f"owes {dict(after.debt)}, not {debt}")
        carry = {rule: left for rule, left in member.carry.items() if left}
        self.must(dict(after.carry) == carry, f"carries {dict(after.carry)}, not {carry}")
        if isinstance(operation, GrantTier):
            facts = json.loads(text or "{}")["facts"]
            member.rights[facts["tier"], facts["by"]] = facts["until"]

    def _entry(self, member: Member, entry: dict[str, Any], after: Card, today: date) -> None:
        facts, granted = entry["facts"], []
        returned: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
        locked: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
        taken: Counter[str] = Counter()
        before = {unit: dict(lots) for unit, lots in member.lots.items()}
        for unit, amount, lot, _, why in entry["lines"]:
            kind = why["k"]
            if kind in {"replaced", "ended"}:
                continue
            if lot == "debt":
                member.debt[unit] -= amount
            else:
                member.lots[unit][lot] = member.lots[unit].get(lot, 0) + amount
            if kind in {"visit", "spend"}:
                granted.append((unit, lot, amount))
            elif kind == "reward":
                locked[why["v"]].append((unit, lot, -amount))
            elif kind == "returned":
                returned[why["v"]].append((unit, lot, amount))
            elif kind == "refund":
                taken[unit] -= amount
            elif kind == "expired":
                member.gone[unit, lot] -= amount
        for voucher in facts.get("vouchers", ()):
            self._promised(voucher, entry["prog"], locked[voucher], after, today)
        for voucher in facts.get("returned", ()):
            self._given_back(voucher, entry["prog"], returned[voucher])
        if entry["kind"] == "redeem":
            self.vouchers[facts["voucher"]].status = "redeemed"
        if entry["kind"] == "earn":
            carry = facts.get("carry", {})
            member.sales[entry["seq"]] = Sale(entry["prog"], granted, carry)
            for rule, moved in carry.items():
                member.carry[rule] += moved
        if entry["kind"] == "reverse":
            self._refunded(member, entry, taken, before, today)

    def _promised(
        self, voucher: str, version: int, pieces: list[tuple[str, str, int]], after: Card,
        today: date,
    ) -> None:  # fmt: skip
        reward = after.open[voucher].reward_id
        (terms,) = (it for it in self.documents[version]["rewards"] if it["id"] == reward)
        month, until = today.isoformat()[:7], after.open[voucher].expires_on
        self.vouchers[voucher] = Promise(reward, version, terms, pieces, month, until)
        self.stock[reward] += "stock" in terms

    def _given_back(self, voucher: str, version: int, got: list[tuple[str, str, int]]) -> None:
        promise = self.vouchers[voucher]
        promise.status = "returned"
        self.stock[promise.reward] -= "stock" in promise.terms
        expected = []
        for unit, lot, amount in promise.pieces:
            now, left = self._mapped(unit, amount, promise.version, version)
            if left:
                expected.append((now, lot, left))
        self.must(sorted(got) == sorted(expected), f"gave back {got}, not {expected}")

    def _refunded(
        self, member: Member, entry: dict[str, Any], taken: Counter[str], before: Lots, today: date
    ) -> None:
        """What a whole refund takes: each grant, less what expired in the lot it went into."""
        sale = member.sales.pop(entry["facts"]["reverses"])
        version, until = sale.version, entry["prog"]
        expected: Counter[str] = Counter()
        lapsed: Counter[str] = Counter()
        forgotten = False
        for granted in {unit for unit, *_ in sale.granted}:
            due = [(lot, self._mapped(granted, amount, version, until)[1])
                   for unit, lot, amount in sale.granted if unit == granted]  # fmt: skip
            unit = self._mapped(granted, 0, version, until)[0]
            whole = sum(amount for _, amount in due)
            for lot, amount in due:
                if lot == "debt":
                    continue
                rest = whole - min(amount, before.get(unit, {}).get(lot, 0))
                lapse = min(amount, rest, member.gone[unit, lot])
                member.gone[unit, lot] -= lapse
                lapsed[unit] += lapse
                forgotten |= bool(lot[:10]) and (today - date.fromisoformat(lot[:10])).days > 400
            expected[unit] += whole
        lapsed_too = Counter(entry["facts"].get("lapsed", {}))
        self.must(forgotten or +lapsed_too == +lapsed, f"{lapsed_too} had expired, not {lapsed}")
        taken.update(lapsed_too)
        self.must(+taken == +expected, f"took back {taken}, not {expected}")
        for rule, moved in sale.carried.items():
            gone = [at for at, _, rules in self.steps if version < at <= until and rule in rules]
            if not gone:
                member.carry[rule] -= moved

    # Carried over

    def _carry_over(self, member: Member, version: int, today: date) -> None:
        for at, replaced, dropped in self.steps:
            if not member.reached < at <= version:
                continue
            for old, (new, rate) in replaced.items():
                for lot, amount in member.lots.pop(old, {}).items():
                    there = member.lots[new]
                    there[lot] = there.get(lot, 0) + int(amount * rate)
                member.debt[new] += int(member.debt.pop(old, 0) * rate)
                for unit, lot in [it for it in member.gone if it[0] == old]:
                    member.gone[new, lot] += int(member.gone.pop((unit, lot)) * rate)
            for rule in dropped:
                member.carry.pop(rule, None)
        member.reached = max(member.reached, version)
        for unit in list(member.debt):
            if self._is_over(unit, version, today):
                member.debt.pop(unit)

    def _mapped(self, unit: str, amount: int, version: int, until: int) -> tuple[str, int]:
        for at, replaced, _ in self.steps:
            if version < at <= until and unit in replaced:
                unit, rate = replaced[unit]
                amount = int(amount * rate)
        return unit, amount

    def _is_over(self, unit: str, version: int, today: date) -> bool:
        ends = {it["id"]: it.get("ends_on") for it in self.documents[version]["units"]}
        return bool(ends.get(unit)) and ends[unit] < today.isoformat()

    def _now(self, name: str, today: date) -> Member:
        """A member as carried over to the newest version."""
        member = self.members[name]
        now = Member(reached=member.reached)
        for unit, lots in member.lots.items():
            now.lots[unit] = dict(lots)
        now.debt.update(member.debt)
        now.carry.update(member.carry)
        now.rights = {right: until for right, until in member.rights.items()
                      if not until or until >= today.isoformat()}  # fmt: skip
        self._carry_over(now, self.newest, today)
        return now

    def _valid(self, member: Member, unit: str, today: date) -> int:
        if self._is_over(unit, self.newest, today):
            return 0
        return sum(n for lot, n in member.lots[unit].items()
                   if not lot[:10] or lot[:10] >= today.isoformat())  # fmt: skip

    def _open_of(self, name: str) -> dict[str, Promise]:
        return {it: self.vouchers[it] for it in self.held[name] if it in self.vouchers}

    held: Mapping[str, tuple[str, ...]] = {}
    """By member the vouchers that are open; set by `now_is`."""

    # What is shown

    def seen(self, name: str, view: Mapping[str, Any], today: date) -> None:
        """Balances, vouchers and tier of a card as it is shown."""
        now = self._now(name, today)
        for unit, shown in view["balances"].items():
            had = (self._valid(now, unit, today), now.debt.get(unit, 0))
            found = (shown["available"] + shown["pending"], shown["debt"])
            self.must(found == had, f"{name} is shown {found} of {unit}, not {had}")
        for voucher in view["vouchers"]:
            self._as_promised(voucher)
        tiers = [tier["id"] for tier in self.documents[self.newest]["tiers"]]
        best = max((tiers.index(it) for it, _ in now.rights if it in tiers), default=-1)
        shown_tier = (view["tier"] or {}).get("id")
        expected = tiers[best] if best >= 0 else None
        self.must(shown_tier == expected, f"{name} is shown in {shown_tier}, not {expected}")

    def voucher_seen(self, view: Mapping[str, Any]) -> None:
        """A voucher by itself: its promise, and what it cost as it counts now."""
        self._as_promised(view)
        promise = self.vouchers[view["voucher_id"]]
        cost = 0
        for unit, _, amount in promise.pieces:
            now, left = self._mapped(unit, amount, promise.version, self.newest)
            self.must(view["cost"]["unit"] == now, "the cost is in another unit")
            cost += left
        self.must(view["cost"]["amount"] == cost, "another cost")

    def _as_promised(self, view: Mapping[str, Any]) -> None:
        terms = self.vouchers[view["voucher_id"]].terms
        promised = (terms["name"], terms.get("kind", "item"), terms.get("percent"),
                    list(terms.get("conditions", ())))  # fmt: skip
        shown = (view["name"], view["kind"], view["percent"], view["conditions"])
        self.must(shown == promised, f"the voucher is for {shown}, not {promised}")

    # What is asked and refused

    def now_is(self, today: date, cards: Mapping[str, Card]) -> None:
        """Set the day, and which vouchers are open."""
        self.today = today
        self.held = {name: tuple(card.open) for name, card in cards.items()}

    def losses(self, new: Mapping[str, Any]) -> dict[tuple[str, str], tuple[int, int]]:
        """What publishing must ask about: members and amount by kind and id."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for name in self.members:
            for key, amount in self._losses_of(name, new).items():
                members, total = found.get(key, (0, 0))
                found[key] = (members + 1, total + amount)
        return found

    def _losses_of(self, name: str, new: Mapping[str, Any]) -> dict[tuple[str, str], int]:
        now, old, today = self._now(name, self.today), self.documents[self.newest], self.today
        lost: Counter[tuple[str, str]] = Counter()
        tiers = {tier["id"] for tier in new["tiers"]}
        for tier, _ in now.rights:
            if tier not in tiers and tier in {it["id"] for it in old["tiers"]}:
                lost["right", tier] += 1
        units = {unit["id"]: unit for unit in new["units"]}
        rates = {it["replaces"]["unit"]: it["replaces"]["rate"] for it in units.values()
                 if "replaces" in it}  # fmt: skip
        locked: Counter[str] = Counter()
        for promise in self._open_of(name).values():
            whole = sum(amount for *_, amount in promise.pieces)
            for unit in {unit for unit, *_ in promise.pieces}:
                now_called, left = self._mapped(unit, whole, promise.version, self.newest)
                locked[now_called] += left
        for unit in old["units"]:
            has, name_of = self._valid(now, unit["id"], today), unit["id"]
            if name_of not in units:
                if name_of not in rates:
                    lost["balance_stranded", name_of] += (
                        has + now.debt.get(name_of, 0) + locked[name_of]
                    )
                elif Fraction(rates[name_of]) != 1:
                    lost["balance_mapped", name_of] += has
            elif units[name_of].get("ends_on", "9") < unit.get("ends_on", "9"):
                lost["balance_ended", name_of] += has
        rewards = {reward["id"]: _look(reward) for reward in new["rewards"]}
        for promise in self._open_of(name).values():
            looks = [_look(it) for it in old["rewards"] if it["id"] == promise.reward]
            before = looks[0] if looks else None
            gone = promise.expires_on and promise.expires_on < today.isoformat()
            same = before is not None and before == _look(promise.terms)
            if same and not gone and rewards.get(promise.reward) != before:
                lost["voucher", promise.reward] += 1
        if "spend" not in {rule["id"] for rule in new["earn"]}:
            lost["remainder", "spend"] += max(0, now.carry.get("spend", 0))
        return {key: amount for key, amount in lost.items() if amount}

    def refused(
        self, name: str, operation: AnyOperation, refused: Refused, program: Program
    ) -> None:
        """A refusal is right about what was had before."""
        if refused.code is RefusalCode.LIMIT_REACHED and isinstance(operation, Issue):
            document = self.documents[program.version]
            (terms,) = (it for it in document["rewards"] if it["id"] == operation.reward_id)
            had = [it for it in self.vouchers.values()
                   if it.reward == operation.reward_id and it.status != "returned"]  # fmt: skip
            self.must(len(had) >= terms["per_member"]["times"], "no limit was reached")


def _look(reward: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a voucher promises."""
    return reward["name"], reward.get("kind", "item"), reward.get("percent")
