"""The recovery page's routes: a mailed link, or the code that was written down."""

from __future__ import annotations

from regulars.actions import live_on
from regulars.core import contacts
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import card_holders, protocol
from regulars.http.limits import source
from regulars.messages.notification import card_link
from regulars.messages.notify import notify
from regulars.pages import answer
from regulars.pages.customer.card import opening
from regulars.pages.customer.controller import controller_of
from regulars.pages.customer.recover import view
from regulars.program.shop import Shop, load_shop
from regulars.render.brand import brand_of
from regulars.store import connect, keys, limits
from regulars.store.members import Members


def ask(request: protocol.Request) -> protocol.Response:
    """GET /j/{slug}/recover."""
    return _page(request, _shop(request), 200)


def recover(request: protocol.Request) -> protocol.Response:
    """POST /j/{slug}/recover: mails a link to who has the contact, and answers alike when nobody
    has; with a recovery code the card lives on this browser at once."""
    protocol.require_own_page(request)
    shop = _shop(request)
    if typed := request.form.get("code", "").strip():
        return _with_code(request, shop, typed)
    given = request.form.get("contact", "").strip()
    contact = contacts.normal(given, shop.program.country)
    if contact is None:
        return _page(request, shop, 422, outcome="no_contact", contact=given[:254])
    members = Members(shop.table, shop.merchant_id)
    member_id = members.by_contact(contact)
    profile = members.profile(member_id) if member_id else None
    if profile:
        notify(shop.merchant_id, card_link(profile.member_id, shop.now, profile.recovered_ms))
    return _page(request, shop, 200, outcome="mailed")


def _with_code(request: protocol.Request, shop: Shop, typed: str) -> protocol.Response:
    """Let the card live here; raises RATE_LIMITED after too many wrong codes from one source."""
    tries = limits.of_one("recovery", f"{shop.merchant_id} {source(request)}")
    limits.require_open(shop.table.get(tries.key), tries)
    secret, device = card_holders.new_device(request, to_ms(shop.now), "recovery")
    try:
        member_id = live_on.by_recovery_code(shop, typed, device)
    except Refused as refused:
        if refused.code is not RefusalCode.CODE_USED:
            raise
        member_id = None
    if member_id is None:
        limits.wrong(shop.table, tries)
        return _page(request, shop, 422, outcome="no_code")
    cookie = card_holders.device_cookie(shop.merchant_id, member_id, secret)
    return protocol.redirect(f"/card/{request.param('slug').lower()}", (cookie,))


def _shop(request: protocol.Request) -> Shop:
    table = connect.lean_table()
    return load_shop(table, opening.merchant_of(table, request.param("slug").lower()))


def _page(request: protocol.Request, shop: Shop, status: int, **more: str) -> protocol.Response:
    slug = request.param("slug").lower()
    words = answer.browser_words(request, shop.program.languages)
    (merchant,) = shop.table.get(keys.merchant(shop.merchant_id), consistent=False)
    if merchant is None:
        raise Refused(RefusalCode.NOT_FOUND)
    shown = view.RecoverPage(
        brand_of(shop.program), f"/j/{slug}/recover", f"/j/{slug}", controller_of(merchant),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return answer.page(status, view.TEMPLATE, shown, words)


ROUTES = {
    "GET /j/{slug}/recover": answer.as_page(ask),
    "POST /j/{slug}/recover": answer.as_page(recover),
}
