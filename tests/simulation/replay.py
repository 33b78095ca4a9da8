"""What the ledgers must say: the oracle of the unit tests, with what a whole merchant adds to it.

Every entry is replayed as it is committed, against the programme it names and against what was
asked for: amounts are worked out again from the request, in fractions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from regulars.domain.operations import Item
from tests.simulation import programmes
from tests.unit.domain.oracle import Oracle, Sale, month_of

EARNED = frozenset({"join", "visit", "spend", "item", "campaign", "action", "referral", "bonus"})
"""Reasons whose points count; a milestone's do not count towards milestones."""


@dataclass
class Asked:
    """What a request for a visit or sale said."""

    visits: int
    spend: int
    paid: int
    items: tuple[Item, ...]
    effective_ms: int | None = None


@dataclass
class Replay(Oracle):
    """The replay of one card, version by version of the programme."""

    shop: int = 0
    asked: Mapping[str, Asked] = field(default_factory=dict)
    """By operation and by order."""
    issued_in: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(reward, month) of what is out or was used, with a cost."""
    months_of: dict[str, tuple[str, str]] = field(default_factory=dict)
    gifts: Counter[str] = field(default_factory=Counter)
    """By month the benefits that were given."""
    gift_of: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By gift the entry that gave it and its month."""
    acted: Counter[tuple[str, str]] = field(default_factory=Counter)
    celebrated: set[str] = field(default_factory=set)
    visited: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By day the entries with visits."""
    used: dict[int, dict[str, Any]] = field(default_factory=dict)
    """By entry the campaigns and milestones it used up."""
    sold: list[int] = field(default_factory=list)
    """The entries of visits and sales."""
    worth_telling: set[tuple[str, int]] = field(default_factory=set)
    """Kind of message and entry."""
    first: int = 0
    """The entry of the first purchase that a referral counts."""
    referred: int = 0
    """How many friends this member was rewarded for."""
    _windows: dict[int, tuple[int, int, int]] | None = None

    def replay(self, text: str, prev: str, digest: str) -> dict[str, Any]:
        """Take in the next entry, as the oracle does, and what it says about vouchers."""
        carried, tier, owed = self.carry(), self.tier, any(self.debt.values())
        entry = super().replay(text, prev, digest)
        facts = entry["facts"]
        lines = [why for _, _, _, _, why in entry["lines"]]
        self._issued(entry, facts.get("vouchers", ()))
        for voucher in facts.get("returned", ()):
            assert voucher not in self.redeemed, "a redeemed voucher was returned"
            assert voucher in self.issued
            if voucher not in self.returned:  # the oracle has seen those with lots
                self.returned.add(voucher)
            if voucher in self.months_of:
                self.issued_in[self.months_of.pop(voucher)] -= 1
            seq, month = self.gift_of.get(voucher, (0, ""))
            if seq and facts.get("reverses") == seq:
                self.gifts[month] -= 1  # it went with its sale and can be had again
        if entry["kind"] == "issue" and any(why["k"] == "reward" for why in lines):
            assert not owed or entry["src"] == "job", "a reward was chosen while units are owed"
        if entry["kind"] == "earn":
            self.sold.append(entry["seq"])
            self._amounts(entry, carried, tier)
        self._referral(entry)
        self._tell(entry, tier)
        if any(why["k"] == "birthday" for why in lines):
            year = self.day(entry["at"]).isoformat()[:4]
            assert year not in self.celebrated, "two birthdays in a year"
            self.celebrated.add(year)
        return entry

    def _line(self, entry: Mapping[str, Any], unit: str, amount: int, lot: str, rule: str,
              why: Mapping[str, Any]) -> None:  # fmt: skip
        self.document = programmes.version(self.shop, entry["prog"])[0]
        super()._line(entry, unit, amount, lot, rule, why)

    def _granted_pay_debt_first(self, entry: Mapping[str, Any], before: Mapping[str, int]) -> None:
        """Comes between the lines and the tier, which is where a rewarded action counts."""
        self.document = programmes.version(self.shop, entry["prog"])[0]
        super()._granted_pay_debt_first(entry, before)
        if entry["kind"] == "bonus" and not entry["op"].startswith(("birthday:", "anniversary:")):
            self._earned(entry)
        if entry["kind"] == "issue" and entry["op"].startswith("tier:"):
            self._reviewed(entry)  # the same tier, prolonged, and what it brings

    def _issued(self, entry: Mapping[str, Any], vouchers: list[str]) -> None:
        costly = {why["v"]: why["r"] for *_, why in entry["lines"] if why["k"] == "reward"}
        month = self.day(entry["at"]).isoformat()[:7]
        for voucher in vouchers:
            self.issued.add(voucher)
            if voucher in costly:
                self.months_of[voucher] = (costly[voucher], month)
                self.issued_in[costly[voucher], month] += 1
            else:
                self.gifts[month] += 1
                self.gift_of[voucher] = (entry["seq"], month)
        assert self.issued_in["small", month] <= programmes.MONTHLY, "more than a member may have"
        assert self.gifts[month] <= 1, "a benefit was given twice in its month"

    def _earned(self, entry: Mapping[str, Any]) -> None:
        facts, kinds = entry["facts"], {u["id"]: u["kind"] for u in self.document["units"]}
        granted = [(unit, amount, why["k"]) for unit, amount, _, _, why in entry["lines"]
                   if why["k"] in EARNED or why["k"] == "milestone"]  # fmt: skip
        points = sum(n for unit, n, k in granted if kinds[unit] == "points" and k in EARNED)
        assert facts.get("points", 0) == points
        spend = facts.get("spend", 0)
        self.sales[entry["seq"]] = Sale(
            month_of(self.day(entry["eff"])), [(unit, amount) for unit, amount, _ in granted],
            spend, facts.get("visits", 0), points, facts.get("carry", {}),
            facts.get("paid", spend),
        )  # fmt: skip
        self._windows = None
        self.used[entry["seq"]] = facts
        self._limits(entry)
        today = self.day(entry["at"])
        self._count_rights(today)
        best = self._best(today)
        if best and self.rank(best) >= self.rank(self.tier):
            self.tier = best

    def _limits(self, entry: Mapping[str, Any]) -> None:
        """What a member may have no more of."""
        facts, day = entry["facts"], self.day(entry["at"]).isoformat()
        if action := facts.get("action"):
            self.acted[action, day[:7]] += 1
            assert self.acted[action, day[:7]] <= programmes.ACTIONS, "acted too often"
        if facts.get("visits"):
            self.visited[day].append(entry["seq"])
            assert self.visits_on(entry["at"]) <= programmes.VISITS_PER_DAY, (
                "more visits than count in a day"
            )
        assert self.standing("milestones", "third") <= 1, "a milestone was rewarded twice"
        assert self.standing("campaigns", "first") <= 2, "a campaign's cap per member"

    def _referral(self, entry: Mapping[str, Any]) -> None:
        """The first purchase is marked, and each side gets what the programme has for it."""
        facts, op = entry["facts"], entry["op"]
        counts = entry["kind"] == "earn" and facts.get("spend", 0) >= programmes.FIRST_MINOR
        assert bool(facts.get("first")) == (counts and not self.first), "the first purchase"
        if counts and not self.first:
            self.first = entry["seq"]
        if not op.startswith("referral:"):
            return
        side = op.rpartition(":")[2]
        assert bool(facts.get("referral")) == (side == "referrer")
        self.referred += side == "referrer"
        assert self.referred <= self.referrals_max(), "more referrals than are rewarded"
        gift = self.document["referral"][side]
        granted = sum(line[1] for line in entry["lines"] if line[4]["k"] in {"referral", "bonus"})
        units = {line[0] for line in entry["lines"] if line[4]["k"] in {"referral", "bonus"}}
        assert (units, granted) == ({gift["unit"]}, gift["amount"]), "another gift"

    def referrals_max(self) -> int:
        """How many friends a member is rewarded for."""
        return int(self.document["referral"]["max_per_member"])

    def _tell(self, entry: Mapping[str, Any], tier: tuple[str, str] | None) -> None:
        """What the member must hear of."""
        if entry["kind"] == "join":
            self.worth_telling.add(("welcome", entry["seq"]))
        elif self.rank(self.tier) > self.rank(tier):
            self.worth_telling.add(("tier_up", entry["seq"]))
        asked_for = entry["kind"] in {"issue", "redeem", "cancel"} and entry["src"] != "job"
        if entry["facts"].get("vouchers") and not asked_for:
            self.worth_telling.add(("reward_unlocked", entry["seq"]))

    def visits_on(self, ms: int) -> int:
        """The visits of a day that count and were not taken back."""
        sales = (self.sales[seq] for seq in self.visited[self.day(ms).isoformat()])
        return sum(sale.visits for sale in sales if not sale.whole)

    def standing(self, kind: str, name: str) -> int:
        """How many entries that were not taken back used a campaign or milestone."""
        return sum(
            name in facts.get(kind, ()) and not self.sales[seq].whole
            for seq, facts in self.used.items()
        )

    def _reversed(self, entry: Mapping[str, Any]) -> None:
        super()._reversed(entry)
        self._windows = None

    def _reviewed(self, entry: Mapping[str, Any]) -> None:
        facts = entry["facts"]
        if "by" in facts:
            self.rights[facts["tier"]] = facts["until"]
        super()._reviewed(entry)

    def _amounts(
        self, entry: Mapping[str, Any], carried: Mapping[str, int], tier: tuple[str, str] | None
    ) -> None:
        """Each rule has granted what the request, the carry and the tier come to."""
        facts = entry["facts"]
        asked = self.asked.get(f"order:{facts['order']}" if "order" in facts else entry["op"])
        assert asked is not None, f"nobody asked for {entry['op']}"
        assert facts["visits"] <= asked.visits
        assert facts.get("spend", 0) == asked.spend
        if asked.effective_ms is not None:
            assert entry["eff"] == asked.effective_ms
        tiers = {one["id"]: Fraction(one.get("multiplier", "1")) for one in self.document["tiers"]}
        times = tiers[tier[0]] if tier else Fraction(1)
        expected, moved = {}, {}
        for rule in self.document["earn"]:
            if rule["on"] not in {"visit", "spend"}:
                continue
            if asked.spend < rule.get("min_spend_minor", 0):
                continue
            base, left = _base(rule, asked, facts["visits"], carried.get(rule["id"], 0))
            if amount := int(base * times):
                expected[rule["id"]] = amount
            if left:
                moved[rule["id"]] = left
        granted: Counter[str] = Counter()
        for _, amount, _, rule, why in entry["lines"]:
            if why["k"] in {"visit", "spend"}:
                granted[rule] += amount
        assert dict(granted) == expected, "other amounts than the rules come to"
        assert facts.get("carry", {}) == moved, "another remainder than is left"

    def windows(self) -> dict[int, tuple[int, int, int]]:
        """As the oracle sums them up; kept until a sale comes or goes."""
        if self._windows is None:
            self._windows = super().windows()
        return self._windows


def _base(rule: Mapping[str, Any], asked: Asked, visits: int, carried: int) -> tuple[int, int]:
    """Units before the tier, and by how much the carried remainder changes."""
    amount = int(rule["amount"])
    if rule["on"] == "visit":
        return amount * visits, 0
    cats, out = rule.get("categories", ()), rule.get("exclude", ())
    money = (
        sum(x.amount_minor for x in asked.items if x.category in cats)
        if cats
        else max(0, asked.spend - sum(x.amount_minor for x in asked.items if x.category in out))
    )
    if not money:
        return 0, 0
    steps = max(0, (carried + money) // rule["per_minor"])
    return amount * steps, money - steps * rule["per_minor"]
