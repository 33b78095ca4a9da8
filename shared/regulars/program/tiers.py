"""The tiers of a programme document: how they are reached and kept, what they bring."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from regulars.program.fields import (
    Id,
    Money,
    Multiplier,
    Name,
    Part,
    RewardRef,
    Shaped,
    Short,
    Words,
)


class Keep(Part):
    """For how long a tier is certain once it was reached."""

    for_: Annotated[Literal["period", "next_period", "months", "ever"], Field(alias="for")] = (
        "next_period"
    )
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    at_least: Annotated[int, Field(ge=1, le=10**12)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Keep:
        if (self.for_ == "months") != (self.months is not None):
            raise ValueError("`months` belongs to `for` months, which needs it")
        return self


class Entry(Part):
    """One way into a tier."""

    metric: Literal["spend", "visits", "points", "membership", "invitation", "purchase"]
    at_least: Annotated[int, Field(ge=1, le=10**12)] | None = None
    window: Annotated[
        str,
        Shaped(
            r"^(?:month|quarter|year|lifetime|rolling:(?:[1-9]|1[0-9]|2[0-4]))$",
            "must be month, quarter, year, lifetime, or the last 1 to 24 months as rolling:12",
        ),
    ] = "lifetime"
    price_minor: Money | None = None
    period: Literal["month", "year"] | None = None
    categories: list[Short] = Field(default_factory=list, max_length=100)
    skus: list[Short] = Field(default_factory=list, max_length=500)
    percent: Annotated[int, Field(ge=1, le=50)] | None = None
    keep: Keep | None = None

    @model_validator(mode="after")
    def _fits(self) -> Entry:
        counted = self.metric in {"spend", "visits", "points"}
        if counted != (self.at_least is not None):
            raise ValueError("`at_least` belongs to spend, visits and points, and they need it")
        if (self.metric == "membership") != (self.period is not None):
            raise ValueError("`period` belongs to memberships, and they need it")
        if (self.metric == "purchase") != bool(self.categories or self.skus):
            raise ValueError("`categories` or `skus` belong to purchases, and they need one")
        if self.price_minor is not None and self.metric not in {"membership", "purchase"}:
            raise ValueError("`price_minor` belongs to memberships and purchases")
        if self.percent is not None and self.metric != "invitation":
            raise ValueError("`percent` belongs to invitations")
        return self

    @model_validator(mode="after")
    def _keeps(self) -> Entry:
        if self.keep is None:
            return self
        counted = self.metric in {"spend", "visits", "points"}
        if not counted and self.metric != "purchase":
            raise ValueError("`keep` belongs to spend, visits, points and purchases")
        if self.window == "lifetime" and (counted or self.keep.for_ != "months"):
            raise ValueError("what is counted over a lifetime is kept for ever, without `keep`")
        if self.keep.at_least and not (self.at_least and self.keep.at_least <= self.at_least):
            raise ValueError("`keep.at_least` is at most what it takes to enter")
        return self


class Benefit(Part):
    """A reward that members of a tier get again and again."""

    id: Id
    reward: RewardRef
    every: Literal["week", "month", "quarter", "year", "birthday", "anniversary"]
    times: Annotated[int, Field(ge=1, le=5)] = 1


class Discount(Part):
    """Money off for as long as somebody is in the tier; nothing of it is used up."""

    id: Id
    name: Name
    percent: Annotated[int, Field(ge=1, le=100)]
    categories: list[Short] = Field(default_factory=list, max_length=100)
    skus: list[Short] = Field(default_factory=list, max_length=500)


class Season(Part):
    """The months in which a tier can be held; it may span the turn of the year."""

    from_month: Annotated[int, Field(ge=1, le=12)]
    until_month: Annotated[int, Field(ge=1, le=12)]


class Tier(Part):
    id: Id
    name: Name
    enter: list[Entry] = Field(default_factory=list, max_length=10)
    multiplier: Multiplier = "1"
    perks: list[Words] = Field(default_factory=list, max_length=20)
    benefits: list[Benefit] = Field(default_factory=list, max_length=10)
    discounts: list[Discount] = Field(default_factory=list, max_length=10)
    grace_days: Annotated[int, Field(ge=0, le=365)] = 0
    notice_days: Annotated[int, Field(ge=0, le=180)] = 0
    season: Season | None = None
