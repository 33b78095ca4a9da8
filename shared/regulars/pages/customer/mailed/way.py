"""The mailed link to a card: POST lets the card live on the browser that opened it, once."""

from __future__ import annotations

from regulars.actions import live_on
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import card_holders, protocol
from regulars.messages.notification import CARD_LINK_MS
from regulars.pages import answer
from regulars.pages.customer.card import opening
from regulars.pages.customer.mailed import view
from regulars.pages.customer.words import member_words
from regulars.program.shop import Shop, load_shop
from regulars.render.brand import brand_of
from regulars.store import card_devices, connect
from regulars.store.members import Members
from regulars.store.profiles import Profile


def ask(request: protocol.Request, named: tuple[str, str, int]) -> protocol.Response:
    """Ask; scanners that open links let nothing in."""
    shop, profile = _open(named)
    state = _state(shop, profile, named[2])
    if state == "way":
        return _page(request, shop, profile, 200, state)
    return _over(request, shop, profile, state)


def use(request: protocol.Request, named: tuple[str, str, int]) -> protocol.Response:
    """Let the card live here; whoever presses twice is led to it."""
    protocol.require_own_page(request)
    shop, profile = _open(named)
    state = _state(shop, profile, named[2])
    if state != "way":
        return _over(request, shop, profile, state)
    secret, device = card_holders.new_device(request, to_ms(shop.now), "mail")
    try:
        live_on.by_mail(shop, profile, device, named[2])
    except Refused as refused:
        if refused.code is not RefusalCode.CODE_USED:
            raise
        return _over(request, shop, profile, "way_used")
    cookie = card_holders.device_cookie(shop.merchant_id, profile.member_id, secret)
    return protocol.redirect(_card(shop), (cookie,))


def _open(named: tuple[str, str, int]) -> tuple[Shop, Profile]:
    m, c, _ = named
    shop = load_shop(connect.lean_table(), m)
    profile = Members(shop.table, m).profile(c)
    if profile is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return shop, profile


def _state(shop: Shop, profile: Profile, asked_ms: int) -> view.State:
    if asked_ms <= profile.recovered_ms:
        return "way_used"
    return "way" if to_ms(shop.now) < asked_ms + CARD_LINK_MS else "way_old"


def _over(
    request: protocol.Request, shop: Shop, profile: Profile, state: view.State
) -> protocol.Response:
    """A link that is used or too old: to the card where it lives here, else how to get another."""
    held = card_holders.held(request, shop.merchant_id)
    mine = held is not None and held.member_id == profile.member_id
    if held and mine and card_devices.with_secret(profile.devices, held.secret):
        return protocol.redirect(_card(shop))
    return _page(request, shop, profile, 410, state)


def _card(shop: Shop) -> str:
    return f"/card/{opening.slug_of(shop.table, shop.merchant_id)}"


def _page(
    request: protocol.Request, shop: Shop, profile: Profile, status: int, state: view.State
) -> protocol.Response:
    slug = opening.slug_of(shop.table, shop.merchant_id)
    words = member_words(request, profile, shop.program)
    shown = view.MailedPage(
        brand_of(shop.program), request.path, state, recover=f"/j/{slug}/recover"
    )
    return answer.page(status, view.TEMPLATE, shown, words)
