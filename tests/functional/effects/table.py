"""For every field of a programme: another value, and the story in which somebody notices."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.functional.effects.scenarios import (
    CAKE,
    COFFEE,
    POINT,
    SPEND,
    STAMP,
    TREAT,
    VISIT,
    Scenario,
    acting,
    after_hours,
    at_the_counter,
    at_the_door,
    benefit,
    bringing,
    carrying,
    climbing,
    coming,
    competing,
    fading,
    giving,
    leaping,
    published_again,
    refunding,
    returning,
    ringing_up,
    scanning,
    spending,
    taking,
    tier,
)
from tests.functional.effects.world import LIVE_ID, Document

Part = dict[str, Any]


class Line(NamedTuple):
    """One field. `at` is its path with places in lists; `sections` are what the document must have
    beside `PLAIN` for it to matter; `also` are fields beside it that the new value cannot be
    without."""

    at: str
    to: Any
    scenario: Scenario
    sections: Document
    also: Part

    @property
    def path(self) -> str:
        """The path without places in lists."""
        return ".".join(step for step in self.at.split(".") if not step.isdigit())


def line(
    at: str, to: Any, scenario: Scenario = coming, also: Part | None = None, **sections: Any
) -> Line:
    """One field that somebody notices in a scenario."""
    return Line(at, to, scenario, sections, also or {})


def lasting(**expiry: Any) -> list[Part]:
    """The units, stamps with an expiry."""
    return [STAMP | {"expiry": expiry}, POINT]


NO_WELCOME = {"id": "visit", "on": "visit", "unit": "stamp", "amount": 1}
"""The only rule: joining puts nothing on the card."""

VALUE = {"units": 100, "amount_minor": 300}


def instead_of_tokens(**more: Any) -> list[Part]:
    """The units, points in the place of tokens."""
    return [STAMP, POINT | {"replaces": {"unit": "token", "rate": "2"}} | more]


def item(**what: Any) -> list[Part]:
    """The rules, and one on items."""
    return [VISIT, SPEND, {"id": "item", "on": "item", "unit": "stamp", "amount": 1, **what}]


def review(**limit: Any) -> list[Part]:
    """The rules, and one on reviews."""
    on = {"id": "review", "on": "action", "action": "review", "unit": "point", "amount": 5}
    return [VISIT, SPEND, on | ({"per_member": limit} if limit else {})]


def cake(**more: Any) -> list[Part]:
    """The rewards, the cake with more said about it."""
    return [COFFEE, CAKE | more, TREAT]


def brief() -> list[Part]:
    """The rewards, the coffee for two stamps and a week."""
    two = {"unit": "stamp", "amount": 2}
    return [COFFEE | {"cost": two, "valid_days": 7}, CAKE, TREAT]


CREDIT = {"kind": "credit", "rate": {"units": 10, "amount_minor": 100}}
"""The cake for points as money off: 1.00 for 10."""


def way(metric: str, **more: Any) -> list[Part]:
    """A tier for guests, and gold with one way into it."""
    return [tier("guest"), tier("gold", enter=[{"metric": metric, **more}])]


def by_visits(keep: Part, **more: Any) -> list[Part]:
    """Gold for two visits in a year."""
    enter = {"metric": "visits", "at_least": 2, "window": "year", "keep": keep}
    return [tier("gold", enter=[enter], **more)]


def with_discount() -> list[Document]:
    """A tier for everybody with a standing discount."""
    off = {"id": "off", "name": "10 % off", "percent": 10, "categories": ["merch"], "skus": ["cup"]}
    return [tier("gold", discounts=[off])]


def with_benefit(**more: Any) -> list[Part]:
    """A tier with a treat in every month."""
    return [tier("gold", benefits=[benefit("monthly", every="month", **more)])]


def campaign(**more: Any) -> list[Part]:
    """Everything counts twice."""
    return [{"id": "double", "multiplier": "2", **more}]


def extra(**more: Any) -> list[Part]:
    """Five points on top."""
    return [{"id": "extra", "bonus": {"unit": "point", "amount": 5}, **more}]


def milestone(**more: Any) -> list[Part]:
    """Ten points for the second visit."""
    what = {"id": "two", "name": "Two visits", "metric": "visits", "at": 2}
    return [{**what, "grant": {"unit": "point", "amount": 10}, **more}]


def raffle(**more: Any) -> list[Part]:
    """A raffle of a treat until the end of November."""
    days = {"from": "2026-11-01", "until": "2026-11-30"}
    return [{"id": "winter", "name": "Winter raffle", **days, "reward": "treat", **more}]


def board(**more: Any) -> list[Part]:
    """Who came most this month."""
    counted = {"metric": "visits", "window": "month"}
    return [{"id": "regulars", "name": "Most visits", **counted, "places": 3, **more}]


def surprise(**more: Any) -> list[Part]:
    """A treat that staff give; treats for two thousand cents may be given in all."""
    budget = {"amount_minor": 2000, "window": "day"}
    what = {"id": "kind", "name": "Be kind", "reward": "treat"}
    return [{**what, "by": "staff", "budget": budget, **more}]


def lucky(**more: Any) -> list[Part]:
    """A treat for one of two visits."""
    return surprise(by="rule", **{"one_in": 2, **more})


def referral(**more: Any) -> Part:
    """Five points for the friend, ten for who brought them."""
    friend, referrer = {"unit": "point", "amount": 5}, {"unit": "point", "amount": 10}
    return {"friend": friend, "referrer": referrer, **more}


BY_PIECE = {"id": "cups", "on": "item", "unit": "stamp", "amount": 1, "categories": ["coffee"]}
CAKE_DAY = {"id": "cake-day", "on": "birthday", "unit": "stamp", "amount": 2}
SEASON = {"from_month": 11, "until_month": 12}
MORNING = {"from": "09:00", "until": "12:00"}
ONCE = {"times": 1}
WITH_PIE = [COFFEE, CAKE, TREAT, {"id": "pie", "name": "A pie"}]
SIX_EURO = {"amount_minor": 600, "window": "lifetime"}
OPEN_ON_SUNDAYS = [
    {"id": "main", "name": "Main Street",
     "opening": [{"days": ["sun"], "from": "08:00", "until": "18:00"}]},
]  # fmt: skip

WHOSE = (
    line("name", "Café Bell"),
    line("currency", "HUF"),
    line("timezone", "America/New_York"),
    line("country", "PL", at_the_door),
    line("leap_birthday", "03-01", leaping, earn=[VISIT, CAKE_DAY]),
    line("languages", ["en"]),
    line("branding.color", "#0a5c36"),
    line("branding.icon", "book"),
    line("branding.logo", f"{LIVE_ID}{'0' * 24}"),
    line("locations.0.id", "center"),
    line("locations.0.name", "High Street"),
    line("locations.0.opening.0.days", ["mon"], after_hours, locations=OPEN_ON_SUNDAYS),
    line("locations.0.opening.0.from", "12:00", after_hours, locations=OPEN_ON_SUNDAYS),
    line("locations.0.opening.0.until", "08:30", after_hours, locations=OPEN_ON_SUNDAYS),
)

UNITS = (
    line("units.2.id", "star", units=[STAMP, POINT, {**POINT, "id": "coin"}]),
    line("units.0.name", {"en": {"one": "bean", "other": "beans"}}),
    line("units.0.kind", "points"),
    line("units.0.expiry.type", "inactivity", returning, units=lasting(type="months", months=1)),
    line("units.0.expiry.months", 2, returning, units=lasting(type="months", months=1)),
    line("units.0.expiry.month", 1, returning, units=lasting(type="date", month=12, day=31)),
    line("units.0.expiry.day", 30, returning, units=lasting(type="date", month=12, day=31)),
    line("units.1.hold_days", 14),
    line("units.1.replaces.unit", "other", carrying, units=instead_of_tokens()),
    line("units.1.replaces.rate", "0.5", carrying, units=instead_of_tokens()),
    line("units.1.ends_on", "2026-12-31", carrying, units=instead_of_tokens()),
    line("units.1.value.units", 50, carrying, units=instead_of_tokens(value=VALUE)),
    line("units.1.value.amount_minor", 400, carrying, units=instead_of_tokens(value=VALUE)),
)

EARN = (
    line("earn.0.id", "come"),
    line("earn.0.name", "Every visit"),
    line("categories", {"coffee": "A hot cup"}, earn=[BY_PIECE]),
    line("earn.0.on", "join"),
    line("earn.0.unit", "point"),
    line("earn.0.amount", 2),
    line("earn.1.per_minor", 50),
    line("earn.2.categories", ["tea"], earn=item(categories=["coffee"])),
    line("earn.2.skus", ["latte"], earn=item(skus=["espresso"])),
    line("earn.1.exclude", ["gift-card"]),
    line("earn.1.min_spend_minor", 2000),
    line("earn.2.action", "survey", acting, earn=review()),
    line("earn.2.proof", "self", acting, earn=review()),
    line("earn.2.link", "https://reviews.example/cafe", acting, earn=review()),
    line("earn.2.how", "Write a sentence about us.", acting, earn=review()),
    line("earn.2.per_member.times", 2, acting, earn=review(times=1, window="day")),
    line("earn.2.per_member.window", "month", acting, earn=review(times=1, window="day")),
)

REWARDS = (
    line("rewards.1.id", "pie"),
    line("rewards.1.name", "A slice of cake"),
    line("rewards.1.kind", "experience"),
    line("rewards.1.cost.unit", "stamp", taking),
    line("rewards.1.cost.amount", 12, taking),
    line("rewards.1.conditions", ["Not on Sundays"], taking),
    line("rewards.0.promise", {"en": {"other": "Only {n} to go"}}),
    line("rewards.0.headline", "Ten visits, one coffee", at_the_door, earn=[NO_WELCOME]),
    line("rewards.0.auto", False),
    line("rewards.0.when_unused", "ends", returning, rewards=brief()),
    line("rewards.1.valid_days", 7, taking),
    line("rewards.1.tiers", ["gold"], taking, tiers=way("visits", at_least=50)),
    line("rewards.1.per_member.times", 2, taking, rewards=cake(per_member=ONCE)),
    line("rewards.1.per_member.window", "day", taking, rewards=cake(per_member=ONCE)),
    line("rewards.1.stock", 1, taking),
    line("rewards.1.percent", 20, taking, rewards=cake(kind="percent", percent=15)),
    line("rewards.1.amount_minor", 250, taking, rewards=cake(kind="amount", amount_minor=200)),
    line("rewards.1.rate.units", 5, spending, rewards=cake(**CREDIT)),
    line("rewards.1.rate.amount_minor", 50, spending, rewards=cake(**CREDIT)),
    line("rewards.1.min_units", 20, spending, rewards=cake(**CREDIT)),
    line("rewards.1.step_units", 5, spending, rewards=cake(**CREDIT)),
    line("rewards.1.max_share", "0.5", spending, rewards=cake(**CREDIT)),
    line("rewards.2.cost_minor", 1900, giving, surprises=surprise()),
)

TIERS = (
    line("tiers.0.id", "bell", tiers=[tier("gold")]),
    line("tiers.0.name", "Golden", tiers=[tier("gold")]),
    line("tiers.1.enter.0.metric", "points", tiers=way("visits", at_least=5)),
    line("tiers.1.enter.0.at_least", 3, tiers=way("visits", at_least=2)),
    line("tiers.1.enter.0.window", "month", returning, tiers=way("visits", at_least=2)),
    line("tiers.1.enter.0.price_minor", 900, climbing, tiers=way("membership", period="month")),
    line("tiers.1.enter.0.period", "year", climbing, tiers=way("membership", period="month")),
    line(
        "tiers.1.enter.0.categories",
        ["tea"],
        climbing,
        tiers=way("purchase", categories=["coffee"]),
    ),
    line("tiers.1.enter.0.skus", ["latte"], climbing, tiers=way("purchase", skus=["espresso"])),
    line("tiers.1.enter.0.percent", 40, competing, tiers=way("invitation", percent=20)),
    line("tiers.0.enter.0.keep.for", "next_period", returning, tiers=by_visits({"for": "period"})),
    line(
        "tiers.0.enter.0.keep.months", 9, returning, tiers=by_visits({"for": "months", "months": 1})
    ),
    line("tiers.0.enter.0.keep.at_least", 1, returning, tiers=by_visits({"for": "next_period"})),
    line("tiers.0.multiplier", "3", tiers=[tier("gold")]),
    line("tiers.0.perks", ["A table by the window"], tiers=[tier("gold")]),
    line(
        "tiers.0.benefits.0.id",
        "another",
        published_again,
        tiers=[tier("gold", benefits=[benefit("weekly")])],
    ),
    line("tiers.0.benefits.0.reward", "pie", tiers=with_benefit(), rewards=WITH_PIE),
    line("tiers.0.benefits.0.every", "quarter", returning, tiers=with_benefit()),
    line("tiers.0.benefits.0.times", 2, tiers=with_benefit()),
    line("tiers.0.discounts.0.id", "another", tiers=with_discount()),
    line("tiers.0.discounts.0.name", "15 % off", tiers=with_discount()),
    line("tiers.0.discounts.0.percent", 15, tiers=with_discount()),
    line("tiers.0.discounts.0.categories", ["beans"], tiers=with_discount()),
    line("tiers.0.discounts.0.skus", ["mug"], tiers=with_discount()),
    line("tiers.0.grace_days", 30, returning, tiers=by_visits({"for": "period"})),
    line("tiers.0.notice_days", 7, returning, tiers=by_visits({"for": "period"})),
    line("tiers.0.season.from_month", 12, tiers=[tier("gold", season=SEASON)]),
    line("tiers.0.season.until_month", 1, returning, tiers=[tier("gold", season=SEASON)]),
)

CAMPAIGNS = (
    line("campaigns.0.id", "more", campaigns=extra(name="Extra")),
    line("campaigns.0.name", "Double time", campaigns=campaign()),
    line("campaigns.0.from", "2026-11-23", campaigns=campaign()),
    line("campaigns.0.until", "2026-11-22", campaigns=campaign()),
    line("campaigns.0.weekdays", ["sun"], campaigns=campaign()),
    line("campaigns.0.hours.from", "11:00", campaigns=campaign(hours=MORNING)),
    line("campaigns.0.hours.until", "10:00", campaigns=campaign(hours=MORNING)),
    line("campaigns.0.on", ["spend"], campaigns=campaign()),
    line("campaigns.0.units", ["point"], campaigns=campaign()),
    line("campaigns.0.tiers", ["gold"], campaigns=campaign(), tiers=way("visits", at_least=2)),
    line("campaigns.0.segments", ["returning"], campaigns=campaign()),
    line("campaigns.0.locations", ["kiosk"], campaigns=campaign()),
    line("campaigns.0.min_spend_minor", 2000, campaigns=campaign()),
    line("campaigns.0.multiplier", "1.5", campaigns=campaign()),
    line("campaigns.0.bonus.unit", "stamp", campaigns=extra()),
    line("campaigns.0.bonus.amount", 6, campaigns=extra()),
    line("campaigns.0.per_member", 1, campaigns=campaign()),
    line("campaigns.0.total", 1, campaigns=campaign()),
)

GAMES = (
    line("milestones.0.id", "pair", milestones=milestone()),
    line("milestones.0.name", "A pair", milestones=milestone()),
    line("milestones.0.metric", "weeks", milestones=milestone()),
    line("milestones.0.at", 3, milestones=milestone()),
    line("milestones.0.from", "2026-11-23", milestones=milestone()),
    line("milestones.0.until", "2026-11-21", milestones=milestone()),
    line("milestones.0.repeat", True, milestones=milestone()),
    line("milestones.0.grant.unit", "stamp", milestones=milestone()),
    line("milestones.0.grant.amount", 20, milestones=milestone()),
    line("milestones.0.reward", "treat", milestones=milestone()),
    line("milestones.0.badge", True, milestones=milestone()),
    line("raffles.0.id", "autumn", competing, raffles=raffle()),
    line("raffles.0.name", "Advent raffle", competing, raffles=raffle()),
    line("raffles.0.from", "2026-11-24", competing, raffles=raffle()),
    line("raffles.0.until", "2027-02-28", competing, raffles=raffle()),
    line("raffles.0.per_minor", 1000, competing, raffles=raffle()),
    line("raffles.0.reward", "pie", competing, raffles=raffle(), rewards=WITH_PIE),
    line("raffles.0.winners", 4, competing, raffles=raffle()),
    line("leaderboards.0.id", "best", competing, leaderboards=board()),
    line("leaderboards.0.name", "Who came most", competing, leaderboards=board()),
    line("leaderboards.0.metric", "spend", competing, leaderboards=board()),
    line("leaderboards.0.window", "year", competing, leaderboards=board()),
    line("leaderboards.0.places", 4, competing, leaderboards=board()),
    line("surprises.0.id", "nice", giving, surprises=surprise()),
    line("surprises.0.name", "Be nice", at_the_door, surprises=surprise()),
    line(
        "surprises.0.reward",
        "coffee",
        giving,
        surprises=surprise(),
        rewards=[COFFEE | {"cost_minor": 200}, CAKE, TREAT],
    ),
    line("surprises.0.by", "rule", giving, also={"one_in": 2}, surprises=surprise()),
    line("surprises.0.one_in", 10_000, surprises=lucky()),
    line("surprises.0.on", ["item"], surprises=lucky()),
    line(
        "surprises.0.tiers",
        ["gold"],
        giving,
        surprises=surprise(),
        tiers=way("visits", at_least=50),
    ),
    line("surprises.0.segments", ["loyal"], giving, surprises=surprise()),
    line("surprises.0.min_spend_minor", 9000, surprises=lucky()),
    line("surprises.0.per_member.times", 2, giving, surprises=surprise(per_member=ONCE)),
    line("surprises.0.per_member.window", "day", giving, surprises=surprise(per_member=ONCE)),
    line("surprises.0.budget.amount_minor", 400, giving, surprises=surprise()),
    line("surprises.0.budget.window", "day", giving, surprises=surprise(budget=SIX_EURO)),
)

STAFF_LIMITS = {
    "visits_per_day": 2, "spend_minor_per_day": 4100, "spend_minor_per_sale": 2000,
    "gifts_per_day": 1, "undos_per_day": 1,
}  # fmt: skip

REST = (
    line("referral.friend.unit", "stamp", bringing, referral=referral()),
    line("referral.friend.amount", 6, bringing, referral=referral()),
    line("referral.friend.reward", "cake", bringing, referral=referral(friend={"reward": "treat"})),
    line("referral.referrer.unit", "stamp", bringing, referral=referral()),
    line("referral.referrer.amount", 11, bringing, referral=referral()),
    line(
        "referral.referrer.reward",
        "cake",
        bringing,
        referral=referral(referrer={"reward": "treat"}),
    ),
    line("referral.min_spend_minor", 500, bringing, referral=referral()),
    line("referral.max_per_member", 1, bringing, referral=referral()),
    line("referral.min_age_hours", 24, bringing, referral=referral()),
    line("join.min_age", 16, at_the_door),
    line("limits.visits_per_day", 1),
    line("limits.cooldown_minutes", 30),
    line("limits.printed.cooldown_minutes", 60, scanning),
    line("limits.printed.per_day", 1, scanning),
    line("locations.0.limits.visits_per_day", 1, at_the_counter),
    line("locations.0.limits.cooldown_minutes", 30, at_the_counter),
    line("locations.0.limits.printed.cooldown_minutes", 60, scanning),
    line("locations.0.limits.printed.per_day", 1, scanning),
    *(
        line(f"locations.0.limits.staff.{name}", most, at_the_counter, surprises=surprise())
        for name, most in STAFF_LIMITS.items()
    ),
    line("display.visits", 2, scanning),
    line("display.cooldown_minutes", 10, scanning),
    *(
        line(f"limits.staff.{name}", most, at_the_counter, surprises=surprise())
        for name, most in STAFF_LIMITS.items()
    ),
    line("refunds.policy", "waive", refunding),
    line("refunds.tier", "keep", refunding, tiers=way("spend", at_least=2000, window="year")),
    line("refunds.voucher", "keep", refunding),
    line("refunds.visit_kept_from", "0.75", refunding),
    line("counts.tip", True, ringing_up),
    line("counts.delivery", True, ringing_up),
    line("counts.gift_card_sold", True, ringing_up),
    line("counts.tax_inside", False, ringing_up),
    line("counts.zero_sale", True, ringing_up),
    line("segments.at_risk", "1.5", fading),
    line("segments.lapsed", "2.0", fading),
    line("segments.at_risk_days", 50, returning),
    line("segments.lapsed_days", 40, returning),
    line("messages.close_to_reward_days", 7, returning),
)

LINES = (*WHOSE, *UNITS, *EARN, *REWARDS, *TIERS, *CAMPAIGNS, *GAMES, *REST)
