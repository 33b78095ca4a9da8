"""A reward was unlocked without the member asking for it."""

from __future__ import annotations

from regulars.domain.card import Card
from regulars.domain.ledger import Entry
from regulars.domain.program import Program
from regulars.i18n.words import Words
from regulars.messages.kinds import Content, Facts, Kind
from regulars.program.shop import Shop
from regulars.render.mail import MailBlock

UNASKED = frozenset({"join", "earn", "adjust", "reverse", "bonus", "tier"})
"""Entries whose vouchers the member did not ask for and may not know of."""


def _compose(shop: Shop, card: Card | None, facts: Facts, words: Words) -> Content | None:
    if card is None:
        return None
    open_now = [card.open[one] for one in facts["vouchers"] if one in card.open]
    terms = (shop.program.terms(held.reward_id, held.version) for held in open_now)
    rewards = [reward for reward in terms if reward]
    if not rewards:
        return None
    title = words.t("It's yours: {reward}", reward=words.pick(rewards[0].name))
    text = words.t("Show the code on your card at the counter.")
    return Content(title, (MailBlock("title", title), MailBlock("text", text)))


def _when(program: Program, entry: Entry) -> Facts | None:
    unasked = entry.kind in UNASKED or entry.source == "job"
    vouchers = entry.facts.get("vouchers")
    return {"vouchers": vouchers} if unasked and vouchers else None


KIND = Kind("member", True, ("email",), _compose, when=_when)
