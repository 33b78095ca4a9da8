"""The mailed link's routes: GET asks, POST confirms the address and shows the way to the card."""

from __future__ import annotations

from typing import NamedTuple

from regulars.actions import claimed
from regulars.core import tokens
from regulars.core.config import settings
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import card_holders, protocol
from regulars.messages.notification import CARD_LINK_MS, welcome
from regulars.messages.notify import notify
from regulars.pages import answer
from regulars.pages.customer.mailed import view, way
from regulars.pages.customer.words import member_words
from regulars.program.load import program_of
from regulars.program.shop import Shop
from regulars.render.brand import brand_of
from regulars.store import connect, keys, merchants
from regulars.store.claims import LINK_MS
from regulars.store.members import link_token
from regulars.store.profiles import Profile, profile_of

COOKIE = "regulars_mailed"
"""By this the browser that opened a link is known while the link, once used, still answers it."""

ANSWERS_S = 15 * 60
"""How long that is: for who presses twice, reloads or goes back."""

GONE = {"expired": 410, "used": 410}


class Opened(NamedTuple):
    """What a mailed link is about, and how it stands."""

    shop: Shop
    profile: Profile
    state: view.State


def ask(request: protocol.Request) -> protocol.Response:
    """GET /m/{token}: asks; scanners that open links confirm nothing and let nothing in."""
    if named := tokens.read_way_token(request.param("token"), CARD_LINK_MS / 1000):
        return way.ask(request, named)
    opened = _open(request)
    cookies = (_known_by(request),) if opened.state == "ask" else ()
    return _page(request, opened, GONE.get(opened.state, 200), cookies)


def confirm(request: protocol.Request) -> protocol.Response:
    """POST /m/{token}: the address belongs to the card, and the browser that asked may ask
    again; or the card lives on this browser."""
    if named := tokens.read_way_token(request.param("token"), CARD_LINK_MS / 1000):
        return way.use(request, named)
    opened = _open(request)
    if opened.state != "ask":
        return _page(request, opened, GONE.get(opened.state, 200))
    try:
        profile = claimed.follow_link(opened.shop, opened.profile)
    except Refused as refused:
        if refused.code is RefusalCode.CONFLICT:  # pressed twice: the other one was faster
            return ask(request)
        if refused.code is not RefusalCode.CONTACT_TAKEN:
            raise
        return _page(request, opened._replace(state="taken"), 409)
    notify(opened.shop.merchant_id, welcome(profile.member_id))
    done = opened._replace(profile=profile, state="done")
    return _page(request, done, 200, (_known_by(request),))


def _known_by(request: protocol.Request) -> str:
    """The Set-Cookie line by which this browser is known when the link has been used."""
    return protocol.cookie(
        COOKIE,
        tokens.sign(COOKIE, request.param("token")),
        secure=settings().base_url.startswith("https:"),
        max_age_s=ANSWERS_S,
    )


def _open(request: protocol.Request) -> Opened:
    """What is behind the link in the path; one whose claim is gone is like one that never was."""
    found = tokens.read_mailed_token(request.param("token"), LINK_MS / 1000)
    if found is None:
        raise Refused(RefusalCode.NOT_FOUND)
    m, c, claimed_ms = found
    table = connect.lean_table()
    wanted = [keys.profile(m, c), keys.program(m)]
    if tokens.is_sandbox(m):
        wanted.append(keys.clock(m))
    item, program_item, *clock_item = table.get(*wanted)
    if item is None or program_item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    now = merchants.now_of(m, clock_item[0] if clock_item else None)
    shop = Shop(table, m, program_of(program_item).at(to_ms(now)), now)
    profile = profile_of(item)
    return Opened(shop, profile, _state(request, profile, claimed_ms, to_ms(now)))


def _state(request: protocol.Request, profile: Profile, claimed_ms: int, now_ms: int) -> view.State:
    """How a link stands; raises NOT_FOUND when what it was about is gone."""
    claim, proof = profile.claims.get("email"), profile.proofs.get("email", {})
    if claim and claim.at_ms == claimed_ms:
        return "ask" if now_ms < claimed_ms + LINK_MS else "expired"
    if proof.get("claimed") != claimed_ms:
        raise Refused(RefusalCode.NOT_FOUND)
    asked = tokens.unsign(COOKIE, request.cookies.get(COOKIE, "")) == request.param("token")
    return "done" if asked and now_ms < proof["at"] + ANSWERS_S * 1000 else "used"


def _page(
    request: protocol.Request, opened: Opened, status: int, cookies: tuple[str, ...] = ()
) -> protocol.Response:
    shop, profile = opened.shop, opened.profile
    claim, known = profile.claims.get("email"), opened.state == "done"
    token = link_token(shop.merchant_id, profile)
    held = card_holders.held(request, shop.merchant_id)
    own = held is not None and (held.member_id == profile.member_id or held.token == token)
    shown = view.MailedPage(
        brand=brand_of(shop.program),
        action=request.path,
        state=opened.state,
        address=claim.value if claim else "",
        own=own,
        card_path=f"/c/{token}" if known else "",
    )
    words = member_words(request, profile, shop.program)
    return answer.page(status, view.TEMPLATE, shown, words, cookies)


ROUTES = {
    "GET /m/{token}": answer.as_page(ask),
    "POST /m/{token}": answer.as_page(confirm),
}
