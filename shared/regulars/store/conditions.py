"""The conditions under which the table may be written, each with a name.

A condition is a DynamoDB expression with its attribute names and values. The names are
placeholders (`#c0`), so that an attribute may be called `status` or `ttl`, which are reserved.

These are plain classes and not dataclasses because they are on the path of a cold stamp: making a
frozen dataclass takes half a millisecond each, at every import.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.store.marshal import Attribute, to_attribute


class Condition:
    """What DynamoDB is asked to check before it writes. Not to be changed once made."""

    __slots__ = ("expression", "names", "values")

    def __init__(
        self, expression: str, names: dict[str, str], values: dict[str, Attribute] | None = None
    ) -> None:
        self.expression = expression
        self.names = names
        self.values = values or {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.expression!r}, {self.names!r}, {self.values!r})"


class Absent(Condition):
    """There must be no item under this key: the first writer wins, for ever."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("attribute_not_exists(#c0)", {"#c0": "PK"})


class Present(Condition):
    """There must be an item under this key."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("attribute_exists(#c0)", {"#c0": "PK"})


class Without(Condition):
    """There must be an item, and it must not have this attribute yet."""

    __slots__ = ()

    def __init__(self, attribute: str) -> None:
        super().__init__(
            "attribute_exists(#c0) AND attribute_not_exists(#c1)", {"#c0": "PK", "#c1": attribute}
        )


class Equals(Condition):
    """The attribute must have this value: nobody changed the item since it was read."""

    __slots__ = ()

    def __init__(self, attribute: str, value: object) -> None:
        super().__init__("#c0 = :c0", {"#c0": attribute}, {":c0": to_attribute(value)})


class Below(Condition):
    """The attribute must exist and be smaller: a cursor moves forward only, a lease has run out."""

    __slots__ = ()

    def __init__(self, attribute: str, value: int | str) -> None:
        super().__init__("#c0 < :c0", {"#c0": attribute}, {":c0": to_attribute(value)})


class Within(Condition):
    """The attribute must exist and lie between two values, both included."""

    __slots__ = ()

    def __init__(self, attribute: str, least: int, most: int) -> None:
        super().__init__(
            "#c0 >= :c0 AND #c0 <= :c1",
            {"#c0": attribute},
            {":c0": to_attribute(least), ":c1": to_attribute(most)},
        )


class WhileBelow(Condition):
    """An attribute must still be above one value, and another one below its own: a window that is
    not over, and not full."""

    __slots__ = ()

    def __init__(self, ends: str, now: int, attribute: str, most: int) -> None:
        super().__init__(
            "#c0 > :c0 AND #c1 < :c1",
            {"#c0": ends, "#c1": attribute},
            {":c0": to_attribute(now), ":c1": to_attribute(most)},
        )


class AbsentOrOneOf(Condition):
    """There must be no item, or the attribute must have one of these values."""

    __slots__ = ()

    def __init__(self, attribute: str, *values: object) -> None:
        named = {f":c{place}": to_attribute(value) for place, value in enumerate(values)}
        super().__init__(
            f"attribute_not_exists(#c1) OR #c0 IN ({', '.join(named)})",
            {"#c0": attribute, "#c1": "PK"},
            named,
        )


class AbsentOr(Condition):
    """There must be no item, or one that meets the other condition.

    `AbsentOr(Below("ttl", now))` takes a claim that nobody holds or whose time is over, without
    waiting for DynamoDB to remove expired items, which it does within days, not at once.
    """

    __slots__ = ()

    def __init__(self, other: Equals | Below) -> None:
        super().__init__(
            f"attribute_not_exists(#c1) OR {other.expression}",
            {"#c1": "PK", **other.names},
            other.values,
        )


def same_version(item: Mapping[str, Any]) -> Condition:
    """The condition that an item with a version (`ver`) is still what was read."""
    version = item.get("ver", 0)
    return Equals("ver", version) if version else Without("ver")
