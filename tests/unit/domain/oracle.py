"""An independent reading of a ledger: plain sums over the stored texts, with none of our domain.

It gets every entry as it is stored, and the programme as its document; it replays them
with arithmetic of its own and says what the card must hold. Whatever disagrees is a bug, here or
there.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from tests.unit.domain.purse import Purse
from tests.unit.domain.sold import VISIT, Sale, counted_in
from tests.unit.domain.tier_oracle import FAR, TierOracle, month_of


@dataclass
class Oracle(TierOracle):
    """The replay of one card."""

    head: str = ""
    seq: int = 0
    heads: dict[int, str] = field(default_factory=dict)
    """The hash of every entry."""
    at: int = 0
    lots: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    debt: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    sales: dict[int, Sale] = field(default_factory=dict)
    pieces: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)
    """Per voucher ever issued what was locked: (unit, lot, amount)."""
    issued: set[str] = field(default_factory=set)
    redeemed: set[str] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)
    taken_back: dict[int, dict[str, int]] = field(default_factory=dict)
    breakage: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """Per unit and lot what expired unspent and was not accounted for by a refund yet."""
    breakage_on: dict[tuple[str, str], str] = field(default_factory=dict)
    """Per unit and lot that expired the last day it had."""
    recorded_on: dict[int, str] = field(default_factory=dict)
    """The day of every entry."""
    stood: tuple[str, str] | None = None
    """The tier that counted for the newest entry."""
    inactive_after: dict[str, str] = field(default_factory=dict)
    """By unit that expires by inactivity its last day."""
    purses: dict[str, Purse] = field(default_factory=dict)
    """Every voucher for credit."""

    def replay(self, text: str, prev: str, digest: str) -> dict[str, Any]:
        """Take in the next entry; every rule that a single entry can break is asserted here."""
        entry: dict[str, Any] = json.loads(text)
        assert prev == self.head
        assert sha256(prev.encode() + b"\n" + text.encode()).hexdigest() == digest
        assert entry["seq"] == self.seq + 1
        assert entry["at"] > self.at
        assert entry["eff"] <= entry["at"] + 300_000
        self.head, self.seq, self.at = digest, entry["seq"], entry["at"]
        self.heads[self.seq] = digest
        self.recorded_on[self.seq] = self.day(self.at).isoformat()
        before = dict(self.debt)
        self._as_of(entry)
        for line in entry["lines"]:
            self._line(entry, *line)
        self._granted_pay_debt_first(entry, before)
        for unit, balance in entry["bal"].items():
            assert balance == sum(self.lots[unit].values()) - self.debt[unit]
        {
            "earn": self._earned, "join": self._earned, "redeem": self._redeemed,
            "reverse": self._reversed, "expire": self._expired, "tier": self._reviewed,
        }.get(entry["kind"], lambda _: None)(entry)  # fmt: skip
        self._nothing_to_spend_while_owing(entry)
        tier_after = entry.get("tier", [None, self.tier and self.tier[0]])[1]
        assert tier_after == (self.tier[0] if self.tier else None)
        return entry

    def _line(self, entry: Mapping[str, Any], unit: str, amount: int, lot: str, rule: str,
              why: Mapping[str, Any]) -> None:  # fmt: skip
        assert amount != 0
        today = self.day(entry["at"]).isoformat()
        alive = self.alive(unit, today)
        spent = amount < 0 and lot != "debt" and why["k"] in {"reward", "adjust"}
        until = self._idle_from(unit, self.day(entry["at"]))
        if until and (spent or (amount > 0 and why["k"] not in {"returned", "settled"})):
            self.inactive_after[unit] = until
        if lot == "debt":
            self.debt[unit] -= amount
            assert self.debt[unit] >= 0
            if why["k"] == "refund":
                self._count_taken_back(why["of"], unit, -amount)
            return
        if amount < 0 and why["k"] in {"reward", "adjust", "settled"}:
            assert spendable(lot, today), f"{lot} was spent on {today}"
            assert alive, f"{unit} was spent that had been left alone for too long"
            earlier = [
                name for name, held in self.lots[unit].items()
                if held and spendable(name, today) and order(name) < order(lot)
            ]  # fmt: skip
            assert not earlier, f"{lot} was spent before {earlier}"
        if why["k"] == "expired":
            assert expired(lot, today) or not alive, f"{lot} was not over on {today}"
            assert -amount == self.lots[unit][lot], "an expiry takes the whole remainder"
            self.breakage[unit][lot] = self.breakage[unit].get(lot, 0) - amount
            last_day = lot.partition("/")[0] if expired(lot, today) else self.inactive_after[unit]
            self.breakage_on[unit, lot] = last_day
        self.lots[unit][lot] = self.lots[unit].get(lot, 0) + amount
        assert self.lots[unit][lot] >= 0
        if why["k"] == "reward":
            self.pieces.setdefault(why["v"], []).append((unit, lot, -amount))
            self.issued.add(why["v"])
            if "worth" in why:
                self.purses.setdefault(why["v"], Purse(why["worth"]))
        if why["k"] == "returned":
            self._returned(entry, why["v"])
        if why["k"] == "refund":
            self._count_taken_back(why["of"], unit, -amount)

    def alive(self, unit: str, today: str) -> bool:
        """Whether a unit that expires by inactivity has not."""
        return self.inactive_after.get(unit, FAR) >= today

    def _idle_from(self, unit: str, today: date) -> str:
        """The last day of a unit that expires by inactivity, if something happens today."""
        expiry = next(one for one in self.document["units"] if one["id"] == unit).get("expiry", {})
        policies = expiry if isinstance(expiry, list) else [expiry]
        months = [one["months"] for one in policies if one.get("type") == "inactivity"]
        if not months:
            return ""
        year, month = divmod(month_of(today) + min(months), 12)
        day = min(today.day, monthrange(year, month + 1)[1])
        return date(year, month + 1, day).isoformat()

    def _returned(self, entry: Mapping[str, Any], voucher: str) -> None:
        """The very same lots, with the same dates, once."""
        back = [
            (unit, lot, amount) for unit, amount, lot, _, why in entry["lines"]
            if why["k"] == "returned" and why["v"] == voucher
        ]  # fmt: skip
        pieces, facts = self.pieces[voucher], entry["facts"]
        closed_before = voucher in self.returned and voucher not in facts.get("returned", ())
        if voucher in self.purses:
            changes = facts["credit"][voucher] if closed_before else None
            pieces = self.purses[voucher].back(pieces, changes)
        assert back == pieces
        assert voucher not in self.redeemed
        assert not closed_before or voucher in self.purses
        self.returned.add(voucher)

    def _count_taken_back(self, seq: int, unit: str, amount: int) -> None:
        units = self.taken_back.setdefault(seq, {})
        units[unit] = units.get(unit, 0) + amount

    def _granted_pay_debt_first(self, entry: Mapping[str, Any], before: Mapping[str, int]) -> None:
        """Nothing is granted into a lot while the card owes that unit."""
        owed = dict(before)
        for unit, amount, lot, _, why in entry["lines"]:
            if lot == "debt":
                owed[unit] = owed.get(unit, 0) - amount
            elif amount > 0 and why["k"] != "returned":
                assert not owed.get(unit), f"{amount} of {unit} granted while {owed[unit]} is owed"

    def _nothing_to_spend_while_owing(self, entry: Mapping[str, Any]) -> None:
        """An operation by or for a member pays debt first."""
        if entry["src"] == "job" and entry["kind"] != "expire":
            return
        for unit, owed in self.debt.items():
            left = self.available(unit, entry["at"]) if owed else 0
            assert not left, f"{left} of {unit} can be spent and {owed} is owed"

    def _earned(self, entry: Mapping[str, Any]) -> None:
        facts = entry["facts"]
        earn = {"join", "visit", "spend", "item"}
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for unit, amount, _, rule, why in entry["lines"]:  # a part may have paid debt
            if why["k"] in earn:
                sums[unit, VISIT if why["k"] == "visit" else rule] += amount
        granted = [(unit, amount, rule) for (unit, rule), amount in sums.items()]
        kinds = {unit["id"]: unit["kind"] for unit in self.document["units"]}
        points = [(amount, rule) for unit, amount, rule in granted if kinds[unit] == "points"]
        assert facts.get("points", 0) == sum(amount for amount, _ in points)
        spend = facts.get("spend", 0)
        self.sales[entry["seq"]] = Sale(
            month_of(self.day(entry["eff"])), granted, spend, facts.get("visits", 0), points,
            facts.get("carry", {}), facts.get("paid", spend),
            lots=frozenset(lot for _, amount, lot, *_ in entry["lines"] if amount > 0),
            counted=counted_in(entry["lines"], facts.get("carry", {})),
        )  # fmt: skip
        today = self.day(entry["at"])
        self._count_rights(self.day(entry["eff"]), today)
        best = self._best(today)
        if best and self.rank(best) >= self.rank(self.tier):
            self.tier = best

    def _redeemed(self, entry: Mapping[str, Any]) -> None:
        voucher = entry["facts"]["voucher"]
        assert voucher in self.issued - self.redeemed - self.returned
        assert not any(self.debt.values()) or self._is_paid_for(voucher, self.day(entry["at"]))
        assert all(why["k"] == "settled" for *_, why in entry["lines"])
        if voucher in self.purses:
            self.purses[voucher].use(entry, voucher)
        if voucher not in self.purses or not self.purses[voucher].left:
            self.redeemed.add(voucher)

    def _is_paid_for(self, voucher: str, today: date) -> bool:
        """Whether a voucher is a benefit that was paid for with money; no debt blocks it."""
        return False

    def _put_back(self, entry: Mapping[str, Any], *, refunded: bool) -> None:
        """Money of vouchers is no longer used: all of an order that is refunded whole, or what a
        redemption that is taken back had used."""
        changes = entry["facts"].get("credit", {})
        if refunded:
            order = entry["facts"].get("order") or "none"
            expected = {name: one.of_order(order) for name, one in self.purses.items()}
            assert changes == {name: one for name, one in expected.items() if one}
        for voucher, one in changes.items():
            self.purses[voucher].put_back(one)
            self.redeemed.discard(voucher)

    def _reversed(self, entry: Mapping[str, Any]) -> None:
        if "reverses" not in entry["facts"]:
            assert len(entry["facts"]["credit"]) == 1
            self._put_back(entry, refunded=False)
            return
        sale = self.sales[entry["facts"]["reverses"]]
        assert not sale.whole, "nothing is reversed twice"
        rules = {one["id"]: one for one in self.rules_of(entry["facts"]["reverses"])}
        sale.refund(entry["facts"]["amount"], entry["facts"].get("items", []), rules)
        expected: dict[str, int] = defaultdict(int)
        for unit, amount, rule in sale.granted:
            expected[unit] += sale.gone_of(amount, rule)
        taken = self.taken_back.setdefault(entry["facts"]["reverses"], {})
        for unit, amount in entry["facts"].get("lapsed", {}).items():
            self._claim(entry["facts"]["reverses"], unit, amount)
            taken[unit] = taken.get(unit, 0) + amount
        for unit, amount in entry["facts"].get("waived", {}).items():
            assert self.document.get("refunds", {}).get("policy") == "waive"
            assert not self.available(unit, entry["at"]), f"{unit} was waived and can be spent"
            taken[unit] = taken.get(unit, 0) + amount
        for unit, _, lot, *_ in entry["lines"]:
            long_ago = (self.day(entry["at"]) - timedelta(days=400)).isoformat()
            gone = [
                one for one in self._expired_of(entry["facts"]["reverses"], unit)
                if self.breakage_on[unit, one] >= long_ago  # what expired before may be forgotten
            ]  # fmt: skip
            assert lot != "debt" or "debt" in sale.lots or not gone, "owed, though it has expired"
        assert {u: n for u, n in expected.items() if n} == {u: n for u, n in taken.items() if n}
        if sale.whole:
            self._put_back(entry, refunded=True)
        else:
            assert "credit" not in entry["facts"], "a part was refunded, and credit put back"
        if sale.whole:
            self._take_rights(sale, self.day(entry["at"]))

    def rules_of(self, seq: int) -> list[Mapping[str, Any]]:
        """The rules that an entry was booked under."""
        return list(self.document["earn"])

    def _expired_of(self, seq: int, unit: str) -> dict[str, int]:
        """What has expired in the very lots of an entry, and not before it was made."""
        return {
            lot: n for lot, n in self.breakage[unit].items()
            if n and lot in self.sales[seq].lots
            and self.recorded_on[seq] <= self.breakage_on[unit, lot]
        }  # fmt: skip

    def _claim(self, seq: int, unit: str, amount: int) -> None:
        """What a refund does not ask for must have expired in the very lots of the sale."""
        for lot, expired_amount in self._expired_of(seq, unit).items():
            gone = min(amount, expired_amount)
            self.breakage[unit][lot] -= gone
            amount -= gone
        assert not amount, f"{amount} of {unit} is said to have expired and has not"

    def _as_of(self, entry: Mapping[str, Any]) -> None:
        """A tier that ended is over for whatever is earned or chosen from then on."""
        if entry["kind"] not in {"join", "redeem", "cancel", "tier"}:
            self.in_tier(self.day(entry["at"]))
        self.stood = self.tier

    def _expired(self, entry: Mapping[str, Any]) -> None:
        today = self.day(entry["at"]).isoformat()
        for unit, lots in self.lots.items():
            held = [name for name, amount in lots.items() if amount]
            assert not [name for name in held if expired(name, today)]
            assert not held or self.alive(unit, today)

    def _reviewed(self, entry: Mapping[str, Any]) -> None:
        self.reviewed(self.day(entry["at"]))

    # What the card must say

    def windows(self) -> dict[int, tuple[int, int, int]]:
        """Spend, visits and points by month, without months that come to nothing."""
        months: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
        for sale in self.sales.values():
            sums = months[sale.month]
            sums[0] += sale.left_of(sale.spend)
            sums[1] += 0 if sale.visit_gone else sale.visits
            sums[2] += sum(sale.left_of(*point) for point in sale.points)
        return {month: (s[0], s[1], s[2]) for month, s in months.items() if any(s)}

    def lifetime(self) -> tuple[int, int, int]:
        spend, visits, points = (
            sum(month[place] for month in self.windows().values()) for place in range(3)
        )
        return spend, visits, points

    def carry(self) -> dict[str, int]:
        sums: dict[str, int] = defaultdict(int)
        for sale in self.sales.values():
            for rule, moved in sale.carry.items():
                sums[rule] += sale.left_of(moved, rule)
        return {rule: amount for rule, amount in sums.items() if amount}

    def held(self) -> dict[str, dict[str, int]]:
        by_unit = {unit: {n: a for n, a in lots.items() if a} for unit, lots in self.lots.items()}
        return {unit: lots for unit, lots in by_unit.items() if lots}

    def available(self, unit: str, now_ms: int) -> int:
        today = self.day(now_ms).isoformat()
        if not self.alive(unit, today):
            return 0
        return sum(held for name, held in self.lots[unit].items() if spendable(name, today))

    def open_vouchers(self) -> set[str]:
        return self.issued - self.redeemed - self.returned


def expired(lot: str, today: str) -> bool:
    last = lot.partition("/")[0]
    return last != "" and last < today


def spendable(lot: str, today: str) -> bool:
    return not expired(lot, today) and lot.partition("/")[2] <= today


def order(lot: str) -> str:
    return lot.partition("/")[0] or FAR
