"""What is wrong with a draft, by row and field, in words."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from regulars.core import checks
from regulars.domain.refusals import Refused
from regulars.i18n.words import Words
from regulars.pages.console.frame.forms import mistake
from regulars.pages.console.program import forms, kinds, rows, variants
from regulars.pages.console.program.rows import Row
from regulars.program.check import check
from regulars.program.document import ProgramDocument
from regulars.program.fields import Part

Found = dict[str, dict[str, str]]
"""By row and path of the field (empty for the row itself) what is wrong."""

NEEDS_IT = ("they need it", "which need it", "which needs it", "they need one", "needs `")


def of(document: Mapping[str, Any]) -> Found:
    """Everything that is wrong with a document, as the schema says it."""
    found: Found = {}
    for row in rows.every(document):
        for path in _missing(row.model, row.part or {}):
            found.setdefault(row.name, {})[path] = checks.REQUIRED
    try:
        check(copy.deepcopy(dict(document)))
    except Refused as refused:
        for path, message in refused.errors:
            name, below = _row_of(document, path)
            known = found.setdefault(name, {})
            if below or not (known and any(one in message for one in NEEDS_IT)):
                known.setdefault(below, message)
    return found


def worded(words: Words, message: str) -> str:
    """One mistake in the language of who edits."""
    t = words.t
    own = {
        "must be money": t("Type a sum, such as {example}.", example=words.decimal(450, 2)),
        "must be a share in percent": t("Type a percentage from 0 to 100."),
        checks.REQUIRED: t("This is needed."),
    }
    if message.startswith("there is no "):
        return t("This was taken out. Choose another one.")
    if message.startswith("a gift is a "):
        return t("Choose a number of units, or a reward.")
    if message.startswith("a campaign has either"):
        return t("Say how many times as much, or what comes on top; not both.")
    if message.startswith("`until` must"):
        return t("The end must not lie before the beginning.")
    return own.get(message) or mistake(words, message.replace("`", ""))


def _missing(model: type[Part], part: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """The fields that the variant of a part cannot be without."""
    known = variants.of(model)
    for kind in forms.fields(model):
        path, value = above + kind.name, part.get(kind.name)
        if value is None and known and part.get(known.by) in known.needed.get(kind.name, ()):
            yield path
        if kind.sort == "part" and isinstance(value, Mapping):
            yield from _missing(kind.below, value, f"{path}.")
        elif kind.part is not None:
            for place, one in enumerate(forms.several(value)):
                yield from _missing(kind.below, one, f"{path}.{place}.")


def _row_of(document: Mapping[str, Any], path: str) -> tuple[str, str]:
    """The row that a path of the document is in, and the field of its form."""
    field, _, rest = path.partition(".")
    if field in variants.OF_THE_SHOP or field not in rows.fields():
        return rows.SHOP, _field_of(rows.of(document, rows.SHOP)[0], path)
    if isinstance(document.get(field), list):
        place, _, below = rest.partition(".")
        parts = document[field]
        if not place.isdigit() or int(place) >= len(parts):
            return field, ""
        row = Row(
            field,
            parts[int(place)].get("id", ""),
            kinds.of(ProgramDocument)[field].below,
            parts[int(place)],
        )
        return row.name, _field_of(row, below)
    return field, _field_of(rows.of(document, field)[0], rest)


def _field_of(row: Row, path: str) -> str:
    """The field of a form that a path is about: the path itself, or the one that holds it."""
    known = set(_paths(row.model, row.part or {}))
    while path and path not in known:
        path = path.rpartition(".")[0]
    return path


def _paths(model: type[Part], part: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for kind in forms.fields(model):
        path, value = above + kind.name, part.get(kind.name)
        if kind.sort == "part":
            there = value if isinstance(value, Mapping) else {}
            yield from _paths(kind.below, there, f"{path}.")
        elif kind.part is not None:
            for place, one in enumerate(forms.several(value)):
                yield from _paths(kind.below, one, f"{path}.{place}.")
        else:
            yield path
