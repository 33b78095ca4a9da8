"""Event patterns of FilterCriteria: literals, prefix, suffix, anything-but and exists.

Anything else is refused when the stack starts, not ignored when a record comes.
"""

import json
from collections.abc import Callable
from typing import Any

Matcher = Callable[[Any], bool]


class PatternError(ValueError):
    """The pattern uses something the local stack does not know."""


def compile_pattern(text: str) -> Matcher:
    """A predicate over events for one filter pattern; raises PatternError."""
    try:
        pattern = json.loads(text)
    except ValueError as error:
        raise PatternError(f"a filter pattern is not JSON: {error}") from None
    return _object(pattern, "")


def compile_filters(texts: tuple[str, ...]) -> Matcher:
    """A predicate that holds when any pattern does, or when there is none."""
    matchers = [compile_pattern(text) for text in texts]
    return lambda event: not matchers or any(matches(event) for matches in matchers)


def _object(pattern: Any, place: str) -> Matcher:
    if not isinstance(pattern, dict) or not pattern:
        raise PatternError(f"expected a pattern object at {place or 'the top'}")
    matchers: dict[str, Matcher] = {}
    for key, value in pattern.items():
        where = f"{place}.{key}" if place else key
        if key.startswith("$"):
            raise PatternError(f"the local stack does not know {where}")
        matchers[key] = _choices(value, where) if isinstance(value, list) else _object(value, where)

    def matches(event: Any) -> bool:
        fields = event if isinstance(event, dict) else {}
        return all(matcher(fields.get(key, _ABSENT)) for key, matcher in matchers.items())

    return matches


def _choices(values: list[Any], place: str) -> Matcher:
    matchers = [_choice(value, place) for value in values]
    return lambda found: any(matches(found) for matches in matchers)


def _choice(value: Any, place: str) -> Matcher:
    if not isinstance(value, dict):
        # JSON tells true from 1; Python's == does not.
        return lambda found: type(found) is type(value) and found == value
    if len(value) != 1:
        raise PatternError(f"expected one comparison at {place}, found {sorted(value)}")
    ((name, argument),) = value.items()
    if name == "prefix" and isinstance(argument, str):
        return lambda found: isinstance(found, str) and found.startswith(argument)
    if name == "suffix" and isinstance(argument, str):
        return lambda found: isinstance(found, str) and found.endswith(argument)
    if name == "anything-but" and isinstance(argument, list):
        return lambda found: found is not _ABSENT and found not in argument
    if name == "exists" and isinstance(argument, bool):
        return lambda found: (found is not _ABSENT) is argument
    raise PatternError(f"the local stack does not know {value!r} at {place}")


_ABSENT = object()
