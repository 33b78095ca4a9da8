"""What is played for, and what comes unexpectedly, as a programme describes it.

How it goes is told in `milestones.py`, `raffles.py`, `leaderboards.py` and `surprises.py`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from regulars.domain.values import Text


class Milestone(NamedTuple):
    """Something reached once, or again and again, is rewarded: the first purchase, 500 points."""

    id: str
    name: Text
    metric: Literal["spend", "visits", "points", "referrals", "weeks", "months"]
    """`weeks` and `months` are streaks: in a row with a visit."""
    at: int
    first_day: str
    last_day: str
    """With days it is a challenge: only what happens on them counts."""
    repeat: bool
    """Rewarded at every multiple of `at`, not only the first."""
    unit: str
    amount: int
    reward: str
    badge: bool


class Raffle(NamedTuple):
    """Tickets for visits or money spent on its days, then a draw that anyone can check."""

    id: str
    name: Text
    first_day: str
    last_day: str
    per_minor: int
    """One ticket per full so much spent; 0 for one per visit."""
    reward: str
    winners: int


class Leaderboard(NamedTuple):
    """Who came, spent or collected most in the running period, among those who take part."""

    id: str
    name: Text
    metric: Literal["visits", "spend", "points"]
    window: Literal["month", "quarter", "year"]
    places: int
    """How many are shown."""


class SurpriseTerms(NamedTuple):
    """A gift that nobody expects: of the staff's choosing, or drawn by a rule; within a budget."""

    id: str
    name: Text
    """How staff and owner call it."""
    reward: str
    by: Literal["staff", "rule"]
    one_in: int
    """For a rule: one of so many visits or sales, on average."""
    on: tuple[str, ...]
    """For a rule: kinds of occasions (`visit`, `spend`, `item`); any when empty."""
    tiers: tuple[str, ...]
    segments: tuple[str, ...]
    min_spend_minor: int
    limit: int
    limit_window: Literal["day", "month", "year", "lifetime"]
    """How often one member is surprised; 0 for no limit."""
    budget_minor: int
    budget_window: Literal["day", "month", "year", "lifetime"]
    """What the gifts of a window may cost the owner in all, counted in the reward's own cost."""
