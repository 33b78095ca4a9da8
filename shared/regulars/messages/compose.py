"""Puts together a mail: what its kind says, in the reader's language, with links and footer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
from regulars.store.members import card_url
from regulars.store.merchant_settings import Known, MerchantSettings
from regulars.store.profiles import Profile


def address(profile: Profile, name: str) -> str:
    """Return where a kind of mail goes for a member; empty for nowhere."""
    if not kind(name).to_claim:
        return profile.email
    claim = profile.claims.get("email")
    return claim.value if claim else ""


def compose_for_member(
    shop: Shop, known: Known, profile: Profile, name: str, facts: Mapping[str, Any]
) -> Mail | None:
    """Compose a mail to a member; None when there is nothing (any more) to say."""
    card = shop.ledger.card(profile.member_id)
    what = kind(name)
    known_facts = _confirming(shop, profile, facts) if what.to_claim else _way(shop, profile, facts)
    if card is None or known_facts is None:
        return None
    words = words_of(negotiate.language(profile.language, shop.program.languages))
    content = what.compose(shop, card, known_facts, words)
    if content is None:
        return None
    merchant, own = known
    blocks = content.blocks
    if not what.to_claim:  # whose the card is, is not known there yet
        url = card_url(settings().base_url, shop.merchant_id, profile)
        blocks = (*blocks, MailBlock("button", words.t("Open my card"), url=url))
    unsubscribe = tokens.unsubscribe_token(shop.merchant_id, profile.member_id)
    view = MailBody(
        brand=brand_of(shop.program),
        subject=content.subject,
        blocks=blocks,
        preview=content.preview,
        reason=_reason(shop, words, agreed=what.consent),
        unsubscribe_url=f"{settings().base_url}/u/{unsubscribe}",
        address=f"{merchant.name}, {own.postal_address}" if own.postal_address else "",
    )
    mail = _mail(address(profile, name), name, view, words, shop.program, own)
    return replace(mail, member_id=profile.member_id)


def _reason(shop: Shop, words: Words, *, agreed: bool) -> str:
    if agreed:
        return words.t(
            "You get this because you joined at {shop} and agreed to mails.",
            shop=shop.program.name,
        )
    return words.t("You get this because this address was typed at {shop}.", shop=shop.program.name)


def _way(shop: Shop, profile: Profile, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts, with the link by which the card comes to live on another device where one was
    asked for."""
    if "asked" not in facts:
        return facts
    token = tokens.way_token(shop.merchant_id, profile.member_id, facts["asked"])
    return {**facts, "way": f"{settings().base_url}/m/{token}"}


def _confirming(shop: Shop, profile: Profile, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What confirms a claimed address: the link, or the code that is made from `code`; None for a
    code that another has followed."""
    claim, m, c = profile.claims["email"], shop.merchant_id, profile.member_id
    if "code" not in facts:
        return {"url": f"{settings().base_url}/m/{tokens.mailed_token(m, c, claim.at_ms)}"}
    if facts["code"] != claim.code:
        return None
    return {"code": tokens.contact_code(m, c, claim.value, claim.code)}


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
