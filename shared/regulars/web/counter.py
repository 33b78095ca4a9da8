"""What the counter's functions share: finding the card a request is about, doing what it asks,
and answering."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from regulars.config import settings
from regulars.domain.calendar import to_ms
from regulars.domain.card import Card
from regulars.domain.operations import AnyOperation, Origin
from regulars.domain.refusals import Code, Refused
from regulars.i18n import negotiate
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.store import keys
from regulars.store.cards import card_of
from regulars.store.ledger import Answer, Ledger, Render
from regulars.store.ledger import Request as Known
from regulars.store.marshal import Item
from regulars.store.members import Members, Profile, card_url, profile_of
from regulars.store.table import Table
from regulars.web import contacts, http, views
from regulars.web.auth import Caller, Gathered


class Holder(NamedTuple):
    """A card and whose it is."""

    card: Card
    profile: Profile
    words: Words
    card_url: str


def card_keys(member_id: str) -> tuple[Any, Any]:
    """What `auth.gather` is to read for a member: state and profile."""
    return (lambda m: keys.state(m, member_id)), (lambda m: keys.profile(m, member_id))


def holder(table: Table, gathered: Gathered, member_id: str) -> Holder:
    """The member `gathered` has read, or a not-found like that of every foreign id."""
    state, profile = gathered.items
    if state is None or profile is None:  # perhaps only not yet visible to a cheap read
        return read_holder(table, gathered, member_id)
    return holder_of(gathered, state, profile)


def find(table: Table, gathered: Gathered, body: Mapping[str, Any]) -> Holder:
    """The member a body names by contact or by the code on the card."""
    m = gathered.caller.merchant_id
    members = Members(table, m)
    if body.get("code") is not None:
        member_id = members.by_code(body["code"], to_ms(gathered.now) // 1000)
        if member_id is None:
            raise Refused(Code.NOT_FOUND, "No card shows this code; codes change every 30 seconds.")
    else:
        contact = contacts.normal(body["contact"], gathered.program.country)
        member_id = members.by_contact(contact) if contact else None
    if member_id is None:
        raise Refused(Code.NOT_FOUND)
    return read_holder(table, gathered, member_id)


def holder_of(gathered: Gathered, state: Item | None, profile_item: Item | None) -> Holder:
    """The member in the items read; raises NOT_FOUND when there is none."""
    if state is None or profile_item is None:
        raise Refused(Code.NOT_FOUND)
    profile = profile_of(profile_item)
    return Holder(
        card=card_of(state),
        profile=profile,
        words=member_words(profile, gathered.program.languages),
        card_url=card_url(settings().base_url, gathered.caller.merchant_id, profile),
    )


def read_holder(table: Table, gathered: Gathered, member_id: str) -> Holder:
    """A member of the caller's merchant, read consistently; raises NOT_FOUND."""
    m = gathered.caller.merchant_id
    return holder_of(gathered, *table.get(keys.state(m, member_id), keys.profile(m, member_id)))


def consistent_card(table: Table, merchant_id: str, member_id: str) -> Card:
    """The card as of now; raises NOT_FOUND when there is none."""
    (item,) = table.get(keys.state(merchant_id, member_id))
    if item is None:
        raise Refused(Code.NOT_FOUND)
    return card_of(item)


def merchant_words(gathered: Gathered) -> Words:
    """The words of the merchant's first language."""
    return words_of(gathered.program.languages[0])


def member_words(profile: Profile, offered: tuple[str, ...]) -> Words:
    """The words of the language a member reads."""
    return words_of(negotiate.language(profile.language, offered))


def origin(
    key: str, caller: Caller, body: Mapping[str, Any], effective_ms: int | None = None
) -> Origin:
    """Where a request with a key comes from: a signed-in device is the staff that it was enrolled
    for, over the API the body may name somebody."""
    staff = caller.staff
    return Origin(
        op=f"key:{key}",
        source="api" if staff is None else "staff",
        staff=staff.staff_id if staff else body.get("staff"),
        location=body.get("location") or (staff.location if staff else None),
        effective_ms=effective_ms,
        entropy=os.urandom(16),
    )


def perform(
    table: Table, gathered: Gathered, member: Holder, operation: AnyOperation,
    request: http.Request, render: Render, *,
    status: int = 200, alias: str | None = None, fresh: bool = False,
) -> http.Response:  # fmt: skip
    """Do an operation that came with a key and answer it; the same key gets the same answer."""
    known = Known(
        fingerprint=request.fingerprint(), alias=alias, expires=True, status=status,
        keep_refusal=True,
    )  # fmt: skip
    given = Ledger(table, gathered.caller.merchant_id).perform(
        gathered.program, member.card, operation, gathered.now,
        request=known, render=render, fresh=fresh,
    )  # fmt: skip
    return answer(table, gathered, given, member)


def answer(table: Table, gathered: Gathered, given: Answer, member: Holder | None) -> http.Response:
    """An answer with the member's personal fields, marked when it is a replay.

    An order that was booked before may belong to another member than the one asked about.
    """
    if member is None or given.member_id != member.profile.member_id:
        member = read_holder(table, gathered, given.member_id)
    body = dict(given.body)
    if isinstance(body.get("card"), dict):
        body["card"] = personal(body["card"], member)
    if "unlocked" in body:
        body["unlocked"] = [_scannable(voucher, member) for voucher in body["unlocked"]]
    if "code" in body:
        body = _scannable(body, member)
    headers = {"Idempotent-Replay": "true"} if given.replayed else None
    return http.json_answer(given.status, body, headers)


def _scannable(voucher: views.View, member: Holder) -> views.View:
    """A voucher with the link at which its member finds the code."""
    return {**voucher, "qr_url": f"{member.card_url}#{voucher['code']}"}


def personal(view: views.View, member: Holder) -> views.View:
    """A card's view with name, language and link."""
    profile = member.profile
    return views.personal(view, profile.name, profile.language, member.card_url)
