"""The owner has another e-mail address: told to the old one and to the new one."""

from __future__ import annotations

from regulars.domain.card import Card
from regulars.i18n.words import Words
from regulars.messages.kinds import Content, Facts, Kind
from regulars.program.shop import Shop
from regulars.render.mail import MailBlock


def _compose(shop: Shop, card: Card | None, facts: Facts, words: Words) -> Content | None:
    title = words.t("The owner has a new e-mail address")
    text = words.t(
        "What concerns the owner of {shop} goes to another address from now on.",
        shop=facts["name"],
    )
    note = words.t("If you know nothing of this, ask whoever runs this service for you at once.")
    blocks = (MailBlock("title", title), MailBlock("text", text), MailBlock("note", note))
    return Content(f"{facts['name']}: {title}", blocks)


KIND = Kind("owner", False, ("email",), _compose)
