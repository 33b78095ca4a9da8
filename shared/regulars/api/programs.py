"""The programme in force: read, and replaced by a new version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from regulars.actions import due_marks
from regulars.actions import preview as previewing
from regulars.actions import publish as publishing
from regulars.api import openapi
from regulars.api.reading import cursor_of, flag, if_match, limit
from regulars.core import checks, tokens
from regulars.domain import raffles
from regulars.domain.calendar import rfc3339, to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.http.credentials import Gathered
from regulars.jobs.raffles import result, seed
from regulars.program.check import check
from regulars.program.load import document_of, following
from regulars.program.shop import Shop
from regulars.store import assets, audit, connect, leaderboards, versions
from regulars.store.marshal import Item
from regulars.store.merchants import Merchants
from regulars.views import integration

PUBLISH_AHEAD_DAYS = 2 * 366
"""How far ahead a version can be scheduled."""

NUMBER = re.compile(r"[0-9]{1,8}")
"""A version's number as it is written in an address."""


def read(request: protocol.Request) -> protocol.Response:
    """GET /v1/program: the one in force, or an earlier version."""
    gathered = credentials.gather(connect.table(), request)
    item: Item | None = gathered.program_item
    if "version" in request.query:
        version = _version(request.query["version"])
        item = Merchants(connect.table()).program_item(gathered.shop.merchant_id, version)
    if item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    etag = f'"{item["version"]}"'
    headers = {"ETag": etag}
    if request.headers.get("if-none-match") == etag:
        return protocol.empty(304, headers)
    body = {
        "version": item["version"],
        "published_at": rfc3339(item["published"]),
        "program": document_of(item),
    }
    return protocol.json_answer(200, body, headers)


def publish(request: protocol.Request) -> protocol.Response:
    """PUT /v1/program: published only over the version it is based on, now or at `publish_at`."""
    gathered = credentials.gather(connect.table(), request)
    over, document = if_match(request), check(request.json)
    _require_own_logo(gathered, document)
    at_ms = _publish_at(request, gathered)
    actor = credentials.actor(gathered.caller, request)
    published = publishing.publish(
        gathered.shop,
        document,
        over,
        confirmed=flag(request, "confirm_losses"),
        preview_id=request.query.get("preview_id", ""),
        about={"by": actor.name if gathered.caller.staff else "api", "note": _note(request)},
        at_ms=at_ms,
        actor=actor,
    )
    body: dict[str, Any] = {"version": published.version}
    if at_ms is not None:
        return protocol.json_answer(202, body | {"publish_at": rfc3339(at_ms)})
    if published.zone_from_ms is not None:
        body["timezone_from"] = rfc3339(published.zone_from_ms)
    return protocol.json_answer(200, body, {"ETag": f'"{published.version}"'})


def list_versions(request: protocol.Request) -> protocol.Response:
    """GET /v1/program/versions: newest first, with all that waits or was refused on top."""
    gathered = credentials.gather(connect.table(), request)
    table, m = connect.table(), gathered.shop.merchant_id
    before = cursor_of(request)
    page = versions.published(table, m, limit(request), before)
    now = _newest_version(gathered.shop)
    items = [_published_view(item, now) for item in page.items]
    if before is None:
        waiting = versions.waiting(table, m)
        items += [_waiting_view(one) for one in waiting if one.state in {"waiting", "refused"}]
        items.sort(key=lambda one: -one["version"])
    following_page = str(page.items[-1]["version"]) if page.next else None
    return protocol.json_answer(200, {"items": items, "next": following_page})


def withdraw(request: protocol.Request) -> protocol.Response:
    """DELETE /v1/program/versions/{n}: take a version back that waits for its time."""
    gathered = credentials.gather(connect.table(), request)
    table, m = connect.table(), gathered.shop.merchant_id
    number = request.param("n")
    found = versions.find(table, m, int(number)) if NUMBER.fullmatch(number) else None
    if found is None:
        raise Refused(RefusalCode.NOT_FOUND)
    no_mark = due_marks.off_waiting(m, found.version, found.at_ms)
    now_ms, actor = to_ms(gathered.now), credentials.actor(gathered.caller, request)
    noted = audit.put(m, now_ms, actor, "program.withdrawn", number)
    if not versions.close(table, [*versions.closed(found, "withdrawn", now_ms, no_mark), noted]):
        raise Refused(RefusalCode.NOT_FOUND)
    return protocol.empty(204)


def _published_view(item: Item, in_force: int) -> dict[str, Any]:
    return {
        "version": item["version"],
        "published_at": rfc3339(item["published"]),
        "publish_at": None,
        "by": item.get("by") or None,
        "note": item.get("note") or None,
        "state": "live" if item["version"] == in_force else "past",
    }


def _waiting_view(one: versions.Waiting) -> dict[str, Any]:
    return {
        "version": one.version,
        "published_at": None,
        "publish_at": rfc3339(one.at_ms),
        "by": one.by or None,
        "note": one.note or None,
        "state": one.state,
    }


def _publish_at(request: protocol.Request, gathered: credentials.Gathered) -> int | None:
    text = request.query.get("publish_at")
    if text is None:
        return None
    at_ms = checks.parse_instant(text)
    latest = to_ms(gathered.now) + PUBLISH_AHEAD_DAYS * 86_400_000
    if at_ms is None:
        wrong = checks.instant(text) or ""
    elif not to_ms(gathered.now) < at_ms <= latest:
        wrong = "must lie ahead, by two years at most"
    else:
        return at_ms
    raise Refused(RefusalCode.INVALID, "", (("publish_at", wrong),))


def _note(request: protocol.Request) -> str:
    note = request.query.get("note", "")
    if len(note) > checks.NOTE_MAX or not checks.printable(note):
        wrong = f"must be at most {checks.NOTE_MAX} printable characters"
        raise Refused(RefusalCode.INVALID, "", (("note", wrong),))
    return note


def _require_own_logo(gathered: Gathered, document: Mapping[str, Any]) -> None:
    """Raise INVALID for a logo that is no picture of this merchant. One of the sandbox's twin is
    not looked up: neither reads what is the other's."""
    logo = document.get("branding", {}).get("logo")
    if not logo or logo == gathered.program.logo:
        return
    m = gathered.shop.merchant_id
    own, twins = assets.is_of(logo, m), assets.is_of(logo, tokens.twin(m))
    if not twins and (not own or assets.read(connect.table(), logo) is None):
        hint = "must be the asset_id of a picture that this shop has uploaded (POST /v1/assets)"
        raise Refused(RefusalCode.INVALID, "", (("branding.logo", hint),))


def preview(request: protocol.Request) -> protocol.Response:
    """POST /v1/program/preview: what publishing would do to every member; no card is written."""
    gathered = credentials.gather(connect.table(), request)
    document = check(request.json)
    _require_own_logo(gathered, document)
    item = gathered.program_item
    program, _ = following(item, document, item["version"] + 1, gathered.now)
    publishing.require_fixed(gathered.shop, gathered.program, program)
    cursor = request.query.get("cursor")
    answer = previewing.preview(gathered.shop, program, document, cursor)
    return protocol.json_answer(200, answer)


def schema(request: protocol.Request) -> protocol.Response:
    """GET /v1/program/schema: the JSON Schema of a programme document."""
    return protocol.json_answer(200, openapi.program_schema())


def raffle(request: protocol.Request) -> protocol.Response:
    """GET /v1/raffles/{id}: its commitment; after the draw the seed, the tickets, the winners."""
    gathered = credentials.gather(connect.table(), request)
    m, found = (
        gathered.shop.merchant_id,
        raffles.find(gathered.program.raffles, request.param("id")),
    )
    if found is None:
        raise Refused(RefusalCode.NOT_FOUND)
    drawn = result(connect.table(), m, found.id)
    body = {
        "raffle_id": found.id,
        "from": found.first_day,
        "until": found.last_day,
        "commitment": raffles.commitment(seed(m, found.id)),
        "drawn": drawn is not None,
        **(drawn or {"seed": None, "tickets": None, "winners": None}),
    }
    return protocol.json_answer(200, body)


def leaderboard(request: protocol.Request) -> protocol.Response:
    """GET /v1/leaderboards/{id}: as it was counted last, without who has withdrawn since."""
    gathered = credentials.gather(connect.table(), request)
    wanted = request.param("id")
    board = next((one for one in gathered.program.leaderboards if one.id == wanted), None)
    if board is None:
        raise Refused(RefusalCode.NOT_FOUND)
    (found,) = leaderboards.shown(connect.table(), gathered.shop.merchant_id, (board,))
    counted_ms, now, before = found or (None, None, None)
    body = {
        "leaderboard_id": board.id,
        "metric": board.metric,
        "window": board.window,
        "counted_at": None if counted_ms is None else rfc3339(counted_ms),
        "running": integration.period(now),
        "ended": integration.period(before),
    }
    return protocol.json_answer(200, body)


def _newest_version(shop: Shop) -> int:
    """The version in force, read consistently: what was gathered may be behind."""
    item = Merchants(shop.table).program_item(shop.merchant_id)
    if item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    version: int = item["version"]
    return version


def _version(text: str) -> int:
    if not NUMBER.fullmatch(text):
        raise Refused(RefusalCode.INVALID, "", (("version", "must be a number such as 3"),))
    return int(text)


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/program": read,
    "PUT /v1/program": publish,
    "POST /v1/program/preview": preview,
    "GET /v1/program/schema": schema,
    "GET /v1/program/versions": list_versions,
    "DELETE /v1/program/versions/{n}": withdraw,
    "GET /v1/raffles/{id}": raffle,
    "GET /v1/leaderboards/{id}": leaderboard,
}
