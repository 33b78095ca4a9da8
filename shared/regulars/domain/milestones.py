"""Reward milestones: the first purchase, 500 points, five visits in March, four weeks in a row.

A card counts how often it was rewarded for each, so that passing a mark again after a refund is
rewarded once. Challenges count between two days, streaks count periods in a row with a visit; both
have counters of their own on the card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from regulars.domain import limits, reasons, streaks
from regulars.domain.card import Card
from regulars.domain.draft import Draft
from regulars.domain.games import Milestone
from regulars.domain.ledger import Entry
from regulars.domain.program import Program
from regulars.domain.rewards import give

REFERRALS = "n:referrals"
"""The name under which a card counts the referrals that were rewarded."""


def count(draft: Draft, spend_minor: int, visits: int, points: int) -> None:
    """Move the counters of challenges and streaks by what an entry counts."""
    if visits > 0:
        extend_streaks(draft, draft.effective_day, visits)
    count_challenges(draft, draft.effective_day, spend_minor, visits, points)


def count_challenges(draft: Draft, day: date, spend_minor: int, visits: int, points: int) -> None:
    """Count what happened on a day for the challenges of that day."""
    if counted := challenges(draft.program, day, spend_minor, visits, points):
        move_challenges(draft, counted)
        draft.facts["challenges"] = counted


def challenges(
    program: Program, day: date, spend_minor: int, visits: int, points: int
) -> dict[str, int]:
    """Return by challenge what it counts of what happened on a day."""
    amounts = {"spend": spend_minor, "visits": visits, "points": points}
    return {
        one.id: amounts[one.metric]
        for one in program.milestones
        if amounts.get(one.metric) and _is_challenge(one) and _runs(one, day.isoformat())
    }


def move_challenges(draft: Draft, by: Mapping[str, int]) -> None:
    """Move the counters of challenges."""
    for milestone_id, amount in by.items():
        draft.card = limits.counted(draft.card, f"v:{milestone_id}", "", amount)


def extend_streaks(draft: Draft, day: date, visits: int) -> None:
    """Add visits of a day to the running streaks."""
    for kind in sorted({one.metric for one in draft.program.milestones} & streaks.KINDS):
        run = streaks.running(draft.card, kind)
        longer = run.extended(streaks.period(kind, day), visits)
        draft.card = streaks.stored(draft.card, kind, longer)


def too_many(draft: Draft, entry: Entry) -> Iterator[tuple[Milestone, int]]:
    """Yield the milestones that a sale reached and that its card no longer reaches, and how often;
    they are uncounted."""
    for milestone in draft.program.milestones:
        times = int(entry.facts.get("milestones", {}).get(milestone.id, 0))
        key, run = f"m:{milestone.id}", _run(milestone, draft.card)
        given = limits.given(draft.card, key, run)
        excess = min(times, given - _times(milestone, draft.card))
        if excess > 0:
            draft.card = limits.counted(draft.card, key, run, -excess)
            yield milestone, excess


def reach(draft: Draft) -> None:
    """Reward the milestones that the card reaches with this entry."""
    for milestone in draft.program.milestones:
        key, run = f"m:{milestone.id}", _run(milestone, draft.card)
        rewarded = limits.given(draft.card, key, run)
        new = _times(milestone, draft.card) - rewarded
        if new <= 0:
            continue
        draft.card = limits.counted(draft.card, key, run, new)
        draft.facts.setdefault("milestones", {})[milestone.id] = new
        if run:
            draft.facts.setdefault("runs", {})[milestone.id] = run
        if milestone.unit:
            reason = reasons.milestone(milestone.id, new)
            draft.grant(milestone.unit, milestone.amount * new, milestone.id, reason)
        reward = draft.program.rewards.get(milestone.reward)
        if reward:
            for _ in range(new):
                give(draft, reward)


def uncount(draft: Draft, facts: Mapping[str, Any]) -> None:
    """Subtract what a refunded entry counted for challenges."""
    move_challenges(draft, {one: -by for one, by in facts.get("challenges", {}).items()})


def break_streaks(draft: Draft, day: date, visits: int) -> None:
    """Take refunded visits out of the running streaks.

    What was rewarded for a streak counts as rewarded for what is left of it.
    """
    for kind in sorted({one.metric for one in draft.program.milestones} & streaks.KINDS):
        run = streaks.running(draft.card, kind)
        left = run.without(streaks.period(kind, day), visits)
        if left == run:
            continue
        before, after = streaks.name_of(kind, run), streaks.name_of(kind, left)
        for milestone in draft.program.milestones:
            key = f"m:{milestone.id}"
            rewarded = limits.given(draft.card, key, before)
            if milestone.metric == kind and rewarded and after:
                draft.card = limits.with_count(draft.card, key, after, rewarded)
        draft.card = streaks.stored(draft.card, kind, left)


def take_back(draft: Draft, facts: Mapping[str, Any], used: Counter[str]) -> None:
    """Uncount the milestones that a refunded entry reached, so that they can be reached again.

    Not those whose gift has been redeemed (`used` counts by reward id, and is reduced), nor those
    of a streak when another one was rewarded since.
    """
    known = {milestone.id: milestone for milestone in draft.program.milestones}
    for milestone_id, times in facts.get("milestones", {}).items():
        milestone = known.get(milestone_id)
        run = facts.get("runs", {}).get(milestone_id, "")
        if milestone is None or run != limits.stored(draft.card, f"m:{milestone_id}")[0]:
            continue
        kept = min(times, used[milestone.reward])
        used[milestone.reward] -= kept
        draft.card = limits.counted(draft.card, f"m:{milestone_id}", run, kept - times)


def badges(card: Card, milestones: tuple[Milestone, ...]) -> tuple[str, ...]:
    """List the ids of the badges a card has."""
    return tuple(
        one.id for one in milestones if one.badge and limits.stored(card, f"m:{one.id}")[1]
    )


def value(milestone: Milestone, card: Card) -> int:
    """Return how far a card is, in the milestone's metric; never less than 0."""
    if _is_challenge(milestone):
        return max(0, limits.given(card, f"v:{milestone.id}", ""))
    counted = {
        "spend": card.lifetime.spend_minor,
        "visits": card.lifetime.visits,
        "points": card.lifetime.points,
        "referrals": limits.given(card, REFERRALS, ""),
    }
    return max(0, counted.get(milestone.metric, limits.stored(card, f"s:{milestone.metric}")[1]))


def _times(milestone: Milestone, card: Card) -> int:
    """Count how often the mark has been passed."""
    times = value(milestone, card) // milestone.at
    return times if milestone.repeat else min(times, 1)


def _is_challenge(milestone: Milestone) -> bool:
    return bool(milestone.first_day or milestone.last_day)


def _runs(milestone: Milestone, day: str) -> bool:
    started = not milestone.first_day or milestone.first_day <= day
    return started and (not milestone.last_day or day <= milestone.last_day)


def _run(milestone: Milestone, card: Card) -> str:
    """Name the period in which it is rewarded once: a streak since it began, else a lifetime."""
    if milestone.metric not in streaks.KINDS:
        return ""
    return streaks.first_name(card, milestone.metric)
