"""The page of one part of the editor, gathered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from regulars.core import checks
from regulars.domain import calendar
from regulars.domain.program import Program
from regulars.pages.console.frame import notation
from regulars.pages.console.frame.here import Console
from regulars.pages.console.program import (
    choices,
    drafting,
    editing,
    forms,
    parts,
    problems,
    rows,
    spoken,
    starters,
    trying,
)
from regulars.pages.console.program.drafting import Opened
from regulars.pages.console.program.editing import Disagreement, ShownRow
from regulars.pages.console.program.rows import Row
from regulars.pages.console.program.spoken import Speaker
from regulars.pages.console.program.view import ProgramPage, Section, TrySale
from regulars.pages.counter.screen import keys
from regulars.program.load import load
from regulars.render.brand import brand_of

TRIED_IN = ("earning", "campaigns", "tiers", "rewards", "limits")
"""The parts beside which a sale can be tried."""


ELSEWHERE = frozenset({"locations"})
"""Sections whose rows are added, named and taken out on a page of their own."""


class Sent(NamedTuple):
    """A form that was sent and not taken: its row, what was typed, what is wrong."""

    row: str
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    conflict: Disagreement | None = None


def today(here: Console) -> date:
    """The day of the shop."""
    return calendar.local_date(here.gathered.now, here.gathered.program.timezone)


def page(here: Console, part: parts.EditorPart, sent: Sent | None) -> ProgramPage:
    """The view of a part of the draft; with what was sent, where that could not be saved."""
    t = here.words.t
    opened = drafting.open_draft(here)
    by = forms.reader(here.words, opened.document)
    one, was = spoken.speaker(by, opened.document), spoken.speaker(by, opened.published)
    found = problems.of(opened.document)
    changes = list(spoken.differences(opened.published, opened.document, was, one))
    at = _At(here, opened, one, was, found, sent)
    program = None if found else load(opened.document, opened.version + 1)
    errors = sent.errors.items() if sent else ()
    row = sent.row if sent else ""
    mistakes = [(f"f-{row}-{path}" if path else f"r-{row}", worded) for path, worded in errors]
    gathered = here.gathered
    published = calendar.local_date(_instant(opened.published_at), gathered.program.timezone)
    return ProgramPage(
        brand_of(program or gathered.program), gathered.program.timezone, gathered.now,
        opened.version, here.words.date(published), parts.every(t), part,
        tuple({parts.of_field(t, change.field).slug: None for change in changes}),
        tuple({parts.of_field(t, name.partition(".")[0]).slug: None for name in found}),
        tuple(_section(at, field) for field in part.fields), tuple(mistakes),
        len(changes), _saved(here, opened), opened.seen,
        trying.card_preview(program, gathered.now, here.words) if program else None,
        tuple(keys.keys(program, here.words)) if program else (),
        _sale(here, program, opened) if part.slug in TRIED_IN else None,
        tuple(dict.fromkeys(parts.of_field(t, it.path[0]).label for it in opened.conflicts
                            if it.path[0] in rows.fields())),
    )  # fmt: skip


class _At(NamedTuple):
    here: Console
    opened: Opened
    one: Speaker
    was: Speaker
    found: problems.Found
    sent: Sent | None


def _section(at: _At, field: str) -> Section:
    opened, words = at.opened, at.here.words
    now, before = rows.of(opened.document, field), rows.of(opened.published, field)
    names = {row.name for row in now}
    gone = tuple((row.name, spoken.title(row, at.was)) for row in before if row.name not in names)
    shown = tuple(_row(at, row) for row in now)
    return Section(field, shown, tuple(starters.offers(field, words).items()), gone)


def _row(at: _At, row: Row) -> ShownRow:
    was = rows.find(at.opened.published, row.name)
    is_sent = at.sent is not None and at.sent.row == row.name
    errors: Mapping[str, str] = {
        path: problems.worded(at.here.words, message)
        for path, message in at.found.get(row.name, {}).items()
    }
    typed: Mapping[str, str] = {}
    if at.sent and is_sent:
        errors, typed = {**errors, **at.sent.errors}, at.sent.typed
    open_, more = editing.shown(row, at.one, at.opened.document, typed=typed, errors=errors)
    changed = (was.part if was else None) != row.part
    before: list[str] = []
    if was and changed:
        now = spoken.worded(row.model, row.part or {}, at.one)
        before = [it for it in spoken.worded(was.model, was.part or {}, at.was) if it not in now]
    return ShownRow(
        row.name, spoken.title(row, at.one) or parts.of_field(at.here.words.t, row.field).label,
        open_, more, errors.get("", ""), tuple(before),
        is_new=was is None and bool(row.id), is_changed=changed,
        movable=bool(row.id) and row.field not in {"locations", "leaderboards"},
        removable=bool(row.id) and row.field not in ELSEWHERE,
        conflict=at.sent.conflict if at.sent and is_sent else None,
        heading=spoken.title(row, at.one) if row.field in ELSEWHERE else "",
    )  # fmt: skip


def _saved(here: Console, opened: Opened) -> str:
    draft = opened.draft
    if draft.document is None:
        return ""
    zone = here.gathered.program.timezone
    when = here.words.when(calendar.from_ms(draft.at_ms), zone, here.gathered.now)
    return here.words.t("Saved by {name}, {when}.", name=draft.by, when=when)


def _sale(here: Console, program: Program | None, opened: Opened) -> TrySale:
    """The sale that is asked in the address, and what it gives."""
    query, words = here.request.query, here.words
    goods = sorted(editing.goods_of(opened.document))
    names = opened.document.get("categories", {})
    categories = tuple((it, words.pick(names.get(it)) or it) for it in goods)
    currency = opened.document["currency"]
    bill = query.get("bill", "")
    minor = notation.read_money(words, bill, currency) or 0
    pieces = min(max(notation.read_whole(query.get("pieces", "")) or 0, 0), 99)
    asked = {name: query.get(name, "") for name in ("bill", "pieces", "category", "day")}
    tried = None
    if program and ("bill" in query or pieces):
        sale = trying.Sale(min(minor, 10**9), asked["category"][:80], pieces, asked["day"])
        tried = trying.try_sale(program, sale, here.gathered.now, words)
    return TrySale(asked, categories, tuple(choices.weekdays(words).items()), tried)


def _instant(text: str) -> Any:
    ms = checks.parse_instant(text)
    return calendar.from_ms(ms or 0)
