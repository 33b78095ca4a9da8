"""The devices a card lives on: one more, one less, the way back, and "not me"."""

from __future__ import annotations

from regulars.actions import live_on
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import card_holders, protocol
from regulars.http.in_app import is_in_app
from regulars.pages.customer.card import opening
from regulars.pages.customer.card.opening import Opened
from regulars.pages.customer.card.showing import device_needed, page
from regulars.store import connect
from regulars.store.card_devices import CardDevice


def use_here(request: protocol.Request) -> protocol.Response:
    """POST …/device: the card lives on this browser from now on: a card that lives nowhere yet at
    once, another one with the `code` that one of its devices shows."""
    one = opening.opened(request)
    path = f"/card/{one.slug or opening.slug_of(one.shop.table, one.shop.merchant_id)}"
    if one.device:
        return protocol.redirect(path)
    keeps_none = card_holders.held(request, one.shop.merchant_id) is None
    if keeps_none or is_in_app(request):  # a card cannot live here
        return device_needed(request, one)
    by, typed = ("code", request.form.get("code", "")) if one.profile.devices else ("link", "")
    if by == "code" and not typed:
        return device_needed(request, one)
    secret, device = card_holders.new_device(request, to_ms(one.shop.now), by)
    try:
        _let_in(one, device, typed)
    except Refused as refused:
        if refused.code is RefusalCode.DEVICE_NEEDED:  # another one was faster
            return device_needed(request, opening.opened(request))
        if refused.code is not RefusalCode.INVALID:
            raise
        sentence = one.words.t("That is not the code, or it is over. Look at the other phone.")
        return page(request, one, 422, sentence)
    cookie = card_holders.device_cookie(one.shop.merchant_id, one.member_id, secret)
    return protocol.redirect(path, (cookie,))


def _let_in(one: Opened, device: CardDevice, typed: str) -> None:
    if typed:
        live_on.with_code(one.shop, one.profile, device, typed)
    else:
        live_on.first(one.shop, one.profile, device)


def end(request: protocol.Request) -> protocol.Response:
    """POST /card/{slug}/devices: the card lives on `device_id` no more."""
    one = opening.by_cookie(request)
    if one.device is None:
        return device_needed(request, one)
    ended = request.form.get("device_id", "")
    if ended == one.device.device_id:
        return forget(request)
    live_on.end(one.shop, one.profile, ended)
    return protocol.redirect(one.path)


def switch(request: protocol.Request) -> protocol.Response:
    """POST /card/{slug}/switch: to the other card that lives on this phone (`member_id`)."""
    m = opening.merchant_of(connect.lean_table(), request.param("slug").lower())
    path = f"/card/{request.param('slug').lower()}"
    wanted = request.form.get("member_id", "")
    for other in card_holders.others(request, m):
        if other.member_id == wanted:
            cookie = card_holders.device_cookie(m, other.member_id, other.secret)
            aside = card_holders.put_aside(request, m, other.member_id)
            return protocol.redirect(path, (cookie, aside) if aside else (cookie,))
    return protocol.redirect(path)


def forget(request: protocol.Request) -> protocol.Response:
    """POST /card/{slug}/forget: not me. The card leaves this browser; what is on it stays."""
    one = opening.by_cookie(request)
    if one.device:
        live_on.end(one.shop, one.profile, one.device.device_id)
    m = one.shop.merchant_id
    rest = card_holders.others(request, m)
    if not rest:
        return protocol.redirect(f"/j/{one.slug}", (card_holders.forgotten(m),))
    first, *kept = rest
    cookies = (
        card_holders.device_cookie(m, first.member_id, first.secret),
        card_holders.aside(m, kept),
    )
    return protocol.redirect(f"/card/{one.slug}", cookies)


def recovery(request: protocol.Request) -> protocol.Response:
    """POST /card/{slug}/recovery: a code to keep on paper, shown this once; it ends the one
    before."""
    one = opening.by_cookie(request)
    if one.device is None:
        return device_needed(request, one)
    code = live_on.new_recovery_code(one.shop, one.profile)
    return page(request, one, 200, recovery=code)
