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

from regulars.i18n.words import Words, words
from regulars.pages.console.program import forms as fields
from regulars.pages.console.program import kinds
from regulars.pages.console.program.kinds import Kind
from regulars.program.descriptions import DESCRIPTIONS
from regulars.program.fields import Part

T = Callable[[str], str]
Forms = Callable[[str, str], Mapping[str, str]]
FIELD = re.compile(r"\{([a-z_.]+)\}")
QUIET = frozenset({"id"})
"""Fields that are never typed: what entries know a part by."""


class Counted(NamedTuple):
    """A clause in which a noun stands beside the number of a field: by plural category."""

    by: str
    """The field."""
    forms: Mapping[str, str]


class Clause(NamedTuple):
    """A text with fields in it, and of which variants of the part it is."""

    text: str
    of: frozenset[str] = frozenset()
    counted: Counted | None = None

    def with_number(self, words: Words, number: object) -> Clause:
        """The clause for what is in the field that a noun depends on."""
        if self.counted is None or type(number) is not int:
            return self
        return self._replace(text=self.counted.forms[words.category(number)])

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(FIELD.findall(self.text))


def clauses(model: type[Part], words: Words) -> tuple[Clause, ...]:
    """The clauses of a model in the order in which they are read."""
    known = _known(words.t, words.forms)
    worded = tuple(_read(one) for one in known.get(model.__name__, ()))
    return (*worded, *_unworded(model, worded))


def _read(one: Sentence | tuple[Sentence, str]) -> Clause:
    if isinstance(one, str):
        return Clause(one)
    if isinstance(one, Counted):
        return Clause([*one.forms.values()][-1], counted=one)
    sentence, variants = one
    return _read(sentence)._replace(of=frozenset(variants.split()))


def _unworded(model: type[Part], worded: tuple[Clause, ...]) -> Iterator[Clause]:
    """A clause for each field that none of ours is about."""
    named = {name for clause in worded for name in clause.fields}
    for kind in fields.fields(model):
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


Sentence = str | Counted
Worded = Mapping[str, tuple[Sentence | tuple[Sentence, str], ...]]


def _known(t: T, forms: Forms) -> Worded:
    return {
        **_what_is_earned(t, forms), **_what_it_brings(t, forms), **_games(t, forms),
        **_rules(t, forms), **_shop(t, forms),
    }  # fmt: skip


def _what_is_earned(t: T, forms: Forms) -> Worded:
    often = Counted(
        "per_member.times",
        forms(
            "at most {per_member.times} time {per_member.window}",
            "at most {per_member.times} times {per_member.window}",
        ),
    )
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
            t("only at {locations}"), least,
            Counted("per_member", forms(
                "at most {per_member} time a member",
                "at most {per_member} times a member")),
            Counted("total", forms(
                "at most {total} time in all",
                "at most {total} times in all")), called,
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
            Counted("max_per_member", forms(
                "for at most {max_per_member} friend of one member",
                "for at most {max_per_member} friends of one member")),
            Counted("min_age_hours", forms(
                "once both cards are {min_age_hours} hour old",
                "once both cards are {min_age_hours} hours old")),
        ),
    }  # fmt: skip


def _what_it_brings(t: T, forms: Forms) -> Worded:
    often = Counted(
        "per_member.times",
        forms(
            "at most {per_member.times} time {per_member.window}",
            "at most {per_member.times} times {per_member.window}",
        ),
    )
    goods = (t("on goods of the categories {categories}"), t("on the products {skus}"))
    return {
        "Reward": (
            "{name}", t("for {cost.amount} {cost.unit}"), t("It is {kind}"), t("{percent} % off"),
            t("{amount_minor} off"), t("{rate.units} are worth {rate.amount_minor}"),
            t("at least {min_units} at once"), t("in steps of {step_units}"),
            t("for at most {max_share} % of an order"), t("It is given {auto}"),
            t("When it is not used in time, {when_unused}"),
            Counted("valid_days", forms("good for {valid_days} day", "good for {valid_days} days")),
            t("only for members of {tiers}"), often, t("{stock} of them in all"),
            t("One costs you {cost_minor}"), t("Until then the card says {promise}"),
            t("The join page says {headline}"), t("Conditions: {conditions}"),
        ),
        "Tier": (
            "{name}", t("Ways into it: {enter}"), t("Sales earn {multiplier} times as much"),
            t("Gifts: {benefits}"), t("Money off: {discounts}"), t("Besides: {perks}"),
            Counted("grace_days", forms(
                "It stays {grace_days} day longer",
                "It stays {grace_days} days longer")),
            Counted("notice_days", forms(
                "with a reminder {notice_days} day before it ends",
                "with a reminder {notice_days} days before it ends")),
            t("only from {season.from_month} to {season.until_month}"),
        ),
        "Entry": (
            (t("{at_least} spent or more"), "spend"),
            (
            Counted("at_least", forms(
                "{at_least} visit or more",
                "{at_least} visits or more")), "visits"),
            (
            Counted("at_least", forms(
                "{at_least} point or more",
                "{at_least} points or more")), "points"),
            (t("A membership of one {period} for {price_minor}"), "membership"),
            (t("An invitation, for the {percent} % who spent most"), "invitation"),
            (t("A purchase for {price_minor}"), "purchase"),
            *goods, t("in {window}"), t("kept for {keep.for}"),
            Counted("keep.months", forms("for {keep.months} month", "for {keep.months} months")),
            t("and again with {keep.at_least}"), t("It is a way by {metric}"),
        ),
        "Benefit": (t("{times} × {reward} {every}"),),
        "Discount": (t("{name}: {percent} % off"), *goods),
        "Unit": (
            t("They are called {name}"), t("They are {kind}"), t("They expire {expiry}"),
            Counted("hold_days", forms(
                "New ones can be used after {hold_days} day",
                "New ones can be used after {hold_days} days")), t("The last day is {ends_on}"),
            t("{value.units} are worth {value.amount_minor}"),
            t("They replace {replaces.unit}, one of which becomes {replaces.rate}"),
        ),
        "Expiry": ("{type}",
        Counted("months", forms(
            "after {months} month",
            "after {months} months")), t("on day {day} of {month}")),
    }  # fmt: skip


def _games(t: T, forms: Forms) -> Worded:
    return {
        "Raffle": (
            Counted("winners", forms(
                "{name}: {winners} winner of {reward}",
                "{name}: {winners} winners of {reward}")), t("from {from}"), t("until {until}"),
            t("A ticket for each {per_minor} spent, or, left empty, for each visit"),
        ),
        "Leaderboard": (
            t("{name}: the most {metric}"), t("in one {window}"),
            Counted("places", forms("with {places} place", "with {places} places")),
        ),
        "Surprise": (
            t("{name}: {reward}"), t("given by {by}"), t("to one in {one_in}"), t("for {on}"),
            t("only for members of {tiers}"), t("only for guests who are {segments}"),
            t("in a sale of at least {min_spend_minor}"),
            Counted("per_member.times", forms(
                "at most {per_member.times} time {per_member.window}",
                "at most {per_member.times} times {per_member.window}")),
            t("All of them cost at most {budget.amount_minor} {budget.window}"),
        ),
    }  # fmt: skip


def _rules(t: T, forms: Forms) -> Worded:
    return {
        "Limits": (
            Counted("visits_per_day", forms(
                "At most {visits_per_day} visit of a member counts in a day",
                "At most {visits_per_day} visits of a member count in a day")),
            Counted("cooldown_minutes", forms(
                "with {cooldown_minutes} minute between them",
                "with {cooldown_minutes} minutes between them")),
            Counted("staff.visits_per_day", forms(
                "One person books at most {staff.visits_per_day} visit a day by hand",
                "One person books at most {staff.visits_per_day} visits a day by hand")),
            t("sales of at most {staff.spend_minor_per_day} a day"),
            t("and of at most {staff.spend_minor_per_sale} each"),
            Counted("staff.gifts_per_day", forms(
                "gives at most {staff.gifts_per_day} gift a day",
                "gives at most {staff.gifts_per_day} gifts a day")),
            Counted("staff.undos_per_day", forms(
                "and takes back at most {staff.undos_per_day} time a day",
                "and takes back at most {staff.undos_per_day} times a day")),
            Counted("printed.per_day", forms(
                "A card uses at most {printed.per_day} printed code a day",
                "A card uses at most {printed.per_day} printed codes a day")),
            Counted("printed.cooldown_minutes", forms(
                "with {printed.cooldown_minutes} minute between two of them",
                "with {printed.cooldown_minutes} minutes between two of them")),
        ),
        "Display": (
            Counted("visits", forms(
                "The code on the display counts as {visits} visit",
                "The code on the display counts as {visits} visits")),
            Counted("cooldown_minutes", forms(
                "and one card can use it again after {cooldown_minutes} minute",
                "and one card can use it again after {cooldown_minutes} minutes")),
        ),
        "Joining":
        (
        Counted("min_age", forms(
            "Members are at least {min_age} year old",
            "Members are at least {min_age} years old")),),
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
            Counted("at_risk_days", forms(
                "Without a habit yet, at risk after {at_risk_days} day",
                "Without a habit yet, at risk after {at_risk_days} days")),
            Counted("lapsed_days", forms(
                "and lapsed after {lapsed_days} day",
                "and lapsed after {lapsed_days} days")),
        ),
        "Messages": (
            Counted("close_to_reward_days", forms(
                "Who lacks one visit is reminded after {close_to_reward_days} day without one",
                "Who lacks one visit is reminded after {close_to_reward_days} days without one")),
        ),
    }  # fmt: skip


def _shop(t: T, forms: Forms) -> Worded:
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
            Counted("limits.visits_per_day", forms(
                "Here at most {limits.visits_per_day} visit of a member counts in a day",
                "Here at most {limits.visits_per_day} visits of a member count in a day")),
            Counted("limits.cooldown_minutes", forms(
                "with {limits.cooldown_minutes} minute between them",
                "with {limits.cooldown_minutes} minutes between them")),
            Counted("limits.staff.visits_per_day", forms(
                "One person books here at most {limits.staff.visits_per_day} visit a day by hand",
                "One person books here at most {limits.staff.visits_per_day} visits a day by hand",
            )),
            t("sales of at most {limits.staff.spend_minor_per_day} a day"),
            t("and of at most {limits.staff.spend_minor_per_sale} each"),
            Counted("limits.staff.gifts_per_day", forms(
                "gives at most {limits.staff.gifts_per_day} gift a day",
                "gives at most {limits.staff.gifts_per_day} gifts a day")),
            Counted("limits.staff.undos_per_day", forms(
                "and takes back at most {limits.staff.undos_per_day} time a day",
                "and takes back at most {limits.staff.undos_per_day} times a day")),
            Counted("limits.printed.per_day", forms(
                "A card uses at most {limits.printed.per_day} printed code a day here",
                "A card uses at most {limits.printed.per_day} printed codes a day here")),
            Counted("limits.printed.cooldown_minutes", forms(
                "with {limits.printed.cooldown_minutes} minute between two of them",
                "with {limits.printed.cooldown_minutes} minutes between two of them")),
        ),
        "Opening": (t("on {days}"), t("between {from} and {until}")),
    }  # fmt: skip


@cache
def unworded(model: type[Part]) -> tuple[str, ...]:
    """The paths of a model that no sentence of ours is about; there should be none."""
    english = words("en")
    worded = tuple(_read(one) for one in _known(english.t, english.forms).get(model.__name__, ()))
    return tuple(name for clause in _unworded(model, worded) for name in clause.fields)
