"""What can be typed into each field of the programme document, read from its models.

The models are the only schema: a new field appears in the editor by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from regulars.program import fields
from regulars.program.fields import Part, Reference, Shaped

Sort = Literal[
    "text", "words", "plural", "names", "money", "measure", "number", "decimal", "share", "day",
    "time", "month", "color", "choice", "flag", "id", "reference", "texts", "wordings", "choices",
    "references", "languages", "part", "parts",
]  # fmt: skip

MONTHS = ("month", "from_month", "until_month")
MEASURES = ("at_least", "at")
"""Money where the metric beside them is `spend`, numbers elsewhere."""

ROLLING = 24
WINDOWS = (
    "month", "quarter", "year", "lifetime", *(f"rolling:{n}" for n in range(1, ROLLING + 1)),
)  # fmt: skip


class Kind(NamedTuple):
    """One field: its name in documents, how it is typed, and its limits."""

    name: str
    sort: Sort
    required: bool
    default: Any = None
    choices: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    longest: int | None = None
    section: str = ""
    """Of a reference the section whose parts can be chosen."""
    part: type[Part] | None = None
    """The model below it."""

    @property
    def below(self) -> type[Part]:
        """The model below a field that has one; raises LookupError for others."""
        if self.part is None:
            raise LookupError(self.name)
        return self.part


class _Read(NamedTuple):
    sort: Sort
    part: type[Part] | None = None


@cache
def of(model: type[Part]) -> dict[str, Kind]:
    """The fields of a model by their names in documents, in its order."""
    found = {}
    for name, info in model.model_fields.items():
        kind = _kind(info.alias or name, info)
        found[kind.name] = kind
    return found


def _kind(name: str, info: FieldInfo) -> Kind:
    marks = [*info.metadata, *_inner(info.annotation)]
    read = _sort(name, info.annotation, marks, info)
    reference = next((mark for mark in marks if isinstance(mark, Reference)), None)
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    return Kind(
        name, read.sort, info.is_required(), default, _choices(name, read, marks, info),
        _limit(marks, "ge"), _limit(marks, "le"), _limit(marks, "max_length"),
        reference.section if reference else "", read.part,
    )  # fmt: skip


def _sort(name: str, annotation: Any, marks: list[Any], info: FieldInfo) -> _Read:
    """How a field is typed, by what its type says."""
    bare = _bare(annotation)
    origin = get_origin(bare)
    if isinstance(bare, type) and issubclass(bare, Part):
        return _Read("part", bare)
    if origin in {Union, UnionType}:
        return _either(get_args(bare))
    if origin is list:
        return _listed(name, get_args(bare)[0], marks)
    if origin is dict:
        return _Read("plural" if get_origin(_bare(get_args(bare)[1])) is dict else "names")
    if origin is Literal:
        return _Read("choice")
    if bare is bool:
        return _Read("flag")
    if bare is int:
        return _Read(_numeric(name))
    return _Read(_textual(name, marks, info))


def _either(options: Iterable[Any]) -> _Read:
    """A value that may be several things: a part or a list of them, or a text by language."""
    for option in options:
        bare = _bare(option)
        inner = _bare(get_args(bare)[0]) if get_origin(bare) is list else None
        if isinstance(inner, type) and issubclass(inner, Part):
            return _Read("parts", inner)
    return _Read("words")


def _listed(name: str, item: Any, marks: list[Any]) -> _Read:
    bare = _bare(item)
    if isinstance(bare, type) and issubclass(bare, Part):
        return _Read("parts", bare)
    if get_origin(bare) is Literal:
        return _Read("choices")
    if any(isinstance(mark, Reference) for mark in marks):
        return _Read("references")
    if get_origin(bare) in {Union, UnionType}:
        return _Read("wordings")
    return _Read("languages" if name == "languages" else "texts")


def _numeric(name: str) -> Sort:
    if name in MEASURES:
        return "measure"
    if name in MONTHS:
        return "month"
    return "money" if name.endswith("_minor") else "number"


def _textual(name: str, marks: list[Any], info: FieldInfo) -> Sort:
    shapes = [mark.pattern for mark in marks if isinstance(mark, Shaped)]
    if any(isinstance(mark, Reference) for mark in marks):
        return "reference"
    if isinstance(info.json_schema_extra, dict) and "enum" in info.json_schema_extra:
        return "choice"
    for sort, known in _SHAPES:
        if known in shapes:
            return sort
    if name == "id":
        return "id"
    if name == "window":
        return "choice"
    if name == "color":
        return "color"
    extra = [mark.json_schema_extra for mark in marks if isinstance(mark, FieldInfo)]
    extra.append(info.json_schema_extra)
    is_day = any(isinstance(one, dict) and one.get("format") == "date" for one in extra)
    return "day" if is_day else "text"


def _shape(annotated: Any) -> Any:
    return next(mark.pattern for mark in annotated.__metadata__ if isinstance(mark, Shaped))


_SHAPES: tuple[tuple[Sort, Any], ...] = (
    ("time", _shape(fields.LocalTime)),
    ("decimal", _shape(fields.Multiplier)),
    ("decimal", _shape(fields.Times)),
    ("decimal", _shape(fields.Rate)),
    ("share", _shape(fields.Share)),
)


def _choices(name: str, read: _Read, marks: list[Any], info: FieldInfo) -> tuple[str, ...]:
    if read.sort == "choice" and name == "window" and any(isinstance(m, Shaped) for m in marks):
        return WINDOWS
    if read.sort not in {"choice", "choices"}:
        return ()
    extra = info.json_schema_extra
    if isinstance(extra, dict) and isinstance(extra.get("enum"), list):
        return tuple(str(one) for one in extra["enum"] or ())  # type: ignore[union-attr]
    return tuple(dict.fromkeys(one for one in _literals(info.annotation)))


def _literals(annotation: Any) -> Iterable[str]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    else:
        for inner in get_args(annotation):
            yield from _literals(inner)


def _bare(annotation: Any) -> Any:
    """A type without what it is annotated with, and without None."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
            continue
        if origin in {Union, UnionType}:
            options = [one for one in get_args(annotation) if one is not NoneType]
            if len(options) == 1:
                annotation = options[0]
                continue
        return annotation


def _inner(annotation: Any) -> Iterable[Any]:
    """All marks inside of a type, but not those of a model in it."""
    if get_origin(annotation) is Annotated:
        yield from get_args(annotation)[1:]
    for inner in get_args(annotation):
        yield from _inner(inner)


def _limit(marks: list[Any], name: str) -> int | None:
    for mark in marks:
        for one in (mark, *(mark.metadata if isinstance(mark, FieldInfo) else ())):
            value = getattr(one, name, None)
            if isinstance(value, int):
                return value
    return None
