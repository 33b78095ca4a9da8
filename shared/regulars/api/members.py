"""Members: enrol, find, read, change; their ledger and what they can have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from regulars.actions import book, find, search
from regulars.actions.change_profile import change_profile
from regulars.actions.enroll import enroll
from regulars.api.models import MemberChange, NewMember
from regulars.api.reading import limit, read_body
from regulars.core import checks, contacts, tokens, typed
from regulars.domain import calendar, carryover, eligibility
from regulars.domain.decision import Decision
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.store import connect, keys
from regulars.store.answers import Idempotency
from regulars.store.profiles import CONTACT_KINDS, Profile
from regulars.store.staff import STAFF
from regulars.views import audit, integration, worth

ATTRIBUTES_MAX = 20
TOO_MANY_ATTRIBUTES = f"must not make more than {ATTRIBUTES_MAX}; take others away with null"


def create(request: protocol.Request) -> protocol.Response:
    """POST /v1/members: 201 with the new card, 200 with the one that has all the contacts."""
    gathered = credentials.gather(connect.table(), request)
    body = read_body(request, NewMember)
    key = protocol.idempotency_key(request)
    program = gathered.program
    new = Profile("", "", 0, link_key=tokens.key_name())
    try:
        new = _with_changes(new, body, gathered)
    except Refused:  # the programme may ask for more by now, but this may be a call come again
        if gathered.shop.ledger.known(f"key:{key}", request.fingerprint()) is None:
            raise
    words = find.member_words(new, program.languages)
    by_person = gathered.caller.staff is not None
    if by_person:  # what is told at the counter is typed, like what is typed on a page
        new = new.claiming(calendar.to_ms(gathered.now))

    def render(decision: Decision) -> integration.View:
        return integration.card(program, decision.card, gathered.now, words)

    enrolled = enroll(
        gathered.shop, new,
        op=f"key:{key}", source="staff" if by_person else "api", render=render,
        idempotency=Idempotency(fingerprint=request.fingerprint(), expires=True, status=201),
    )  # fmt: skip
    member = find.read_member_card(gathered.shop, enrolled.member_id)
    if enrolled.answer is None:
        return _card(gathered, member)
    headers = {"Idempotent-Replay": "true"} if enrolled.answer.replayed else None
    card = book.personal(dict(enrolled.answer.body), member)
    return protocol.json_answer(enrolled.answer.status, card, headers)


def read(request: protocol.Request) -> protocol.Response:
    """GET /v1/members/{id}: of a card that was merged, which one is kept."""
    gathered, member = _gather(request)
    if member.card.member_id != request.param("id"):
        return protocol.json_answer(200, {"merged_into": member.card.member_id})
    return _card(gathered, member)


def list_members(request: protocol.Request) -> protocol.Response:
    """GET /v1/members: by name, contact, tier, segment, month of birth or last visit."""
    gathered = credentials.gather(connect.table(), request)
    found, cursor = search.members(
        gathered.shop, wanted(request), limit(request), request.query.get("cursor")
    )
    items = [
        {**_view(gathered, member), **integration.listed(member.profile, member.card)}
        for member in found
    ]
    return protocol.json_answer(200, {"items": items, "next": cursor})


def count_members(request: protocol.Request) -> protocol.Response:
    """GET /v1/members/counts: how many there are, by segment, tier and month of birth."""
    gathered = credentials.gather(connect.table(), request)
    return protocol.json_answer(200, search.counts(gathered.shop))


def wanted(request: protocol.Request) -> search.Wanted:
    """Who is asked for in a query; raises INVALID."""
    query, errors = request.query, []
    month = query.get("birthday_month")
    if month is not None and month not in {str(number) for number in range(1, 13)}:
        errors.append(("birthday_month", "must be from 1 to 12"))
    days: dict[str, date | None] = {}
    for name in ("last_visit_from", "last_visit_before"):
        text = query.get(name)
        days[name] = checks.parse_day(text) if text is not None else None
        if text is not None and days[name] is None:
            errors.append((name, checks.NOT_A_DAY))
    checks.require(errors)
    return search.Wanted(
        q=typed.trimmed(query.get("q", ""))[: checks.TEXT_MAX],
        tier=query.get("tier"),
        segment=query.get("segment"),
        birthday_month=int(month) if month else None,
        **days,
    )


def change(request: protocol.Request) -> protocol.Response:
    """PATCH /v1/members/{id}: profile and consents."""
    gathered, member = _gather(request)
    body = read_body(request, MemberChange)
    _require_may_change(gathered, body)
    given = _with_changes(member.profile, body, gathered)
    changed = given._replace(version=member.profile.version + 1)
    change_profile(gathered.shop, member.profile, changed)
    words = find.member_words(changed, gathered.program.languages)
    return _card(gathered, member._replace(profile=changed, words=words))


def _require_may_change(gathered: credentials.Gathered, body: MemberChange) -> None:
    """Raise FORBIDDEN for more than the note, when staff change a profile."""
    session = gathered.caller.staff
    if session and session.role == STAFF and body.model_fields_set - {"note"}:
        raise Refused(RefusalCode.FORBIDDEN, "Staff write notes; a manager changes the rest.")


def entries(request: protocol.Request) -> protocol.Response:
    """GET /v1/members/{id}/entries: newest first."""
    gathered, member = _gather(request)
    m, c, count = gathered.shop.merchant_id, member.profile.member_id, limit(request)
    page = connect.table().query(
        keys.card(m, c),
        prefix=keys.ENTRY_PREFIX,
        newest_first=True,
        limit=count,
        after=_entry_cursor(m, c, request.query.get("cursor")),
        consistent=True,
    )
    items = [audit.stored_entry(gathered.program, c, item, member.words) for item in page.items]
    more = page.next is not None and items and items[-1]["seq"] > 1
    return protocol.json_answer(
        200, {"items": items, "next": str(items[-1]["seq"]) if more else None}
    )


def profile(request: protocol.Request) -> protocol.Response:
    """GET /v1/members/{id}/profile: what is known of a member apart from the card."""
    _, member = _gather(request)
    devices = [
        {"system": one.system or None, "since": calendar.rfc3339(one.at_ms)}
        for one in member.profile.devices
    ]
    more = {"usual_days": integration.usual_days(member.card), "devices": devices}
    return protocol.json_answer(200, {**integration.profile(member.profile), **more})


def rewards(request: protocol.Request) -> protocol.Response:
    """GET /v1/members/{id}/rewards: each reward as it stands for this card."""
    gathered, member = _gather(request)
    today = calendar.local_date(gathered.now, gathered.program.timezone)
    card = carryover.of(gathered.program, member.card, today)
    items = [
        _reward(gathered.program, candidate, member)
        for candidate in eligibility.rewards(gathered.program, card, today)
    ]
    return protocol.json_answer(200, {"items": items, "next": None})


def _reward(
    program: Program, candidate: eligibility.Eligibility, member: find.MemberCard
) -> dict[str, Any]:
    reward = candidate.reward
    short = {"unit": reward.unit, "amount": candidate.missing} if candidate.missing else None
    return {
        "reward_id": reward.id,
        **worth.of_reward(reward, member.words),
        "cost": {"unit": reward.unit, "amount": reward.cost},
        "credit": worth.credit(reward),
        "auto": reward.auto,
        "affordable": candidate.affordable,
        "missing": short,
        "locked_because": candidate.locked_because.value if candidate.locked_because else None,
    }


def _gather(request: protocol.Request) -> tuple[credentials.Gathered, find.MemberCard]:
    """Credential, programme and the member of the path."""
    member_id = request.param("id")
    gathered = credentials.gather(connect.table(), request, *find.card_keys(member_id))
    return gathered, find.holder(gathered.shop, gathered.items, member_id)


def _card(gathered: credentials.Gathered, member: find.MemberCard) -> protocol.Response:
    return protocol.json_answer(200, _view(gathered, member))


def _view(gathered: credentials.Gathered, member: find.MemberCard) -> integration.View:
    view = integration.card(gathered.program, member.card, gathered.now, member.words)
    return book.personal(view, member)


def _entry_cursor(m: str, c: str, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 10):
        raise Refused(
            RefusalCode.INVALID, "", (("cursor", "must be the `next` of an earlier page"),)
        )
    return keys.entry(m, c, int(cursor))[1]


def _with_changes(profile: Profile, body: NewMember, gathered: credentials.Gathered) -> Profile:
    """The profile with the fields that were sent, contacts in their normal form.

    What a merchant gives with its key counts as confirmed.
    """
    program = gathered.program
    sent: dict[str, Any] = body.model_dump(exclude_unset=True)
    errors = []
    for name, normal, remedy in (
        ("email", contacts.email, contacts.NOT_AN_EMAIL),
        ("phone", lambda number: contacts.phone(number, program.country), contacts.NOT_A_PHONE),
    ):
        if sent.get(name):
            found = normal(sent[name])
            if found is None:
                errors.append((name, remedy))
            sent[name] = found
    if sent.get("birthday") or not profile.member_id:  # who is a member has shown the age before
        today, birthday = calendar.local_date(gathered.now, program.timezone), sent.get("birthday")
        wrong = checks.birthday(birthday, today) if birthday else ""
        wrong = wrong or checks.old_enough(birthday or "", program.join.min_age, today)
        if wrong:
            errors.append(("birthday", wrong))
    checks.require(errors)
    asked = sent.pop("consents", None) or {}
    attributes = _attributes(profile, sent.pop("attributes", {}))
    known: dict[str, Any] = {name: value or "" for name, value in sent.items()}
    given = [kind for kind in CONTACT_KINDS if kind in known]
    moved = [
        kind for kind in given if known[kind] != getattr(profile, kind) or kind in profile.claims
    ]
    profile = profile.without(moved)._replace(
        consents={**profile.consents, **asked}, attributes=attributes, **known
    )
    confirmed = [kind for kind in CONTACT_KINDS if known.get(kind) and kind not in profile.proofs]
    proved = [*confirmed, *(f"consent.{channel}" for channel in asked)]
    proved += ["birthday"] if known.get("birthday") else []
    return profile.with_proof(calendar.to_ms(gathered.now), "merchant", *proved)


def _attributes(profile: Profile, sent: Mapping[str, str | None] | None) -> dict[str, str]:
    """The attributes with those that were sent; `null` takes one away, or all of them.

    Raises INVALID when there would be too many.
    """
    if sent is None:
        return {}
    wanted = {**profile.attributes, **sent}
    if sum(value is not None for value in wanted.values()) > ATTRIBUTES_MAX:
        raise Refused(RefusalCode.INVALID, "", (("attributes", TOO_MANY_ATTRIBUTES),))
    return {name: value for name, value in wanted.items() if value is not None}


ROUTES: dict[str, protocol.Handler] = {
    "POST /v1/members": create,
    "GET /v1/members": list_members,
    "GET /v1/members/counts": count_members,
    "GET /v1/members/{id}": read,
    "PATCH /v1/members/{id}": change,
    "GET /v1/members/{id}/entries": entries,
    "GET /v1/members/{id}/profile": profile,
    "GET /v1/members/{id}/rewards": rewards,
}
