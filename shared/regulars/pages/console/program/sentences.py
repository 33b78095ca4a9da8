"""The sentences of the editor: by model its clauses, in which `{field}` is a field to type into.

A clause may be of some variants of a part only. A field below another part is named with its path;
a field that has no clause gets one of its own with what the schema says about it (a test asks for
a sentence). Texts are marked for translation here, and each clause stands in a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from regulars.pages.console.program import forms, kinds
from regulars.pages.console.program.kinds import Kind
from regulars.program.descriptions import DESCRIPTIONS
from regulars.program.fields import Part

T = Callable[[str], str]
FIELD = re.compile(r"\{([a-z_.]+)\}")
QUIET = frozenset({"id"})
"""Fields that are never typed: what entries know a part by."""


class Clause(NamedTuple):
    """A text with fields in it, and of which variants of the part it is."""

    text: str
    of: frozenset[str] = frozenset()

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(FIELD.findall(self.text))


def clauses(model: type[Part], t: T) -> tuple[Clause, ...]:
    """The clauses of a model in the order in which they are read."""
    worded = tuple(_read(one) for one in _known(t).get(model.__name__, ()))
    return (*worded, *_unworded(model, worded))


def _read(one: str | tuple[str, str]) -> Clause:
    if isinstance(one, str):
        return Clause(one)
    text, variants = one
    return Clause(text, frozenset(variants.split()))


def _unworded(model: type[Part], worded: tuple[Clause, ...]) -> Iterator[Clause]:
    """A clause for each field that none of ours is about."""
    named = {name for clause in worded for name in clause.fields}
    for kind in forms.fields(model):
        for path in paths(kind):
            if path not in named and path.rpartition(".")[2] not in QUIET:
                above, _, name = path.rpartition(".")
                about = DESCRIPTIONS[_model_at(model, above).__name__]
                yield Clause(f"{about.get(name, about.get(f'{name}_', name))} {{{path}}}")


def paths(kind: Kind) -> Iterator[str]:
    """The paths that clauses name for a field: its own, or those of the part below it."""
    if kind.sort != "part":
        yield kind.name
        return
    for below in kinds.of(kind.below).values():
        yield from (f"{kind.name}.{path}" for path in paths(below))


def _model_at(model: type[Part], path: str) -> type[Part]:
    for name in filter(None, path.split(".")):
        model = kinds.of(model)[name].below
    return model


Worded = Mapping[str, tuple[str | tuple[str, str], ...]]


def _known(t: T) -> Worded:
    return {**_what_is_earned(t), **_what_it_brings(t), **_games(t), **_rules(t), **_shop(t)}


def _what_is_earned(t: T) -> Worded:
    often = t("at most {per_member.times} times {per_member.window}")
    called = t("called {name}")
    goods = (t("on goods of the categories {categories}"), t("on the products {skus}"))
    least = t("in a sale of at least {min_spend_minor}")
    return {
        "EarnRule": (
            (t("Give {amount} {unit} for every visit"), "visit"),
            (t("Give {amount} {unit} for every {per_minor} spent"), "spend"),
            (t("Give {amount} {unit} for each piece"), "item"),
            (t("Give {amount} {unit} for joining"), "join"),
            (t("Give {amount} {unit} for a birthday"), "birthday"),
            (t("Give {amount} {unit} for each year as a member"), "anniversary"),
            (t("Give {amount} {unit} for {action}"), "action"),
            *goods, t("not on {exclude}"), least, often, t("confirmed by {proof}"),
            t("done at {link}"), t("explained on the card as {how}"), called,
            t("It is a rule for {on}"),
        ),
        "Campaign": (
            t("{multiplier} times what is earned otherwise"),
            t("{bonus.amount} {bonus.unit} on top"),
            t("on {weekdays}"), t("between {hours.from} and {hours.until}"),
            t("from {from}"), t("until {until}"), t("for {on}"), t("counted in {units}"),
            t("only for members of {tiers}"), t("only for guests who are {segments}"),
            t("only at {locations}"), least, t("at most {per_member} times a member"),
            t("at most {total} times in all"), called,
        ),
        "Milestone": (
            t("{name}: at {at} {metric}"), t("counted from {from}"), t("until {until}"), "{repeat}",
            t("gives {grant.amount} {grant.unit}"), t("gives the reward {reward}"), "{badge}",
        ),
        "Referral": (
            t("The friend gets {friend.amount} {friend.unit}"),
            t("The friend gets the reward {friend.reward}"),
            t("Who brings them gets {referrer.amount} {referrer.unit}"),
            t("Who brings them gets the reward {referrer.reward}"),
            t("after a first purchase of at least {min_spend_minor}"),
            t("for at most {max_per_member} friends of one member"),
            t("once both cards are {min_age_hours} hours old"),
        ),
    }  # fmt: skip


def _what_it_brings(t: T) -> Worded:
    often = t("at most {per_member.times} times {per_member.window}")
    goods = (t("on goods of the categories {categories}"), t("on the products {skus}"))
    return {
        "Reward": (
            "{name}", t("for {cost.amount} {cost.unit}"), t("It is {kind}"), t("{percent} % off"),
            t("{amount_minor} off"), t("{rate.units} are worth {rate.amount_minor}"),
            t("at least {min_units} at once"), t("in steps of {step_units}"),
            t("for at most {max_share} % of an order"), t("It is given {auto}"),
            t("When it is not used in time, {when_unused}"), t("good for {valid_days} days"),
            t("only for members of {tiers}"), often, t("{stock} of them in all"),
            t("One costs you {cost_minor}"), t("Until then the card says {promise}"),
            t("The join page says {headline}"), t("Conditions: {conditions}"),
        ),
        "Tier": (
            "{name}", t("Ways into it: {enter}"), t("Sales earn {multiplier} times as much"),
            t("Gifts: {benefits}"), t("Money off: {discounts}"), t("Besides: {perks}"),
            t("It stays {grace_days} days longer"),
            t("with a reminder {notice_days} days before it ends"),
            t("only from {season.from_month} to {season.until_month}"),
        ),
        "Entry": (
            (t("{at_least} spent or more"), "spend"), (t("{at_least} visits or more"), "visits"),
            (t("{at_least} points or more"), "points"),
            (t("A membership of one {period} for {price_minor}"), "membership"),
            (t("An invitation, for the {percent} % who spent most"), "invitation"),
            (t("A purchase for {price_minor}"), "purchase"),
            *goods, t("in {window}"), t("kept for {keep.for}"), t("for {keep.months} months"),
            t("and again with {keep.at_least}"), t("It is a way by {metric}"),
        ),
        "Benefit": (t("{times} × {reward} {every}"),),
        "Discount": (t("{name}: {percent} % off"), *goods),
        "Unit": (
            t("They are called {name}"), t("They are {kind}"), t("They expire {expiry}"),
            t("New ones can be used after {hold_days} days"), t("The last day is {ends_on}"),
            t("{value.units} are worth {value.amount_minor}"),
            t("They replace {replaces.unit}, one of which becomes {replaces.rate}"),
        ),
        "Expiry": ("{type}", t("after {months} months"), t("on day {day} of {month}")),
    }  # fmt: skip


def _games(t: T) -> Worded:
    return {
        "Raffle": (
            t("{name}: {winners} winners of {reward}"), t("from {from}"), t("until {until}"),
            t("A ticket for each {per_minor} spent, or, left empty, for each visit"),
        ),
        "Leaderboard": (
            t("{name}: the most {metric}"), t("in one {window}"), t("with {places} places"),
        ),
        "Surprise": (
            t("{name}: {reward}"), t("given by {by}"), t("to one in {one_in}"), t("for {on}"),
            t("only for members of {tiers}"), t("only for guests who are {segments}"),
            t("in a sale of at least {min_spend_minor}"),
            t("at most {per_member.times} times {per_member.window}"),
            t("All of them cost at most {budget.amount_minor} {budget.window}"),
        ),
    }  # fmt: skip


def _rules(t: T) -> Worded:
    return {
        "Limits": (
            t("At most {visits_per_day} visits of a member count in a day"),
            t("with {cooldown_minutes} minutes between them"),
            t("One person books at most {staff.visits_per_day} visits a day by hand"),
            t("sales of at most {staff.spend_minor_per_day} a day"),
            t("and of at most {staff.spend_minor_per_sale} each"),
            t("gives at most {staff.gifts_per_day} gifts a day"),
            t("and takes back at most {staff.undos_per_day} times a day"),
            t("A card uses at most {printed.per_day} printed codes a day"),
            t("with {printed.cooldown_minutes} minutes between two of them"),
        ),
        "Display": (
            t("The code on the display counts as {visits} visits"),
            t("and one card can use it again after {cooldown_minutes} minutes"),
        ),
        "Joining": (t("Members are at least {min_age} years old"),),
        "Refunds": (
            t("What was spent already {policy}"), t("A tier that the sale brought {tier}"),
            t("A reward redeemed with it {voucher}"),
            t("The visit stays while {visit_kept_from} % of the money does"),
        ),
        "Counts": (
            t("A tip {tip}"), t("Delivery {delivery}"),
            t("A gift card that is sold {gift_card_sold}"),
            t("Tax inside the price {tax_inside}"), t("A sale of nothing {zero_sale}"),
        ),
        "Segments": (
            t("At risk is who stays away {at_risk} times as long as usual"),
            t("lapsed who stays away {lapsed} times as long"),
            t("Without a habit yet, at risk after {at_risk_days} days"),
            t("and lapsed after {lapsed_days} days"),
        ),
        "Messages": (
            t("Who lacks one visit is reminded after {close_to_reward_days} days without one"),
        ),
    }  # fmt: skip


def _shop(t: T) -> Worded:
    return {
        "ProgramDocument": (
            t("The shop is called {name}"), t("It speaks {languages}"),
            t("Its colour is {branding.color}"), t("with {branding.icon} on the stamps"),
            t("and the picture {branding.logo} as its logo"),
            t("Days begin by the clock of {timezone}"), t("Sums are in {currency}"),
            t("Phone numbers without a country are of {country}"),
            t("A birthday on 29 February is kept on {leap_birthday}"),
            t("Categories are called {categories}"),
        ),
        "Location": (
            "{name}", t("Open {opening}"),
            t("Here at most {limits.visits_per_day} visits of a member count in a day"),
            t("with {limits.cooldown_minutes} minutes between them"),
            t("One person books here at most {limits.staff.visits_per_day} visits a day by hand"),
            t("sales of at most {limits.staff.spend_minor_per_day} a day"),
            t("and of at most {limits.staff.spend_minor_per_sale} each"),
            t("gives at most {limits.staff.gifts_per_day} gifts a day"),
            t("and takes back at most {limits.staff.undos_per_day} times a day"),
            t("A card uses at most {limits.printed.per_day} printed codes a day here"),
            t("with {limits.printed.cooldown_minutes} minutes between two of them"),
        ),
        "Opening": (t("on {days}"), t("between {from} and {until}")),
    }  # fmt: skip


@cache
def unworded(model: type[Part]) -> tuple[str, ...]:
    """The paths of a model that no sentence of ours is about; there should be none."""
    worded = tuple(_read(one) for one in _known(str).get(model.__name__, ()))
    return tuple(name for clause in _unworded(model, worded) for name in clause.fields)
