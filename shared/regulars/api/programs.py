"""The programme in force: read, and replaced by a new version."""

from __future__ import annotations

from regulars.api import previewing
from regulars.domain import raffles
from regulars.domain.calendar import rfc3339, to_ms
from regulars.domain.program import load
from regulars.domain.refusals import Code, Refused
from regulars.jobs.leaderboards import next_count
from regulars.jobs.raffles import next_draw, result, seed
from regulars.store import connect
from regulars.store.marshal import Item
from regulars.store.merchants import Merchants, document_of
from regulars.web import auth, http, leaderboards
from regulars.web.program_document import ProgramDocument
from regulars.web.program_schema import check
from regulars.web.reading import if_match


def read(request: http.Request) -> http.Response:
    """GET /v1/program: the one in force, or an earlier version."""
    gathered = auth.gather(connect.table(), request, staff_too=False)
    item: Item | None = gathered.program_item
    if "version" in request.query:
        version = _version(request.query["version"])
        item = Merchants(connect.table()).program_item(gathered.caller.merchant_id, version)
    if item is None:
        raise Refused(Code.NOT_FOUND)
    body = {
        "version": item["version"],
        "published_at": rfc3339(item["published"]),
        "program": document_of(item),
    }
    return http.json_answer(200, body, {"ETag": f'"{item["version"]}"'})


def publish(request: http.Request) -> http.Response:
    """PUT /v1/program: published only over the version it is based on."""
    gathered = auth.gather(connect.table(), request, staff_too=False)
    over = if_match(request)
    document = check(request.json)
    version = Merchants(connect.table()).publish(
        gathered.caller.merchant_id, document, over, to_ms(gathered.now)
    )
    program = load(document, version)
    connect.table().put(next_draw(gathered.caller.merchant_id, program, gathered.now))
    connect.table().put(next_count(gathered.caller.merchant_id, program, gathered.now))
    return http.json_answer(200, {"version": version}, {"ETag": f'"{version}"'})


def preview(request: http.Request) -> http.Response:
    """POST /v1/program/preview: what publishing would do to every member; nothing is written."""
    gathered = auth.gather(connect.table(), request, staff_too=False)
    document = check(request.json)
    program = load(document, gathered.program.version + 1)
    return http.json_answer(200, previewing.preview(connect.table(), gathered, program))


def schema(request: http.Request) -> http.Response:
    """GET /v1/program/schema: the JSON Schema of a programme document."""
    return http.json_answer(200, ProgramDocument.model_json_schema())


def raffle(request: http.Request) -> http.Response:
    """GET /v1/raffles/{id}: its commitment; after the draw the seed, the tickets, the winners."""
    gathered = auth.gather(connect.table(), request, staff_too=False)
    m, found = (
        gathered.caller.merchant_id,
        raffles.find(gathered.program.raffles, request.param("id")),
    )
    if found is None:
        raise Refused(Code.NOT_FOUND)
    drawn = result(connect.table(), m, found.id)
    body = {
        "raffle_id": found.id,
        "from": found.first_day,
        "until": found.last_day,
        "commitment": raffles.commitment(seed(m, found.id)),
        "drawn": drawn is not None,
        **(drawn or {"seed": None, "tickets": None, "winners": None}),
    }
    return http.json_answer(200, body)


def leaderboard(request: http.Request) -> http.Response:
    """GET /v1/leaderboards/{id}: as it was counted last, without who has withdrawn since."""
    gathered = auth.gather(connect.table(), request, staff_too=False)
    wanted = request.param("id")
    board = next((one for one in gathered.program.leaderboards if one.id == wanted), None)
    if board is None:
        raise Refused(Code.NOT_FOUND)
    (found,) = leaderboards.shown(connect.table(), gathered.caller.merchant_id, (board,))
    counted_ms, now, before = found or (None, None, None)
    body = {
        "leaderboard_id": board.id,
        "metric": board.metric,
        "window": board.window,
        "counted_at": None if counted_ms is None else rfc3339(counted_ms),
        "running": leaderboards.period_view(now),
        "ended": leaderboards.period_view(before),
    }
    return http.json_answer(200, body)


def _version(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 8):
        raise Refused(Code.INVALID, "", (("version", "must be a number such as 3"),))
    return int(text)
