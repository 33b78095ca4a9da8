"""What the ledger says of itself: a card held against its entries, and rebuilt from them."""

from __future__ import annotations

from regulars.actions import repair as repairing
from regulars.api.models import RepairBody
from regulars.api.reading import read_body
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.store import connect


def verify(request: protocol.Request) -> protocol.Response:
    """GET /v1/members/{id}/verify: chain and balances computed again, the state held against a
    replay of all entries, past the one that the state stands at."""
    gathered = credentials.gather(connect.table(), request, staff_too=False)
    found = repairing.check(gathered.shop, request.param("id"))
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
    gathered = credentials.gather(connect.table(), request, staff_too=False)
    body = read_body(request, RepairBody)
    found = repairing.check(gathered.shop, request.param("id"))
    repaired = False
    if found.differences and not found.problems and not body.dry_run:
        repaired = repairing.repair(gathered.shop, found)
        if not repaired:
            raise Refused(RefusalCode.CONFLICT, "The card is being changed by others; try again.")
    answer = {"ok": found.ok or repaired, "repaired": repaired, **repairing.as_json(found)}
    return protocol.json_answer(200, answer)


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/members/{id}/verify": verify,
    "POST /v1/members/{id}/repair": repair,
}
