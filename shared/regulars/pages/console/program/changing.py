"""What a form of the editor does to the document: typed values, and the buttons of a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.pages.console.frame.here import Console
from regulars.pages.console.program import (
    forms,
    kinds,
    merging,
    problems,
    rows,
    spoken,
    starters,
    variants,
)
from regulars.pages.console.program.drafting import Opened, Saved
from regulars.pages.console.program.editing import Disagreement
from regulars.pages.console.program.rows import Row


class Mistaken(Exception):  # noqa: N818 - what was typed is wrong, not this program
    """Nothing was saved: by field of the row what is wrong, in words."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(errors)
        self.errors = errors


def changed(
    here: Console, known: Mapping[str, Any], opened: Opened, name: str, typed: Mapping[str, str]
) -> dict[str, Any]:
    """The document after the form of a row was sent. Raises Mistaken for what cannot be so, and
    NOT_FOUND for a row that is not there."""
    do = typed.get("do", "")
    if do == "putback":
        return _put_back(known, opened.published, name)
    row = rows.find(known, name)
    if row is None:
        raise Refused(RefusalCode.NOT_FOUND)
    by = forms.reader(here.words, known)
    read = rows.read(row, typed, by)
    if read.mistakes and do != "remove":
        raise Mistaken(
            {path: problems.worded(here.words, it) for path, it in read.mistakes.items()}
        )
    part = _with(known, row, read.part, do)
    if do == "remove" and row.id:
        return rows.put(known, row, None)
    made = rows.put(known, row, _without_old_headline(row.part, part))
    if row.id and (to := _place(do, rows.place(known, row))) is not None:
        made = rows.moved(made, row, to)
    _require_right(here, made, name)
    return made


def _without_old_headline(was: Mapping[str, Any] | None, part: dict[str, Any]) -> dict[str, Any]:
    """The part without a headline that tells of another cost: "Five visits" where it takes eight.

    Without one of its own the page says ours, which counts.
    """
    if was is None or part.get("cost") == was.get("cost"):
        return part
    if part.get("headline") != was.get("headline"):
        return part
    return {name: value for name, value in part.items() if name != "headline"}


def _place(do: str, now: int) -> int | None:
    """Where a row goes by a button, a key or its handle; None when it stays."""
    what, _, to = do.partition(":")
    if what in {"up", "down"}:
        return now - 1 if what == "up" else now + 1
    return int(to) if what == "to" and to.isascii() and to.isdigit() and len(to) < 4 else None


def _require_right(here: Console, document: Mapping[str, Any], name: str) -> None:
    """Raise Mistaken for what is wrong in a row. What is wrong elsewhere is said there."""
    found = problems.of(document).get(name, {})
    if found:
        raise Mistaken({path: problems.worded(here.words, it) for path, it in found.items()})


def _put_back(known: Mapping[str, Any], published: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The document with one row as members have it."""
    was, now = rows.find(published, name), rows.find(known, name)
    if now is None:
        if was is None:
            raise Refused(RefusalCode.NOT_FOUND)
        parts = list(known.get(was.field, ()))
        parts.insert(rows.place(published, was), was.part)
        return {**known, was.field: parts}
    if was is None and now.id:
        return rows.put(known, now, None)
    return rows.put(known, now, was.part if was else None)


def _with(document: Mapping[str, Any], row: Row, part: dict[str, Any], do: str) -> dict[str, Any]:
    """The part with one more, or one less, in a list inside of it."""
    what, _, rest = do.partition(":")
    if what not in {"add", "drop"}:
        return part
    path, _, variant = rest.partition(":")
    *above, last = path.split(".")
    name = last if what == "add" else above[-1] if above else ""
    found = kinds.of(row.model).get(name)
    if found is None or found.sort != "parts" or len(above) != (0 if what == "add" else 1):
        raise Refused(RefusalCode.NOT_FOUND)
    now = list(forms.several(part.get(name)))
    if what == "add":
        now.append(starters.new_below(found, variant, part, document))
    elif last.isdigit() and int(last) < len(now):
        now.pop(int(last))
    if now:
        return {**part, name: now[0] if len(now) == 1 and name == "expiry" else now}
    return {one: value for one, value in part.items() if one != name}


def disagreement(
    here: Console, saved: Saved, name: str, typed: Mapping[str, str]
) -> Disagreement | None:
    """Where somebody else has changed the same row otherwise: who, when, and both in words."""
    field, _, part_id = name.partition(".")
    here_too = [one for one in saved.conflicts if _is_of(one, field, part_id)]
    if not here_too or saved.seen is None:
        return None
    theirs = rows.find(saved.opened.document, name)
    mine = rows.find(saved.seen, name)
    if mine is None:
        return None
    by = forms.reader(here.words, saved.seen)
    part = rows.read(mine, typed, by).part
    one = spoken.speaker(by, saved.opened.document)
    worded = [] if typed.get("do") == "remove" else spoken.worded(mine.model, part, one)
    other = spoken.worded(theirs.model, theirs.part or {}, one) if theirs else []
    zone = here.gathered.program.timezone
    when = here.words.when(calendar.from_ms(saved.at_ms), zone, here.gathered.now)
    return Disagreement(
        saved.by, when,
        tuple(it for it in worded if it not in other) or tuple(worded),
        tuple(it for it in other if it not in worded) or tuple(other),
    )  # fmt: skip


def _is_of(conflict: merging.Conflict, field: str, part_id: str) -> bool:
    path = conflict.path
    if field == rows.SHOP:
        return path[0] in variants.OF_THE_SHOP
    return path[0] == field and (not part_id or len(path) < 2 or path[1] == part_id)
