"""The merchant was closed: everything is handed over, and what happens next."""

from __future__ import annotations

from datetime import date

from regulars.core import tokens
from regulars.core.config import settings
from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.i18n.words import Words
from regulars.messages.kinds import Content, Facts, Kind
from regulars.program.shop import Shop
from regulars.render.mail import MailBlock


def _compose(shop: Shop, card: Card | None, facts: Facts, words: Words) -> Content | None:
    title = words.t("{shop} is closed", shop=facts["name"])
    closed = words.t(
        "Cards, links, devices and keys of your programme do not work any more, and nobody is "
        "written to."
    )
    handed = words.t(
        "Everything is in one file: settings, programmes, members with all their entries, and the "
        "log. It holds personal data, so keep it safe. The link is good until {date}.",
        date=words.date(_day(shop, facts["until"] * 1000)),
    )
    url = (
        f"{settings().base_url}/e/{tokens.shop_token('archive', shop.merchant_id, facts['until'])}"
    )
    note = words.t(
        "From {date} on all members are erased. Until then whoever runs this service for you can "
        "open the programme again.",
        date=words.date(_day(shop, facts["erases"])),
    )
    blocks = (
        MailBlock("title", title),
        MailBlock("text", closed),
        MailBlock("text", handed),
        MailBlock("button", words.t("Download everything"), url=url),
        MailBlock("note", note),
    )
    return Content(title, blocks)


def _day(shop: Shop, ms: int) -> date:
    return calendar.local_date(calendar.from_ms(ms), shop.program.timezone)


KIND = Kind("owner", False, ("email",), _compose, after_closing=True)
