"""What messages say, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from regulars import tokens
from regulars.config import settings
from regulars.domain import calendar, tiering
from regulars.domain.card import Card
from regulars.domain.program import Program, Reward
from regulars.i18n import negotiate
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.jobs.context import Shop
from regulars.store import keys, merchants
from regulars.store.members import Profile, card_url
from regulars.web import card_page
from regulars.web.pages import Block, MailView
from regulars.web.pages import mail as laid_out


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, ready to be sent."""

    to: str
    kind: str
    language: str
    sender: str
    subject: str
    html: str
    text: str
    unsubscribe_url: str | None


def to_member(shop: Shop, profile: Profile, kind: str, facts: Mapping[str, Any]) -> Mail | None:
    """A mail to a member; None when there is nothing (any more) to say."""
    card = shop.ledger.card(profile.member_id)
    if card is None:
        return None
    words = words_of(negotiate.language(profile.language, shop.program.languages))
    said = _SAID[kind](shop, card, facts, words)
    if said is None:
        return None
    subject, blocks = said
    url = card_url(settings().base_url, shop.merchant_id, profile)
    blocks = (*blocks, Block("button", words.t("Open my card"), url=url))
    unsubscribe = tokens.unsubscribe_token(shop.merchant_id, profile.member_id)
    view = MailView(
        brand=card_page.brand(shop.program),
        subject=subject,
        blocks=blocks,
        reason=words.t(
            "You get this because you joined at {shop} and agreed to mails.",
            shop=shop.program.name,
        ),
        unsubscribe_url=f"{settings().base_url}/u/{unsubscribe}",
    )
    return _mail(profile.email, kind, view, words, shop.program)


def to_owner(shop: Shop, kind: str, facts: Mapping[str, Any]) -> Mail | None:
    """The owner's weekly digest."""
    (item,) = shop.table.get(keys.merchant(shop.merchant_id))
    if item is None:
        return None
    merchant = merchants.merchant_of(item)
    words = words_of(negotiate.language("", shop.program.languages))
    figures = facts["figures"]
    title = _digest_title(figures, words)
    blocks = [
        Block("title", title),
        Block("figures", rows=tuple((row[0], row[1], row[2]) for row in _rows(figures, words))),
    ]
    if figures["best"]:
        blocks.append(Block("text", words.t("Your best customers of the week")))
        best = tuple((name, words.n("{n} visit", "{n} visits", n)) for name, n in figures["best"])
        blocks.append(Block("rows", rows=best))
    todo = tuple((what, how, "") for what, how in _todo(shop.program, figures, words))
    blocks.append(Block("todo", rows=todo))
    view = MailView(
        brand=card_page.brand(shop.program),
        subject=words.t("{shop}: your week", shop=merchant.name),
        blocks=tuple(blocks),
        preview=title,
        reason=words.t("The weekly digest of your programme."),
    )
    return _mail(merchant.owner_email, kind, view, words, shop.program)


def _mail(to: str, kind: str, view: MailView, words: Words, program: Program) -> Mail:
    html, text = laid_out(view, words)
    return Mail(to, kind, words.lang, program.name, view.subject, html, text, view.unsubscribe_url)


Said = tuple[str, tuple[Block, ...]] | None


def _welcome(shop: Shop, card: Card, facts: Mapping[str, Any], words: Words) -> Said:
    title = words.t("Welcome to {shop}", shop=shop.program.name)
    text = words.t("Your card is ready. Keep this link: it opens it on any phone.")
    return title, (Block("title", title), Block("text", text))


def _close_to_reward(shop: Shop, card: Card, facts: Mapping[str, Any], words: Words) -> Said:
    reward = shop.program.rewards.get(facts["reward"])
    if reward is None:
        return None
    today = calendar.local_date(shop.now, shop.program.timezone).isoformat()
    have = card.available(reward.unit, today)
    missing = reward.cost - have
    if missing <= 0:
        return None
    title = words.n(
        "One more visit to your reward: {reward}",
        "{n} more visits to your reward: {reward}",
        1,
        reward=words.pick(reward.name),
    )
    blocks = [Block("title", title)]
    if _is_punch_card(shop.program, reward):
        blocks.append(Block("stamps", have=have, need=reward.cost))
    return title, tuple(blocks)


def _reward_unlocked(shop: Shop, card: Card, facts: Mapping[str, Any], words: Words) -> Said:
    open_now = [card.open[one].reward_id for one in facts["vouchers"] if one in card.open]
    rewards = [shop.program.rewards[one] for one in open_now if one in shop.program.rewards]
    if not rewards:
        return None
    title = words.t("It's yours: {reward}", reward=words.pick(rewards[0].name))
    text = words.t("Show the code on your card at the counter.")
    return title, (Block("title", title), Block("text", text))


def _tier_up(shop: Shop, card: Card, facts: Mapping[str, Any], words: Words) -> Said:
    rank = shop.program.tier_rank(facts["tier"])
    if rank < 0:
        return None
    tier = shop.program.tiers[rank]
    title = words.t("You are now {tier}", tier=words.pick(tier.name))
    perks = tuple((words.pick(perk), "") for perk in tier.perks)
    blocks = [Block("title", title)]
    if perks:
        blocks.append(Block("rows", rows=perks))
    return title, tuple(blocks)


def _card_link(shop: Shop, card: Card, facts: Mapping[str, Any], words: Words) -> Said:
    title = words.t("Here is your card")
    text = words.t("Somebody, probably you, asked for it at {shop}.", shop=shop.program.name)
    return title, (Block("title", title), Block("text", text))


def _tier_at_risk(shop: Shop, card: Card, facts: Mapping[str, Any], words: Words) -> Said:
    """What ends, when, and what keeps it; nothing when it has been kept since."""
    rank = shop.program.tier_rank(facts["tier"])
    if rank < 0 or card.tier is None or card.tier.until != facts["until"]:
        return None
    tier = shop.program.tiers[rank]
    until = date.fromisoformat(card.tier.until)
    name = words.pick(tier.name)
    title = words.t("You are {tier} until {date}", tier=name, date=words.date(until))
    blocks = [Block("title", title)]
    today = calendar.local_date(shop.now, shop.program.timezone)
    for way in tier.enter:
        if way.metric in tiering.COUNTED:
            left = tiering.needed(way, held=True) - tiering.measure(card, way, today)
            if left > 0:
                amount = _measured(way.metric, left, shop.program, words)
                blocks.append(Block("text", words.t("{amount} more keeps it.", amount=amount)))
            break
    return title, tuple(blocks)


def _measured(metric: str, amount: int, program: Program, words: Words) -> str:
    """An amount of spend, visits or points in words."""
    if metric == "spend":
        return words.money(amount, program.currency)
    if metric == "visits":
        return words.n("{n} visit", "{n} visits", amount)
    return words.n("{n} point", "{n} points", amount)


_SAID = {
    "tier_at_risk": _tier_at_risk,
    "card_link": _card_link,
    "welcome": _welcome,
    "close_to_reward": _close_to_reward,
    "reward_unlocked": _reward_unlocked,
    "tier_up": _tier_up,
}


def _is_punch_card(program: Program, reward: Reward) -> bool:
    unit = program.units.get(reward.unit)
    return unit is not None and unit.kind == "stamps" and reward.cost <= _STAMPS_DRAWN_MAX


_STAMPS_DRAWN_MAX = 20


def _digest_title(figures: Mapping[str, Any], words: Words) -> str:
    """The week in a line; one without visits is not opened with a nought."""
    if not figures["visits"]:
        return words.t("A quiet week is over, a new one begins")
    return words.n(
        "{n} visit by your members this week",
        "{n} visits by your members this week",
        figures["visits"],
    )


def _rows(figures: Mapping[str, Any], words: Words) -> list[tuple[str, str, str]]:
    """Number, label, comparison with the week before."""
    before = figures["before"]
    labels = {
        "visits": words.t("visits"),
        "members": words.t("members who came"),
        "joined": words.t("new members"),
        "redeemed": words.t("rewards handed over"),
    }
    rows = []
    for name, label in labels.items():
        compared = ""
        if before:
            change = figures[name] - before[name]
            compared = words.t("{change} to the week before", change=words.signed(change))
        rows.append((words.number(figures[name]), label, compared))
    return rows


def _todo(program: Program, figures: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """What to do about it: the finding, and the step."""
    todo = []
    if not figures["joined"]:
        todo.append(
            (
                words.t("Nobody joined this week."),
                words.t("Put the QR code where people wait, and mention it when they pay."),
            )
        )
    if figures["waiting"]:
        todo.append(
            (
                words.n(
                    "{n} unlocked reward was not picked up yet.",
                    "{n} unlocked rewards were not picked up yet.",
                    figures["waiting"],
                ),
                words.t("Ask at the counter: “Is there a reward on your card?”"),
            )
        )
    if figures["quiet_day"] is not None:
        day = words.weekday(calendar.weekday_sample(figures["quiet_day"]))
        todo.append(
            (
                words.t("{day} was your quietest day.", day=day),
                words.t("Try a small extra on that day for two weeks."),
            )
        )
    if not todo:
        todo.append((words.t("All is well."), words.t("Greet a regular by name today.")))
    return todo
