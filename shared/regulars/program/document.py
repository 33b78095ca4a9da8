"""The programme document: its fields, their limits, and messages an owner can act on.

Validated once, when it is published; `domain/program.py` reads it without checking again. Texts
are one string for all languages or one per language code; names of units hold the plural forms
(CLDR categories `one`, `few`, `many`, `other`) under each language.
"""

from __future__ import annotations

from calendar import monthrange
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from regulars.domain.values import thousandths, whole_step
from regulars.program import reward_kinds
from regulars.program.fields import (
    ActionName,
    Amount,
    Currency,
    Day,
    Days,
    Id,
    Languages,
    Link,
    LocalTime,
    LocationRef,
    Money,
    Multiplier,
    Name,
    Part,
    PerMember,
    Positive,
    Promise,
    Rate,
    RewardRef,
    Segment,
    Shaped,
    Share,
    Short,
    TierRef,
    Times,
    UnitName,
    UnitRef,
    Weekday,
    Words,
    Zone,
)
from regulars.program.games import Leaderboard, Milestone, Raffle, Surprise
from regulars.program.limits import Display, Limits
from regulars.program.mistakes import at
from regulars.program.places import Location
from regulars.program.tiers import Tier

_LEAP_YEAR = 2000


def _known_kind(kind: str) -> str:
    if kind not in reward_kinds.names():
        raise ValueError(f"must be one of: {', '.join(reward_kinds.names())}")
    return kind


RewardKindName = Annotated[
    str,
    AfterValidator(_known_kind),
    Field(json_schema_extra={"enum": list(reward_kinds.names())}),
]


class Branding(Part):
    color: Annotated[
        str,
        Shaped(r"^#[0-9a-fA-F]{6}$", "must be a colour as six hexadecimal digits such as #7a3b1d"),
    ] = "#7a3b1d"
    icon: Literal["cup", "scissors", "plate", "book", "bread", "drop", "paw", "gift"] = "gift"
    logo: (
        Annotated[str, Shaped(r"^[mt][0-9a-z]{35}$", "must be the asset_id of an uploaded picture")]
        | None
    ) = None


class Expiry(Part):
    type: Literal["never", "months", "inactivity", "date"] = "never"
    months: Annotated[int, Field(ge=0, le=120)] | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Expiry:
        needed = {
            "never": (),
            "months": ("months",),
            "inactivity": ("months",),
            "date": ("month", "day"),
        }[self.type]
        for name in ("months", "month", "day"):
            if (getattr(self, name) is None) == (name in needed):
                verb = "needs" if name in needed else "takes no"
                raise ValueError(f"an expiry of type {self.type} {verb} `{name}`")
        if self.month and self.day and self.day > monthrange(_LEAP_YEAR, self.month)[1]:
            raise ValueError(f"month {self.month} has no day {self.day}")
        return self


class Replaces(Part):
    """The unit of an earlier version that this one stands for, and what one of it becomes."""

    unit: Id
    rate: Rate


class Value(Part):
    """What so many units are worth to a member."""

    units: Positive
    amount_minor: Annotated[int, Field(ge=1, le=10**12)]


class Unit(Part):
    id: Id
    name: UnitName
    kind: Literal["stamps", "points"]
    expiry: Expiry | Annotated[list[Expiry], Field(min_length=1, max_length=4)] = Expiry()
    hold_days: Annotated[int, Field(ge=0, le=365)] = 0
    replaces: Replaces | None = None
    ends_on: Day | None = None
    value: Value | None = None

    @model_validator(mode="after")
    def _in_time(self) -> Unit:
        several = self.expiry if isinstance(self.expiry, list) else [self.expiry]
        if len(several) > 1 and any(one.type == "never" for one in several):
            raise at("expiry", "what never expires has no other end; take `never` out")
        for one in several:
            if one.type == "inactivity" and self.hold_days >= 28 * (one.months or 1):
                raise ValueError(
                    "`hold_days` must be shorter than the inactivity after which they go"
                )
        return self


class EarnRule(Part):
    id: Id
    name: Name | None = None
    on: Literal["join", "visit", "spend", "item", "action", "birthday", "anniversary"]
    unit: UnitRef
    amount: Positive
    per_minor: Annotated[int, Field(ge=1, le=10**9)] | None = None
    categories: list[Short] = Field(default_factory=list, max_length=100)
    skus: list[Short] = Field(default_factory=list, max_length=500)
    exclude: list[Short] = Field(default_factory=list, max_length=100)
    min_spend_minor: Money = 0
    action: ActionName | None = None
    per_member: PerMember | None = None
    proof: Literal["key", "staff", "owner", "code", "self"] = "key"
    link: Link | None = None
    how: Words | None = None

    @model_validator(mode="after")
    def _fits(self) -> EarnRule:
        for name in ("proof", "link", "how"):
            if self.on != "action" and name in self.model_fields_set:
                raise ValueError(f"`{name}` belongs to rules on actions")
        if (self.on == "action") != (self.action is not None):
            raise ValueError("`action` belongs to rules on actions, and they need it")
        if self.per_member and self.on != "action":
            raise ValueError("`per_member` belongs to rules on actions")
        if (self.on == "spend") != (self.per_minor is not None):
            raise ValueError("`per_minor` belongs to rules on spend, and they need it")
        if self.on == "item" and not (self.categories or self.skus):
            raise ValueError("a rule on items names the categories or skus that count")
        return self


class CreditRate(Part):
    """What units are worth as money off."""

    units: Positive
    amount_minor: Annotated[int, Field(ge=1, le=10**9)]


class Cost(Part):
    unit: UnitRef
    amount: Annotated[int, Field(ge=0, le=1_000_000)]


class Reward(Part):
    id: Id
    name: Name
    kind: RewardKindName = "item"
    cost: Cost | None = None
    promise: Promise | None = None
    headline: Words | None = None
    conditions: list[Words] = Field(default_factory=list, max_length=10)
    auto: bool = False
    when_unused: Literal["returns", "once", "ends"] = "returns"
    valid_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    tiers: list[TierRef] = Field(default_factory=list, max_length=10)
    per_member: PerMember | None = None
    stock: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    percent: Annotated[int, Field(ge=1, le=100)] | None = None
    amount_minor: Money | None = None
    rate: CreditRate | None = None
    min_units: Positive | None = None
    step_units: Positive | None = None
    max_share: Share | None = None
    cost_minor: Money = 0

    @model_validator(mode="after")
    def _fits(self) -> Reward:
        for kind in reward_kinds.names():
            for name in reward_kinds.kind(kind).fields:
                if (self.kind == kind) != (getattr(self, name) is not None):
                    raise ValueError(f"`{name}` belongs to rewards of kind {kind}, which need it")
        if self.auto and not (self.cost and self.cost.amount):
            raise ValueError("a reward issued by itself must cost something")
        if self.when_unused != "returns" and not self.auto:
            raise at("when_unused", "belongs to rewards with `auto`")
        if wrong := self._wrong_credit():
            raise at(*wrong)
        return self

    def _wrong_credit(self) -> tuple[str, str] | None:
        """Find what does not fit a credit, or has no place outside of one: a field, and why."""
        if self.rate is None:
            names = ("min_units", "step_units", "max_share")
            given = (name for name in names if getattr(self, name) is not None)
            return next(((name, "belongs to rewards of kind credit") for name in given), None)
        if self.cost is None:
            return "cost", "is required for a credit; it names the unit that is used"
        if self.auto:
            return "auto", "must be false for a credit: members say how much they take"
        if self.max_share is not None and not thousandths(self.max_share):
            return "max_share", "must be more than 0"
        whole = whole_step(self.rate.units, self.rate.amount_minor)
        step = self.step_units or whole
        if step % whole:
            return "step_units", f"must be a multiple of {whole}, to be worth whole minor units"
        if (self.min_units or 0) % step:
            return "min_units", f"must be a multiple of {step}, the step in which units are taken"
        if self.min_units is None and self.cost.amount % step:
            return "cost", f"must be a multiple of {step}, the step in which units are taken"
        return None


class Hours(Part):
    """Local times, `until` not included."""

    from_: Annotated[LocalTime, Field(alias="from")]
    until: LocalTime

    @model_validator(mode="after")
    def _in_order(self) -> Hours:
        if self.from_ >= self.until:
            raise ValueError("`until` must be later than `from`; a night is two campaigns")
        return self


class Campaign(Part):
    """For a time, some visits earn more. Conditions that are left out always hold."""

    id: Id
    name: Name | None = None
    from_: Annotated[Day | None, Field(alias="from")] = None
    until: Day | None = None
    weekdays: list[Weekday] = Field(default_factory=list, max_length=7)
    hours: Hours | None = None
    on: list[Literal["join", "visit", "spend", "item"]] = Field(default_factory=list, max_length=4)
    units: list[UnitRef] = Field(default_factory=list, max_length=10)
    tiers: list[TierRef] = Field(default_factory=list, max_length=10)
    segments: list[Segment] = Field(default_factory=list, max_length=5)
    locations: list[LocationRef] = Field(default_factory=list, max_length=200)
    min_spend_minor: Money = 0
    multiplier: Multiplier | None = None
    bonus: Amount | None = None
    per_member: Annotated[int, Field(ge=1, le=10_000)] | None = None
    total: Annotated[int, Field(ge=1, le=1_000_000)] | None = None

    @model_validator(mode="after")
    def _one_effect(self) -> Campaign:
        if (self.multiplier is None) == (self.bonus is None):
            raise ValueError("a campaign has either a `multiplier` or a `bonus`")
        if self.multiplier and thousandths(self.multiplier) <= 1000:
            raise ValueError("the multiplier of a campaign is more than 1, for instance 1.5")
        if self.from_ and self.until and self.from_ > self.until:
            raise ValueError("`until` must not lie before `from`")
        return self


class Gift(Part):
    """Units, or a reward."""

    unit: UnitRef | None = None
    amount: Positive | None = None
    reward: RewardRef | None = None

    @model_validator(mode="after")
    def _one(self) -> Gift:
        units = self.unit is not None and self.amount is not None
        if units == (self.reward is not None) or (self.unit is None) != (self.amount is None):
            raise ValueError("a gift is a `unit` with an `amount`, or a `reward`")
        return self


class Referral(Part):
    """What both sides get after the friend's first real purchase."""

    friend: Gift | None = None
    referrer: Gift | None = None
    min_spend_minor: Money = 0
    max_per_member: Annotated[int, Field(ge=1, le=10_000)] | None = None
    min_age_hours: Annotated[int, Field(ge=0, le=2160)] = 0


class Refunds(Part):
    """What a refund takes back: units that are spent already, the tier that the sale brought, the
    voucher that was redeemed with it, and from which share of the money a visit stays."""

    policy: Literal["debt", "waive"] = "debt"
    tier: Literal["take", "keep"] = "take"
    voucher: Literal["return", "keep"] = "return"
    visit_kept_from: Share = "0.5"


class Counts(Part):
    """What of a payment counts as spend, for rules, tiers and minimums alike."""

    tip: bool = False
    delivery: bool = False
    gift_card_sold: bool = False
    tax_inside: bool = True
    zero_sale: bool = False


class Segments(Part):
    """From when on a member is at risk, and lapsed: times their own rhythm, or in days."""

    at_risk: Times = "2.0"
    lapsed: Times = "3.0"
    at_risk_days: Annotated[int, Field(ge=1, le=3650)] = 30
    lapsed_days: Annotated[int, Field(ge=1, le=3650)] = 60

    @model_validator(mode="after")
    def _in_order(self) -> Segments:
        if thousandths(self.at_risk) > thousandths(self.lapsed):
            raise ValueError("`lapsed` must not be less than `at_risk`")
        if self.at_risk_days > self.lapsed_days:
            raise ValueError("`lapsed_days` must not be less than `at_risk_days`")
        return self


class Joining(Part):
    min_age: Annotated[int, Field(ge=0, le=99)] = 0


class Messages(Part):
    close_to_reward_days: Days = 0


class ProgramDocument(Part):
    """A whole programme. An empty set of rules is legal: nothing is earned then."""

    name: Short
    currency: Currency
    timezone: Zone
    country: (
        Annotated[
            str, Shaped(r"^[A-Z]{2}$", "must be a country as two capitals (ISO 3166) such as HU")
        ]
        | None
    ) = None
    leap_birthday: Literal["02-28", "03-01"] = "02-28"
    languages: Languages
    branding: Branding = Branding()
    units: list[Unit] = Field(default_factory=list, max_length=10)
    earn: list[EarnRule] = Field(default_factory=list, max_length=50)
    rewards: list[Reward] = Field(default_factory=list, max_length=50)
    tiers: list[Tier] = Field(default_factory=list, max_length=10)
    categories: dict[Short, Name] = Field(default_factory=dict, max_length=200)
    campaigns: list[Campaign] = Field(default_factory=list, max_length=50)
    milestones: list[Milestone] = Field(default_factory=list, max_length=50)
    raffles: list[Raffle] = Field(default_factory=list, max_length=20)
    leaderboards: list[Leaderboard] = Field(default_factory=list, max_length=5)
    surprises: list[Surprise] = Field(default_factory=list, max_length=20)
    referral: Referral | None = None
    join: Joining = Joining()
    limits: Limits = Limits()
    display: Display = Display()
    refunds: Refunds = Refunds()
    counts: Counts = Counts()
    messages: Messages = Messages()
    segments: Segments = Segments()
    locations: list[Location] = Field(default_factory=list, max_length=200)
