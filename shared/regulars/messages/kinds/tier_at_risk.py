"""A tier is about to end, and what keeps it."""

from __future__ import annotations

from datetime import date

from regulars.domain import calendar, tiering
from regulars.domain.card import Card
from regulars.domain.program import Program
from regulars.i18n.words import Words
from regulars.messages.kinds import Content, Facts, Kind
from regulars.program.shop import Shop
from regulars.render.mail import MailBlock


def _compose(shop: Shop, card: Card | None, facts: Facts, words: Words) -> Content | None:
    """What ends, when, and what keeps it; nothing when it has been kept since."""
    rank = shop.program.tier_rank(facts["tier"])
    if rank < 0 or card is None or card.tier is None or card.tier.until != facts["until"]:
        return None
    tier = shop.program.tiers[rank]
    until = date.fromisoformat(card.tier.until)
    name = words.pick(tier.name)
    title = words.t("You are {tier} until {date}", tier=name, date=words.date(until))
    blocks = [MailBlock("title", title)]
    today = calendar.local_date(shop.now, shop.program.timezone)
    for way in tier.enter:
        if way.metric in tiering.COUNTED:
            left = tiering.needed(way, held=True) - tiering.measure(card, way, today)
            if left > 0:
                amount = _measured(way.metric, left, shop.program, words)
                blocks.append(MailBlock("text", words.t("{amount} more keeps it.", amount=amount)))
            break
    return Content(title, tuple(blocks))


def _measured(metric: str, amount: int, program: Program, words: Words) -> str:
    """An amount of spend, visits or points in words."""
    if metric == "spend":
        return words.money(amount, program.currency)
    if metric == "visits":
        return words.n("{n} visit", "{n} visits", amount)
    return words.n("{n} point", "{n} points", amount)


KIND = Kind("member", True, ("email",), _compose)
