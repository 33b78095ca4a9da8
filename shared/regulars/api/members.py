"""Members: enrol, find, read, change; their ledger and what they can have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from regulars.domain import calendar, eligibility, ledger
from regulars.domain.due import BIRTHDAY
from regulars.domain.operations import Decision, Origin, Remind
from regulars.domain.program import Program
from regulars.domain.refusals import Code, Refused
from regulars.store import cards, connect, keys
from regulars.store.enrol import enrol
from regulars.store.ledger import Ledger
from regulars.store.ledger import Request as Known
from regulars.store.members import Members, Profile
from regulars.store.table import Cancelled
from regulars.web import auth, bodies, contacts, counter, http, search, views
from regulars.web.models import MemberChange, NewMember
from regulars.web.reading import limit, read_body


def create(request: http.Request) -> http.Response:
    """POST /v1/members: 201 with the new card, 200 with the one its contact has already."""
    key = bodies.idempotency_key(request.headers)
    body = read_body(request, NewMember)
    gathered = auth.gather(connect.table(), request, staff_too=False)
    program, m = gathered.program, gathered.caller.merchant_id
    profile = _with_changes(Profile("", "", 0), body, program)
    words = counter.member_words(profile, program.languages)

    def render(decision: Decision) -> views.View:
        return views.card(program, decision.card, gathered.now, words)

    enrolled = enrol(
        connect.table(), m, program, profile, gathered.now,
        op=f"key:{key}", source="api", render=render,
        request=Known(fingerprint=request.fingerprint(), expires=True, status=201),
    )  # fmt: skip
    member = counter.read_holder(connect.table(), gathered, enrolled.member_id)
    if enrolled.answer is None:
        return _card(gathered, member)
    headers = {"Idempotent-Replay": "true"} if enrolled.answer.replayed else None
    card = counter.personal(dict(enrolled.answer.body), member)
    return http.json_answer(enrolled.answer.status, card, headers)


def read(request: http.Request) -> http.Response:
    """GET /v1/members/{id}."""
    gathered, member = _gather(request)
    return _card(gathered, member)


def find(request: http.Request) -> http.Response:
    """GET /v1/members: newest first, by name, contact, tier or segment."""
    gathered = auth.gather(connect.table(), request, staff_too=False)
    found, cursor = search.members(
        connect.table(),
        gathered,
        q=request.query.get("q", "").strip()[: bodies.TEXT_MAX],
        tier=request.query.get("tier"),
        segment=request.query.get("segment"),
        limit=limit(request),
        cursor=request.query.get("cursor"),
    )
    items = [_view(gathered, member) for member in found]
    return http.json_answer(200, {"items": items, "next": cursor})


def change(request: http.Request) -> http.Response:
    """PATCH /v1/members/{id}: profile and consents."""
    gathered, member = _gather(request)
    body = read_body(request, MemberChange)
    profile = _with_changes(member.profile, body, gathered.program)
    changed = profile._replace(version=member.profile.version + 1)
    try:
        Members(connect.table(), gathered.caller.merchant_id).change(member.profile, changed)
    except Cancelled as cancelled:
        if cancelled.reasons[0].failed:
            raise Refused(Code.CONFLICT, "The profile is being changed by others.") from cancelled
        raise Refused(Code.CONTACT_TAKEN, "Another member has this contact.") from cancelled
    if changed.birthday != member.profile.birthday:
        remember_birthday(gathered, member.card.member_id, changed.birthday)
    words = counter.member_words(changed, gathered.program.languages)
    return _card(gathered, member._replace(profile=changed, words=words))


def remember_birthday(gathered: auth.Gathered, member_id: str, birthday: str) -> None:
    """Put the card on the due list for its new birthday, or take it off without one."""
    book = Ledger(connect.table(), gathered.caller.merchant_id)
    card = book.card(member_id)
    if card is not None:
        origin = Origin(f"{BIRTHDAY}:{member_id}:{card.version}", "api")
        operation = Remind(origin, BIRTHDAY, birthday[-5:])
        book.perform(gathered.program, card, operation, gathered.now, fresh=True)


def entries(request: http.Request) -> http.Response:
    """GET /v1/members/{id}/entries: newest first."""
    gathered, member = _gather(request)
    m, c, count = gathered.caller.merchant_id, member.profile.member_id, limit(request)
    page = connect.table().query(
        keys.card(m, c),
        prefix=keys.ENTRY_PREFIX,
        newest_first=True,
        limit=count,
        after=_entry_cursor(m, c, request.query.get("cursor")),
        consistent=True,
    )
    recorded = [cards.recorded_of(item) for item in page.items]
    items = [
        views.entry(gathered.program, ledger.parse(one.text), one.prev, one.hash, member.words)
        for one in recorded
    ]
    more = page.next is not None and items and items[-1]["seq"] > 1
    return http.json_answer(200, {"items": items, "next": str(items[-1]["seq"]) if more else None})


def verify(request: http.Request) -> http.Response:
    """GET /v1/members/{id}/verify: sequence, hash chain and balances re-computed."""
    gathered, member = _gather(request)
    m, c = gathered.caller.merchant_id, member.profile.member_id
    card = counter.consistent_card(connect.table(), m, c)
    problems = ledger.verify(card, _recorded(m, c, card.seq))
    body = {"ok": not problems, "entries": card.seq, "head": card.head, "problems": problems}
    return http.json_answer(200, body)


def rewards(request: http.Request) -> http.Response:
    """GET /v1/members/{id}/rewards: each reward as it stands for this card."""
    gathered, member = _gather(request)
    today = calendar.local_date(gathered.now, gathered.program.timezone)
    items = [
        _reward(gathered.program, stands, member)
        for stands in eligibility.rewards(gathered.program, member.card, today)
    ]
    return http.json_answer(200, {"items": items})


def _reward(
    program: Program, stands: eligibility.Eligibility, member: counter.Holder
) -> dict[str, Any]:
    reward = stands.reward
    short = {"unit": reward.unit, "amount": stands.missing} if stands.missing else None
    return {
        "reward_id": reward.id,
        "name": member.words.pick(reward.name),
        "kind": reward.kind,
        "cost": {"unit": reward.unit, "amount": reward.cost},
        "auto": reward.auto,
        "affordable": stands.affordable,
        "missing": short,
        "locked_because": stands.locked_because.value if stands.locked_because else None,
    }


def _gather(request: http.Request) -> tuple[auth.Gathered, counter.Holder]:
    """Credential, programme and the member of the path."""
    member_id = request.param("id")
    gathered = auth.gather(connect.table(), request, *counter.card_keys(member_id), staff_too=False)
    return gathered, counter.holder(connect.table(), gathered, member_id)


def _card(gathered: auth.Gathered, member: counter.Holder) -> http.Response:
    return http.json_answer(200, _view(gathered, member))


def _view(gathered: auth.Gathered, member: counter.Holder) -> views.View:
    view = views.card(gathered.program, member.card, gathered.now, member.words)
    return counter.personal(view, member)


def _entry_cursor(m: str, c: str, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 10):
        raise Refused(Code.INVALID, "", (("cursor", "must be the `next` of an earlier page"),))
    return keys.entry(m, c, int(cursor))[1]


def _recorded(m: str, c: str, upto: int) -> Iterator[ledger.Recorded]:
    """All entries up to the one the card stands at, first to newest, a page at a time."""
    start: Any = None
    while True:
        page = connect.table().query(
            keys.card(m, c),
            between=(keys.entry(m, c, 0)[1], keys.entry(m, c, upto)[1]),
            consistent=True,
            start=start,
        )
        yield from (cards.recorded_of(item) for item in page.items)
        start = page.next
        if start is None:
            return


def _with_changes(profile: Profile, body: NewMember, program: Program) -> Profile:
    """The profile with the fields that were sent, contacts in their normal form."""
    sent: dict[str, Any] = body.model_dump(exclude_unset=True)
    errors = []
    for name, normal in (
        ("email", contacts.email),
        ("phone", lambda number: contacts.phone(number, program.country)),
    ):
        if sent.get(name):
            found = normal(sent[name])
            if found is None:
                what = "an e-mail address" if name == "email" else "a telephone number"
                errors.append((name, f"must be {what}"))
            sent[name] = found
    bodies.require(errors)
    consents = {**profile.consents, **(sent.pop("consents", None) or {})}
    known: dict[str, Any] = {name: value or "" for name, value in sent.items()}
    return profile._replace(consents=consents, **known)
