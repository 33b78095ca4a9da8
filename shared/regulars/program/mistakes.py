"""What pydantic found wrong, in this project's words: one message per mistake, by path.

Each kind of mistake that the models can find has a sentence here, the same as in `core/checks.py`
for bodies that are checked without pydantic; a test makes every mistake that they allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from regulars.core import checks
from regulars.domain.refusals import RefusalCode, Refused

SHOWN = 50
"""Mistakes that are answered at once."""

FIELD = "field"
"""The name under which a mistake of a whole object says which of its fields it is about."""


def at(field: str, message: str) -> PydanticCustomError:
    """Return a mistake of an object that is shown at one of its fields."""
    return PydanticCustomError(FIELD, "{message}", {"message": message, FIELD: field})


def _at_least(found: Mapping[str, Any]) -> str:
    return checks.at_least(found["ge"])


def _at_most(found: Mapping[str, Any]) -> str:
    return checks.at_most(found["le"])


def _one_of(found: Mapping[str, Any]) -> str:
    names = found["expected"].replace(" or ", ", ").replace("'", "")
    return checks.must_be_one_of(names.split(", "))


SENTENCES: dict[str, str | Callable[[Mapping[str, Any]], str]] = {
    "missing": checks.REQUIRED,
    "extra_forbidden": checks.UNKNOWN,
    "string_type": checks.NOT_A_TEXT,
    "string_unicode": checks.NOT_PRINTABLE,
    "string_too_short": lambda found: checks.at_least_characters(found["min_length"]),
    "string_too_long": lambda found: checks.at_most_characters(found["max_length"]),
    "int_type": checks.NOT_A_NUMBER,
    "bool_type": checks.NOT_A_BOOLEAN,
    "list_type": checks.NOT_A_LIST,
    "dict_type": checks.NOT_AN_OBJECT,
    "model_type": checks.NOT_AN_OBJECT,
    "greater_than_equal": _at_least,
    "less_than_equal": _at_most,
    "too_short": lambda found: checks.at_least_items(found["min_length"]),
    "too_long": lambda found: checks.at_most_items(found["max_length"]),
    "literal_error": _one_of,
    "value_error": lambda found: str(found["error"]),
    FIELD: lambda found: str(found["message"]),
}
"""The sentence of each kind of mistake; some need its limits."""

_OF_TYPE = {"string_type", "int_type", "bool_type", "list_type", "dict_type", "model_type"}


class Mistake(NamedTuple):
    """A mistake: where, which choice of several it belongs to, and what to do."""

    path: tuple[str, ...]
    choice: tuple[tuple[str, ...], str] | None
    """Where a value may be one of several things, and as which of them it was read."""
    of_type: bool
    """Whether the value is no such thing at all."""
    message: str


def invalid(error: ValidationError, document: Any) -> Refused:
    """Return the refusal of a body or document that a model did not accept."""
    found = [(".".join(path), message) for path, message in _mistakes(error, document)]
    return Refused(
        RefusalCode.INVALID, "Some fields are not valid; see errors.", tuple(found[:SHOWN])
    )


def _mistakes(error: ValidationError, document: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """The mistakes, of a value that may be several things only those of what it was meant to be."""
    mistakes = [_mistake(found, document) for found in error.errors(include_url=False)]
    seen = set()
    for mistake in mistakes:
        if mistake.choice is None:
            yield mistake.path, mistake.message
            continue
        where = mistake.choice[0]
        if where in seen:
            continue
        seen.add(where)
        readings: dict[str, list[Mistake]] = {}
        for one in mistakes:
            if one.choice and one.choice[0] == where:
                readings.setdefault(one.choice[1], []).append(one)
        meant = [found for found in readings.values() if not _no_such_thing(found, where)]
        if meant:
            yield from ((one.path, one.message) for one in meant[0])
        else:
            whole = [found[0].message.removeprefix("must be ") for found in readings.values()]
            yield where, f"must be {' or '.join(dict.fromkeys(whole))}"


def _no_such_thing(found: list[Mistake], where: tuple[str, ...]) -> bool:
    return all(one.of_type and one.path == where for one in found)


def _mistake(found: Mapping[str, Any], document: Any) -> Mistake:
    """A mistake with its path as the sender knows it: what is not in the document names a choice
    that pydantic had."""
    path: list[str] = []
    choice = None
    value = document
    for place, part in enumerate(found["loc"]):
        last = place == len(found["loc"]) - 1
        if isinstance(value, Mapping) and (part in value or (last and found["type"] == "missing")):
            path.append(str(part))
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            path.append(str(part))
            value = value[part]
        elif part != "[key]" and choice is None:
            choice = (tuple(path), str(part))
    limits = found.get("ctx", {})
    if found["type"] == FIELD:
        path.append(limits[FIELD])
    sentence = SENTENCES.get(found["type"], "is not what can be read here")
    message = sentence if isinstance(sentence, str) else sentence(limits)
    of_type = found["type"] in _OF_TYPE
    if of_type and found["input"] is None:
        message = checks.NOT_NULL
    return Mistake(tuple(path), choice, of_type, message)
