"""The card page: the card, its rotating code, news of it, rewards, leaderboards, unsubscribing."""

from __future__ import annotations

import os
from datetime import datetime
from typing import NamedTuple

from regulars import tokens
from regulars.domain.calendar import local_date, rfc3339, to_ms
from regulars.domain.card import Card
from regulars.domain.leaderboards import CONSENT
from regulars.domain.operations import Issue, Origin
from regulars.domain.program import Program
from regulars.domain.refusals import Code, Refused
from regulars.i18n import languages, negotiate
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.store import cards, connect, keys, merchants
from regulars.store.ledger import Ledger
from regulars.store.ledger import Request as Known
from regulars.store.members import Members, Profile, card_of_link, profile_of
from regulars.store.table import Cancelled
from regulars.web import auth, card_page, http, leaderboards, messages, pages

CHANGE_TRIES = 5


class Opened(NamedTuple):
    """A card opened by its link."""

    merchant_id: str
    program: Program
    card: Card
    profile: Profile
    now: datetime
    words: Words

    @property
    def member_id(self) -> str:
        return self.profile.member_id


def show(request: http.Request) -> http.Response:
    """GET /c/{token}: the whole page; remembers the card in this browser."""
    opened = _open(request)
    return _page(request, opened, 200)


def code(request: http.Request) -> http.Response:
    """GET /c/{token}/code: what the card shows now. Made from the time; nothing is written."""
    opened = _open(request)
    shown = card_page.code(opened.merchant_id, opened.profile.handle, opened.now)
    expires_at = rfc3339(to_ms(shown.expires_at))
    body = {"code": shown.text, "svg": str(pages.qr_svg(shown.url)), "expires_at": expires_at}
    return http.json_answer(200, body)


def state(request: http.Request) -> http.Response:
    """GET /c/{token}/state: 304 while nothing has changed."""
    opened = _open(request)
    etag = card_page.etag(opened.program, opened.card, opened.now)
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == etag:
        return http.empty(304, headers)
    body = {"version": opened.card.version, "seq": opened.card.seq}
    return http.json_answer(200, body, headers)


def take_reward(request: http.Request) -> http.Response:
    """POST /c/{token}/vouchers: the member takes a reward; back to the card."""
    opened = _open(request)
    form = request.form
    once, reward_id = form.get("once", ""), form.get("reward_id", "")
    if not once or len(once) > 64 or reward_id not in opened.program.rewards:
        return _page(request, opened, 422, opened.words.t("Please try that again."))
    operation = Issue(
        Origin(f"once:{opened.member_id}:{once}", "card", entropy=os.urandom(16)),
        reward_id=reward_id,
    )
    try:
        Ledger(connect.lean_table(), opened.merchant_id).perform(
            opened.program,
            opened.card,
            operation,
            opened.now,
            request=Known(fingerprint=f"reward:{reward_id}", expires=True),
        )
    except Refused as refused:
        said = card_page.locked_words(refused.code.value, opened.words)
        return _page(request, opened, 409, said or opened.words.t("Please try that again."))
    return http.redirect(request.path.removesuffix("/vouchers"))


def take_part(request: http.Request) -> http.Response:
    """POST /c/{token}/leaderboard: the member takes part in the leaderboards, or no more."""
    opened = _open(request)
    answer = request.form.get("take_part", "")
    if not opened.program.leaderboards:
        raise Refused(Code.NOT_FOUND)
    if answer not in {"yes", "no"}:
        return _page(request, opened, 422, opened.words.t("Please try that again."))
    members = Members(connect.lean_table(), opened.merchant_id)
    _consent(members, opened.profile, CONSENT, agreed=answer == "yes")
    return http.redirect(request.path.removesuffix("/leaderboard"))


def explain_code(request: http.Request) -> http.Response:
    """GET /s/{code}, GET /v/{code}: where a code leads when a phone scans it, not the counter."""
    header = request.headers.get("accept-language", "")
    words = words_of(negotiate.language(header, tuple(languages())))
    view = pages.MessageView(
        "plain",
        title=words.t("This code is for the counter"),
        text=words.t("Show it to the people at the counter; their screen reads it."),
    )
    return http.page(200, pages.render(view, words))


def ask_unsubscribe(request: http.Request) -> http.Response:
    """GET /u/{token}: asks; scanners that follow links change nothing."""
    return _unsubscribe(request, done=False)


def unsubscribe(request: http.Request) -> http.Response:
    """POST /u/{token}: no more mails. One click (RFC 8058), as often as you like."""
    return _unsubscribe(request, done=True)


def _unsubscribe(request: http.Request, *, done: bool) -> http.Response:
    table = connect.lean_table()
    found = tokens.read_unsubscribe_token(request.param("token"))
    if found is None:
        return messages.not_found(request)
    merchant_id, member_id = found
    program_item, item = table.get(keys.program(merchant_id), keys.profile(merchant_id, member_id))
    if program_item is None or item is None:
        return messages.not_found(request)
    profile, program = profile_of(item), merchants.program_of(program_item)
    if done:
        _consent(Members(table, merchant_id), profile, "email", agreed=False)
    view = pages.UnsubscribeView(card_page.brand(program), request.path, done=done)
    words = _words(request, profile, program)
    return http.page(200, pages.render(view, words))


def _consent(members: Members, profile: Profile, name: str, *, agreed: bool) -> None:
    """Give a consent or take it back; also when the profile is being changed by others."""
    for _ in range(CHANGE_TRIES):
        if bool(profile.consents.get(name)) is agreed:
            return
        consents = {**profile.consents, name: agreed}
        changed = profile._replace(consents=consents, version=profile.version + 1)
        try:
            members.change(profile, changed)
        except Cancelled:
            profile = members.profile(profile.member_id) or profile
        else:
            return
    raise Refused(Code.CONFLICT)


def _open(request: http.Request) -> Opened:
    """The card behind the link in the path; a dead link is like one that never was."""
    table = connect.lean_table()
    found = card_of_link(table, request.param("token"))
    if found is None:
        raise Refused(Code.NOT_FOUND)
    m, c = found
    wanted = [keys.state(m, c), keys.profile(m, c), keys.program(m)]
    if tokens.is_sandbox(m):
        wanted.append(keys.clock(m))
    state_item, profile_item, program_item, *clock = table.get(*wanted)
    if state_item is None or profile_item is None or program_item is None:
        raise Refused(Code.NOT_FOUND)
    program, profile = merchants.program_of(program_item), profile_of(profile_item)
    return Opened(
        merchant_id=m,
        program=program,
        card=cards.card_of(state_item),
        profile=profile,
        now=merchants.now_of(m, clock[0] if clock else None),
        words=_words(request, profile, program),
    )


def _words(request: http.Request, profile: Profile, program: Program) -> Words:
    """The language asked for on the page, chosen when joining, or of the browser."""
    wanted = request.query.get("lang") or profile.language
    wanted = wanted or request.headers.get("accept-language", "")
    return words_of(negotiate.language(wanted, program.languages))


def _page(request: http.Request, opened: Opened, status: int, notice: str = "") -> http.Response:
    page = connect.lean_table().query(
        keys.card(opened.merchant_id, opened.member_id),
        prefix=keys.ENTRY_PREFIX,
        newest_first=True,
        limit=card_page.HISTORY,
        consistent=True,
    )
    token = request.param("token")
    today = local_date(opened.now, opened.program.timezone)
    ranked = leaderboards.panel(
        connect.lean_table(), opened.merchant_id, opened.program, opened.card, opened.profile,
        today, opened.words,
    )  # fmt: skip
    view = card_page.view(
        opened.program,
        opened.merchant_id,
        opened.card,
        opened.profile,
        [cards.entry_of(item) for item in page.items],
        opened.now,
        opened.words,
        path=f"/c/{token}",
        once=tokens.random_id(20),
        notice=notice,
        leaderboards=ranked,
    )
    cookie = auth.card_cookie(opened.merchant_id, token)
    return http.page(status, pages.render(view, opened.words), (cookie,))


lambda_handler = http.serve(
    {
        "GET /c/{token}": messages.as_page(show),
        "GET /c/{token}/code": code,
        "GET /c/{token}/state": state,
        "POST /c/{token}/vouchers": messages.as_page(take_reward),
        "POST /c/{token}/leaderboard": messages.as_page(take_part),
        "GET /s/{code}": messages.as_page(explain_code),
        "GET /v/{code}": messages.as_page(explain_code),
        "GET /u/{token}": messages.as_page(ask_unsubscribe),
        "POST /u/{token}": messages.as_page(unsubscribe),
    }
)
