"""The card's routes: the page, its rotating codes, news of it, rewards, leaderboards."""

from __future__ import annotations

import os
from contextlib import suppress

from regulars.actions import live_on
from regulars.actions.consent import set_consent
from regulars.domain.calendar import rfc3339, to_ms
from regulars.domain.card import Card
from regulars.domain.leaderboards import CONSENT
from regulars.domain.operations import Issue, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import card_holders, protocol
from regulars.http.in_app import is_in_app
from regulars.pages import answer
from regulars.pages.customer.card import devices, news, offline, opening, view
from regulars.pages.customer.card.opening import Opened
from regulars.pages.customer.card.showing import device_needed, page
from regulars.render.qr import qr_svg
from regulars.store import connect, keys
from regulars.store.answers import Idempotency
from regulars.store.card_devices import with_secret
from regulars.store.members import Members
from regulars.store.profiles import profile_of
from regulars.views.customer import locked_words

UNITS_DIGITS = 9
"""The longest number of units that a form may send."""


def follow(request: protocol.Request) -> protocol.Response:
    """GET /c/{token}: the browser holds the link from now on, and is led to the card.

    Whether it keeps cookies is seen at the next step; one that does not is led back here with
    `look`, and only looks. So does one that another card lives on: it stays there.
    """
    one = opening.by_link(request)
    shop, m = one.shop, one.shop.merchant_id
    held = card_holders.held(request, m)
    another = held is not None and held.member_id not in {"", one.member_id}
    if "look" in request.query or (another and _is_device(request, one)):
        return page(request, one, 200)
    path = f"/card/{opening.slug_of(shop.table, m)}"
    token = request.param("token")
    if one.device or (held and held.token == token):
        return opening.way(path, request)
    cookie = card_holders.card_cookie(m, token)
    return {**opening.way(path, request, link=token), "cookies": [cookie]}


def show(request: protocol.Request) -> protocol.Response:
    """GET /card/{slug}: the whole page of the card that the browser holds."""
    token = request.query.get("link", "")
    is_token = opening.TOKEN.fullmatch(token) is not None
    try:
        one = opening.by_cookie(request)
    except opening.NoCardError as none:
        if is_token and card_holders.held(request, none.merchant_id) is None:
            return opening.way(f"/c/{token}", request, look="1")
        answer_ = protocol.redirect(f"/j/{request.param('slug').lower()}")
        return {**answer_, "cookies": [card_holders.forgotten(none.merchant_id)]}
    if token:
        return opening.way(one.path, request)
    return page(request, one, 200)


def code(request: protocol.Request) -> protocol.Response:
    """GET …/code: what the card shows now, or with `voucher` an open one. Made from the time;
    nothing is written. Raises DEVICE_NEEDED for a voucher elsewhere than on the card's device."""
    if "key" in request.query:
        return offline.key(request)
    voucher_id = request.query.get("voucher")
    shown = _card_code(request) if voucher_id is None else _voucher_code(request, voucher_id)
    expires_at = rfc3339(to_ms(shown.expires_at))
    body = {"code": shown.text, "svg": str(qr_svg(shown.url)), "expires_at": expires_at}
    return protocol.json_answer(200, body)


def _card_code(request: protocol.Request) -> view.CodePanel:
    by = opening.holder(request)
    return view.code(by.merchant_id, by.profile.handle, by.now, on_device=by.may_use)


def _voucher_code(request: protocol.Request, voucher_id: str) -> view.CodePanel:
    one = opening.opened(request)
    if not one.may_use:
        raise Refused(RefusalCode.DEVICE_NEEDED)
    if voucher_id not in one.card.open:
        raise Refused(RefusalCode.NOT_FOUND)
    return view.voucher_code(one.shop.merchant_id, one.profile.handle, voucher_id, one.shop.now)


def state(request: protocol.Request) -> protocol.Response:
    """GET …/state: 304 while nothing has changed; with the page's note (`since`) for one read."""
    changed = news.since(connect.lean_table(), request.query.get("since", ""))
    if changed is False:
        return protocol.empty(304, {"Cache-Control": "no-cache"})
    if isinstance(changed, Card):
        body = {"version": changed.version, "seq": changed.seq}
        return protocol.json_answer(200, body, {"Cache-Control": "no-cache"})
    one = opening.opened(request)
    etag = view.etag(one.shop.program, one.card, one.shop.now, on_device=one.may_use)
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == etag:
        return protocol.empty(304, headers)
    body = {"version": one.card.version, "seq": one.card.seq}
    return protocol.json_answer(200, body, headers)


def take_reward(request: protocol.Request) -> protocol.Response:
    """POST …/vouchers: the member takes a reward; back to the card. A card that lives nowhere yet
    lives on the browser that does so first."""
    one = opening.opened(request)
    if not one.may_use:
        return device_needed(request, one)
    form = request.form
    once, reward_id = form.get("once", ""), form.get("reward_id", "")
    if not once or len(once) > 64 or reward_id not in one.shop.program.rewards:
        return page(request, one, 422, one.words.t("Please try that again."))
    units = form.get("units", "")
    if units and not (units.isascii() and units.isdigit() and len(units) <= UNITS_DIGITS):
        return page(request, one, 422, one.words.t("Please try that again."))
    operation = Issue(
        Origin(f"once:{one.member_id}:{once}", "card", entropy=os.urandom(16)),
        reward_id=reward_id,
        units=int(units) if units else None,
    )
    try:
        one.shop.ledger.perform(
            one.shop.program,
            one.card,
            operation,
            one.shop.now,
            idempotency=Idempotency(
                fingerprint=":".join(filter(None, ("reward", reward_id, units))), expires=True
            ),
        )
    except Refused as refused:
        sentence = locked_words(refused.code.value, one.words)
        return page(request, one, 409, sentence or one.words.t("Please try that again."))
    led = protocol.redirect(request.path.removesuffix("/vouchers"))
    stays = one.device or not one.slug or is_in_app(request)
    return led if stays else _taken_in(request, one, led)


def _taken_in(request: protocol.Request, one: Opened, led: protocol.Response) -> protocol.Response:
    """The answer that also lets the card live here: this browser has shown that it keeps cookies.
    Another one may have been faster; what was booked is booked."""
    m = one.shop.merchant_id
    secret, device = card_holders.new_device(request, to_ms(one.shop.now), "link")
    with suppress(Refused):
        live_on.first(one.shop, one.profile, device)
        return {**led, "cookies": [card_holders.device_cookie(m, one.member_id, secret)]}
    return led


def take_part(request: protocol.Request) -> protocol.Response:
    """POST …/leaderboard: the member takes part in the leaderboards, or no more."""
    one = opening.opened(request)
    if not one.may_use:
        return device_needed(request, one)
    choice = request.form.get("take_part", "")
    if not one.shop.program.leaderboards:
        raise Refused(RefusalCode.NOT_FOUND)
    if choice not in {"yes", "no"}:
        return page(request, one, 422, one.words.t("Please try that again."))
    members = Members(one.shop.table, one.shop.merchant_id)
    at_ms = to_ms(one.shop.now)
    set_consent(members, one.profile, CONSENT, agreed=choice == "yes", at_ms=at_ms)
    return protocol.redirect(request.path.removesuffix("/leaderboard"))


def _is_device(request: protocol.Request, one: Opened) -> bool:
    """Whether another card of the merchant lives on this browser."""
    m = one.shop.merchant_id
    held = card_holders.held(request, m)
    if held is None or not held.secret:
        return False
    (item,) = one.shop.table.get(keys.profile(m, held.member_id), consistent=False)
    return item is not None and with_secret(profile_of(item).devices, held.secret) is not None


ROUTES = {
    "GET /c/{token}": answer.as_page(follow),
    "GET /card/{slug}": answer.as_page(show),
    "GET /card/{slug}/manifest": offline.manifest,
    "GET /card/sw.js": offline.worker,
    **{
        f"{method} {place}/{what}": handler
        for place in ("/c/{token}", "/card/{slug}")
        for method, what, handler in (
            ("GET", "code", code),
            ("GET", "state", state),
            ("POST", "vouchers", answer.as_page(take_reward)),
            ("POST", "leaderboard", answer.as_page(take_part)),
            ("POST", "device", answer.as_page(devices.use_here)),
        )
    },
    "POST /card/{slug}/devices": answer.as_page(devices.end),
    "POST /card/{slug}/forget": answer.as_page(devices.forget),
    "POST /card/{slug}/switch": answer.as_page(devices.switch),
    "POST /card/{slug}/recovery": answer.as_page(devices.recovery),
}
