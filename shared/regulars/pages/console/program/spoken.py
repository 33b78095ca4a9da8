"""Parts of the document in words, and what differs between two documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from regulars.i18n import UnitNames, languages
from regulars.pages.console.program import choices, forms, kinds, rows, sentences, variants
from regulars.pages.console.program.forms import MISSING, Reader
from regulars.pages.console.program.kinds import Kind
from regulars.pages.console.program.rows import Row
from regulars.program.fields import Part

MANY = 2
"""The number for which a unit is named where none stands beside it."""

NOTHING: Mapping[str, UnitNames] = MappingProxyType({})

Names = Mapping[str, Mapping[str, str]]
"""By section the names of its parts, by their ids."""


class Speaker(NamedTuple):
    """Who says a document in words: its reader, and the names of what is in it."""

    by: Reader
    names: Names
    units: Mapping[str, UnitNames] = NOTHING

    def unit(self, unit_id: str, amount: object) -> str:
        """The name of a unit for so many of it; of several where there is no number."""
        names = self.units.get(unit_id)
        if names is None:
            return self.names["units"].get(unit_id, unit_id)
        number = amount if type(amount) is int else MANY
        return self.by.words.unit(names, number) or unit_id


def speaker(by: Reader, document: Mapping[str, Any]) -> Speaker:
    """The speaker of a document."""
    words = by.words
    named: dict[str, dict[str, str]] = {
        section: {
            one["id"]: words.pick(one.get("name")) or one["id"] for one in document.get(section, ())
        }
        for section in ("rewards", "tiers", "locations")
    }
    named["units"] = {
        one["id"]: words.unit(one["name"], MANY) or one["id"] for one in document.get("units", ())
    }
    named["categories"] = {
        name: words.pick(text) for name, text in document.get("categories", {}).items()
    }
    units = {one["id"]: one["name"] for one in document.get("units", ())}
    return Speaker(by, named, units)


def worded(model: type[Part], part: Mapping[str, Any], one: Speaker, metric: str = "") -> list[str]:
    """The clauses of a part that say something, in words."""
    metric = str(part.get("metric", metric))
    known = variants.of(model)
    found: list[str] = []
    quiet: list[str] = []
    for sentence in sentences.clauses(model, one.by.words):
        clause = sentence
        if sentence.counted:
            clause = sentence.with_number(one.by.words, _raw(part, sentence.counted.by))
        if clause.of and (known is None or part.get(known.by) not in clause.of):
            continue
        texts = {path: _at(model, part, path, one, metric) for path in clause.fields}
        texts |= {
            path: one.unit(str(_raw(part, path)), _raw(part, amount_beside(path)))
            for path, text in texts.items()
            if text and path.rpartition(".")[2] == "unit"
        }
        if not any(texts.values()):
            continue
        shown = {path: text or _otherwise(model, path, one, metric) for path, text in texts.items()}
        text = clause.text
        for path, value in shown.items():
            text = text.replace(f"{{{path}}}", value)
        is_kind = known is not None and clause.fields == (known.by,)
        (quiet if is_kind and model.__name__ != "Reward" else found).append(text)
    return found or quiet


def amount_beside(path: str) -> str:
    """The path of the number that stands beside a unit."""
    return f"{path.removesuffix('unit')}amount"


def _raw(part: Mapping[str, Any], path: str) -> Any:
    """What a part has at a path; None for nothing."""
    value: Any = part
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _otherwise(model: type[Part], path: str, one: Speaker, metric: str) -> str:
    """What stands in a clause for a field that the document leaves out: its default."""
    name, _, below = path.partition(".")
    kind = kinds.of(model)[name]
    if below:
        return _otherwise(kind.below, below, one, metric)
    if kind.part is not None or kind.default in (None, [], {}):
        return "…"
    return value_worded(model, kind, kind.default, one, metric) or "…"


def _at(model: type[Part], part: Mapping[str, Any], path: str, one: Speaker, metric: str) -> str:
    name, _, below = path.partition(".")
    kind = kinds.of(model)[name]
    value = part.get(name, MISSING)
    if below:
        there = value if isinstance(value, Mapping) else {}
        return _at(kind.below, there, below, one, metric)
    return "" if value is MISSING else value_worded(model, kind, value, one, metric)


def value_worded(model: type[Part], kind: Kind, value: Any, one: Speaker, metric: str = "") -> str:
    """One value in words."""
    words = one.by.words
    match kind.sort:
        case "choice" | "flag" | "month":
            known = choices.worded(model.__name__, kind, words)
            key = (
                {True: "1", False: ""}.get(value, str(value)) if kind.sort == "flag" else str(value)
            )
            return known.get(key, key)
        case "choices":
            known = choices.worded(model.__name__, kind, words)
            return ", ".join(known.get(it, it) for it in value)
        case "reference":
            return one.names[kind.section].get(value, value)
        case "references":
            return ", ".join(one.names[kind.section].get(it, it) for it in value)
        case "texts":
            return ", ".join(one.names["categories"].get(it, it) for it in value)
        case "words":
            return words.pick(value)
        case "wordings":
            return "; ".join(words.pick(it) for it in value)
        case "plural":
            return words.unit(value, 2)
        case "names":
            return ", ".join(f"{name}: {words.pick(text)}" for name, text in value.items())
        case "languages":
            return ", ".join(languages().get(it, it) for it in value)
        case "parts":
            below = (worded(kind.below, it, one, metric) for it in forms.several(value))
            return "; ".join(", ".join(clauses) for clauses in below)
    return forms.scalar(kind, value, one.by, metric)


def title(row: Row, one: Speaker) -> str:
    """What a row is called: its name, or its first clause."""
    part = row.part or {}
    name = part.get("name")
    if row.id and row.field == "units":
        return one.by.words.unit(part["name"], 2)
    if row.id and name:
        return one.by.words.pick(name)
    return next(iter(worded(row.model, part, one)), row.id)


class Change(NamedTuple):
    """What differs in one row between two documents."""

    row: str
    field: str
    title: str
    before: tuple[str, ...]
    """The clauses that are no longer so; empty for a new row."""
    after: tuple[str, ...]
    """Those that are so now; empty for a row that was taken out."""


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], was: Speaker, now: Speaker
) -> Iterator[Change]:
    """What differs between two documents, row by row; and the order of rows."""
    for field in rows.fields():
        old = {row.name: row for row in rows.of(before, field)}
        new = {row.name: row for row in rows.of(after, field)}
        for name in dict.fromkeys((*new, *old)):
            one, other = old.get(name), new.get(name)
            if one and other and one.part == other.part:
                continue
            yield _change(field, name, one, other, was, now)
        stayed = [name for name in old if name in new]
        ordered = [name for name in new if name in old]
        if stayed != ordered:
            names = (
                tuple(title(rows_[one], by) for one in order)
                for rows_, order, by in ((old, stayed, was), (new, ordered, now))
            )
            yield Change(field, field, "", *names)


def _change(
    field: str, name: str, one: Row | None, other: Row | None, was: Speaker, now: Speaker
) -> Change:
    before = worded(one.model, one.part or {}, was) if one else []
    after = worded(other.model, other.part or {}, now) if other else []
    shown = other or one
    called = title(shown, now if other else was) if shown else ""
    gone = tuple(clause for clause in before if clause not in after)
    come = tuple(clause for clause in after if clause not in before)
    return Change(name, field, called, gone, come)
