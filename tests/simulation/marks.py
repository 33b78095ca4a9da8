"""Milestones, challenges, streaks and tickets of one card, counted again from its entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
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
        self.streaks: dict[str, tuple[str, str, int]] = {}
        """Last period, first period and length."""
        self.tickets: Counter[str] = Counter()
        self.tickets_ever: Counter[str] = Counter()

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
                self._prolong(streak, day)
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
            run = self.streaks[one["metric"]][1] if one["metric"] in self.streaks else ""
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
        """An entry was reversed as a whole; of its gifts these were `used`, by reward."""
        for name, times in facts.get("milestones", {}).items():
            (mark,) = (one for one in document["milestones"] if one["id"] == name)
            run = self.runs[seq][name]
            if run and run != self.streaks[mark["metric"]][1]:
                continue  # that streak is over
            kept = min(times, used[mark.get("reward", "")])
            used[mark.get("reward", "")] -= kept
            self.rewarded[name, run] -= times - kept

    def uncount(self, facts: Mapping[str, Any]) -> None:
        """What an entry counted counts no more."""
        for name, amount in facts.get("challenges", {}).items():
            self.challenges[name] = max(0, self.challenges[name] - amount)
        for name, won in facts.get("tickets", {}).items():
            self.tickets[name] = max(0, self.tickets[name] - won)

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
            value = self.streaks.get(metric, ("", "", 0))[2]
        else:
            value = sums[metric]
        times = max(0, value) // int(milestone["at"])
        return times if milestone.get("repeat") else min(1, times)

    def _prolong(self, streak: str, today: date) -> None:
        if streak == "weeks":
            week = today - timedelta(days=today.isoweekday() - 1)
            this, before = week.isoformat(), (week - timedelta(days=7)).isoformat()
        else:
            this = f"{today.year * 12 + today.month - 1}"
            before = f"{int(this) - 1}"
        last, first, length = self.streaks.get(streak, ("", "", 0))
        if last == before:
            self.streaks[streak] = this, first, length + 1
        elif last < this:
            self.streaks[streak] = this, this, 1


def _challenge(milestone: Mapping[str, Any]) -> bool:
    return "from" in milestone or "until" in milestone


def _within(milestone: Mapping[str, Any], today: date) -> bool:
    day = today.isoformat()
    return bool(milestone.get("from", day) <= day <= milestone.get("until", day))
