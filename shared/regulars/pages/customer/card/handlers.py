"""The card's routes: the page, its rotating code, news of it, rewards, leaderboards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from regulars.actions.consent import set_consent
from regulars.core import tokens
from regulars.domain.calendar import rfc3339, to_ms
from regulars.domain.card import Card
from regulars.domain.leaderboards import CONSENT
from regulars.domain.ledger import Entry
from regulars.domain.operations import Issue, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.i18n.words import Words
from regulars.pages import answer
from regulars.pages.customer.card import leaderboards, view
from regulars.pages.customer.words import member_words
from regulars.program.load import program_of
from regulars.program.shop import Shop
from regulars.render.qr import qr_svg
from regulars.store import cards, connect, keys, merchants
from regulars.store.answers import Idempotency
from regulars.store.claims import LINK_MS
from regulars.store.marshal import Item
from regulars.store.members import Members, Profile, card_of_link, profile_of
from regulars.views.customer import locked_words

UNITS_DIGITS = 9
"""The longest number of units that a form may send."""

HISTORY = 20
"""How many entries the page shows."""


class Opened(NamedTuple):
    """A card opened by its link."""

    shop: Shop
    card: Card
    profile: Profile
    words: Words

    @property
    def member_id(self) -> str:
        return self.profile.member_id


def show(request: protocol.Request) -> protocol.Response:
    """GET /c/{token}: the whole page; remembers the card in this browser."""
    opened = _open(request)
    return _page(request, opened, 200)


def code(request: protocol.Request) -> protocol.Response:
    """GET /c/{token}/code: what the card shows now. Made from the time; nothing is written."""
    opened = _open(request)
    shown = view.code(opened.shop.merchant_id, opened.profile.handle, opened.shop.now)
    expires_at = rfc3339(to_ms(shown.expires_at))
    body = {"code": shown.text, "svg": str(qr_svg(shown.url)), "expires_at": expires_at}
    return protocol.json_answer(200, body)


def state(request: protocol.Request) -> protocol.Response:
    """GET /c/{token}/state: 304 while nothing has changed."""
    opened = _open(request)
    etag = view.etag(opened.shop.program, opened.card, opened.shop.now)
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == etag:
        return protocol.empty(304, headers)
    body = {"version": opened.card.version, "seq": opened.card.seq}
    return protocol.json_answer(200, body, headers)


def take_reward(request: protocol.Request) -> protocol.Response:
    """POST /c/{token}/vouchers: the member takes a reward; back to the card."""
    opened = _open(request)
    form = request.form
    once, reward_id = form.get("once", ""), form.get("reward_id", "")
    if not once or len(once) > 64 or reward_id not in opened.shop.program.rewards:
        return _page(request, opened, 422, opened.words.t("Please try that again."))
    units = form.get("units", "")
    if units and not (units.isascii() and units.isdigit() and len(units) <= UNITS_DIGITS):
        return _page(request, opened, 422, opened.words.t("Please try that again."))
    operation = Issue(
        Origin(f"once:{opened.member_id}:{once}", "card", entropy=os.urandom(16)),
        reward_id=reward_id,
        units=int(units) if units else None,
    )
    try:
        opened.shop.ledger.perform(
            opened.shop.program,
            opened.card,
            operation,
            opened.shop.now,
            idempotency=Idempotency(
                fingerprint=":".join(filter(None, ("reward", reward_id, units))), expires=True
            ),
        )
    except Refused as refused:
        sentence = locked_words(refused.code.value, opened.words)
        return _page(request, opened, 409, sentence or opened.words.t("Please try that again."))
    return protocol.redirect(request.path.removesuffix("/vouchers"))


def take_part(request: protocol.Request) -> protocol.Response:
    """POST /c/{token}/leaderboard: the member takes part in the leaderboards, or no more."""
    opened = _open(request)
    choice = request.form.get("take_part", "")
    if not opened.shop.program.leaderboards:
        raise Refused(RefusalCode.NOT_FOUND)
    if choice not in {"yes", "no"}:
        return _page(request, opened, 422, opened.words.t("Please try that again."))
    members = Members(opened.shop.table, opened.shop.merchant_id)
    at_ms = to_ms(opened.shop.now)
    set_consent(members, opened.profile, CONSENT, agreed=choice == "yes", at_ms=at_ms)
    return protocol.redirect(request.path.removesuffix("/leaderboard"))


def _open(request: protocol.Request) -> Opened:
    """The card behind the link in the path; a dead link is like one that never was."""
    table = connect.lean_table()
    found = card_of_link(table, request.param("token"))
    if found is None:
        raise Refused(RefusalCode.NOT_FOUND)
    m, c = found
    wanted = [keys.state(m, c), keys.profile(m, c), keys.program(m)]
    if tokens.is_sandbox(m):
        wanted.append(keys.clock(m))
    state_item, profile_item, program_item, *clock_item = table.get(*wanted)
    if state_item is None or profile_item is None or program_item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    now = merchants.now_of(m, clock_item[0] if clock_item else None)
    program = program_of(program_item).at(to_ms(now))
    profile, card = profile_of(profile_item), cards.card_of(state_item)
    while card.merged_into and not profile.erased_ms:
        c = card.merged_into
        state_item, profile_item = table.get(keys.state(m, c), keys.profile(m, c))
        if state_item is None or profile_item is None:
            raise Refused(RefusalCode.NOT_FOUND)
        profile, card = profile_of(profile_item), cards.card_of(state_item)
    if profile.erased_ms:
        raise Refused(RefusalCode.NOT_FOUND)
    return Opened(
        Shop(table, m, program, now),
        card,
        profile,
        member_words(request, profile, program),
    )


def _page(
    request: protocol.Request, opened: Opened, status: int, notice: str = ""
) -> protocol.Response:
    shop = opened.shop
    page = shop.table.query(
        keys.card(shop.merchant_id, opened.member_id),
        prefix=keys.ENTRY_PREFIX,
        newest_first=True,
        limit=HISTORY,
        consistent=True,
    )
    token = request.param("token")
    ranked = leaderboards.panel(shop, opened.card, opened.profile, opened.words)
    shown = view.view(
        shop,
        opened.card,
        opened.profile,
        [*_readable(page.items)],
        opened.words,
        path=f"/c/{token}",
        once=tokens.random_id(20),
        notice=notice or _waiting(opened),
        leaderboards=ranked,
    )
    cookie = credentials.card_cookie(shop.merchant_id, token)
    return answer.page(status, view.TEMPLATE, shown, opened.words, (cookie,))


def _waiting(opened: Opened) -> str:
    """What confirms a contact that was typed these days: the same whoever else has it."""
    now_ms = to_ms(opened.shop.now)
    claims = opened.profile.claims.items()
    fresh = {kind for kind, claim in claims if now_ms < claim.at_ms + LINK_MS}
    if "email" in fresh:
        return opened.words.t(
            "We have written to the address you gave. Open the link in that mail."
        )
    if "phone" in fresh:
        return opened.words.t(
            "Is the number yours? Show this card at the counter, and they confirm it."
        )
    return ""


def _readable(items: list[Item]) -> Iterator[Entry]:
    """The entries that can be read: a damaged one does not take the card from its member."""
    for item in items:
        with suppress(cards.DamagedError):
            yield cards.entry_of(item)


ROUTES = {
    "GET /c/{token}": answer.as_page(show),
    "GET /c/{token}/code": code,
    "GET /c/{token}/state": state,
    "POST /c/{token}/vouchers": answer.as_page(take_reward),
    "POST /c/{token}/leaderboard": answer.as_page(take_part),
}
