"""The card's pass for the wallet of a phone: a file for Apple's, a link to Google's."""

from __future__ import annotations

import re
from typing import Final

from regulars.actions import wallets as following
from regulars.api.apple_wallet import file_answer
from regulars.core.passes import Serial
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import protocol
from regulars.pages import answer
from regulars.pages.customer.card import opening
from regulars.pages.customer.card.opening import Opened
from regulars.pages.customer.card.pictures import KEPT, program_in_force
from regulars.render.brand import brand_of
from regulars.render.layout import MOST_STAMPS
from regulars.store import connect
from regulars.store.wallets import AtGoogle, Wallet
from regulars.wallet import apple, certificates, google, pictures
from regulars.wallet.content import Found, found

STAMPS: Final = re.compile(r"stamps-(\d{1,2})-of-(\d{1,2})\.png", re.ASCII)


def for_apple(request: protocol.Request) -> protocol.Response:
    """GET /card/{slug}/wallet/apple: the signed file. Nothing is written: it is made from the
    card, and the phone that takes it says so itself."""
    own = certificates.apple()
    if own is None:
        raise Refused(RefusalCode.NOT_FOUND)
    if isinstance(here := _pass(request), str):
        return protocol.redirect(here)
    _, one = here
    return file_answer(apple.package(connect.lean_table(), one.content, own), one.changed_s)


def for_google(request: protocol.Request) -> protocol.Response:
    """GET /card/{slug}/wallet/google: to Google, with what it may save.

    Google does not tell us that it did. So it is noted that it may have: by the device that the
    card lives on alone, and once. The card stays as it is.
    """
    own = certificates.google()
    if own is None:
        raise Refused(RefusalCode.NOT_FOUND)
    if isinstance(here := _pass(request), str):
        return protocol.redirect(here)
    opened, one = here
    now_ms = to_ms(opened.shop.now)

    def note(now: Wallet) -> Wallet:
        if now.google and now.google.link == one.content.serial.link:
            return now
        known = now.changed(now_ms // 1000, one.seq, one.profile)
        at = AtGoogle(one.content.serial.link, now_ms, known.changed_s, one.version)
        return known._replace(google=at)

    following.change(opened.shop, opened.member_id, note)
    return protocol.redirect(google.save_link(one.content, own))


def stamps(request: protocol.Request) -> protocol.Response:
    """GET /card/{slug}/wallet/pictures/{name}: so many stamps in the shop's look, for anybody:
    Google fetches it. It says nothing of any member."""
    given = STAMPS.fullmatch(request.param("name"))
    have, places = (int(number) for number in given.groups()) if given else (1, 0)
    if not have <= places <= MOST_STAMPS + 1 or certificates.google() is None:
        raise Refused(RefusalCode.NOT_FOUND)
    m = opening.merchant_of(connect.lean_table(), request.param("slug").lower())
    brand = brand_of(program_in_force(m))
    return protocol.picture(pictures.stamps(brand, have, places, pictures.HERO, 1), KEPT)


def _pass(request: protocol.Request) -> tuple[Opened, Found] | str:
    """The card that lives on this browser, and its pass; elsewhere the path to go on by: a pass
    stays, and shows what is on the card."""
    try:
        opened = opening.by_cookie(request)
    except opening.NoCardError:
        return f"/j/{request.param('slug').lower()}"
    if opened.device is None:
        return opened.path
    serial = Serial(opened.shop.merchant_id, opened.member_id, opened.profile.link)
    one = found(opened.shop.table, serial)
    if one is None or one.content.is_over:
        raise Refused(RefusalCode.NOT_FOUND)
    return opened, one


ROUTES = {
    "GET /card/{slug}/wallet/apple": answer.as_page(for_apple),
    "GET /card/{slug}/wallet/google": answer.as_page(for_google),
    "GET /card/{slug}/wallet/pictures/{name}": stamps,
}
