"""Members from a file: sent, looked at, started, undone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from regulars.api.models_imports import StartImport
from regulars.api.reading import flag, read_body
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.imports import columns, reading
from regulars.imports.mistakes import SENTENCES
from regulars.jobs import importing
from regulars.program.shop import Shop
from regulars.store import audit as log
from regulars.store import connect
from regulars.store import imports as kept
from regulars.store.imports import Import
from regulars.store.table import Cancelled

FILE_MAX = 5 * 1024 * 1024
FORMATS = ("free",)
CHANGING = "The import moves on at this moment; read it again."


def create(request: protocol.Request) -> protocol.Response:
    """POST /v1/imports: 202; what it would do is looked at first, then it runs or asks."""
    gathered = credentials.gather(connect.table(), request)
    shop, key = gathered.shop, protocol.idempotency_key(request)
    if request.query.get("format", "free") not in FORMATS:
        hint = f"must be one of: {', '.join(FORMATS)}"
        raise Refused(RefusalCode.INVALID, "", (("format", hint),))
    data, dry_run = request.file("text/csv", FILE_MAX), flag(request, "dry_run")
    import_id = f"i{sha256(f'{shop.merchant_id} {key}'.encode()).hexdigest()[:20]}"
    print_ = sha256(data + request.event.get("rawQueryString", "").encode()).hexdigest()[:32]
    if known := kept.read(shop.table, shop.merchant_id, import_id):
        if known.rest.get("print") != print_:
            raise Refused(RefusalCode.IDEMPOTENCY_MISMATCH)
        return protocol.json_answer(202, view(shop, known), {"Idempotent-Replay": "true"})
    sheet = reading.sheet(data)
    guessed = _mapping(request.query.get("mapping"), sheet.headings, shop)
    rows, now_ms = _rows(sheet), calendar.to_ms(shop.now)
    pages = _put_pages(shop, import_id, rows, guessed.columns, sheet.headings)
    new = Import(
        import_id, "asks" if guessed.doubts else "checks", now_ms, guessed.columns, sheet.headings,
        guessed.doubts, pages, len(rows), dry_run, rest={"print": print_},
    )  # fmt: skip
    _noted(gathered, request, kept.new(shop.merchant_id, new), "members.imported", new)
    importing.put_on(shop.merchant_id, import_id)
    return protocol.json_answer(202, view(shop, new))


def list_imports(request: protocol.Request) -> protocol.Response:
    """GET /v1/imports: the newest."""
    shop = credentials.gather(connect.table(), request).shop
    found = sorted(kept.newest(shop.table, shop.merchant_id), key=lambda one: -one.at_ms)
    return protocol.json_answer(200, {"items": [view(shop, one) for one in found], "next": None})


def read(request: protocol.Request) -> protocol.Response:
    """GET /v1/imports/{id}."""
    shop = credentials.gather(connect.table(), request).shop
    return protocol.json_answer(200, view(shop, _found(shop, request)))


def start(request: protocol.Request) -> protocol.Response:
    """POST /v1/imports/{id}/start: with another mapping it is looked at again, else it runs."""
    gathered = credentials.gather(connect.table(), request)
    shop, body = gathered.shop, read_body(request, StartImport)
    now = _found(shop, request)
    if now.phase in {"checks", "runs", "done"} and body.mapping is None:
        return protocol.json_answer(200, view(shop, now))
    if now.phase != "asks":
        raise Refused(RefusalCode.CONFLICT, f"It cannot be started: its state is {now.phase}.")
    if body.mapping is not None:
        text = json.dumps(body.mapping)
        guessed = _mapping(text, now.headings, shop)
        after = now._replace(mapping=guessed.columns, doubts=guessed.doubts, counts={}, errors=())
        rows = kept.all_rows(shop.table, shop.merchant_id, now)
        _put_pages(shop, now.import_id, rows, guessed.columns, now.headings)
        after = after._replace(phase="asks" if guessed.doubts else "checks", next=0, dry_run=True)
    elif now.doubts:
        raise Refused(RefusalCode.INVALID, "", (("mapping", _doubt(now.doubts[0])),))
    elif not now.counts:  # nobody has looked at what it would do
        after = now._replace(phase="checks", dry_run=False)
    else:
        after = importing.begun(now)
    _noted(gathered, request, kept.change(shop.merchant_id, now, after), "import.started", after)
    importing.put_on(shop.merchant_id, now.import_id)
    return protocol.json_answer(200, view(shop, after))


def undo(request: protocol.Request) -> protocol.Response:
    """POST /v1/imports/{id}/undo."""
    gathered = credentials.gather(connect.table(), request)
    shop, now = gathered.shop, _found(gathered.shop, request)
    if now.phase in {"undoes", "undone"}:
        return protocol.json_answer(200, view(shop, now))
    if now.phase != "done":
        raise Refused(RefusalCode.CONFLICT, f"It cannot be undone: its state is {now.phase}.")
    after = now._replace(phase="undoes", next=0)
    _noted(gathered, request, kept.change(shop.merchant_id, now, after), "import.undone", after)
    importing.put_on(shop.merchant_id, now.import_id)
    return protocol.json_answer(200, view(shop, after))


def view(shop: Shop, one: Import) -> dict[str, Any]:
    """An import as it is answered."""
    return {
        "import_id": one.import_id,
        "state": one.phase,
        "format": "free",
        "created_at": calendar.rfc3339(one.at_ms),
        "dry_run": one.dry_run,
        "mapping": {it: one.mapping.get(it) or None for it in one.headings if it},
        "columns": list(columns.known(shop.program)),
        "doubts": [_doubt(doubt) for doubt in one.doubts],
        "counts": dict(importing.counts_of(one)),
        "progress": {"done": _seen(one), "of": one.lines},
        "errors": [
            {"line": line, "column": column or None, "code": code, "message": SENTENCES[code]}
            for line, column, code in one.errors
        ],
        "next": None,
    }


def _seen(one: Import) -> int:
    """How many lines were seen to in the phase that runs; all where none does."""
    under_way = one.phase in {"checks", "runs", "undoes"}
    return min(one.next * kept.PAGE_LINES, one.lines) if under_way else one.lines


_DOUBTS = {
    "key": "no column is an e-mail address, a telephone number or an id of yours",
    "twice": "two columns are the same of ours",
    "headings": "two columns have the same heading",
}


def _doubt(code: str) -> str:
    return _DOUBTS[code]


def _mapping(text: str | None, headings: tuple[str, ...], shop: Shop) -> columns.Guess:
    """The mapping that was sent, or a guess; raises INVALID for one that is none."""
    if text is None:
        return columns.guess(headings, shop.program)
    try:
        sent = json.loads(text)
    except ValueError:
        sent = None
    if not isinstance(sent, Mapping):
        hint = 'must be JSON such as {"E-mail": "email", "Shoe size": null}'
        raise Refused(RefusalCode.INVALID, "", (("mapping", hint),))
    known, wrong = columns.known(shop.program), []
    for heading, ours in sent.items():
        if heading not in headings:
            wrong.append((f"mapping.{heading}", "is no heading of the file"))
        elif ours is not None and ours not in known:
            wrong.append((f"mapping.{heading}", f"must be null or one of: {', '.join(known)}"))
    if wrong:
        raise Refused(RefusalCode.INVALID, "", tuple(wrong))
    chosen = {one: sent.get(one) or "" for one in headings if one}
    return columns.checked(chosen, headings)


def _rows(sheet: reading.Sheet) -> list[kept.Row]:
    """The lines with their cells, or with what is wrong with the whole of a line."""
    rows: list[kept.Row] = [
        (line, "cells" if any(cells[len(sheet.headings) :]) else list(cells))
        for line, cells in sheet.rows
    ]
    return [*rows, (sheet.breaks_off, "broken")] if sheet.breaks_off else rows


def _put_pages(
    shop: Shop, import_id: str, rows: list[kept.Row], mapping: Mapping[str, str],
    headings: tuple[str, ...],
) -> int:  # fmt: skip
    """Keep the lines, with those that are about somebody in an earlier one."""
    cells = [(line, row) for line, row in rows if not isinstance(row, str)]
    again = columns.twice(cells, headings, mapping)
    now_ms = calendar.to_ms(shop.now)
    return kept.put_pages(shop.table, shop.merchant_id, import_id, rows, again, now_ms)


def _found(shop: Shop, request: protocol.Request) -> Import:
    found = kept.read(shop.table, shop.merchant_id, request.param("id"))
    if found is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return found


def _noted(
    gathered: credentials.Gathered, request: protocol.Request, write: Any, what: str, one: Import
) -> None:
    """Write an import with its line of the audit log; raises CONFLICT when it has moved on."""
    m, now_ms = gathered.shop.merchant_id, calendar.to_ms(gathered.now)
    actor = credentials.actor(gathered.caller, request)
    noted = log.put(m, now_ms, actor, what, one.import_id, after={"lines": one.lines})
    try:
        kept.move(gathered.shop.table, [write, noted])
    except Cancelled as cancelled:
        raise Refused(RefusalCode.CONFLICT, CHANGING) from cancelled


ROUTES: dict[str, protocol.Handler] = {
    "POST /v1/imports": create,
    "GET /v1/imports": list_imports,
    "GET /v1/imports/{id}": read,
    "POST /v1/imports/{id}/start": start,
    "POST /v1/imports/{id}/undo": undo,
}
