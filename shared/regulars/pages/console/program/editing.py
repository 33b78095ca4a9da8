"""A row of the editor as its page shows it: clauses with fields in them, lists, what was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from regulars.i18n import languages
from regulars.pages.console.frame import notation
from regulars.pages.console.program import (
    choices,
    forms,
    kinds,
    sentences,
    spoken,
    starters,
    variants,
)
from regulars.pages.console.program.forms import Values
from regulars.pages.console.program.kinds import Kind
from regulars.pages.console.program.rows import Row
from regulars.pages.console.program.sentences import FIELD, Clause
from regulars.pages.console.program.spoken import Speaker
from regulars.program.document import ProgramDocument
from regulars.program.fields import Part

NOTHING: Mapping[str, str] = {}
LEAST, MOST = 2, 30


class Field(NamedTuple):
    """One field in a sentence."""

    path: str
    kind: str
    """`text`, `lines`, `select`, `ticks`, or `group` for one field for each language."""
    label: str
    """The clause, for who does not see it."""
    text: str = ""
    options: tuple[tuple[str, str, bool], ...] = ()
    """(value, words, whether it is chosen)."""
    error: str = ""
    size: int = 6
    mode: str = ""
    below: tuple[Field, ...] = ()
    type: str = "text"
    tag: str = ""
    """What stands beside it: a language."""
    spelled: str = ""
    """The language of the text."""


class Item(NamedTuple):
    """One part in a list inside of a row."""

    path: str
    open: tuple[ShownClause, ...]
    more: tuple[ShownClause, ...]
    error: str = ""


class Block(NamedTuple):
    """A list inside of a row, and what can be added to it: (what is sent, words)."""

    items: tuple[Item, ...]
    adds: tuple[tuple[str, str], ...]


class Piece(NamedTuple):
    """A text, a field, or a list."""

    text: str = ""
    field: Field | None = None
    block: Block | None = None


class ShownClause(NamedTuple):
    """One line of a sentence."""

    pieces: tuple[Piece, ...]


class ShownRow(NamedTuple):
    """One row with its form."""

    name: str
    title: str
    open: tuple[ShownClause, ...]
    more: tuple[ShownClause, ...]
    """What can be said besides, folded away."""
    error: str = ""
    before: tuple[str, ...] = ()
    """What members have until it is published, where that is something else."""
    is_new: bool = False
    is_changed: bool = False
    movable: bool = False
    removable: bool = False
    conflict: Disagreement | None = None
    heading: str = ""
    """Its name, where that is not typed here."""


class Disagreement(NamedTuple):
    """Somebody else has changed the same: who, when in words, and what both say."""

    by: str
    when: str
    mine: tuple[str, ...]
    theirs: tuple[str, ...]


class _Showing(NamedTuple):
    """What clauses of a row are shown from."""

    row: Row
    one: Speaker
    texts: Values
    errors: Mapping[str, str]
    goods: tuple[str, ...]


def shown(
    row: Row, one: Speaker, document: Mapping[str, Any], *, typed: Mapping[str, str] = NOTHING,
    errors: Mapping[str, str] = NOTHING,
) -> tuple[tuple[ShownClause, ...], tuple[ShownClause, ...]]:  # fmt: skip
    """The clauses of a row that say something (or are wrong), and those that could."""
    optional = row.part is None and kinds.of(ProgramDocument)[row.field].default is None
    texts = forms.shown(row.model, row.part, one.by, optional=optional)
    texts |= {name: text for name, text in typed.items() if name in texts}
    goods = tuple(sorted(goods_of(document)))
    return _clauses(_Showing(row, one, texts, errors, goods), row.model, row.part, "")


def goods_of(document: Any) -> set[str]:
    """All categories that a document names."""
    if isinstance(document, Mapping):
        found = set(document.get("categories", ()))
        return found.union(*(goods_of(value) for value in document.values()))
    if isinstance(document, list):
        return set().union(*map(goods_of, document)) if document else set()
    return set()


def _clauses(
    at: _Showing, model: type[Part], part: Mapping[str, Any] | None, above: str
) -> tuple[tuple[ShownClause, ...], tuple[ShownClause, ...]]:
    known = variants.of(model)
    chosen = at.texts.get(f"{above}{known.by}", "") if known else ""
    open_: list[ShownClause] = []
    more: list[ShownClause] = []
    own = _ELSEWHERE.get(model.__name__, ())
    words = at.one.by.words
    for place, sentence in enumerate(sentences.clauses(model, words)):
        clause = sentence
        if sentence.counted:
            typed = at.texts.get(f"{above}{sentence.counted.by}", "")
            clause = sentence.with_number(words, notation.read_whole(typed))
        if any(name in own for name in clause.fields):
            continue
        if clause.of and chosen not in clause.of:
            continue
        given = any(_is_given(at, model, part, above, name) for name in clause.fields)
        if not given and not all(
            variants.belongs(model, name.partition(".")[0], chosen) for name in clause.fields
        ):
            continue
        made = ShownClause(_pieces(at, model, part, above, clause))
        is_kind = known is not None and clause.fields == (known.by,)
        first = place == 0 or bool(clause.of)
        shows = (given and not is_kind) or first or (not above and model.__name__ in _ALL_OPEN)
        (open_ if shows else more).append(made)
    return tuple(open_), tuple(more)


_ELSEWHERE = {"Location": ("name", "opening")}
"""By model the fields that have a page of their own, and are no part of these forms."""

_ALL_OPEN = frozenset(
    {"Location", "Limits", "Display", "Joining", "Refunds", "Counts", "Segments", "Messages",
     "ProgramDocument", "Referral"}
)  # fmt: skip
"""Models of which there is one row: all of it is shown."""


def _is_given(
    at: _Showing, model: type[Part], part: Mapping[str, Any] | None, above: str, path: str
) -> bool:
    """Whether something is typed into a field, or wrong with it."""
    full = above + path
    if any(name == full or name.startswith(f"{full}.") for name in at.errors if name):
        return True
    value: Any = part
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if value not in (None, [], {}, False):
        kind = _kind_at(model, path)
        return not (kind.default == value and kind.sort in {"number", "money", "decimal"})
    was = forms.texts(_kind_at(model, path), full, forms.MISSING, at.one.by, "")
    kind = _kind_at(model, path)
    if kind.part is not None or kind.sort in {"choice", "flag"}:
        return False
    return any(at.texts.get(name, "") != text for name, text in was.items())


def _kind_at(model: type[Part], path: str) -> Kind:
    *above, name = path.split(".")
    for one in above:
        model = kinds.of(model)[one].below
    return kinds.of(model)[name]


def _pieces(
    at: _Showing, model: type[Part], part: Mapping[str, Any] | None, above: str, clause: Clause
) -> tuple[Piece, ...]:
    label = FIELD.sub("…", clause.text)
    made = []
    for place, text in enumerate(FIELD.split(clause.text)):
        if place % 2 == 0:
            if text.strip():
                made.append(Piece(text.strip()))
            continue
        below, _, _ = text.rpartition(".")
        owner: Any = part
        owning = model
        for name in filter(None, below.split(".")):
            owner = owner.get(name) if isinstance(owner, Mapping) else None
            owning = kinds.of(owning)[name].below
        kind = _kind_at(model, text)
        made.append(
            _piece(at, owning, kind, owner, above + text, label.strip("… ") or label, bool(below))
        )
    return tuple(made)


def _piece(
    at: _Showing, model: type[Part], kind: Kind, owner: Any, path: str, label: str, is_below: bool
) -> Piece:
    value = owner.get(kind.name, forms.MISSING) if isinstance(owner, Mapping) else forms.MISSING
    if kind.part is not None:
        return Piece(block=_block(at, kind, forms.several(value), path))
    error = at.errors.get(path, "")
    match kind.sort:
        case "words":
            field = _by_language(at, path, label, MOST if (kind.longest or 0) <= 80 else 44, error)
        case "wordings":
            places = forms.places(path, at.texts)
            rows = tuple(_by_language(at, f"{path}.{n}", label, MOST, "") for n in range(places))
            field = Field(path, "group", label, error=error, below=rows)
        case "plural":
            field = Field(path, "group", label, error=error, below=_forms(at, path, label))
        case "names":
            field = Field(path, "group", label, error=error, below=_named(at, path, label))
        case "texts":
            field = Field(path, "lines", label, at.texts[path], error=error,
                          options=tuple((one, one, False) for one in at.goods))  # fmt: skip
        case "choices" | "references":
            field = _ticks(at, model, kind, path, label, error)
        case "languages":
            field = _languages(at, path, label, error)
        case "choice" | "flag" | "month" | "reference":
            empty = not kind.required or (is_below and not isinstance(owner, Mapping))
            field = _select(at, model, kind, path, label, error, empty=empty)
        case _:
            text = at.texts[path]
            mode = {"number": "numeric", "measure": "decimal", "money": "decimal",
                    "decimal": "decimal", "share": "decimal"}.get(kind.sort, "")  # fmt: skip
            size = (
                max(LEAST, min(MOST, len(text) + 1)) if mode else max(10, min(MOST, len(text) + 1))
            )
            field = Field(path, "text", label, text, error=error, size=size, mode=mode,
                          type="date" if kind.sort == "day" else "text")  # fmt: skip
    return Piece(field=field)


def _select(
    at: _Showing, model: type[Part], kind: Kind, path: str, label: str, error: str, *, empty: bool
) -> Field:
    words = at.one.by.words
    if kind.sort == "reference" and kind.name == "unit":
        amount = notation.read_whole(at.texts.get(spoken.amount_beside(path), ""))
        known = {one: at.one.unit(one, amount) for one in at.one.names["units"]}
    elif kind.sort == "reference":
        known = dict(at.one.names[kind.section])
    else:
        known = choices.worded(model.__name__, kind, words)
    now = at.texts[path]
    if kind.sort != "flag" and (now == "" or (empty and kind.default is None)):
        known = {"": "—", **known}
    elif now not in known:
        known = {now: now, **known}
    options = tuple((value, worded, value == now) for value, worded in known.items())
    return Field(path, "select", label, now, options, error)


def _ticks(at: _Showing, model: type[Part], kind: Kind, path: str, label: str, error: str) -> Field:
    if kind.sort == "references":
        known: Mapping[str, str] = at.one.names[kind.section]
    else:
        known = choices.worded(model.__name__, kind, at.one.by.words)
    chosen = [name.removeprefix(f"{path}.") for name, text in at.texts.items()
              if text and name.startswith(f"{path}.")]  # fmt: skip
    names = dict.fromkeys((*known, *chosen))
    options = tuple((name, known.get(name, name), name in chosen) for name in names)
    return Field(path, "ticks", label, options=options, error=error)


def _languages(at: _Showing, path: str, label: str, error: str) -> Field:
    known = languages()
    first = at.texts[f"{path}.first"]
    options = tuple((code, name, code == first) for code, name in known.items())
    own = Field(f"{path}.first", "select", label, first, options, error)
    others = tuple(
        (code, name, bool(at.texts.get(f"{path}.{code}")))
        for code, name in known.items()
        if code != first
    )
    return Field(path, "group", label, below=(own, Field(path, "ticks", label, options=others)))


def _by_language(at: _Showing, path: str, label: str, size: int, error: str) -> Field:
    """A text: one field for all languages, or one for each."""
    langs = [name.removeprefix(f"{path}.") for name in at.texts if name.startswith(f"{path}.")]
    plain = at.texts[path]
    by_language = any(at.texts[f"{path}.{lang}"] for lang in langs)
    if len(langs) == 1 and not by_language:
        return Field(path, "text", label, plain, error=error, size=size)
    below = []
    if plain:
        below.append(Field(path, "text", label, plain, size=size, tag=at.one.by.words.t("all")))
    below += [
        Field(f"{path}.{lang}", "text", f"{label}, {languages().get(lang, lang)}",
              at.texts[f"{path}.{lang}"], size=size, tag=lang, spelled=lang)
        for lang in langs
    ]  # fmt: skip
    return Field(path, "group", label, error=error, below=tuple(below))


def _forms(at: _Showing, path: str, label: str) -> tuple[Field, ...]:
    """The plural forms of a name, by language; a number says which form it is."""
    found = []
    for name, text in at.texts.items():
        if name.startswith(f"{path}."):
            lang, _, form = name.removeprefix(f"{path}.").partition(".")
            tag = f"{lang} {PLURALS.get(form, form)}"
            found.append(
                Field(name, "text", f"{label}, {tag}", text, size=16, tag=tag, spelled=lang)
            )
    return tuple(found)


PLURALS = {"one": "1", "few": "2–4", "many": "5+", "other": "n", "zero": "0", "two": "2"}
"""About which numbers a plural form is for, as a short mark beside it."""


def _named(at: _Showing, path: str, label: str) -> tuple[Field, ...]:
    found: list[Field] = []
    for place in range(forms.places(path, at.texts)):
        own = f"{path}.{place}.id"
        found.append(Field(own, "text", label, at.texts[own], size=12,
                           tag=at.one.by.words.t("category")))  # fmt: skip
        found.append(_by_language(at, f"{path}.{place}.name", label, 16, ""))
    return tuple(found)


def _block(at: _Showing, kind: Kind, parts: Sequence[Mapping[str, Any]], path: str) -> Block:
    items = []
    for place, one in enumerate(parts):
        above = f"{path}.{place}"
        open_, more = _clauses(at, kind.below, one, f"{above}.")
        items.append(Item(above, open_, more, at.errors.get(above, "")))
    adds = starters.below(kind, at.one.by.words)
    return Block(
        tuple(items), tuple((f"add:{path}:{variant}", worded) for variant, worded in adds.items())
    )
