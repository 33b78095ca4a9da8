"""What a whole merchant adds to the replay of a card: what it knows, and how visits, packages and
benefits come and go."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from tests.simulation import programs
from tests.simulation.marks import Marks
from tests.simulation.rates import Asked
from tests.unit.domain.oracle import Oracle
from tests.unit.domain.sold import Sale
from tests.unit.domain.tier_oracle import FAR

WEEK_MS = 7 * 86_400_000


class Surprised(NamedTuple):
    """A surprise that stands: by which terms and entry, and what it took from which budget."""

    name: str
    seq: int
    budget: str
    cost: int
    period: str


@dataclass
class ReplayState(Oracle):
    """All that is known of one card besides what the oracle knows."""

    shop: int = 0
    asked: Mapping[str, Asked] = field(default_factory=dict)
    """By operation and by order."""
    bills: Mapping[str, int] = field(default_factory=dict)
    """By operation what the order came to that a credit was used with."""
    vouchers: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """Member, reward and status of every voucher of the merchant."""
    issued_in: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By (reward, period) what is out or was used, with a cost."""
    period_of: dict[str, tuple[str, str]] = field(default_factory=dict)
    gifts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By reward and period the benefits that were given and stand."""
    gift_of: dict[str, tuple[int, tuple[str, str]]] = field(default_factory=dict)
    """By gift the entry that gave it, its reward and its period."""
    rights_before: dict[tuple[str, str], str] = field(default_factory=dict)
    """The rights to tiers as they were before the entry at hand."""
    surprised: dict[str, Surprised] = field(default_factory=dict)
    """By voucher the surprises that stand."""
    acted: Counter[tuple[str, str]] = field(default_factory=Counter)
    celebrated: set[tuple[str, str]] = field(default_factory=set)
    days: dict[str, int] = field(default_factory=dict)
    """By day the visits that count and were not taken back; 25 days with any are remembered."""
    instants: dict[int, int] = field(default_factory=dict)
    """By instant the same visits; twenty instants of a week are remembered."""
    last_visit: int = 0
    """When the visit was that the next has to wait for."""
    times: dict[int, int] = field(default_factory=dict)
    """By entry with visits when they were."""
    before: dict[int, int] = field(default_factory=dict)
    """By time of a refunded visit the visit that was the last one before it."""
    refund_vouchers: dict[int, list[str]] = field(default_factory=dict)
    """By sale the vouchers that its refunds issued."""
    versions: dict[int, int] = field(default_factory=dict)
    """By entry the programme's."""
    used: dict[int, dict[str, Any]] = field(default_factory=dict)
    """By entry what it says about campaigns, milestones and the like."""
    sold: list[int] = field(default_factory=list)
    """The entries of visits and sales."""
    worth_notifying: set[tuple[str, int]] = field(default_factory=set)
    """Kind of message and entry."""
    first: int = 0
    """The entry of the first purchase that a referral counts."""
    referred: int = 0
    """How many friends this member was rewarded for."""
    referred_most: int = 0
    """The same, before any of it was taken back."""
    enrolled: date = date.min
    marks: Marks = field(default_factory=Marks)
    sums: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    """Spend, visits and points by month, kept up to date."""
    left: Counter[str] = field(default_factory=Counter)
    """The remainder by rule, kept up to date."""

    def _visited(self, when: int, visits: int) -> None:
        """Visits more or less at an instant."""
        day = self.day(when).isoformat()
        self.days[day] = self.days.get(day, 0) + visits
        self.days = {one: n for one, n in self.days.items() if n > 0}
        while len(self.days) > 25:
            del self.days[min(self.days)]
        self.instants[when] = self.instants.get(when, 0) + visits
        self.instants = {one: n for one, n in self.instants.items() if n > 0}
        while len(self.instants) > 20 or max(self.instants, default=0) > WEEK_MS + min(
            self.instants, default=0
        ):
            del self.instants[min(self.instants)]

    def visits_left(self, wanted: int, when: int) -> int:
        """How many of so many visits at an instant count."""
        limits = self.document.get("limits", {})
        others = (*self.instants, self.last_visit) if self.last_visit else tuple(self.instants)
        wait = limits.get("cooldown_minutes", 0) * 60_000
        if any(abs(when - other) < wait for other in others):
            return 0
        most = limits.get("visits_per_day", 0)
        had = self.days.get(self.day(when).isoformat(), 0)
        return min(wanted, max(0, most - had)) if most else wanted

    def current(self, kind: str, name: str) -> int:
        """How many entries that were not taken back used a campaign."""
        return sum(
            name in facts[kind] and not (seq in self.sales and self.sales[seq].whole)
            for seq, facts in self.used.items()
            if kind in facts
        )

    def _is_paid_for(self, voucher: str, today: date) -> bool:
        """A benefit of a tier that the member has by a membership or a package."""
        reward = self.gift_of[voucher][1][0] if voucher in self.gift_of else ""
        return any(
            (one["id"], by) in self.rights
            and (self.rights[one["id"], by] or FAR) >= today.isoformat()
            for one in self.document["tiers"]
            if reward in {benefit["reward"] for benefit in one.get("benefits", ())}
            for by in ("membership", "purchase")
        )

    def rules_of(self, seq: int) -> list[Mapping[str, Any]]:
        return list(programs.version(self.shop, self.versions[seq])[0]["earn"])

    def _without_lost_benefits(self, entry: Mapping[str, Any]) -> None:
        """A tier that is lost with a sale takes its unused benefits along, unless the right to it
        stands below a higher tier; so does one that was bought with it, when it is over by now."""
        lost, _ = entry.get("tier", [None, None])
        sale = self.sales[entry["facts"]["reverses"]]
        if not sale.whole or not lost:
            return
        today = self.day(entry["at"]).isoformat()
        stood = {t for (t, _), ends in self.rights_before.items() if (ends or FAR) >= today}
        if lost not in stood and lost not in sale.bought:
            return
        if any(tier == lost and (ends or FAR) >= today for (tier, _), ends in self.rights.items()):
            return
        gone = {one["reward"] for one in self._tier(lost).get("benefits", ())}
        returned = entry["facts"].get("returned", ())
        left = [
            voucher for voucher in self.open_vouchers() & self.gift_of.keys()
            if self.gift_of[voucher][1][0] in gone and voucher not in returned
        ]  # fmt: skip
        assert not left, "benefits of a tier that is lost stay"

    def _not_visited(self, seq: int) -> None:
        """A visit was refunded: the last one is the one before it that was not."""
        self.before[self.times[seq]] = self.used[seq].get("last", 0)
        while self.last_visit in self.before:
            self.last_visit = self.before.pop(self.last_visit)

    def _not_bought(self, sale: Sale, today: date) -> None:
        """A package was paid back: the right to its tier is what it was."""
        rights = dict(self.rights)
        for tier, (until, before) in sale.bought.items():
            if self.rights.get((tier, "purchase")) == until:
                del self.rights[tier, "purchase"]
                if before is not None:
                    self.rights[tier, "purchase"] = before
        if rights != self.rights:
            self.reviewed(today)

    def _add(self, sale: Sale, sign: int) -> None:
        sums = self.sums[sale.month]
        sums[0] += sign * sale.left_of(sale.spend)
        sums[1] += 0 if sale.visit_gone else sign * sale.visits
        sums[2] += sign * sum(sale.left_of(*point) for point in sale.points)
        for rule, moved in sale.carry.items():
            self.left[rule] += sign * sale.left_of(moved, rule)

    def windows(self) -> dict[int, tuple[int, int, int]]:
        """As the oracle sums them up."""
        return {month: (s[0], s[1], s[2]) for month, s in self.sums.items() if any(s)}

    def carry(self) -> dict[str, int]:
        """As the oracle sums it up."""
        return {rule: amount for rule, amount in self.left.items() if amount}
