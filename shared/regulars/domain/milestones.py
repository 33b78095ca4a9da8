"""Milestones: the first purchase, 500 points, every tenth visit.

A card remembers how often it was rewarded for each, so that going back (a refund) and forth over
the same mark is rewarded once.
"""

from __future__ import annotations

from regulars.domain import limits
from regulars.domain.card import Card
from regulars.domain.draft import Draft
from regulars.domain.program import Milestone
from regulars.domain.rewards import give

REFERRALS = "referrals"
"""Under which name a card counts the friends it has brought."""


def reach(draft: Draft) -> None:
    """Reward the milestones that the card has reached by this entry."""
    for milestone in draft.program.milestones:
        key = f"m:{milestone.id}"
        rewarded = limits.given(draft.card, key, "")
        new = _times(milestone, draft.card) - rewarded
        if new <= 0:
            continue
        draft.card = limits.once_more(draft.card, key, "", new)
        draft.facts.setdefault("milestones", {})[milestone.id] = new
        if milestone.unit and milestone.amount:
            why = {"k": "milestone", "m": milestone.id, "n": new}
            draft.grant(milestone.unit, milestone.amount * new, milestone.id, why)
        reward = draft.program.rewards.get(milestone.reward)
        for _ in range(new if reward else 0):
            if reward:
                give(draft, reward)


def badges(card: Card, milestones: tuple[Milestone, ...]) -> tuple[str, ...]:
    """The ids of the badges a card has."""
    return tuple(
        one.id for one in milestones if one.badge and limits.given(card, f"m:{one.id}", "")
    )


def _times(milestone: Milestone, card: Card) -> int:
    """How often the mark has been passed by now."""
    value = {
        "spend": card.lifetime.spend_minor,
        "visits": card.lifetime.visits,
        "points": card.lifetime.points,
        "referrals": limits.given(card, REFERRALS, ""),
    }[milestone.metric]
    times = max(0, value) // milestone.at
    return times if milestone.repeat else min(times, 1)
