"""Hold the terms of milestones, raffles, leaderboards and surprises, as a programme sets them.

The rules are in `milestones.py`, `raffles.py`, `leaderboards.py` and `surprises.py`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from regulars.domain.values import Text


class Milestone(NamedTuple):
    """A mark that is rewarded once or each time: the first purchase, 500 points."""

    id: str
    name: Text
    metric: Literal["spend", "visits", "points", "referrals", "weeks", "months"]
    """`weeks` and `months` are streaks: periods in a row with a visit."""
    at: int
    first_day: str
    last_day: str
    """With days it is a challenge: only what happens on these days counts."""
    repeat: bool
    """Rewarded at every multiple of `at`, not only the first."""
    unit: str
    amount: int
    reward: str
    badge: bool


class Raffle(NamedTuple):
    """Tickets for visits or money on its days, then a draw that anyone can check."""

    id: str
    name: Text
    first_day: str
    last_day: str
    per_minor: int
    """Money in minor units per ticket; 0 for one ticket per visit."""
    reward: str
    winners: int


class Leaderboard(NamedTuple):
    """A ranking by visits, spend or points in the current period, of members who take part."""

    id: str
    name: Text
    metric: Literal["visits", "spend", "points"]
    window: Literal["month", "quarter", "year"]
    places: int
    """How many places are shown."""


class SurpriseRule(NamedTuple):
    """An unexpected gift within a budget: given by staff, or drawn by a rule."""

    id: str
    name: Text
    """The name for staff and owner."""
    reward: str
    by: Literal["staff", "rule"]
    one_in: int
    """For a rule: it draws one of `one_in` visits or sales, on average."""
    on: tuple[str, ...]
    """For a rule: kinds of occasions (`visit`, `spend`, `item`); any when empty."""
    tiers: tuple[str, ...]
    segments: tuple[str, ...]
    min_spend_minor: int
    limit: int
    limit_window: Literal["day", "month", "year", "lifetime"]
    """How often one member gets it; 0 for no limit."""
    budget_minor: int
    budget_window: Literal["day", "month", "year", "lifetime"]
    """What the gifts of a window may cost in total, in minor units of the rewards' own cost."""
