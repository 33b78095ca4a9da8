"""The rows of the editor: each part of the document that has a form of its own.

A row is named by its field and, in a section that is a list, by the id of the part: `earn.visit`,
`refunds`; `shop` is what the document says about the shop itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from regulars.pages.console.program import forms, kinds, reading, variants
from regulars.pages.console.program.forms import MISSING, Reader
from regulars.pages.console.program.reading import Typed
from regulars.program.document import ProgramDocument
from regulars.program.fields import Part

SHOP = "shop"


class Row(NamedTuple):
    """One part of a document with a form of its own."""

    field: str
    id: str
    model: type[Part]
    part: Mapping[str, Any] | None
    """None for a part that is not there and could be."""

    @property
    def name(self) -> str:
        return f"{self.field}.{self.id}" if self.id else self.field


def of(document: Mapping[str, Any], field: str) -> list[Row]:
    """The rows of one field of the document, in its order."""
    if field == SHOP:
        own = {name: document[name] for name in variants.OF_THE_SHOP if name in document}
        return [Row(SHOP, "", ProgramDocument, own)]
    kind = kinds.of(ProgramDocument)[field]
    if kind.sort == "part":
        return [Row(field, "", kind.below, document.get(field))]
    return [Row(field, one["id"], kind.below, one) for one in document.get(field, ())]


def fields() -> tuple[str, ...]:
    """All fields that have rows: those of the document that are no scalar, and the shop."""
    known = kinds.of(ProgramDocument).values()
    return (SHOP, *(one.name for one in known if one.name not in variants.OF_THE_SHOP))


def every(document: Mapping[str, Any]) -> Iterator[Row]:
    """All rows of a document."""
    for field in fields():
        yield from of(document, field)


def find(document: Mapping[str, Any], name: str) -> Row | None:
    """The row of a name; None when it is not there (any more)."""
    field = name.partition(".")[0]
    if field not in fields():
        return None
    return next((row for row in of(document, field) if row.name == name), None)


def shown(row: Row, by: Reader) -> forms.Values:
    """The texts of a row's form."""
    optional = row.part is None and kinds.of(ProgramDocument)[row.field].default is None
    return forms.shown(row.model, row.part, by, optional=optional)


def read(row: Row, typed: Mapping[str, str], by: Reader) -> Typed:
    """What was typed into the form of a row."""
    return reading.read(row.model, row.part, typed, by)


def put(document: Mapping[str, Any], row: Row, part: Mapping[str, Any] | None) -> dict[str, Any]:
    """The document with another part in the place of a row's; nothing else moves."""
    if row.field == SHOP:
        own = part or {}
        kept = {
            name: own.get(name, MISSING) if name in variants.OF_THE_SHOP else value
            for name, value in {**document, **own}.items()
        }
        return {name: value for name, value in kept.items() if value is not MISSING}
    if not row.id:
        if part == (row.part or {}) or (not part and row.part is None):
            return dict(document)
        if not part:
            return {name: value for name, value in document.items() if name != row.field}
        return {**document, row.field: part}
    old = document[row.field]
    parts = [part if one["id"] == row.id else one for one in old]
    return {**document, row.field: [one for one in parts if one is not None]}


def place(document: Mapping[str, Any], row: Row) -> int:
    """Where a row stands in its list."""
    return [one["id"] for one in document.get(row.field, ())].index(row.id)


def moved(document: Mapping[str, Any], row: Row, to: int) -> dict[str, Any]:
    """The document with a row at another place of its list, the first one being 0."""
    parts = list(document[row.field])
    part = parts.pop(place(document, row))
    parts.insert(max(0, min(len(parts), to)), part)
    return {**document, row.field: parts}


def path_of(document: Mapping[str, Any], row: Row) -> str:
    """How mistakes name a row: `earn.0`; empty for the shop."""
    if row.field == SHOP:
        return ""
    return f"{row.field}.{place(document, row)}" if row.id else row.field
