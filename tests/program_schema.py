"""The schema of a programme document, walked: its fields by path, and values that fit them.

A path is written as in an answer about a mistake, without the places in lists: `units.expiry.type`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from regulars.program.document import ProgramDocument
from regulars.program.fields import Part

_SAMPLES: tuple[Any, ...] = (
    "m" + "0" * 35,
    True, 12, 1, 1000, "a", "EUR", "HU", "en", "1.5", "#aabbcc", "0.5", "2026-12-24", "10:00", "https://a",
    "month", "Europe/Budapest", {"en": {"other": "a"}}, {"coffee": "A coffee"},
)  # fmt: skip
"""Among these every leaf finds a value, after those that its type names itself."""


class Field(NamedTuple):
    """One field of the document. `part` is the model below it, None for a leaf."""

    path: str
    info: FieldInfo
    part: type[Part] | None
    many: bool
    """Whether it is a list."""


def fields(model: type[Part] = ProgramDocument, above: str = "") -> Iterator[Field]:
    """Yield every field of a model and of those below it, by the names that documents use."""
    for name, info in model.model_fields.items():
        path = f"{above}{info.alias or name}"
        part, many = _below(info.annotation)
        yield Field(path, info, part, many)
        if part is not None:
            yield from fields(part, f"{path}.")


def leaves() -> list[str]:
    """Return the paths of the fields that hold values and no further fields."""
    return [field.path for field in fields() if field.part is None]


def marks(info: FieldInfo) -> Iterator[Any]:
    """Yield what a field's type is annotated with, at any depth."""
    yield from info.metadata
    yield from _inner(info.annotation)


def filled(model: type[Part]) -> dict[str, Any]:
    """Return a part with every field in it, though its fields may not go together."""
    return {info.alias or name: _value(info) for name, info in model.model_fields.items()}


def valid_with(model: type[Part], wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the smallest valid part that has the wanted fields and others as they are needed.

    Raises LookupError when the rules of the model leave none.
    """
    everything = filled(model)
    required = {i.alias or n for n, i in model.model_fields.items() if i.is_required()}
    optional = sorted(set(everything) - required - set(wanted))
    for size in range(len(optional) + 1):
        for more in combinations(optional, size):
            part = {name: everything[name] for name in (*required, *more)} | wanted
            if _is_valid(model, part):
                return part
    raise LookupError(f"no valid {model.__name__} with {wanted}")


def _value(info: FieldInfo) -> Any:
    part, many = _below(info.annotation)
    if part is not None:
        return [filled(part)] if many else filled(part)
    adapter: TypeAdapter[Any] = TypeAdapter(info.rebuild_annotation())
    for sample in (*_choices(info), *_SAMPLES):
        for value in (sample, [sample]):
            if _fits(adapter, value):
                return value
    raise LookupError(f"no sample fits {info}")


def _fits(adapter: TypeAdapter[Any], value: Any) -> bool:
    try:
        return bool(adapter.validate_python(value, strict=True) == value)
    except ValidationError:
        return False


def _is_valid(model: type[Part], part: dict[str, Any]) -> bool:
    try:
        model.model_validate(part)
    except ValidationError:
        return False
    return True


def _below(annotation: Any) -> tuple[type[Part] | None, bool]:
    """The model in an annotation, if there is one, and whether it holds a list."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation, False
    many = get_origin(annotation) is list
    if many or get_origin(annotation) in {Union, UnionType, Annotated}:
        for inner in get_args(annotation):
            part, below = _below(inner)
            if part is not None:
                return part, many or below
    return None, many


def _inner(annotation: Any) -> Iterator[Any]:
    for inner in get_args(annotation):
        yield inner
        yield from _inner(inner)


def _choices(info: FieldInfo) -> Iterator[Any]:
    """The values that a field's type names itself."""
    extra = info.json_schema_extra
    if isinstance(extra, dict) and isinstance(named := extra.get("enum"), list):
        yield from named
    yield from (inner for inner in _inner(info.annotation) if isinstance(inner, str))
