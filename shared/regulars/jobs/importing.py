"""Goes along the lines of an import, a page at a time: to say what it would do, to do it, or to
take it back. The place is kept with the counts; a page that comes again changes nothing more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from regulars.core import clock
from regulars.domain import calendar
from regulars.i18n.formats import exponent
from regulars.imports import lines
from regulars.imports.act import act
from regulars.imports.mistakes import Mistake
from regulars.imports.undo import undo
from regulars.jobs import work_queue
from regulars.program.load import ClosedError
from regulars.program.shop import Shop, load_shop
from regulars.store import connect
from regulars.store import imports as kept
from regulars.store.imports import Import
from regulars.store.marshal import Item
from regulars.store.table import Cancelled, Put

IMPORT = "import"
"""The kind of the message that goes on with an import."""

Message = dict[str, Any]


def put_on(merchant_id: str, import_id: str) -> None:
    """Have an import gone on with."""
    at_ms = calendar.to_ms(clock.now())
    work_queue.put(
        {"kind": IMPORT, "merchant_id": merchant_id, "import_id": import_id, "at": at_ms}
    )


def go_on(message: Message, is_over: Callable[[], bool]) -> Message | None:
    """Go on with an import from where it is; returns the message again while there is more."""
    with suppress(ClosedError):
        shop = load_shop(connect.table(), message["merchant_id"])
        while step(shop, message["import_id"]):
            if is_over():
                return message
    return None


def step(shop: Shop, import_id: str) -> bool:
    """See to the next page; False when there is none, or another run is at it."""
    m, table = shop.merchant_id, shop.table
    now = kept.read(table, m, import_id)
    if now is None or now.phase not in _THEN:
        return False
    if now.next >= now.pages:
        with suppress(Cancelled):
            kept.move(table, [kept.change(m, now, _over(now))])
        return True
    page = kept.page(table, m, import_id, now.next)
    if page is None or ("rows" not in page and now.phase != "undoes"):
        with suppress(Cancelled):  # its lines are not kept any more
            kept.move(table, [kept.change(m, now, now._replace(phase="failed"))])
        return False
    if now.phase == "undoes":
        counted, after = _undo(shop, now, page), page
        wrong: list[Mistake] = []
    else:
        counted, wrong, after = _act(shop, now, page)
    counts = Counter(now.counts) + counted
    errors = (*now.errors, *((it.line, it.column, it.code) for it in wrong))[: kept.ERRORS_MAX]
    moved = now._replace(next=now.next + 1, counts=dict(counts), errors=errors)
    with suppress(Cancelled):  # another run was there before, with the same
        kept.move(table, [kept.change(m, now, moved), Put(after)])
    return True


_THEN = {"checks": "runs", "runs": "done", "undoes": "undone"}
"""What a phase leads to."""


def _over(now: Import) -> Import:
    """An import whose phase is over: after the checks it asks, or begins at the first line."""
    if now.phase == "checks" and (now.dry_run or now.doubts):
        return now._replace(phase="asks", next=0)
    if now.phase == "checks":
        return begun(now)
    return now._replace(phase=_THEN[now.phase], next=0)


def begun(now: Import) -> Import:
    """An import that begins to be done."""
    return now._replace(phase="runs", next=0, counts={}, errors=())


def _act(shop: Shop, now: Import, page: Item) -> tuple[Counter[str], list[Mistake], Item]:
    today = calendar.local_date(shop.now, shop.program.timezone)
    terms = lines.Terms(shop.program, today, exponent(shop.program.currency))
    counted: Counter[str] = Counter()
    wrong: list[Mistake] = []
    done: list[str] = []
    twice = frozenset(page["twice"])
    for line, cells in kept.rows_of(page):
        wish, mistakes = _wish(now, line, "twice" if line in twice else cells, terms)
        if not mistakes:
            result = act(shop, now.import_id, wish, dry_run=now.phase == "checks")
            counted[result.what] += 1
            if result.what in {"new", "changed"} and result.member_id:
                done.append(result.member_id)
            if result.mistake:
                wrong.append(Mistake(line, result.column, result.mistake))
        else:
            counted["refused"] += 1
            wrong += mistakes
    ended = {name: value for name, value in page.items() if name not in {"rows", "twice"}}
    return counted, wrong, page if now.phase == "checks" else {**ended, "done": done}


def _wish(
    now: Import, line: int, cells: Any, terms: lines.Terms
) -> tuple[lines.Wish, list[Mistake]]:
    """What a line asks for; a line that was wrong before its cells were read says so itself."""
    if isinstance(cells, str):
        return lines.Wish(line), [Mistake(line, "", cells)]
    by_ours: dict[str, tuple[str, str]] = {}
    for heading, cell in zip(now.headings, cells, strict=False):
        ours = now.mapping.get(heading, "")
        if ours and cell:
            by_ours.setdefault(ours, (heading, cell))
    return lines.wish_of(line, by_ours, terms)


def _undo(shop: Shop, now: Import, page: Item) -> Counter[str]:
    results = [undo(shop, now.import_id, one) for one in page.get("done", ())]
    return Counter(one for one in results if one != "nothing")


def counts_of(now: Import) -> Mapping[str, int]:
    """The counts of an import as they are shown."""
    names = ("new", "changed", "same", "refused")
    found = {"lines": now.lines, **{name: int(now.counts.get(name, 0)) for name in names}}
    if now.phase in {"undoes", "undone"}:
        found |= {name: int(now.counts.get(name, 0)) for name in ("undone", "kept")}
    return found
