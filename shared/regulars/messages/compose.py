"""Puts together a mail: what its kind says, in the reader's language, with links and footer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.core import tokens
from regulars.core.config import settings
from regulars.domain.program import Program
from regulars.i18n import negotiate
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.messages.kinds import kind
from regulars.messages.mail import Mail
from regulars.program.shop import Shop
from regulars.render.brand import brand_of
from regulars.render.mail import MailBlock, MailBody
from regulars.render.mail import mail as laid_out
from regulars.store.members import Profile, card_url
from regulars.store.merchant_settings import Known, MerchantSettings


def compose_for_member(
    shop: Shop, known: Known, profile: Profile, name: str, facts: Mapping[str, Any]
) -> Mail | None:
    """Compose a mail to a member; None when there is nothing (any more) to say."""
    card = shop.ledger.card(profile.member_id)
    if card is None:
        return None
    words = words_of(negotiate.language(profile.language, shop.program.languages))
    content = kind(name).compose(shop, card, facts, words)
    if content is None:
        return None
    merchant, own = known
    url = card_url(settings().base_url, shop.merchant_id, profile)
    unsubscribe = tokens.unsubscribe_token(shop.merchant_id, profile.member_id)
    view = MailBody(
        brand=brand_of(shop.program),
        subject=content.subject,
        blocks=(*content.blocks, MailBlock("button", words.t("Open my card"), url=url)),
        preview=content.preview,
        reason=words.t(
            "You get this because you joined at {shop} and agreed to mails.",
            shop=shop.program.name,
        ),
        unsubscribe_url=f"{settings().base_url}/u/{unsubscribe}",
        address=f"{merchant.name}, {own.postal_address}" if own.postal_address else "",
    )
    return _mail(profile.email, name, view, words, shop.program, own)


def compose_for_owner(shop: Shop, known: Known, name: str, facts: Mapping[str, Any]) -> Mail | None:
    """Compose a mail to the owner; None when there is nothing (any more) to say.

    The fact `to` names another address than the one the owner has now.
    """
    merchant, own = known
    words = words_of(negotiate.language("", shop.program.languages))
    content = kind(name).compose(shop, None, {**facts, "name": merchant.name}, words)
    if content is None:
        return None
    view = MailBody(
        brand=brand_of(shop.program),
        subject=content.subject,
        blocks=content.blocks,
        preview=content.preview,
        reason=words.t("The weekly digest of your programme.") if name == "digest" else "",
    )
    return _mail(facts.get("to") or merchant.owner_email, name, view, words, shop.program, own)


def _mail(
    to: str, name: str, view: MailBody, words: Words, program: Program, own: MerchantSettings
) -> Mail:
    html, text = laid_out(view, words)
    sender = own.sender_name or program.name
    return Mail(
        to, name, words.lang, sender, view.subject, html, text, view.unsubscribe_url,
        reply_to=own.reply_to,
    )  # fmt: skip
