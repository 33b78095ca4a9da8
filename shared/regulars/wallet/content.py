"""What a card's pass says, in words of its member's language: the same for every wallet."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple, cast

from regulars.core import passes, tokens
from regulars.core.config import settings
from regulars.core.passes import Serial
from regulars.domain import calendar, carryover, eligibility, names
from regulars.domain.card import Card
from regulars.domain.program import Program
from regulars.i18n import UnitNames, negotiate
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.program.load import program_of
from regulars.render.brand import Brand, brand_of
from regulars.render.layout import MOST_STAMPS
from regulars.store import card_keys, cards, closing, keys, merchant_settings, merchants, wallets
from regulars.store.marshal import Item
from regulars.store.profiles import Profile, profile_of
from regulars.store.table import Table
from regulars.views.customer import GoalPanel
from regulars.views.hero import Hero, hero


class Line(NamedTuple):
    """Something said on a pass: what it is, and what it is now."""

    label: str
    value: str


class Punched(NamedTuple):
    """The stamps as the card draws them: so many of so many places are full."""

    have: int
    places: int


class Content(NamedTuple):
    """What a pass says. Of one that is over only whose it was, and that."""

    serial: Serial
    brand: Brand
    words: Words
    news: str
    """The one true thing of the moment, as the card says it."""
    logo: str = ""
    """The id of the shop's own picture."""
    is_over: bool = False
    code: str = ""
    code_url: str = ""
    page_url: str = ""
    name: str = ""
    """The member's given name."""
    counted: Line | None = None
    reward: Line | None = None
    tier: Line | None = None
    punched: Punched | None = None
    about: tuple[Line, ...] = ()
    """What stands on the back."""
    links: tuple[Line, ...] = ()


class Found(NamedTuple):
    """The pass with a serial number, and when it changed last (seconds since 1970)."""

    content: Content
    changed_s: int
    seq: int
    profile: int
    """The entry and the version of the profile that it tells of."""
    version: int
    """The version of the programme."""


def found(table: Table, serial: Serial) -> Found | None:
    """Read the card of a pass and say what the pass says; None when there never was one."""
    m, c = serial.merchant_id, serial.member_id
    state, profile_item, program_item, merchant, kept = table.get(
        keys.state(m, c), keys.profile(m, c), keys.program(m), keys.merchant(m),
        card_keys.wallet(m, c),
    )  # fmt: skip
    if state is None or profile_item is None or program_item is None or tokens.is_sandbox(m):
        return None
    now = merchants.now_of(m, None)
    profile, card = profile_of(profile_item), cards.card_of(state)
    closed_ms = program_item.get("closed", 0)
    program_item = closing.as_it_was(program_item) if closed_ms else program_item
    program = program_of(program_item).at(calendar.to_ms(now))
    over = closed_ms or profile.erased_ms or profile.merged_into or card.merged_into
    wallet = wallets.of(kept, c)
    if over or profile.link != serial.link:
        content = ended(serial, brand_of(program), _words(program, profile), program.logo)
    else:
        today = calendar.local_date(now, program.timezone)
        as_it_is = carryover.of(program, card, today)
        content = _content(
            serial, program, as_it_is, profile, merchant or {}, today,
            hero(program, as_it_is, (), now),
        )  # fmt: skip
    changed_s = max(wallet.changed_s, program_item["published"] // 1000, closed_ms // 1000)
    if not wallet.changed_s:  # nobody has noted when the card changed
        changed_s = calendar.to_ms(now) // 1000
    return Found(content, changed_s, card.seq, profile.version, program.version)


def _words(program: Program, profile: Profile) -> Words:
    return words_of(negotiate.language(profile.language, program.languages))


def ended(serial: Serial, brand: Brand, words: Words, logo: str) -> Content:
    """What a pass says that is over."""
    news = words.t("This pass is no longer in use.")
    return Content(serial, brand, words, news, logo, is_over=True)


def _content(
    serial: Serial, program: Program, card: Card, profile: Profile, merchant: Item, today: date,
    now: Hero,
) -> Content:  # fmt: skip
    words, m = _words(program, profile), serial.merchant_id
    code = passes.code(m, profile.handle, serial.link)
    base, slug = settings().base_url, merchant.get("slug", m)
    page = f"{base}/card/{slug}"
    return Content(
        serial=serial,
        brand=brand_of(program),
        words=words,
        news=_news(now, words, today),
        logo=program.logo,
        code=code,
        code_url=f"{base}/s/{code}",
        page_url=page,
        name=names.given(profile.name, profile.language or words.lang),
        counted=_count(now.goal, program, card, words, today),
        reward=_reward(now, words, today),
        tier=_tier(program, card, words),
        punched=_punched(now),
        about=tuple(_about(program, card, words, today)),
        links=tuple(_links(page, merchant, words)),
    )


def _news(now: Hero, words: Words, today: date) -> str:
    """What the card says first, as one sentence."""
    goal, reward = now.goal, words.pick(now.reward)
    if now.kind == "held":
        return words.t("Please ask at the counter: this card is on hold")
    if now.kind == "debt" and now.unit:
        owed = words.number(now.owed)
        unit = words.unit(now.unit, now.owed)
        return words.t("{n} more {unit} and the refund is settled", n=owed, unit=unit)
    if now.kind in {"reached", "several"}:
        waits = f"{words.t('Waiting for you:')} {words.sentence(reward)}"
        return f"{waits} × {words.number(now.times)}" if now.times > 1 else waits
    if now.kind in {"expired", "lapsed"}:
        if now.until is None:
            return words.t("It was not used in time: {reward}", reward=reward)
        until = words.day(now.until, today)
        return words.t("It was yours until {date}: {reward}", date=until, reward=reward)
    if now.kind == "enough":
        return f"{words.t('You have enough for this:')} {words.sentence(reward)}"
    return _promise(goal, now.missing, words)


def _promise(goal: GoalPanel | None, missing: int, words: Words) -> str:
    if goal is None or not missing:
        return words.t("Good to see you")
    number = words.number(missing)
    if goal.promise:
        return words.unit(goal.promise, missing).replace("{n}", number)
    return words.t(
        "{n} more {unit} and it is yours: {reward}", n=number,
        unit=words.unit(goal.unit, missing), reward=words.pick(goal.reward),
    )  # fmt: skip


def _count(
    goal: GoalPanel | None, program: Program, card: Card, words: Words, today: date
) -> Line | None:
    """What is on the card, in the unit of the next reward."""
    if goal is not None:
        label = words.sentence(words.unit(goal.unit, goal.need))
        return Line(label, f"{words.number(goal.have)} / {words.number(goal.need)}")
    unit = next(iter(program.units.values()), None)
    if unit is None:
        return None
    have = card.available(unit.id, today.isoformat())
    label = words.sentence(words.unit(cast(UnitNames, cast(Any, unit.name)), have))
    return Line(label, words.number(have))


def _reward(now: Hero, words: Words, today: date) -> Line | None:
    """The reward that waits, or the next one."""
    if now.kind in {"reached", "several"} and now.reward:
        label = words.t("Waiting for you")
        if now.until:
            label = words.t("Yours until {date}", date=words.day(now.until, today))
        return Line(label, words.sentence(words.pick(now.reward)))
    if now.goal is None:
        return None
    return Line(words.t("Next reward"), words.sentence(words.pick(now.goal.reward)))


def _tier(program: Program, card: Card, words: Words) -> Line | None:
    rank = program.tier_rank(card.tier_id)
    return Line(words.t("Tier"), words.pick(program.tiers[rank].name)) if rank >= 0 else None


def _punched(now: Hero) -> Punched | None:
    """The stamps to draw; None where units are counted as points, or too many to be seen."""
    goal = now.goal
    if goal is None or goal.kind != "stamps" or goal.need > MOST_STAMPS:
        return None
    places = goal.need + goal.beside
    return Punched(places if now.full else min(goal.have, places), places)


def _about(program: Program, card: Card, words: Words, today: date) -> list[Line]:
    """What there is besides, for the back: everything that is on the card, and what ends."""
    day = today.isoformat()
    lines = [
        Line(words.sentence(words.unit(cast(Any, unit.name), have)), words.number(have))
        for unit in program.units.values()
        for have in (card.available(unit.id, day),)
        if len(program.units) > 1
    ]
    for piece in eligibility.expiring(card, today):
        if piece.unit in program.units:
            amount = words.amount(cast(Any, program.units[piece.unit].name), piece.amount)
            until = words.day(date.fromisoformat(piece.on), today)
            lines.append(Line(words.t("Can be used until {date}", date=until), amount))
    how = words.t(
        "The code on this pass is for collecting. A reward is taken and shown on the card's page, "
        "on the phone that your card lives on."
    )
    return [*lines, Line(words.t("How it works"), how)]


def _links(page: str, merchant: Item, words: Words) -> list[Line]:
    links = [Line(words.t("Your card"), page), Line(words.t("Your data"), f"{page}/profile")]
    notice = merchant_settings.of_item(merchant).privacy_url if "slug" in merchant else ""
    return [*links, Line(words.t("Privacy notice"), notice)] if notice else links
