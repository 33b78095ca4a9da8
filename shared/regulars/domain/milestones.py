"""Milestones: the first purchase, 500 points, five visits in March, four weeks in a row.

A card remembers how often it was rewarded for each, so that going back (a refund) and forth over
the same mark is rewarded once. Challenges count between two days, streaks count periods in a row
with a visit; both have counters of their own on the card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from regulars.domain import calendar, limits, reasons
from regulars.domain.card import Card
from regulars.domain.draft import Draft
from regulars.domain.games import Milestone
from regulars.domain.rewards import give

REFERRALS = "n:referrals"
"""Under which name a card counts the friends it has brought."""

STREAKS = frozenset({"weeks", "months"})


def count(draft: Draft, spend_minor: int, visits: int, points: int) -> None:
    """Move the counters of challenges and streaks by what an entry brought."""
    amounts = {"spend": spend_minor, "visits": visits, "points": points}
    streaks = {one.metric for one in draft.program.milestones if one.metric in STREAKS}
    for streak in sorted(streaks) if visits else ():
        draft.card = _prolonged(draft.card, streak, draft.effective_day)
    day = draft.effective_day.isoformat()
    for milestone in draft.program.milestones:
        amount = amounts.get(milestone.metric, 0)
        if amount and _is_challenge(milestone) and _runs(milestone, day):
            draft.card = limits.once_more(draft.card, f"v:{milestone.id}", "", amount)
            draft.facts.setdefault("challenges", {})[milestone.id] = amount


def reach(draft: Draft) -> None:
    """Reward the milestones that the card has reached by this entry."""
    for milestone in draft.program.milestones:
        key, run = f"m:{milestone.id}", _run(milestone, draft.card)
        rewarded = limits.given(draft.card, key, run)
        new = _times(milestone, draft.card) - rewarded
        if new <= 0:
            continue
        draft.card = limits.once_more(draft.card, key, run, new)
        draft.facts.setdefault("milestones", {})[milestone.id] = new
        if run:
            draft.facts.setdefault("runs", {})[milestone.id] = run
        if milestone.unit and milestone.amount:
            reason = reasons.milestone(milestone.id, new)
            draft.grant(milestone.unit, milestone.amount * new, milestone.id, reason)
        reward = draft.program.rewards.get(milestone.reward)
        for _ in range(new if reward else 0):
            if reward:
                give(draft, reward)


def uncount(draft: Draft, facts: Mapping[str, Any]) -> None:
    """What a refunded entry counted for challenges counts no more. A streak stays: the member was
    there."""
    for milestone_id, amount in facts.get("challenges", {}).items():
        draft.card = limits.once_more(draft.card, f"v:{milestone_id}", "", -amount)


def take_back(draft: Draft, facts: Mapping[str, Any], used: Counter[str]) -> None:
    """The milestones that a refunded entry reached can be reached again, but for those whose gift
    has been `used` (by reward), and for streaks that are over."""
    known = {milestone.id: milestone for milestone in draft.program.milestones}
    for milestone_id, times in facts.get("milestones", {}).items():
        milestone = known.get(milestone_id)
        run = facts.get("runs", {}).get(milestone_id, "")
        if milestone is None or run != _run(milestone, draft.card):
            continue
        kept = min(times, used[milestone.reward])
        used[milestone.reward] -= kept
        draft.card = limits.once_more(draft.card, f"m:{milestone_id}", run, kept - times)


def badges(card: Card, milestones: tuple[Milestone, ...]) -> tuple[str, ...]:
    """The ids of the badges a card has."""
    return tuple(
        one.id for one in milestones if one.badge and card.taken.get(f"m:{one.id}", ("", 0))[1]
    )


def _times(milestone: Milestone, card: Card) -> int:
    """How often the mark has been passed by now."""
    if _is_challenge(milestone):
        value = limits.given(card, f"v:{milestone.id}", "")
    else:
        value = {
            "spend": card.lifetime.spend_minor,
            "visits": card.lifetime.visits,
            "points": card.lifetime.points,
            "referrals": limits.given(card, REFERRALS, ""),
        }.get(milestone.metric, card.taken.get(f"s:{milestone.metric}", ("", 0))[1])
    times = max(0, value) // milestone.at
    return times if milestone.repeat else min(times, 1)


def _is_challenge(milestone: Milestone) -> bool:
    return bool(milestone.first_day or milestone.last_day)


def _runs(milestone: Milestone, day: str) -> bool:
    started = not milestone.first_day or milestone.first_day <= day
    return started and (not milestone.last_day or day <= milestone.last_day)


def _run(milestone: Milestone, card: Card) -> str:
    """Within what a milestone is rewarded: a streak since it began, everything else for life."""
    if milestone.metric not in STREAKS:
        return ""
    return card.taken.get(f"s:{milestone.metric}", ("", 0))[0].partition("/")[2]


def _prolonged(card: Card, streak: str, day: date) -> Card:
    """The card after a visit: the streak goes on, stays, or begins anew. A visit told after a
    later one changes nothing.

    It is kept as `<last period>/<first period>` with the number of periods.
    """
    key = f"s:{streak}"
    this, before = _period(streak, day)
    name, length = card.taken.get(key, ("", 0))
    last, _, first = name.partition("/")
    if last >= this:
        return card
    if last != before:
        first, length = this, 0
    return limits.replaced(card, key, f"{this}/{first}", length + 1)


def _period(streak: str, today: date) -> tuple[str, str]:
    """The names of the running period and of the one before it."""
    if streak == "weeks":
        monday = today - timedelta(days=today.weekday())
        return monday.isoformat(), (monday - timedelta(days=7)).isoformat()
    index = calendar.month_index(today)
    return str(index), str(index - 1)
