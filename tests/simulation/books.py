"""What the ledgers of a merchant say together, where sales change, move and are taken back.

It reads nothing but the entries, in plain sums. What a card is worth of a unit is what lies on it
and in its open vouchers, less what it owes: each kind of entry may change that by so much and no
more. A sale is known as it stands now - content, refunds, whose it is - and every card counts what
is left of its sales.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from tests.simulation import programs, rates, sums
from tests.simulation.rates import Asked
from tests.simulation.sold import Booked, Part, read
from tests.simulation.sums import Units
from tests.unit.domain.tier_oracle import month_of

UNCOUNTED = ("birthday:", "anniversary:")
"""Operations of bonuses that count for nothing."""


class Requested(dict[str, Asked]):
    """By operation and by order what a request said last; `ever` knows all that it has said."""

    def __init__(self) -> None:
        super().__init__()
        self.ever: dict[str, list[Asked]] = defaultdict(list)

    def __setitem__(self, name: str, asked: Asked) -> None:
        self.ever[name].append(asked)
        super().__setitem__(name, asked)


@dataclass
class Page:
    """One card: its place in the chain, and what it holds."""

    member: str
    head: str = ""
    seq: int = 0
    at: int = 0
    heads: dict[int, str] = field(default_factory=dict)
    lots: dict[str, Units] = field(default_factory=lambda: defaultdict(Counter))
    debt: Units = field(default_factory=Counter)
    sold: list[int] = field(default_factory=list)
    """The entries of visits and sales that were booked here."""
    first: int = 0
    came: dict[str, list[Booked]] = field(default_factory=dict)
    """By merge the sales that came with it."""
    lines: list[list[Any]] = field(default_factory=list)
    """Those of the newest entry."""

    def held(self) -> dict[str, dict[str, int]]:
        by_unit = {unit: {n: a for n, a in lots.items() if a} for unit, lots in self.lots.items()}
        return {unit: lots for unit, lots in by_unit.items() if lots}


class Books:
    """All cards of a merchant, and all that was sold."""

    def __init__(self, shop: int) -> None:
        self.shop = shop
        self.cards: dict[str, Page] = {}
        self.sales: dict[tuple[str, int], Booked] = {}
        """By card and entry under which it is known there."""
        self.pieces: dict[str, Units] = {}
        """By voucher what was locked in it when it was issued."""
        self.requested = Requested()
        self.ever_whole: set[str] = set()
        """Orders of which nothing was left at some time."""
        self.partly: set[str] = set()
        """Members of whose sales parts were refunded at some time, or that got such a sale."""
        self.amounts: dict[str, tuple[str, int]] = {}
        """By operation what a correction or a gift was to be: unit and amount."""
        self.took: dict[str, tuple[Units, Units, Units]] = {}
        """By refund by how much it changed the card, what it did not take, and what lies in the
        vouchers that it gave back."""

    def add(
        self, member: str, item: Mapping[str, Any], was_open: set[str], is_open: set[str]
    ) -> tuple[dict[str, Any], Units]:
        """Take in the next entry of a card; the entry, and by how much the card is worth more."""
        page = self.cards.setdefault(member, Page(member))
        text, prev, digest = (item[name]["S"] for name in ("e", "prev", "hash"))
        entry: dict[str, Any] = json.loads(text)
        assert prev == page.head, "the chain is broken"
        assert sha256(f"{prev}\n{text}".encode()).hexdigest() == digest
        assert entry["seq"] == page.seq + 1, "a number was left out"
        assert entry["at"] > page.at
        page.head, page.seq, page.at = digest, entry["seq"], entry["at"]
        page.heads[page.seq] = digest
        page.lines = entry["lines"]
        more: Units = Counter()
        for unit, amount, lot, _, why in entry["lines"]:
            more[unit] += amount
            if lot == "debt":
                page.debt[unit] -= amount
                assert page.debt[unit] >= 0, "less than nothing is owed"
                continue
            page.lots[unit][lot] += amount
            assert page.lots[unit][lot] >= 0, f"more than there is was taken of {unit}"
            if why["k"] == "reward":
                self.pieces.setdefault(why["v"], Counter())[unit] -= amount
        for unit, balance in entry["bal"].items():
            assert balance == sum(page.lots[unit].values()) - page.debt[unit], "another balance"
        for sign, vouchers in ((1, is_open - was_open), (-1, was_open - is_open)):
            for voucher in vouchers:
                for unit, amount in self.pieces.get(voucher, Counter()).items():
                    more[unit] += sign * amount
        more = Counter({unit: n for unit, n in more.items() if n})
        self._account(page, entry, more, was_open - is_open)
        return entry, more

    # By kind of entry

    def _account(self, page: Page, entry: dict[str, Any], more: Units, closed: set[str]) -> None:
        kind, facts = entry["kind"], entry["facts"]
        if kind in {"earn", "reverse", "adjust"} and not (kind == "earn" and "sale" not in facts):
            more = sums.difference(more, sums.booked(entry, "expired"))  # the job was late
        if kind == "merge":
            self._merge(page, entry, more)
        elif kind == "earn" and "revises" in facts:
            self._revised(page, entry, more)
        elif kind == "earn" and "moved_from" in facts:
            self._adopted(page, entry, more)
        elif kind == "reverse" and "voids" in facts:
            self._voided(page, entry, more)
        elif kind == "reverse" and "reverses" in facts:
            self._refunded(page, entry, more)
        elif kind == "reverse":
            sums.same(more, self.pieces.get(facts["voucher"], Counter()), "a redemption came back")
        elif kind in {"join", "earn", "bonus"}:
            sums.same(more, sums.booked(entry), "something was granted")
            self._sold(page, entry)
        elif kind == "redeem":
            assert closed == {facts["voucher"]}, "another voucher was redeemed"
            gone = Counter(self.pieces.get(facts["voucher"], Counter()))
            sums.same(more, Counter({unit: -n for unit, n in gone.items()}), "redeemed")
        elif kind == "adjust" and entry["op"] in self.amounts:
            unit, amount = self.amounts[entry["op"]]
            sums.same(more, Counter({unit: amount}), "a correction or a gift")
        elif kind == "adjust":
            assert "confirms" in facts, f"nobody asked for {entry['op']}"
            sums.same(more, Counter(), "a hold was ended")
            self._confirmed(entry)
        else:
            sums.same(more, sums.booked(entry, "expired"), f"{kind} made or lost units")

    def _sold(self, page: Page, entry: dict[str, Any]) -> None:
        facts = entry["facts"]
        uncounted = entry["op"].startswith(UNCOUNTED) or "surprises" in facts
        if entry["kind"] == "bonus" and uncounted:
            return
        document = self._document(entry["prog"])
        month = month_of(_day(entry["eff"], document["timezone"]))
        sale = read(document, month, entry["lines"], facts)
        booked = Booked(
            sale, page.member, entry["prog"], entry["eff"], facts.get("order"), facts, entry["op"]
        )
        had = self.carry(page.member)
        self.sales[page.member, entry["seq"]] = booked
        if entry["kind"] != "earn":
            return
        page.sold.append(entry["seq"])
        order = facts.get("order")
        asked = self.requested.ever[f"order:{order}" if order else entry["op"]]
        assert asked, f"nobody asked for {entry['op']}"
        if order:  # one without does not tell tier and remainder
            assert facts.get("had", {}) == had, "another remainder was found"
            self._rules_fit(booked, facts, entry["lines"], asked, facts.get("in"))

    def _rules_fit(
        self, booked: Booked, facts: Mapping[str, Any], lines: list[list[Any]],
        asked: list[Asked], tier: str | None,
    ) -> None:  # fmt: skip
        """What it grants is what something comes to that the order was said to be."""
        spend = facts.get("spend", 0)
        fitting = [
            one for one in asked
            if (one.spend, one.paid) == (spend, facts.get("paid", spend))
        ]  # fmt: skip
        assert fitting, "a sale is of another amount than anybody said"
        document = self._document(booked.version)
        entry = {"kind": "earn", "eff": booked.at, "lines": lines, "facts": facts}
        had, wrong = booked.facts.get("had", {}), None
        for one in fitting:
            try:
                assert facts["visits"] <= one.visits, "more visits than anybody said"
                rates.lines_fit(document, entry, one, facts["visits"], had, tier)
            except AssertionError as error:
                wrong = error
            else:
                return
        raise wrong or AssertionError("nothing fits")

    def _refunded(self, page: Page, entry: dict[str, Any], more: Units) -> None:
        facts = entry["facts"]
        booked = self.sales[page.member, facts["reverses"]]
        before, of_marks = booked.left(), booked.facts.get("milestones")
        assert not booked.sale.whole, "nothing is reversed twice"
        if "moved_to" in facts:
            booked.leave(facts["moved_to"])
        part = Part(facts.get("refund", ""), facts["amount"], facts.get("items", []), entry["at"])
        booked.refund(part, self._rules(booked))
        if booked.left_minor:
            self.partly.add(page.member)
        expected = sums.difference(booked.left(), before)
        expected.update(self._of_marks(entry))
        if booked.sale.whole and booked.order and booked.holder:
            self.ever_whole.add(booked.order)
        kept = sums.kept(facts)
        for unit, amount in kept.items():
            expected[unit] += amount
        opened: Units = Counter()
        for voucher in facts.get("reopened", ()):
            opened.update(self.pieces.get(voucher, Counter()))
        expected.update(opened)
        sums.within(
            more, expected, kept if of_marks else Counter(), "a refund took other than its share"
        )
        if part.refund_id:
            self.took[part.refund_id] = more, kept, opened

    def _voided(self, page: Page, entry: dict[str, Any], more: Units) -> None:
        facts = entry["facts"]
        booked = next(
            one for (member, _), one in self.sales.items()
            if member == page.member and any(it.refund_id == facts["refund"] for it in one.parts)
            and one.holder == page.member
        )  # fmt: skip
        before = booked.left()
        booked.void(facts["refund"], self._rules(booked))
        took, kept, opened = self.took.pop(facts["refund"])
        if "sale" not in facts:
            back = Counter({unit: -amount for unit, amount in took.items()})
            sums.same(more, back, "a refund that was taken back")
            return
        expected = sums.difference(booked.left(), before)
        expected.update(self._of_marks(entry))
        expected.subtract(opened)
        sums.within(more, expected, kept, "a refund was taken back")

    def _revised(self, page: Page, entry: dict[str, Any], more: Units) -> None:
        facts = entry["facts"]
        booked = self.sales[page.member, facts["revises"]]
        now = facts["sale"]
        before, of_marks = booked.left(), booked.facts.get("milestones")
        lines = [line for line in now["grants"] if line[4]["k"] != "milestone"]
        assert ("resold" in now) == (booked.whole_at > 0 or booked.resold), "sold again, or not"
        self._rules_fit(booked, now, lines, self._requested_of(booked), booked.facts.get("in"))
        sale = read(self._document(booked.version), booked.sale.month, lines, now)
        booked.become(sale, now, self._rules(booked))
        if booked.order and booked.parts and not booked.left_minor:
            self.ever_whole.add(booked.order)
        expected = sums.difference(booked.left(), before)
        expected.update(self._of_marks(entry))
        kept = sums.kept(facts)
        for unit, amount in kept.items():
            expected[unit] += amount
        sums.within(more, expected, kept if of_marks else Counter(), "an order that was sent again")

    def _adopted(self, page: Page, entry: dict[str, Any], more: Units) -> None:
        facts, now = entry["facts"], entry["facts"]["sale"]
        (was,) = {id(one): one for one in self.sales.values() if one.moving_to}.values()
        assert was.moving_to == page.member, "a sale has come to another card than it went to"
        was.moving_to = ""
        lines = [line for line in now["grants"] if line[4]["k"] != "milestone"]
        sale = read(self._document(was.version), was.sale.month, lines, now)
        found = {name: facts[name] for name in ("in", "had") if name in facts}
        assert found.get("had", {}) == self.carry(page.member), "another remainder was found"
        booked = Booked(
            sale, page.member, was.version, was.at, was.order, {**now, **found}, was.op,
            was.kept_parts, resold=was.resold,
        )  # fmt: skip
        booked.apply(self._rules(booked))
        if booked.parts:
            self.partly.add(page.member)
        self.sales[page.member, entry["seq"]] = booked
        page.sold.append(entry["seq"])
        self._rules_fit(booked, now, lines, self._requested_of(was), facts.get("in"))
        expected = booked.left()
        expected.update(self._of_marks(entry))
        sums.same(more, expected, "a sale that was moved")

    def _confirmed(self, entry: dict[str, Any]) -> None:
        """What was held is not held; it keeps its last day."""
        total: Units = Counter()
        for unit, amount, lot, _, why in entry["lines"]:
            if why["k"] == "confirmed":
                assert (amount < 0) == ("/" in lot), "something else than a hold was ended"
                total[f"{unit} {lot.partition('/')[0]}"] += amount
        assert not any(total.values()), "a hold was ended, and a last day changed"

    def _merge(self, page: Page, entry: dict[str, Any], more: Units) -> None:
        facts = entry["facts"]
        if "carried" in facts:
            member, seq, _ = facts["carried"]
            sums.same(more, Counter(), "a sale was carried over")
            self.sales[page.member, entry["seq"]] = self.sales[member, seq]
            return
        if "unmerges" in facts:
            for one in page.came.pop(facts["merge"]):
                assert one.holder == page.member, "a sale that was moved went back"
                one.holder = facts["from"]
        elif "from" in facts:
            mine = {id(one): one for one in self.sales.values() if one.holder == facts["from"]}
            if facts["from"] in self.partly:
                self.partly.add(page.member)
            page.came[facts["merge"]] = list(mine.values())
            for one in mine.values():
                one.holder = page.member

    def _of_marks(self, entry: Mapping[str, Any]) -> Units:
        """What an entry gives or takes for milestones: they follow from all sums, not of a sale."""
        names = {one["id"] for one in self._document(entry["prog"]).get("milestones", ())}
        total: Units = Counter()
        for unit, amount, _, rule, why in entry["lines"]:
            if rule in names and why["k"] not in sums.MOVES:
                total[unit] += amount
        return total

    # What the cards must say

    def of(self, member: str) -> list[Booked]:
        """The sales that count on a card, each once."""
        mine = {id(one): one for one in self.sales.values() if one.holder == member}
        return list(mine.values())

    def windows(self, member: str) -> dict[int, tuple[int, int, int]]:
        months: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
        for booked in self.of(member):
            sale, total = booked.sale, months[booked.sale.month]
            total[0] += sale.left_of(sale.spend)
            total[1] += 0 if sale.visit_gone else sale.visits
            total[2] += sum(sale.left_of(*point) for point in sale.points)
        return {month: (s[0], s[1], s[2]) for month, s in months.items() if any(s)}

    def carry(self, member: str) -> dict[str, int]:
        total: Units = Counter()
        for booked in self.of(member):
            for rule, moved in booked.sale.carry.items():
                total[rule] += booked.sale.left_of(moved, rule)
        return {rule: amount for rule, amount in total.items() if amount}

    def uses(self, campaign: str) -> int:
        """How many sales use a campaign now."""
        of_all = {id(one): one for one in self.sales.values() if one.holder}
        return sum(
            campaign in one.facts.get("campaigns", ()) and not one.sale.whole
            for one in of_all.values()
        )

    def _requested_of(self, booked: Booked) -> list[Asked]:
        return self.requested.ever[f"order:{booked.order}" if booked.order else booked.op]

    def _document(self, version: int) -> dict[str, Any]:
        return programs.version(self.shop, version)[0]

    def _rules(self, booked: Booked) -> dict[str, Any]:
        return {one["id"]: one for one in self._document(booked.version)["earn"]}


def _day(ms: int, zone: str) -> Any:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(ZoneInfo(zone)).date()
