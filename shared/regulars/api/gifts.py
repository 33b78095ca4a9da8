"""POST /v1/gifts: a surprise that staff give. Lean: no pydantic here."""

from __future__ import annotations

from regulars.actions import book, find
from regulars.api import bodies
from regulars.domain.decision import Decision
from regulars.domain.operations import GiveSurprise
from regulars.http import credentials, protocol
from regulars.store import connect
from regulars.views import integration


def give(request: protocol.Request) -> protocol.Response:
    """POST /v1/gifts: a surprise that staff give, by a signed-in device or over the API."""
    gathered, body = credentials.gather_for(
        connect.lean_table(),
        request,
        lambda: bodies.gift(request.json),
        lambda body: find.card_keys(body["member_id"]),
    )
    key = protocol.idempotency_key(request)
    holder = find.holder(gathered.shop, gathered.items, body["member_id"])
    origin = book.origin(gathered.program, key, gathered.caller.staff, body)

    def render(decision: Decision) -> integration.View:
        return integration.earned(gathered.program, decision, gathered.now, holder.words)

    operation = GiveSurprise(origin, body["surprise"], body.get("note"))
    return protocol.answered(
        book.book(gathered.shop, holder, operation, request.idempotency(), render)
    )


ROUTES = {"POST /v1/gifts": give}
