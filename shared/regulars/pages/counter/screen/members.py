"""What the counter screen's script asks for: members, and undoing its own bookings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regulars.actions import book, find, latest, refunds, search, shown_codes
from regulars.core import checks, tokens, typed
from regulars.domain import calendar, codes, undoing
from regulars.domain.decision import Decision
from regulars.domain.ledger import Entry
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol, seen
from regulars.program.shop import Shop
from regulars.store import cards, connect, keys
from regulars.store.members import Members
from regulars.store.staff import STAFF
from regulars.views import counter, integration

UNDO_MS = 5 * 60 * 1000
MATCHES = 8
SIGNS_MIN = 2
"""Nobody is listed for fewer: the counter is no list of guests."""


def member(request: protocol.Request) -> protocol.Response:
    """GET /staff/api/member: by code on the card or voucher, by id, or by name and contact."""
    query = {name: value[: checks.TEXT_MAX] for name, value in request.query.items()}
    by_code = bool(query.get("code")) and not query.get("id")
    gathered = credentials.gather(connect.lean_table(), request, guessing=by_code)
    if query.get("id"):
        holder = find.read_member_card(gathered.shop, query["id"])
        return protocol.json_answer(200, {"member": _guest(gathered.shop, holder)})
    if by_code:
        return _by_code(gathered, codes.normal(query["code"]))
    asked = typed.trimmed(query.get("q", ""))
    if len(asked) < SIGNS_MIN:
        return protocol.json_answer(200, {"members": []})
    found, _ = search.members(gathered.shop, search.Wanted(asked), MATCHES)
    found.sort(key=lambda holder: -holder.card.last_visit_ms)
    return protocol.json_answer(
        200, {"members": [_view(gathered.shop, holder) for holder in found]}
    )


def undo(request: protocol.Request) -> protocol.Response:
    """POST /staff/api/undo: a sale, a gift or a correction by hand is taken back within five
    minutes."""
    gathered, body = credentials.gather_for(
        connect.lean_table(), request, lambda: _entry_named(request), _entry_keys
    )
    member_id, seq = body["member_id"], body["seq"]
    key = protocol.idempotency_key(request)
    holder = find.read_member_card(gathered.shop, member_id)
    (item,) = gathered.items
    booked = cards.entry_of(item) if item else None
    if booked is None or not undoing.is_undone(booked):
        raise Refused(RefusalCode.NOT_FOUND)
    _require_own(gathered, booked)
    origin = book.origin(gathered.program, key, gathered.caller.staff, {})
    read = refunds.original(
        gathered.shop.ledger, gathered.program, member_id, seq,
        op=origin.op, source=origin.source, origin=origin, undo_within_ms=UNDO_MS,
        now=gathered.now,
    )  # fmt: skip
    if read is None or not undoing.is_undone(read.operation.original):
        raise Refused(RefusalCode.NOT_FOUND)

    def render(decision: Decision) -> integration.View:
        return integration.booked(gathered.program, decision, gathered.now, holder.words)

    member = holder._replace(card=read.card)
    return protocol.answered(
        book.book(gathered.shop, member, read.operation, request.idempotency(), render, fresh=True)
    )


def _entry_named(request: protocol.Request) -> dict[str, Any]:
    body = request.json
    rules = {"member_id": checks.text(), "seq": checks.integer(1, 10**9)}
    checks.require(checks.fields(body, rules, required=("member_id", "seq")))
    return body


def _entry_keys(body: dict[str, Any]) -> tuple[Callable[[str], keys.Key], ...]:
    return (lambda m: keys.entry(m, body["member_id"], body["seq"]),)


def _require_own(gathered: credentials.Gathered, entry: Entry) -> None:
    """Raise FORBIDDEN for what the person may not take back: staff their own bookings, a manager
    those of own places; what a till reported is refunded at the till."""
    session = gathered.caller.staff
    if session is None:
        return
    if entry.source != "staff":
        raise Refused(RefusalCode.FORBIDDEN, "Only what was booked at the counter is undone here.")
    own = entry.staff == session.staff_id
    if not own and not (session.role != STAFF and session.person.works_at(entry.location)):
        raise Refused(RefusalCode.FORBIDDEN, "Somebody else booked this; a manager can undo it.")


def _by_code(gathered: credentials.Gathered, code: str) -> protocol.Response:
    """The member whose card or voucher shows this code; a voucher comes with its state. `seen`
    proves that the code was read here, from a device that the card lives on.

    The stable code of a voucher finds nobody: it may be on a picture, or on paper.
    """
    table, m = gathered.shop.table, gathered.shop.merchant_id
    if found := shown_codes.voucher_of(gathered.shop, code):
        member_id, voucher_id = found
        holder = find.read_member_card(gathered.shop, member_id)
        (item,) = table.get(keys.voucher(m, member_id, voucher_id))
        if item is None:
            raise Refused(RefusalCode.NOT_FOUND)
        found_voucher, program = cards.voucher_of(item), gathered.program
        voucher = integration.voucher(program, found_voucher, holder.words, gathered.now)
        if terms := program.terms(found_voucher.reward_id, found_voucher.version):
            voucher |= counter.purpose(program, terms, found_voucher)
        return _seen(gathered, holder, voucher=voucher)
    epoch_s = calendar.to_ms(gathered.now) // 1000
    known = Members(table, m).by_code(code, epoch_s)
    if known is None:
        gathered.wrong_code()
        raise Refused(RefusalCode.NOT_FOUND)
    holder = find.read_member_card(gathered.shop, known)
    if tokens.is_of_device(m, code, epoch_s):
        return _seen(gathered, holder)
    return protocol.json_answer(200, {"member": _guest(gathered.shop, holder)})


def _seen(
    gathered: credentials.Gathered, holder: find.MemberCard, **more: integration.View
) -> protocol.Response:
    """A guest whose card was read here, with the proof of it."""
    shop, session = gathered.shop, gathered.caller.staff
    body: dict[str, object] = {"member": _guest(shop, holder), **more}
    if session:
        member_id = holder.profile.member_id
        body["seen"] = seen.proof(shop.merchant_id, session, member_id, shop.now)
    return protocol.json_answer(200, body)


def _guest(shop: Shop, holder: find.MemberCard) -> integration.View:
    """The guest on the screen: the card, and what the last sales tell."""
    entries = latest.entries(shop, holder.card.member_id, counter.ENTRIES)
    return {**_view(shop, holder), **counter.habits(entries)}


def _view(shop: Shop, holder: find.MemberCard) -> integration.View:
    return counter.card(shop.program, holder.card, holder.profile, shop.now, holder.words)


ROUTES = {
    "GET /staff/api/member": member,
    "POST /staff/api/undo": undo,
}
