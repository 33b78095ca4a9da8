"""The join page's routes."""

from __future__ import annotations

from collections.abc import Mapping

from regulars.actions import consent
from regulars.core import checks, contacts, tokens
from regulars.core.config import settings
from regulars.domain import calendar, codes, names
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import card_holders, protocol
from regulars.http.in_app import is_in_app
from regulars.i18n import negotiate
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.messages.notify import notify
from regulars.pages import answer
from regulars.pages.customer import claims, consents, friends, joining
from regulars.pages.customer.controller import Controller, controller_of
from regulars.pages.customer.join import form, view
from regulars.program.load import program_of
from regulars.program.shop import Shop
from regulars.render.brand import brand_of
from regulars.store import connect, keys, merchants
from regulars.store.merchants import Merchants
from regulars.store.profiles import profile_of
from regulars.views import customer


def show(request: protocol.Request) -> protocol.Response:
    """GET /j/{slug}."""
    shop, controller = _shop(request)
    if card_holders.held(request, shop.merchant_id) and "new" not in request.query:
        return protocol.redirect(f"/card/{request.param('slug').lower()}")
    words = answer.browser_words(request, shop.program.languages)
    return _page(request, shop, controller, words, 200, {}, {})


def join(request: protocol.Request) -> protocol.Response:
    """POST /j/{slug}: enrol and lead to the card. The same form posted twice is one card."""
    protocol.require_own_page(request)
    shop, controller = _shop(request)
    sent = {name: form.trimmed(value) for name, value in request.form.items()}
    words = words_of(
        negotiate.language(
            sent.get("language") or request.headers.get("accept-language", ""),
            shop.program.languages,
        )
    )
    if sent.get(view.TRAP) and not sent.get("person"):
        return _page(request, shop, controller, words, 422, sent, {}, ask_person=True)
    profile, errors = form.read(
        sent, shop.program, words.lang, calendar.local_date(shop.now, shop.program.timezone)
    )
    if errors:
        if profile.phone and "phone" not in errors:
            sent["phone"] = contacts.shown(profile.phone)
        return _page(request, shop, controller, words, 422, sent, errors)
    try:
        joining.count(request, shop)
    except Refused as refused:
        return joining.too_many(refused, shop, words)
    at_ms = calendar.to_ms(shop.now)
    given = [f"consent.{channel}" for channel in profile.consents]
    given += ["birthday"] if profile.birthday else []
    made = profile.claiming(at_ms).with_proof(at_ms, "page", *given)
    made = consent.worded(made, consents.sentences(words))
    what = f"{joining.once_of(sent)}:{form.typed(profile)}"
    joined = joining.join(request, shop, made, what)
    if profile.email:
        owner, member_id = joined.enrolled.known.get("email"), joined.enrolled.member_id
        notify(shop.merchant_id, claims.mail(shop, member_id, profile.email, owner))
    return protocol.redirect(f"/c/{joined.token}", joined.cookies)


def _shop(request: protocol.Request) -> tuple[Shop, Controller]:
    """The shop of the address, and who keeps what is typed on its page."""
    table = connect.lean_table()
    slug = request.param("slug").lower()
    merchant_id = Merchants(table).by_slug(slug) if len(slug) <= checks.TEXT_MAX else None
    if merchant_id is None:
        raise Refused(RefusalCode.NOT_FOUND)
    item, merchant = table.get(
        keys.program(merchant_id), keys.merchant(merchant_id), consistent=False
    )
    if item is None or merchant is None:
        raise Refused(RefusalCode.NOT_FOUND)
    now = merchants.now_of(merchant_id, None)
    shop = Shop(table, merchant_id, program_of(item).at(calendar.to_ms(now)), now)
    return shop, controller_of(merchant)


def _page(
    request: protocol.Request,
    shop: Shop,
    controller: Controller,
    words: Words,
    status: int,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    ask_person: bool = False,
) -> protocol.Response:
    shown = view.JoinPage(
        brand=brand_of(shop.program),
        action=f"/j/{request.param('slug').lower()}",
        once=tokens.random_id(20),
        languages=shop.program.languages,
        controller=controller,
        consents=consents.sentences(words),
        goal=customer.first_goal(shop),
        source=values.get("source") or request.query.get("source", "")[: checks.TEXT_MAX],
        ref=values.get("ref") or request.query.get("ref", "")[: checks.TEXT_MAX],
        values=values,
        errors=errors,
        recover=f"/j/{request.param('slug').lower()}/recover",
        min_age=shop.program.join.min_age,
        ask_person=ask_person,
        in_app=is_in_app(request),
        address=f"{settings().base_url}/j/{request.param('slug').lower()}",
        is_public=request.method == "GET"
        and "ref" not in request.query
        and not tokens.is_sandbox(shop.merchant_id),
        picture=f"{settings().base_url}/card/{request.param('slug').lower()}/pictures/join.png",
    )
    shown = _with_friend(shop, shown, words)
    return answer.page(status, view.TEMPLATE, shown, words)


def _with_friend(shop: Shop, shown: view.JoinPage, words: Words) -> view.JoinPage:
    """The page with the name of whose link was followed, where that gives something."""
    referral, handle = shop.program.referral, codes.normal(shown.ref)
    if referral is None or len(handle) != tokens.HANDLE_LENGTH:
        return shown
    m = shop.merchant_id
    (item,) = shop.table.get(keys.handle(m, handle), consistent=False)
    member_id = item.get("c") if item else None
    if not member_id:
        return shown
    (found,) = shop.table.get(keys.profile(m, member_id), consistent=False)
    profile = profile_of(found) if found else None
    if profile is None or profile.erased_ms:
        return shown
    name = names.given(profile.name, profile.language or words.lang) or words.t("A friend")
    gift = friends.gives(shop.program, referral.friend, words)
    return shown._replace(friend=name, gift=gift)


ROUTES = {
    "GET /j/{slug}": answer.as_page(show),
    "POST /j/{slug}": answer.as_page(join),
}
