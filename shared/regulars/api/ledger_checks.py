"""What the ledger says of itself: a card held against its entries, and rebuilt from them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from regulars.actions import heads
from regulars.actions import repair as repairing
from regulars.api.models import RepairBody
from regulars.api.reading import limit, read_body
from regulars.domain import merkle
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.program.shop import Shop
from regulars.store import connect, keys, roots
from regulars.store.roots import DayRoot


def verify(request: protocol.Request) -> protocol.Response:
    """GET /v1/members/{id}/verify: chain and balances computed again, the state held against a
    replay of all entries, past the one that the state stands at."""
    gathered = credentials.gather(connect.table(), request)
    found = _checked(gathered.shop, request.param("id"))
    body = {
        "ok": found.ok,
        "entries": found.entries,
        "head": found.head,
        **repairing.as_json(found),
        "problems": found.words,
    }
    return protocol.json_answer(200, body)


def repair(request: protocol.Request) -> protocol.Response:
    """POST /v1/members/{id}/repair: state and vouchers are written as the entries say.

    With `dry_run` it only says what it would write. `ok` tells whether the card is now as its
    entries say; entries that are damaged themselves cannot be repaired.
    """
    gathered = credentials.gather(connect.table(), request)
    body = read_body(request, RepairBody)
    found = _checked(gathered.shop, request.param("id"))
    repaired = False
    if found.differences and not found.problems and not body.dry_run:
        repaired = repairing.repair(gathered.shop, found)
        if not repaired:
            raise Refused(RefusalCode.CONFLICT, "The card is being changed by others; try again.")
    answer = {"ok": found.ok or repaired, "repaired": repaired, **repairing.as_json(found)}
    return protocol.json_answer(200, answer)


def _checked(shop: Shop, member_id: str) -> repairing.CardCheck:
    """A card held against its entries; raises NOT_FOUND also for a member who was erased."""
    found = repairing.check(shop, member_id)
    if found.profile and found.profile.get("erased"):
        raise Refused(RefusalCode.NOT_FOUND)
    return found


def list_roots(request: protocol.Request) -> protocol.Response:
    """GET /v1/ledger/roots: the digest of all heads at the end of each day, newest first."""
    gathered = credentials.gather(connect.table(), request)
    first = _day(request, "from") or DAYS[0]
    last = _day(request, "to") or DAYS[1]
    if cursor := _day(request, "cursor"):
        before = date.fromisoformat(cursor) - timedelta(days=1)
        last = min(last, before.isoformat())
    found: list[tuple[str, DayRoot]] = []
    more = False
    if first <= last:
        found, more = roots.page(
            connect.table(), gathered.shop.merchant_id, first=first, last=last,
            limit=limit(request),
        )  # fmt: skip
    items = [{"day": one, "root": it.root.hex(), "cards": it.cards} for one, it in found]
    following = found[-1][0] if more and found else None
    return protocol.json_answer(200, {"items": items, "next": following})


def proof(request: protocol.Request) -> protocol.Response:
    """GET /v1/members/{id}/proof: the steps from a card's head at the end of a day to its root.

    Answers 404 for a day that has no root (yet), or on which the member had no card, and 409 when
    the ledger of the card is not what it was at the end of that day.
    """
    gathered = credentials.gather(connect.table(), request)
    shop, member_id = gathered.shop, request.param("id")
    m, table = shop.merchant_id, shop.table
    state, profile = table.get(keys.state(m, member_id), keys.profile(m, member_id))
    if profile is None or profile.get("erased"):
        raise Refused(RefusalCode.NOT_FOUND)
    there = roots.at(table, m, _day(request, "day"))
    if there is None:
        raise Refused(RefusalCode.NOT_FOUND)
    day, found = there
    head = heads.head_before(table, m, member_id, state, found.ends_ms)
    if head is None:
        raise Refused(RefusalCode.NOT_FOUND)
    leaf = merkle.leaf(member_id, *head)
    steps = roots.steps(table, m, found, profile["GSI1SK"], leaf)
    if steps is None or merkle.along(leaf, steps) != found.root:
        raise Refused(
            RefusalCode.CONFLICT,
            "The ledger of this card is not what it was at the end of that day.",
        )
    body = {
        "member_id": member_id,
        "day": day,
        "seq": head[0],
        "head": head[1],
        "path": [{"side": side, "hash": other.hex()} for side, other in steps],
        "root": found.root.hex(),
    }
    return protocol.json_answer(200, body)


def _day(request: protocol.Request, name: str) -> str | None:
    """A day of the query, ISO; None when it is not given."""
    text = request.query.get(name)
    if text is None:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        hint = "must be a day such as 2026-11-26"
        raise Refused(RefusalCode.INVALID, "", ((name, hint),)) from None


DAYS = ("2000-01-01", "9999-12-30")
"""Before the first root, and after the last."""

ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/members/{id}/verify": verify,
    "POST /v1/members/{id}/repair": repair,
    "GET /v1/members/{id}/proof": proof,
    "GET /v1/ledger/roots": list_roots,
}
