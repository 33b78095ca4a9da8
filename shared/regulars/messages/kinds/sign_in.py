"""Somebody wants to sign in to the console: a link and a code, to the address they typed."""

from __future__ import annotations

from regulars.core import tokens
from regulars.core.config import settings
from regulars.domain.card import Card
from regulars.i18n.words import Words
from regulars.messages.kinds import Content, Facts, Kind
from regulars.program.shop import Shop
from regulars.render.mail import MailBlock


def _compose(shop: Shop, card: Card | None, facts: Facts, words: Words) -> Content | None:
    sign_in_id = str(facts["sign_in"])
    code = tokens.sign_in_code(sign_in_id)
    url = f"{settings().base_url}/console/sign-in/{tokens.sign_in_token(sign_in_id)}"
    title = words.t("Sign in to the console")
    text = words.t(
        "Your code is {code}. It is good for 15 minutes, once. The link works in the browser in "
        "which you asked for it.",
        code=f"{code[:3]} {code[3:]}",
    )
    note = words.t("If you did not ask for this, do nothing: without this mail nobody gets in.")
    blocks = (
        MailBlock("title", title),
        MailBlock("text", text),
        MailBlock("button", words.t("Sign in"), url=url),
        MailBlock("note", note),
    )
    return Content(f"{shop.program.name}: {title}", blocks)


KIND = Kind("owner", False, ("email",), _compose)
