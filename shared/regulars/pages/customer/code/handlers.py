"""The routes of a code that guests scan: GET shows what it gives, POST puts it on the card."""

from __future__ import annotations

import re
from collections.abc import Mapping

from regulars.actions import earning_codes
from regulars.core import tokens
from regulars.domain import calendar, carryover, held_visits
from regulars.domain.calendar import from_ms, to_ms
from regulars.domain.earning_codes import EarningCode
from regulars.domain.ledger import Entry, granted
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import problems, protocol
from regulars.http.in_app import is_in_app
from regulars.i18n import negotiate
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.pages import answer
from regulars.pages.customer import joining
from regulars.pages.customer.card.opening import slug_of
from regulars.pages.customer.code import holder, view
from regulars.pages.customer.code.holder import Holder
from regulars.pages.customer.controller import controller_of
from regulars.pages.customer.join import form
from regulars.pages.customer.join.view import TRAP
from regulars.pages.customer.words import member_words
from regulars.program.shop import Shop, load_shop
from regulars.render.brand import brand_of
from regulars.store import cards, connect, keys
from regulars.views import customer

LINK = re.compile(r"[0-9a-z]{20,40}")

_STATES: Mapping[RefusalCode, view.State] = {
    RefusalCode.CODE_USED: "used",
    RefusalCode.CODE_EXPIRED: "old",
    RefusalCode.LIMIT_REACHED: "limit",
    RefusalCode.ORDER_OF_ANOTHER_MEMBER: "receipt",
    RefusalCode.STAFF_LIMIT: "shop",
    RefusalCode.INVALID: "shop",
}
"""What the page says of a refusal; CAP_REACHED says more than one thing."""


def show(request: protocol.Request) -> protocol.Response:
    """GET /t/{token}: what the code gives, or what became of it. Nothing is used up."""
    shop, code = _opened(request)
    one = holder.of(request, shop)
    words = _words(request, shop, one)
    if one and "link" in request.query:  # the cookie is there: the link leaves the address
        return protocol.redirect(request.path)
    if one and (booked := _booked(shop, code, one.card.member_id)):
        return _done(request, shop, code, one, booked, words)
    token = request.query.get("link", "")
    if one is None and LINK.fullmatch(token):  # it has just joined, and keeps no cookies
        return protocol.redirect(f"/c/{token}?look=1")
    if state := _over(shop, code):
        return _page(request, shop, code, one, words, state)
    return _page(request, shop, code, one, words, "ask" if one else "join")


def use(request: protocol.Request) -> protocol.Response:
    """POST /t/{token}: put what the code gives on the card of this browser; without one, join
    first. The same card gets it once, however often the form is sent."""
    protocol.require_own_page(request)
    shop, code = _opened(request)
    one, link = holder.of(request, shop), ""
    cookies: tuple[str, ...] = ()
    words = _words(request, shop, one)
    if one is None:
        if state := _over(shop, code):
            return _page(request, shop, code, one, words, state)
        joined = _join(request, shop, code)
        if not isinstance(joined, joining.Joined):
            return joined
        one, cookies, link = _new_holder(shop, joined), joined.cookies, joined.token
        words = member_words(request, one.profile, shop.program)
    try:
        earning_codes.use(shop, code, one.card)
    except Refused as refused:
        state = _state_of(refused)
        if state is None:
            raise
        return _page(request, shop, code, one, words, state, refused=refused, cookies=cookies)
    return protocol.redirect(f"{request.path}?link={link}" if link else request.path, cookies)


def _opened(request: protocol.Request) -> tuple[Shop, EarningCode]:
    """The code of the address with its shop; raises NOT_FOUND."""
    table = connect.lean_table()
    code = earning_codes.opened(table, request.param("token"))
    shop = load_shop(table, code.merchant_id)
    return shop, earning_codes.of_display(shop, code)


def _words(request: protocol.Request, shop: Shop, one: Holder | None) -> Words:
    if one:
        return member_words(request, one.profile, shop.program)
    wanted = request.form.get("language", "") if request.method == "POST" else ""
    if wanted:
        return words_of(negotiate.language(wanted, shop.program.languages))
    return answer.browser_words(request, shop.program.languages)


def _over(shop: Shop, code: EarningCode) -> view.State | None:
    """Why nobody can use a code any more; None for one that is good."""
    if code.is_used_up:
        return "used"
    return "old" if code.is_over(to_ms(shop.now)) else None


def _state_of(refused: Refused) -> view.State | None:
    """What the page says of a refusal; None for what is no answer to a guest."""
    if refused.code is RefusalCode.CAP_REACHED:
        return "soon" if refused.retry_after_s else "day"
    return _STATES.get(refused.code)


def _join(
    request: protocol.Request, shop: Shop, code: EarningCode
) -> joining.Joined | protocol.Response:
    """A new card for the form, or the page that says what is wrong with it."""
    sent = {name: form.trimmed(value) for name, value in request.form.items()}
    wanted = sent.get("language") or request.headers.get("accept-language", "")
    words = words_of(negotiate.language(wanted, shop.program.languages))
    if sent.get(TRAP) and not sent.get("person"):
        return _page(request, shop, code, None, words, "join", status=422, ask_person=True)
    today = calendar.local_date(shop.now, shop.program.timezone)
    asked = {"birthday": sent.get("birthday", "")} if shop.program.join.min_age else {}
    profile, errors = form.read(asked, shop.program, words.lang, today)
    if errors:
        wrong, typed = errors["birthday"], asked.get("birthday", "")
        return _page(request, shop, code, None, words, "join", status=422, error=wrong, typed=typed)
    try:
        joining.count(request, shop)
    except Refused as refused:
        return joining.too_many(refused, shop, words)
    given = ["birthday"] if profile.birthday else []
    made = profile._replace(consents={}).with_proof(to_ms(shop.now), "page", *given)
    what = f"{joining.once_of(sent)}:code:{profile.birthday}"
    return joining.join(request, shop, made, what)


def _new_holder(shop: Shop, joined: joining.Joined) -> Holder:
    one = holder.read(shop, joined.enrolled.member_id)
    if one is None:
        raise AssertionError("who was just enrolled has a card")
    return one


def _booked(shop: Shop, code: EarningCode, member_id: str) -> Entry | None:
    """The entry that a card got for a code; None when it did not use it."""
    known = shop.ledger.known(code.op(member_id), "")
    if known is None:
        return None
    (item,) = shop.table.get(keys.entry(shop.merchant_id, known.member_id, known.seq))
    return cards.entry_of(item) if item else None


def _done(
    request: protocol.Request, shop: Shop, code: EarningCode, one: Holder, booked: Entry,
    words: Words,
) -> protocol.Response:  # fmt: skip
    """The page that says that it is on the card, or waits there."""
    waits = any(held.seq == booked.seq for held in held_visits.of(one.card))
    unit_of = shop.program.unit
    lines = granted(booked.lines) if not waits else [it for it in booked.lines if it.amount > 0]
    got: dict[str, int] = {}
    for line in lines:
        got[line.unit] = got.get(line.unit, 0) + line.amount
    return _page(
        request, shop, code, one, words, "held" if waits else "done",
        got=tuple((unit.name, sum_) for it, sum_ in got.items() if (unit := unit_of(it))),
        pending=sum(got.values()) if waits else 0,
        at=words.clock(from_ms(booked.recorded_ms), shop.program.timezone),
    )  # fmt: skip


def _page(
    request: protocol.Request,
    shop: Shop,
    code: EarningCode,
    one: Holder | None,
    words: Words,
    state: view.State,
    *,
    status: int = 200,
    refused: Refused | None = None,
    cookies: tuple[str, ...] = (),
    **more: object,
) -> protocol.Response:
    """The page in a state. What is over is 410; what the rules refuse has the refusal's status."""
    if refused:
        status = problems.STATUS[refused.code].value
    elif state in {"used", "old"}:
        status = 410
    program, merchant = shop.program, None
    if state == "join":
        (merchant,) = shop.table.get(keys.merchant(shop.merchant_id), consistent=False)
    shown = view.CodePage(
        brand=brand_of(program),
        state=state,
        action=request.path,
        languages=program.languages,
        name=one.profile.name if one else "",
        goal=_goal(shop, one),
        card=f"/card/{slug_of(shop.table, shop.merchant_id)}" if one else "",
        once=tokens.random_id(20),
        min_age=program.join.min_age,
        trap=TRAP,
        in_app=state == "join" and is_in_app(request),
        controller=controller_of(merchant) if merchant else None,
        minutes=answer.minutes(refused) if refused else 0,
        **more,  # type: ignore[arg-type]  # named by the callers above
    )
    return answer.page(status, view.TEMPLATE, shown, words, cookies)


def _goal(shop: Shop, one: Holder | None) -> customer.GoalPanel | None:
    """The next reward of the card; without one, of the card that joining would make."""
    if one is None:
        return customer.first_goal(shop)
    today = calendar.local_date(shop.now, shop.program.timezone)
    return customer.goal(shop.program, carryover.of(shop.program, one.card, today), today)


ROUTES = {
    "GET /t/{token}": answer.as_page(show),
    "POST /t/{token}": answer.as_page(use),
}
