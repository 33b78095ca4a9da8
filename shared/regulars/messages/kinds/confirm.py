"""Whether an address belongs to who typed it: a link to press, or a code for the counter."""

from __future__ import annotations

from regulars.domain.card import Card
from regulars.i18n.words import Words
from regulars.messages.kinds import Content, Facts, Kind
from regulars.program.shop import Shop
from regulars.render.mail import MailBlock


def _compose(shop: Shop, card: Card | None, facts: Facts, words: Words) -> Content | None:
    blocks = _code(facts["code"], words) if "code" in facts else _link(shop, facts["url"], words)
    note = words.t("If that was not you, do nothing: without you nothing happens.")
    return Content(blocks[0].text, (*blocks, MailBlock("note", note)))


def _link(shop: Shop, url: str, words: Words) -> tuple[MailBlock, ...]:
    text = words.t(
        "Somebody, probably you, typed this address for a card at {shop}.", shop=shop.program.name
    )
    return (
        MailBlock("title", words.t("Is this your address?")),
        MailBlock("text", text),
        MailBlock("button", words.t("Yes, it is mine"), url=url),
    )


def _code(code: str, words: Words) -> tuple[MailBlock, ...]:
    text = words.t("Say this code at the counter within 15 minutes. It confirms your address.")
    return (
        MailBlock("title", words.t("Your code: {code}", code=code)),
        MailBlock("text", text),
    )


KIND = Kind("member", False, ("email",), _compose, to_claim=True)
