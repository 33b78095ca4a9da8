"""Welcome: the card is ready, and how to find it again."""

from __future__ import annotations

from regulars.domain.card import Card
from regulars.domain.ledger import Entry
from regulars.domain.program import Program
from regulars.i18n.words import Words
from regulars.messages.kinds import Content, Facts, Kind
from regulars.program.shop import Shop
from regulars.render.mail import MailBlock


def _compose(shop: Shop, card: Card | None, facts: Facts, words: Words) -> Content | None:
    title = words.t("Welcome to {shop}", shop=shop.program.name)
    text = words.t("Your card is ready. Keep this link: it opens it on any phone.")
    return Content(title, (MailBlock("title", title), MailBlock("text", text)))


def _when(program: Program, entry: Entry) -> Facts | None:
    return {} if entry.kind == "join" else None


KIND = Kind("member", True, ("email",), _compose, when=_when)
