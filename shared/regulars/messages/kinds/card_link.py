"""The way to a card, for who typed its contact: when joining, or to get the card back."""

from __future__ import annotations

from regulars.domain.card import Card
from regulars.i18n.words import Words
from regulars.messages.kinds import Content, Facts, Kind
from regulars.program.shop import Shop
from regulars.render.mail import MailBlock


def _compose(shop: Shop, card: Card | None, facts: Facts, words: Words) -> Content | None:
    title = words.t("Here is your card")
    text = words.t("Somebody, probably you, asked for it at {shop}.", shop=shop.program.name)
    way: tuple[MailBlock, ...] = ()
    if "way" in facts:
        way = (MailBlock("button", words.t("Use this card on this phone"), url=facts["way"]),)
    note = words.t("Have you got two cards now? At the counter they can put them together.")
    blocks = (MailBlock("title", title), MailBlock("text", text), *way, MailBlock("note", note))
    return Content(title, blocks)


KIND = Kind("member", False, ("email",), _compose)
