"""The parts of a programme document that are played for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from regulars.program.fields import (
    Amount,
    Day,
    Id,
    Money,
    Name,
    Part,
    PerMember,
    RewardRef,
    Segment,
    TierRef,
)


class Milestone(Part):
    """Something reached once, or again and again, is rewarded."""

    id: Id
    name: Name
    metric: Literal["spend", "visits", "points", "referrals", "weeks", "months"]
    at: Annotated[int, Field(ge=1, le=10**12)]
    from_: Annotated[Day | None, Field(alias="from")] = None
    until: Day | None = None
    repeat: bool = False
    grant: Amount | None = None
    reward: RewardRef | None = None
    badge: bool = False

    @model_validator(mode="after")
    def _some_effect(self) -> Milestone:
        if not (self.grant or self.reward or self.badge):
            raise ValueError("a milestone gives a `grant`, a `reward` or a `badge`")
        if (self.from_ or self.until) and self.metric not in {"spend", "visits", "points"}:
            raise ValueError("only spend, visits and points can be counted between days")
        if self.from_ and self.until and self.from_ > self.until:
            raise ValueError("`until` must not lie before `from`")
        return self


class Raffle(Part):
    """Tickets for visits or money spent, then a draw that anyone can check."""

    id: Id
    name: Name
    from_: Annotated[Day, Field(alias="from")]
    until: Day
    per_minor: Annotated[int, Field(ge=1, le=10**9)] | None = None
    reward: RewardRef
    winners: Annotated[int, Field(ge=1, le=1000)] = 1

    @model_validator(mode="after")
    def _in_order(self) -> Raffle:
        if self.from_ > self.until:
            raise ValueError("`until` must not lie before `from`")
        return self


class Leaderboard(Part):
    """Who came, spent or collected most in the running period, among those who take part."""

    id: Id
    name: Name
    metric: Literal["visits", "spend", "points"]
    window: Literal["month", "quarter", "year"]
    places: Annotated[int, Field(ge=3, le=50)] = 10


class Budget(Part):
    """What the gifts of a window may cost in all."""

    amount_minor: Annotated[int, Field(ge=1, le=10**12)]
    window: Literal["day", "month", "year", "lifetime"]


class Surprise(Part):
    """A gift that nobody expects: given by staff, or drawn by a rule."""

    id: Id
    name: Name
    reward: RewardRef
    by: Literal["staff", "rule"]
    one_in: Annotated[int, Field(ge=2, le=10_000)] | None = None
    on: list[Literal["visit", "spend", "item"]] = Field(default_factory=list, max_length=3)
    tiers: list[TierRef] = Field(default_factory=list, max_length=10)
    segments: list[Segment] = Field(default_factory=list, max_length=5)
    min_spend_minor: Money = 0
    per_member: PerMember | None = None
    budget: Budget

    @model_validator(mode="after")
    def _fits(self) -> Surprise:
        if (self.by == "rule") != (self.one_in is not None):
            raise ValueError("`one_in` belongs to surprises by a rule, and they need it")
        if self.by == "staff" and (self.on or self.min_spend_minor):
            raise ValueError("`on` and `min_spend_minor` belong to surprises by a rule")
        return self
