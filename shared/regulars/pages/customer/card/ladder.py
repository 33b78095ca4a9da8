"""The ladder of tiers on a card, and what the member's own tier gives."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple, cast

from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.periods import current, period
from regulars.domain.program import Benefit, Program, Tier, TierCondition
from regulars.domain.tiering import next_tier
from regulars.i18n import Text
from regulars.i18n.words import Words
from regulars.store.profiles import Profile
from regulars.views.customer import usable

Icon = Literal["gift", "percent", "calendar", "cake", "star"]


class Step(NamedTuple):
    """One step: `how` says how one gets there, or until when it is held; `price` what it costs;
    `gives` what it brings. All in the reader's language."""

    name: str
    state: Literal["done", "own", "next"]
    how: str
    price: str = ""
    gives: tuple[str, ...] = ()


class BenefitRow(NamedTuple):
    """Something the own tier gives: `note` says when the next one comes, or that it stands always.
    `ask` is whether the member must say their birthday first."""

    name: str
    note: str
    icon: Icon
    ready: bool = False
    ask: bool = False


class TierPanel(NamedTuple):
    """The tier held and the way to the next one.

    `value` and `target` are in `metric`: minor units of money for `spend`, else a count. `next` is
    None at the top, and `target` 0 when the next tier is not reached by counting (bought, invited).
    """

    name: Text
    next: Text | None = None
    metric: Literal["spend", "visits", "points"] = "visits"
    value: int = 0
    target: int = 0
    window: Literal["month", "quarter", "year", "rolling", "lifetime"] = "year"
    next_perks: tuple[Text, ...] = ()


def progress(program: Program, card: Card, today: date) -> TierPanel | None:
    """The tier held, and the next one that is reached by counting."""
    rank = program.tier_rank(card.tier_id)
    if rank < 0:
        return None
    shown = TierPanel(name=program.tiers[rank].name)
    following = next_tier(program, card, today)
    if following is None:
        return shown
    target, way, value = following
    return shown._replace(
        next=target.name,
        metric=cast(Any, way.metric),
        value=value,
        target=way.at_least,
        window=cast(Any, way.window.partition(":")[0]),
        next_perks=target.perks,
    )


def steps(program: Program, card: Card, words: Words) -> tuple[Step, ...]:
    """Every step of the ladder, from the lowest; none for a programme with fewer than two."""
    if len(program.tiers) < 2:
        return ()
    own = program.tier_rank(card.tier_id)
    return tuple(
        Step(
            name=words.pick(tier.name),
            state="own" if rank == own else "done" if rank < own else "next",
            how=_until(card, words) if rank == own else _ways(program, tier, words),
            price="" if rank <= own else _price(program, tier, words),
            gives=tuple(words.pick(perk) for perk in tier.perks),
        )
        for rank, tier in enumerate(program.tiers)
    )


def _until(card: Card, words: Words) -> str:
    until = card.tier.until if card.tier else ""
    return (
        words.t("yours until {date}", date=words.date(date.fromisoformat(until))) if until else ""
    )


def _ways(program: Program, tier: Tier, words: Words) -> str:
    """How one gets into a tier; its price stands beside it."""
    if not tier.enter:
        return words.t("for everybody")
    text, *others = (_way(program, way, words) for way in tier.enter)
    for other in others:
        text = words.t("{one}, or {other}", one=text, other=other)
    return text


def _way(program: Program, way: TierCondition, words: Words) -> str:
    """One way into a tier."""
    if way.metric == "membership":
        return words.t("for a fee; ask at the counter")
    if way.metric == "invitation":
        share = words.percent(way.percent)
        return words.t("by invitation, for the {share} who spend most in a year", share=share)
    if way.metric == "purchase":
        named = [words.pick(program.categories[one]) for one in way.categories
                 if one in program.categories]  # fmt: skip
        if named:
            return words.t("when you buy this: {what}", what=", ".join(named))
        return words.t("when you buy a package")
    return _within(_amount(program, way, words), way.window, words)


def _amount(program: Program, way: TierCondition, words: Words) -> str:
    if way.metric == "spend":
        return words.money(way.at_least, program.currency)
    if way.metric == "visits":
        return words.n("{n} visit", "{n} visits", way.at_least)
    return words.n("{n} point", "{n} points", way.at_least)


def _within(amount: str, window: str, words: Words) -> str:
    if window.startswith("rolling:"):
        months = int(window.removeprefix("rolling:"))
        return words.n("{amount} in {n} month", "{amount} in {n} months", months, amount=amount)
    return {
        "month": words.t("{amount} in a month", amount=amount),
        "quarter": words.t("{amount} in a quarter", amount=amount),
        "year": words.t("{amount} in a year", amount=amount),
    }.get(window, words.t("from {amount} on", amount=amount))


def _price(program: Program, tier: Tier, words: Words) -> str:
    """What a tier costs, where the owner says so."""
    for way in tier.enter:
        if way.metric in {"membership", "purchase"} and way.price_minor:
            money = words.money(way.price_minor, program.currency)
            if way.period == "month":
                return words.t("{price} a month", price=money)
            return words.t("{price} a year", price=money) if way.period == "year" else money
    return ""


def benefits(
    program: Program, card: Card, profile: Profile, today: date, words: Words
) -> tuple[BenefitRow, ...]:
    """What the own tier gives: what comes again with its next day, discounts that stand, and perks
    in words, except those that say the name of one of the others."""
    rank = program.tier_rank(card.tier_id)
    if rank < 0:
        return ()
    tier = program.tiers[rank]
    rows = [
        _benefit(program, card, profile, one, today, words) for one in current(program, tier.id)
    ]
    for discount in tier.discounts:
        note = words.t("always, just show your code")
        rows.append(BenefitRow(words.pick(discount.name), note, "percent"))
    named = [_words(row.name) for row in rows]
    perks = (words.pick(perk) for perk in tier.perks)
    others = (perk for perk in perks if not any(name <= _words(perk) for name in named))
    return (*rows, *(BenefitRow(perk, "", "star") for perk in others))


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _benefit(
    program: Program, card: Card, profile: Profile, benefit: Benefit, today: date, words: Words
) -> BenefitRow:
    reward = program.rewards.get(benefit.reward)
    name = words.pick(reward.name) if reward else ""
    icon: Any = {"birthday": "cake", "anniversary": "calendar"}.get(benefit.every, "gift")
    if any(held.benefit == benefit.id for held in usable(card, today)):
        return BenefitRow(name, words.t("ready for you"), icon, ready=True)
    day = _next(program, card, profile, benefit, today)
    if day is None:
        return BenefitRow(name, words.t("tell us your birthday"), icon, ask=True)
    return BenefitRow(name, words.t("next on {date}", date=dated(day, today, words)), icon)


def dated(day: date, today: date, words: Words) -> str:
    """A day to come: with the name of its weekday while it is near."""
    text = words.day(day, today)
    near = (day - today).days < 14
    return words.t("{weekday} {date}", weekday=words.weekday(day), date=text) if near else text


def _next(
    program: Program, card: Card, profile: Profile, benefit: Benefit, today: date
) -> date | None:
    """The day on which a benefit comes next; None for a birthday that nobody has named."""
    if benefit.every == "birthday":
        known = profile.birthday[-len("MM-DD") :]
        return _annual(known, program, today) if known else None
    if benefit.every == "anniversary":
        joined = calendar.local_date(calendar.from_ms(card.enrolled_ms), program.timezone)
        return _annual(joined.isoformat()[-len("MM-DD") :], program, today)
    return period(benefit.every, today)[1] + timedelta(days=1)


def _annual(month_day: str, program: Program, today: date) -> date:
    """The next time that a day of the year comes, after today."""
    for year in (today.year, today.year + 1):
        leaps = month_day == "02-29" and not _is_leap(year)
        day = date.fromisoformat(f"{year}-{program.leap_birthday if leaps else month_day}")
        if day > today:
            return day
    return day


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
