"""The programme in force: read, and replaced by a new version."""

from __future__ import annotations

from regulars.domain.calendar import rfc3339, to_ms
from regulars.store import connect
from regulars.store.merchants import Merchants, document_of
from regulars.web import auth, http
from regulars.web.program_schema import check
from regulars.web.reading import if_match


def read(request: http.Request) -> http.Response:
    """GET /v1/program."""
    gathered = auth.gather(connect.table(), request, staff_too=False)
    item = gathered.program_item
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
    return http.json_answer(200, {"version": version}, {"ETag": f'"{version}"'})
