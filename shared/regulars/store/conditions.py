"""The conditions under which the table may be written, each with a name.

A condition renders itself as a DynamoDB expression: text, attribute names and values. The names
are placeholders (`#c0`), so that an attribute may be called `status` or `ttl`, which are reserved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from regulars.store.marshal import Attribute, to_attribute


@dataclass(frozen=True, slots=True)
class Rendered:
    """One condition as DynamoDB reads it."""

    expression: str
    names: dict[str, str]
    values: dict[str, Attribute]


@dataclass(frozen=True, slots=True)
class Absent:
    """There must be no item under this key: the first writer wins, for ever."""

    def render(self) -> Rendered:
        """Return the expression."""
        return Rendered("attribute_not_exists(#c0)", {"#c0": "PK"}, {})


@dataclass(frozen=True, slots=True)
class Present:
    """There must be an item under this key."""

    def render(self) -> Rendered:
        """Return the expression."""
        return Rendered("attribute_exists(#c0)", {"#c0": "PK"}, {})


@dataclass(frozen=True, slots=True)
class Equals:
    """The attribute must have this value: nobody changed the item since it was read."""

    attribute: str
    value: Any

    def render(self) -> Rendered:
        """Return the expression."""
        return Rendered("#c0 = :c0", {"#c0": self.attribute}, {":c0": to_attribute(self.value)})


@dataclass(frozen=True, slots=True)
class Below:
    """The attribute must exist and be smaller: a cursor moves forward only, a lease has run out."""

    attribute: str
    value: int | str

    def render(self) -> Rendered:
        """Return the expression."""
        return Rendered("#c0 < :c0", {"#c0": self.attribute}, {":c0": to_attribute(self.value)})


@dataclass(frozen=True, slots=True)
class AbsentOr:
    """There must be no item, or one that meets the other condition.

    `AbsentOr(Below("ttl", now))` takes a claim that nobody holds or whose time is over, without
    waiting for DynamoDB to remove expired items, which it does within days, not at once.
    """

    other: Equals | Below

    def render(self) -> Rendered:
        """Return the expression."""
        other = self.other.render()
        return Rendered(
            f"attribute_not_exists(#c1) OR {other.expression}",
            {"#c1": "PK", **other.names},
            other.values,
        )


Condition = Absent | Present | Equals | Below | AbsentOr
