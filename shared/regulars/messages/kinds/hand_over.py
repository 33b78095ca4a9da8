"""A shop is to have another owner, or the owner another mailbox: both addresses must agree."""

from __future__ import annotations

from regulars.domain.card import Card
from regulars.i18n.words import Words
from regulars.messages.kinds import Content, Facts, Kind
from regulars.program.shop import Shop
from regulars.render.mail import MailBlock


def _compose(shop: Shop, card: Card | None, facts: Facts, words: Words) -> Content | None:
    shop_name = facts["name"]
    if facts["side"] == "to":
        title = words.t("Do you take over {shop}?", shop=shop_name)
        text = words.t(
            "Whoever owns {shop} wants you to have it: its console, its programme, its mails. "
            "Agree within a day; the owner of now must agree, too.",
            shop=shop_name,
        )
    else:
        title = words.t("Do you hand over {shop}?", shop=shop_name)
        text = words.t(
            "{email} is to be the owner of {shop}. Once both of you have agreed, you are signed "
            "out, and the console is theirs.",
            email=facts["other"], shop=shop_name,
        )  # fmt: skip
    note = words.t("If you know nothing of this, do nothing: then nothing changes.")
    blocks = (
        MailBlock("title", title),
        MailBlock("text", text),
        MailBlock("button", words.t("Have a look"), url=facts["url"]),
        MailBlock("note", note),
    )
    return Content(title, blocks)


KIND = Kind("owner", False, ("email",), _compose)
