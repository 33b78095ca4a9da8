"""Milestones, challenges, streaks and tickets of one card, counted again from its entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

STREAKS = ("weeks", "months")


class Marks:
    """What a card has counted and what it was rewarded for."""

    def __init__(self) -> None:
        self.rewarded: Counter[tuple[str, str]] = Counter()
        """By milestone and run (of a streak; else empty) what stands."""
        self.runs: dict[int, dict[str, str]] = {}
        """By entry the run each of its milestones was rewarded in."""
        self.challenges: Counter[str] = Counter()
        self.visited: dict[str, Counter[int]] = {}
        """By kind of streak the visits of its running streak, by the number of the period."""
        self.tickets: Counter[str] = Counter()
        self.tickets_ever: Counter[str] = Counter()
        self.valid_tickets: dict[tuple[int, str], int] = {}
        """By sale and raffle the tickets that stand, where some were taken back."""

    def count(
        self, document: Mapping[str, Any], entry: Mapping[str, Any], day: date, today: date,
        sums: Mapping[str, int],
    ) -> None:  # fmt: skip
        """Assert that an entry counts and rewards what it must. `day` is when it happened, `today`
        when it was told; `sums` are the card's after it."""
        facts = entry["facts"]
        brought = {one: facts.get(one, 0) for one in ("spend", "visits", "points")}
        milestones = document.get("milestones", ())
        if brought["visits"]:
            for streak in {one["metric"] for one in milestones} & set(STREAKS):
                self._visit(streak, day, brought["visits"])
        counted = {
            one["id"]: brought[one["metric"]]
            for one in milestones
            if _challenge(one) and _within(one, day) and brought.get(one["metric"])
        }
        assert facts.get("challenges", {}) == counted, "a challenge counts something else"
        self.challenges.update(counted)
        self._tickets(document, facts, brought, day.isoformat(), today.isoformat())
        passed = {}
        for one in milestones:
            run = self._run(one["metric"])
            key = one["id"], run
            new = self._times(one, sums) - self.rewarded[key]
            if new > 0:
                passed[one["id"]] = new
                self.rewarded[key] += new
                self.runs.setdefault(entry["seq"], {})[one["id"]] = run
        assert facts.get("milestones", {}) == passed, "a milestone was rewarded otherwise"

    def take_back(
        self, document: Mapping[str, Any], seq: int, facts: Mapping[str, Any], used: Counter[str]
    ) -> None:
        """The visit of an entry was reversed; of its gifts these were `used`, by reward."""
        for name, times in facts.get("milestones", {}).items():
            (mark,) = (one for one in document["milestones"] if one["id"] == name)
            run = self.runs[seq][name]
            if run != self._run(mark["metric"]):
                continue  # that streak is over
            kept = min(times, used[mark.get("reward", "")])
            used[mark.get("reward", "")] -= kept
            self.rewarded[name, run] -= times - kept

    def uncount(self, facts: Mapping[str, Any]) -> None:
        """What an entry counted for challenges counts no more."""
        for name, amount in facts.get("challenges", {}).items():
            self.challenges[name] = max(0, self.challenges[name] - amount)

    def lose(self, document: Mapping[str, Any], day: date, visits: int) -> None:
        """Visits of a day were refunded: the streak is what is left after a period without any."""
        for kind in {one["metric"] for one in document.get("milestones", ())} & set(STREAKS):
            run, period, before = self.visited.get(kind), _period(kind, day), self._run(kind)
            if not run or period not in run:
                continue
            run[period] -= visits
            if run[period] <= 0:
                last = max(run)
                del run[period]
                if period < last:
                    for one in [one for one in run if one < period]:
                        del run[one]
            after = self._run(kind)
            for one in document["milestones"]:
                had = self.rewarded[one["id"], before]
                if one["metric"] == kind and after != before and after and had:
                    self.rewarded[one["id"], after] = had

    def lose_tickets(
        self, document: Mapping[str, Any], facts: Mapping[str, Any], sale: Any
    ) -> None:
        """Part of a sale was refunded."""
        for name, won in facts.get("tickets", {}).items():
            (raffle,) = (one for one in document["raffles"] if one["id"] == name)
            stays = 0 if sale.visit_gone else won
            if per := raffle.get("per_minor"):
                stays = sale.left_of(sale.spend) // per
            had = self.valid_tickets.setdefault((id(sale), name), won)
            self.tickets[name] = max(0, self.tickets[name] - (had - stays))
            self.valid_tickets[id(sale), name] = stays

    def _tickets(
        self, document: Mapping[str, Any], facts: Mapping[str, Any], brought: Mapping[str, int],
        day: str, today: str,
    ) -> None:  # fmt: skip
        won = {}
        for raffle in document.get("raffles", ()):
            per = raffle.get("per_minor")
            count = brought["spend"] // per if per else brought["visits"]
            if count and raffle["from"] <= day and today <= raffle["until"]:
                won[raffle["id"]] = count
        assert facts.get("tickets", {}) == won, "other tickets than were won"
        self.tickets.update(won)
        self.tickets_ever.update(won)

    def _times(self, milestone: Mapping[str, Any], sums: Mapping[str, int]) -> int:
        metric = milestone["metric"]
        if _challenge(milestone):
            value = self.challenges[milestone["id"]]
        elif metric in STREAKS:
            value = len(self.visited.get(metric, ()))
        else:
            value = sums[metric]
        times = max(0, value) // int(milestone["at"])
        return times if milestone.get("repeat") else min(1, times)

    def _run(self, kind: str) -> str:
        """The first period of the running streak."""
        run = self.visited.get(kind)
        return str(min(run)) if run else ""

    def _visit(self, kind: str, day: date, visits: int) -> None:
        period, run = _period(kind, day), self.visited.get(kind, Counter())
        if run and period < min(run):
            return
        if not run or period > max(run) + 1:
            run = Counter()
        run[period] += visits
        self.visited[kind] = run


def _period(kind: str, day: date) -> int:
    """The number of a week or month; the next one has the next number."""
    if kind == "weeks":
        return (day - date(2020, 1, 6)).days // 7
    return day.year * 12 + day.month - 1


def _challenge(milestone: Mapping[str, Any]) -> bool:
    return "from" in milestone or "until" in milestone


def _within(milestone: Mapping[str, Any], today: date) -> bool:
    day = today.isoformat()
    return bool(milestone.get("from", day) <= day <= milestone.get("until", day))
