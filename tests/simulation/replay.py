"""What the ledgers must say: the oracle of the unit tests, with what a whole merchant adds to it.

Every entry is replayed as it is committed, against the programme it names and against what was
asked for: amounts are worked out again from the request, and limits counted again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.simulation import programs, rates
from tests.simulation.rates import Asked
from tests.simulation.replay_state import ReplayState, Surprised
from tests.unit.domain.sold import VISIT, Sale, counted_in
from tests.unit.domain.tier_oracle import month_of

EARNED = frozenset({"join", "visit", "spend", "item", "campaign", "action", "referral", "bonus"})
"""Reasons whose points count; a milestone's do not count towards milestones."""

PERIOD = {"day": 10, "month": 7, "year": 4, "lifetime": 0}
"""How much of a day names the period of a limit."""

UNCOUNTED = ("birthday:", "anniversary:")
"""Operations of bonuses that count for nothing."""

TENURE_DAYS = 30
OPEN_MAX = 20
Right = tuple[str, str] | None


@dataclass
class Replay(ReplayState):
    """The replay of one card, version by version of the programme."""

    def replay(self, text: str, prev: str, digest: str) -> dict[str, Any]:
        """Take in the next entry, as the oracle does, and what it says about vouchers."""
        carried, tier = self.carry(), self.tier
        self.rights_before = dict(self.rights)
        entry = super().replay(text, prev, digest)
        facts = entry["facts"]
        self._issued(entry, facts.get("vouchers", ()))
        self._surprised(entry)
        self._given_back(facts)
        chosen = entry["kind"] == "issue" and entry["src"] != "job"
        assert not (chosen and any(self.debt.values())), "a reward was chosen while units are owed"
        if entry["kind"] == "join":
            self.enrolled = self.day(entry["at"])
            self._lines_fit(entry, Asked(0, 0, 0, ()), 0, {}, None)
        if entry["kind"] == "earn":
            self.sold.append(entry["seq"])
            self._amounts(entry, carried, self.stood)
        self._referral(entry)
        self._report(entry, tier)
        self._celebrated(entry)
        return entry

    def _as_of(self, entry: Mapping[str, Any]) -> None:
        self.document = programs.version(self.shop, entry["prog"])[0]
        super()._as_of(entry)

    def _granted_pay_debt_first(self, entry: Mapping[str, Any], before: Mapping[str, int]) -> None:
        """Comes between the lines and the tier, which is where a rewarded action counts."""
        super()._granted_pay_debt_first(entry, before)
        uncounted = entry["op"].startswith(UNCOUNTED) or "surprises" in entry["facts"]
        if entry["kind"] == "bonus" and not uncounted:
            self._earned(entry)
        if entry["kind"] == "issue" and entry["op"].startswith("tier:"):
            self._reviewed(entry)  # the same tier, prolonged, and what it brings

    # Vouchers

    def _issued(self, entry: Mapping[str, Any], vouchers: list[str]) -> None:
        costly = {why["v"]: why["r"] for *_, why in entry["lines"] if why["k"] == "reward"}
        day = self.day(entry["at"])
        limits = {one["id"]: one.get("per_member") for one in self.document["rewards"]}
        benefits = {one["reward"]: one for one in self._benefits()}
        for voucher in vouchers:
            self.issued.add(voucher)
            reward = costly.get(voucher) or self.vouchers[voucher][1]
            if voucher in self.purses:
                units = sum(amount for *_, amount in self.pieces[voucher])
                worth = units * programs.RATE["amount_minor"]
                assert self.purses[voucher].value * programs.RATE["units"] == worth, "another value"
            if voucher in costly:
                if limit := limits[reward]:
                    key = reward, day.isoformat()[: PERIOD[limit["window"]]]
                    self.period_of[voucher] = key
                    self.issued_in[key] += 1
                    assert self.issued_in[key] <= limit["times"], "more than a member may have"
            elif reward in benefits:
                benefit = benefits[reward]
                key = reward, rates.period(benefit["every"], day)
                self.gifts[key] += 1
                self.gift_of[voucher] = entry["seq"], key
                assert self.gifts[key] <= benefit.get("times", 1), "a benefit was given too often"

    def _surprised(self, entry: Mapping[str, Any]) -> None:
        """Gifts that nobody expected: of what there is, as often as may be, at their cost."""
        facts, day = entry["facts"], self.day(entry["at"]).isoformat()
        for voucher, (name, reward, budget, cost, period) in facts.get("surprises", {}).items():
            terms = programs.surprises(self.shop)[name]
            assert voucher in facts["vouchers"]
            assert (reward, cost) == (terms["reward"], 300)
            assert budget == f"surprise:{name}:{day[: PERIOD[terms['budget']['window']]]}"
            by_rule = entry["kind"] == "earn" and facts.get("spend", 0) > 0
            assert by_rule if terms["by"] == "rule" else entry["kind"] == "bonus"
            self.surprised[voucher] = Surprised(name, entry["seq"], budget, cost, period)
            if limit := terms.get("per_member"):
                alike = [one for one in self.surprised.values() if one[0] == name]
                this = [one for one in alike if one.period == day[: PERIOD[limit["window"]]]]
                assert len(this) <= limit["times"], "surprised too often"

    def is_at_limit(self, what: str, name: str, ms: int) -> bool:
        """Whether a member may have no more of a reward, or not be rewarded for an action."""
        section, had = ("rewards", self.issued_in) if what == "issue" else ("earn", self.acted)
        (part,) = (one for one in self.document[section] if name in {one["id"], one.get("action")})
        limit = part.get("per_member")
        day = self.day(ms).isoformat()
        full = what == "issue" and len(self.open_vouchers()) >= OPEN_MAX
        return full or bool(limit and had[name, day[: PERIOD[limit["window"]]]] >= limit["times"])

    def _benefits(self) -> list[Mapping[str, Any]]:
        return [one for tier in self.document["tiers"] for one in tier.get("benefits", ())]

    def _given_back(self, facts: Mapping[str, Any]) -> None:
        for voucher in facts.get("returned", ()):
            one = self.surprised.get(voucher)
            if one and one.seq == facts.get("reverses"):
                del self.surprised[voucher]
            assert voucher not in self.redeemed, "a redeemed voucher was returned"
            assert voucher in self.issued
            self.returned.add(voucher)
            if voucher in self.period_of:
                self.issued_in[self.period_of.pop(voucher)] -= 1
            seq, key = self.gift_of.get(voucher, (0, ("", "")))
            if seq and "reverses" in facts:
                self.gifts[key] -= 1  # it went with its tier and can be had again

    # What is earned

    def _earned(self, entry: Mapping[str, Any]) -> None:
        facts, kinds = entry["facts"], {u["id"]: u["kind"] for u in self.document["units"]}
        visits_only = {
            one["id"] for one in self.document.get("campaigns", ()) if one.get("on") == ["visit"]
        }
        grants: Counter[tuple[str, str, str, str]] = Counter()
        for unit, amount, _, rule, why in entry["lines"]:  # a part may have paid debt
            if why["k"] in EARNED or why["k"] == "milestone":
                whole = why["k"] in {"visit", "milestone"} or rule in visits_only
                name = VISIT if whole else rule if why["k"] in {"item", "spend"} else ""
                grants[unit, rule, why["k"], name] += amount
        granted = [(unit, n, name) for (unit, _, _, name), n in grants.items()]
        points = [
            (n, name) for (unit, _, kind, name), n in grants.items()
            if kinds[unit] == "points" and kind in EARNED
        ]  # fmt: skip
        assert facts.get("points", 0) == sum(n for n, _ in points)
        spend = facts.get("spend", 0)
        self._limits(entry)
        sale = Sale(
            month_of(self.day(entry["eff"])),
            granted, spend, facts.get("visits", 0), points, facts.get("carry", {}),
            facts.get("paid", spend),
            lots=frozenset(lot for _, amount, lot, *_ in entry["lines"] if amount > 0),
            counted=counted_in(entry["lines"], facts.get("carry", {})),
        )  # fmt: skip
        self.sales[entry["seq"]] = sale
        self.versions[entry["seq"]] = entry["prog"]
        self._add(sale, 1)
        self.referred += bool(facts.get("referral"))
        self.referred_most = max(self.referred_most, self.referred)
        today, day = self.day(entry["at"]), self.day(entry["eff"])
        spent, visits, collected = self.lifetime()
        sums = {"spend": spent, "visits": visits, "points": collected, "referrals": self.referred}
        self.marks.count(self.document, entry, day, today, sums)
        self._bought(entry, day)
        self._count_rights(day, today)
        best = self._best(today)
        if best and self.rank(best) >= self.rank(self.tier):
            self.tier = best

    def _bought(self, entry: Mapping[str, Any], day: date) -> None:
        """Who buys what opens a tier has a right to it to the end of the next month."""
        asked = self._asked(entry) if entry["kind"] == "earn" else None
        for tier in self.document["tiers"] if asked else ():
            for way in tier.get("enter", ()):
                cats = way.get("categories", ()) if way["metric"] == "purchase" else ()
                if asked and any(item.category in cats for item in asked.items):
                    assert way["window"] == "month"
                    key = tier["id"], "purchase"
                    before = self.rights.get(key)
                    self._has_right(*key, rates.end_of_month(month_of(day) + 1).isoformat())
                    self.sales[entry["seq"]].bought[tier["id"]] = self.rights[key], before

    def _limits(self, entry: Mapping[str, Any]) -> None:
        """What a member may have no more of."""
        facts, day = entry["facts"], self.day(entry["at"]).isoformat()
        if action := facts.get("action"):
            (rule,) = (one for one in self.document["earn"] if one.get("action") == action)
            limit = rule["per_member"]
            key = action, day[: PERIOD[limit["window"]]]
            self.acted[key] += 1
            assert self.acted[key] <= limit["times"], "acted too often"
        if entry["kind"] == "earn":
            counted = self.visits_left(self._asked(entry).visits, entry["eff"])
            assert facts["visits"] == counted, "other visits than count"
        if facts.get("visits"):
            self._visited(entry["eff"], facts["visits"])
            self.times[entry["seq"]] = entry["eff"]
            self.last_visit = max(self.last_visit, entry["eff"])
        self.used[entry["seq"]] = facts
        for one in self.document.get("campaigns", ()):
            if most := one.get("per_member"):
                assert self.current("campaigns", one["id"]) <= most, "a campaign's cap per member"

    def _redeemed(self, entry: Mapping[str, Any]) -> None:
        super()._redeemed(entry)
        if entry["facts"]["voucher"] in self.purses:  # all that the order used, of any voucher
            order, bill = entry["facts"]["order"], self.bills[entry["op"]]
            uses = [one for purse in self.purses.values() for one in purse.uses.values()]
            used = sum(amount for amount, of in uses if of == order)
            assert used <= bill * programs.SHARE_PERCENT // 100, "more than the order allows"

    def _reversed(self, entry: Mapping[str, Any]) -> None:
        if "reverses" not in entry["facts"]:
            super()._reversed(entry)
            return
        seq = entry["facts"]["reverses"]
        sale, facts = self.sales[seq], self.used[seq]
        had_visit = not sale.visit_gone
        document = programs.version(self.shop, self.versions[seq])[0]
        self._add(sale, -1)
        super()._reversed(entry)
        self._add(sale, 1)
        self._without_lost_benefits(entry)
        self.marks.lose_tickets(document, facts, sale)
        if sale.visits and had_visit and sale.visit_gone:
            self._visited(self.times[seq], -sale.visits)
            self.marks.lose(self.document, self.day(self.times[seq]), sale.visits)
            self._not_visited(seq)
        if had_visit and sale.visit_gone:
            caused = (*facts.get("vouchers", ()), *self.refund_vouchers.get(seq, ()))
            used = Counter(self.vouchers[one][1] for one in caused if one in self.redeemed)
            if "waived" not in entry["facts"]:
                self.marks.take_back(self.document, seq, facts, used)
            self.marks.uncount(facts)
            self.referred -= bool(facts.get("referral"))
        self.refund_vouchers.setdefault(seq, []).extend(entry["facts"].get("vouchers", ()))
        if sale.whole and sale.bought:
            self._not_bought(sale, self.day(entry["at"]))

    def _reviewed(self, entry: Mapping[str, Any]) -> None:
        facts = entry["facts"]
        if "by" in facts:
            today = self.day(entry["at"])
            right = facts["tier"], facts["by"]
            if entry["op"] in self.asked:
                assert facts["by"] == "membership"
                paid, ends = today, self.rights.get(right, "")
                if ends >= today.isoformat():
                    paid = date.fromisoformat(ends) + timedelta(days=1)
                last = min(paid.day, rates.end_of_month(month_of(paid) + 1).day)
                after = rates.end_of_month(month_of(paid) + 1).replace(day=last)
                assert facts["until"] == (after - timedelta(days=1)).isoformat(), "paid for longer"
            if facts["by"] == "hand" and "" < facts["until"] < today.isoformat():
                self.rights = {one: u for one, u in self.rights.items() if one[0] != right[0]}
            else:
                self.rights[right] = facts["until"]
        super()._reviewed(entry)

    # Amounts

    def _asked(self, entry: Mapping[str, Any]) -> Asked:
        order = entry["facts"].get("order")
        asked = self.asked.get(f"order:{order}" if order else entry["op"])
        assert asked is not None, f"nobody asked for {entry['op']}"
        return asked

    def _amounts(self, entry: Mapping[str, Any], carried: Mapping[str, int], tier: Right) -> None:
        """Each rule has granted what the request, the carry and the tier come to."""
        facts, asked = entry["facts"], self._asked(entry)
        assert facts["visits"] <= asked.visits
        assert facts.get("spend", 0) == asked.spend
        if asked.effective_ms is not None:
            assert entry["eff"] == asked.effective_ms
        self._lines_fit(entry, asked, facts["visits"], carried, tier)

    def _lines_fit(
        self, entry: Mapping[str, Any], asked: Asked, visits: int, carried: Mapping[str, int],
        tier: Right,
    ) -> None:  # fmt: skip
        rates.lines_fit(self.document, entry, asked, visits, carried, tier and tier[0])

    # What follows

    def _referral(self, entry: Mapping[str, Any]) -> None:
        """The first purchase is marked, and each side gets what the programme has for it."""
        facts, op = entry["facts"], entry["op"]
        counts = entry["kind"] == "earn" and facts.get("spend", 0) >= programs.FIRST_MINOR
        assert bool(facts.get("first")) == (counts and not self.first), "the first purchase"
        if counts and not self.first:
            self.first = entry["seq"]
        if "reverses" in facts:
            first = self.first == facts["reverses"] and self.sales[self.first].visit_gone
            assert bool(facts.get("unfirst")) == first, "the first purchase was refunded"
            self.first = 0 if first else self.first
        if not op.startswith("referral:") or entry["kind"] != "bonus":
            return
        side = op.rpartition(":")[2]
        assert bool(facts.get("referral")) == (side == "referrer")
        assert self.referred <= self.referrals_max(), "more referrals than are rewarded"
        gift = self.document["referral"][side]
        granted = sum(line[1] for line in entry["lines"] if line[4]["k"] in {"referral", "bonus"})
        units = {line[0] for line in entry["lines"] if line[4]["k"] in {"referral", "bonus"}}
        assert (units, granted) == ({gift["unit"]}, gift["amount"]), "another gift"

    def referrals_max(self) -> int:
        """How many friends a member is rewarded for."""
        return int(self.document["referral"]["max_per_member"])

    def _report(self, entry: Mapping[str, Any], tier: Right) -> None:
        """What the member must hear of."""
        if entry["kind"] == "join":
            self.worth_notifying.add(("welcome", entry["seq"]))
        elif self.rank(self.tier) > self.rank(tier):
            self.worth_notifying.add(("tier_up", entry["seq"]))
        asked_for = entry["kind"] in {"issue", "redeem", "cancel"} and entry["src"] != "job"
        if entry["facts"].get("vouchers") and not asked_for:
            self.worth_notifying.add(("reward_unlocked", entry["seq"]))

    def _celebrated(self, entry: Mapping[str, Any]) -> None:
        for occasion in {why["k"] for *_, why in entry["lines"]} & {"birthday", "anniversary"}:
            today = self.day(entry["at"])
            key = occasion, today.isoformat()[:4]
            assert key not in self.celebrated, f"two times {occasion} in a year"
            self.celebrated.add(key)
            assert (today - self.enrolled).days >= TENURE_DAYS, "celebrated too soon"
