"""A loyalty programme as the rules see it: frozen values read from a validated document.

The document (JSON, see `program/document.py`) is what owners write, export and compare;
`program/load.py` fills these values from one that was checked before it was published. Money is in
minor units of `currency`, multipliers in thousandths, durations in days or months as the name says.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from regulars.domain.allowances import Display, Limits
from regulars.domain.campaigns import Campaign
from regulars.domain.games import Leaderboard, Milestone, Raffle, SurpriseRule
from regulars.domain.values import Text


class Expiry(NamedTuple):
    """When what was earned stops being spendable."""

    kind: Literal["never", "months", "inactivity", "date"]
    months: int
    """For `months`: lots last until the end of the month this many months after the earning. For
    `inactivity`: everything lasts this many months after the last earning or spending."""
    month: int
    day: int
    """For `date`: the last valid day of each year."""


class Unit(NamedTuple):
    """What is collected: stamps (shown as a punch card) or points (shown as a number)."""

    id: str
    name: Text
    kind: Literal["stamps", "points"]
    expiry: tuple[Expiry, ...]
    """The earliest end that one of them gives holds."""
    hold_days: int
    replaces: str
    """The unit of an earlier version that this one stands for."""
    rate: int
    """How many of this unit one of the replaced unit becomes, in millionths."""
    ends_on: str
    """The last day (ISO) on which it can be used; it counts whole."""
    value_units: int
    value_minor: int
    """What so many units are worth to a member, in minor units; 0 when the owner does not say."""


class EarnRule(NamedTuple):
    """What grants units. Every rule that matches adds; none replaces another."""

    id: str
    on: Literal["join", "visit", "spend", "item", "action", "birthday", "anniversary"]
    unit: str
    amount: int
    per_minor: int
    """For `spend`: `amount` units for each full `per_minor`; the remainder is carried."""
    categories: tuple[str, ...]
    skus: tuple[str, ...]
    """For `item`: what counts. For `spend`: when given, only these categories count."""
    exclude: tuple[str, ...]
    """Categories whose amounts never count, for instance gift cards."""
    min_spend_minor: int
    action: str
    """For `action`: which (`review`, `social_follow` ...)."""
    limit: int
    limit_window: Literal["day", "month", "year", "lifetime"]
    """For `action`: how often a member is rewarded for it; 0 for no limit."""
    name: Text | None
    """What explanations call it."""
    proof: Literal["key", "staff", "owner", "code", "self"]
    """For `action`: who says that it was done."""
    link: str
    """For `action`: where it is done."""
    how: Text | None
    """For `action`: how it is done, in words."""


class Rate(NamedTuple):
    """What units are worth as money off."""

    units: int
    amount_minor: int

    def of(self, units: int) -> int:
        """Return what so many units are worth, in minor units; whole for whole steps."""
        return units * self.amount_minor // self.units


class Reward(NamedTuple):
    """What can be had for units, or is granted as a benefit."""

    id: str
    name: Text
    kind: str
    """A module of `program/reward_kinds`."""
    unit: str
    """Empty for a gift: it is given by tiers and milestones and cannot be chosen."""
    cost: int
    auto: bool
    """Issued by itself as soon as the cost is there."""
    valid_days: int | None
    tiers: tuple[str, ...]
    limit: int | None
    limit_window: Literal["day", "month", "year", "lifetime"]
    cost_minor: int
    """What one costs the owner; for liability and reports."""
    stock: int
    """How many there are in all; 0 for no limit."""
    percent: int
    """For `percent`: how much is taken off the price, in percent."""
    amount_minor: int
    """For `amount`: how much is taken off the bill."""
    promise: Text | None
    """The owner's sentence on the way there, in plural forms; {n} is what is missing."""
    headline: Text | None
    """The owner's sentence on the join page: what is given for what."""
    conditions: tuple[Text, ...]
    """What the owner says about using it, in sentences."""
    rate: Rate | None
    """For `credit`: what units are worth. `cost` is the least that can be taken then."""
    step_units: int
    """For `credit`: units are taken in whole steps of this."""
    when_unused: Literal["returns", "once", "ends"]
    """For an automatic reward: what becomes of its units when its voucher is not used in time."""
    max_share: int
    """For `credit`: the share of an order that can be paid with it, in thousandths; 0 for all."""

    @property
    def value_minor(self) -> int:
        """What a voucher for this cost is worth as money off; 0 for other kinds than `credit`."""
        return self.rate.of(self.cost) if self.rate else 0


class Keep(NamedTuple):
    """For how long a tier is certain once it was reached in one way."""

    kind: Literal["period", "next_period", "months", "ever"] = "next_period"
    """To the end of the running period of the way's window, of the one after it, of the month that
    many months later, or without an end."""
    months: int = 0
    at_least: int = 0
    """What is enough, in the way's metric, for who holds the tier already; 0 for as much as others
    need."""


class TierCondition(NamedTuple):
    """One way into a tier: enough of a metric within a window, counted in what was earned."""

    metric: Literal["spend", "visits", "points", "membership", "invitation", "purchase"]
    at_least: int
    window: str
    """`month`, `quarter`, `year`, `lifetime` or `rolling:<months>`."""
    categories: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    """For `purchase`: buying one of these opens the tier."""
    percent: int = 0
    """For `invitation`: the top share of members by yearly spend that is invited."""
    period: str = ""
    """For `membership`: what one payment is for, a `month` or a `year`."""
    price_minor: int = 0
    """For `membership` and `purchase`: what it costs, as far as the owner says."""
    keep: Keep = Keep()


class Benefit(NamedTuple):
    """A reward that members of a tier get again and again, without paying for it in units."""

    id: str
    reward: str
    every: Literal["week", "month", "quarter", "year", "birthday", "anniversary"]
    times: int


class Discount(NamedTuple):
    """Money off for as long as somebody is in the tier; nothing of it is used up."""

    id: str
    name: Text
    percent: int
    categories: tuple[str, ...]
    skus: tuple[str, ...]
    """What it is for; everything when both are empty."""


class Tier(NamedTuple):
    """A named level. Tiers are listed from the lowest to the highest."""

    id: str
    name: Text
    enter: tuple[TierCondition, ...]
    """Any of these suffices; none at all means everyone is in from the start."""
    multiplier: int
    """Applied to what is earned, in thousandths: 1500 is one and a half."""
    perks: tuple[Text, ...]
    benefits: tuple[Benefit, ...]
    discounts: tuple[Discount, ...]
    grace_days: int
    """For how long a tier that is no longer entitled to is kept on."""
    notice_days: int
    """How long before its end a member is told what keeps the tier."""
    first_month: int
    last_month: int
    """The months in which a seasonal tier can be held; 0 for all year."""


class ReferralReward(NamedTuple):
    """Units, or a reward."""

    unit: str
    amount: int
    reward: str


class Referral(NamedTuple):
    """What both sides get after the friend's first real purchase."""

    friend: ReferralReward
    referrer: ReferralReward
    min_spend_minor: int
    max_per_member: int
    """How many friends one member is rewarded for; 0 for no limit."""
    min_age_hours: int
    """How old both cards must be before anybody is rewarded."""


class Refunds(NamedTuple):
    """What a refund takes back."""

    policy: Literal["debt", "waive"]
    """What becomes of units that it should take back and that are spent already."""
    tier: Literal["take", "keep"]
    """Whether a sale that is refunded whole takes the tier that would not stand without it."""
    voucher: Literal["return", "keep"]
    """Whether a voucher that was redeemed in an order comes back with a refund of all of it."""
    visit_kept_from: int
    """The share of the money that must stay for the visit to stay, in thousandths."""


class Counts(NamedTuple):
    """What of a payment counts as spend."""

    tip: bool = False
    delivery: bool = False
    gift_card_sold: bool = False
    tax_inside: bool = True
    """Whether tax that is inside the price counts; tax on top never does."""
    zero_sale: bool = False
    """Whether a sale of 0.00 is a visit."""


class Segments(NamedTuple):
    """From when on a member is at risk, and lapsed."""

    at_risk: int
    lapsed: int
    """How many times their own rhythm without a visit, in thousandths."""
    at_risk_days: int
    lapsed_days: int
    """The days for a member who has no rhythm yet."""


class Joining(NamedTuple):
    """Who can become a member."""

    min_age: int
    """Years; zero lets anybody join, and nobody is asked for a date of birth."""


class Messages(NamedTuple):
    """When members are written to; zero switches a message off."""

    close_to_reward_days: int
    """Days without a visit after which a member who lacks one more gets a reminder."""


class Step(NamedTuple):
    """What a version does once to every card that was written under an earlier one."""

    version: int
    replaced: Mapping[str, tuple[str, int]]
    """By unit that went, the unit that stands for it now and how many, in millionths."""
    dropped: tuple[str, ...] = ()
    """The rules on spend that went: what was carried for them is lost."""


class Past(NamedTuple):
    """What earlier versions leave behind for those who hold something of them."""

    rewards: Mapping[str, tuple[tuple[int, Reward], ...]] = MappingProxyType({})
    """By reward its earlier definitions, oldest first, each with the last version that had it."""
    units: Mapping[str, Unit] = MappingProxyType({})
    """The units that left, as they were."""
    steps: tuple[Step, ...] = ()
    zones: tuple[str, str, int] | None = None
    """When the time zone changes: before, after, and from which instant on (ms)."""


class Opening(NamedTuple):
    """When a place is open: weekdays (0 is Monday) and local times `HH:MM`. One that ends before it
    begins goes on into the next day."""

    days: tuple[int, ...]
    starts: str
    ends: str


class Program(NamedTuple):
    """One published version of a programme."""

    version: int
    name: str
    currency: str
    timezone: str
    country: str
    """ISO 3166; how telephone numbers without a country code are read."""
    leap_birthday: Literal["02-28", "03-01"]
    """When a birthday on 29 February is celebrated in other years."""
    languages: tuple[str, ...]
    color: str
    icon: str
    """The picture of a reward on the punch card."""
    logo: str
    """Id of an uploaded picture of the shop; empty without one."""
    units: Mapping[str, Unit]
    earn: tuple[EarnRule, ...]
    rewards: Mapping[str, Reward]
    tiers: tuple[Tier, ...]
    campaigns: tuple[Campaign, ...]
    milestones: tuple[Milestone, ...]
    raffles: tuple[Raffle, ...]
    leaderboards: tuple[Leaderboard, ...]
    surprises: tuple[SurpriseRule, ...]
    referral: Referral | None
    join: Joining
    limits: Limits
    refunds: Refunds
    counts: Counts
    messages: Messages
    segments: Segments
    locations: Mapping[str, str]
    categories: Mapping[str, Text]
    """Names of categories, by id, for explanations."""
    opening: Mapping[str, tuple[Opening, ...]]
    """By location when it is open; those that do not say are not there."""
    display: Display
    place_limits: Mapping[str, Limits]
    """By location what holds there, for those with limits of their own."""
    past: Past = Past()

    def limits_at(self, location: str | None) -> Limits:
        """Return the limits that hold for what is booked at a location; None is nowhere."""
        return self.place_limits.get(location or "", self.limits)

    def action_rule(self, action: str) -> EarnRule | None:
        """Return the first rule that rewards an action; None when none does."""
        return next((it for it in self.earn if it.on == "action" and it.action == action), None)

    def terms(self, reward_id: str, version: int) -> Reward | None:
        """Return a reward as it was in a version; the nearest one known when it was not there.

        Version 0 stands for one before versions were noted: the oldest definition that is known.
        """
        earlier = self.past.rewards.get(reward_id, ())
        for last, reward in earlier:
            if version <= last:
                return reward
        return self.rewards.get(reward_id) or (earlier[-1][1] if earlier else None)

    def at(self, now_ms: int) -> Program:
        """Return the programme in the time zone that holds at an instant."""
        if self.past.zones is None:
            return self
        before, after, from_ms = self.past.zones
        return self._replace(timezone=before if now_ms < from_ms else after)

    def unit(self, unit_id: str) -> Unit | None:
        """Return a unit of this version, else as it was when it left; None when nobody knew it."""
        return self.units.get(unit_id) or self.past.units.get(unit_id)

    def tier_rank(self, tier_id: str | None) -> int:
        """Position in the ladder, -1 for none (also for a tier that no longer exists)."""
        for rank, tier in enumerate(self.tiers):
            if tier.id == tier_id:
                return rank
        return -1

    def multiplier(self, tier_id: str | None) -> int:
        """The earning multiplier of a tier in thousandths; 1000 without one."""
        rank = self.tier_rank(tier_id)
        return self.tiers[rank].multiplier if rank >= 0 else 1000
