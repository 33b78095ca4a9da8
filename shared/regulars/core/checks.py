"""Checks of values that come from outside, without pydantic: for what a scan waits for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from regulars.domain.calendar import to_ms
from regulars.domain.operations import Item
from regulars.domain.refusals import RefusalCode, Refused

MONEY_MAX = 10**12
"""Minor units; more than any till will ever ring up, less than what would break a sum."""

TEXT_MAX = 200
NOTE_MAX = 500
ITEMS_MAX = 200
VISITS_MAX = 50
QUANTITY_MAX = 10_000
EFFECTIVE_MIN = "2000-01-01"

Check = Callable[[Any], str]
"""Says what is wrong with a value, `""` when nothing is."""


def integer(low: int, high: int) -> Check:
    def check(value: Any) -> str:
        if type(value) is not int:
            return "must be a whole number"
        return "" if low <= value <= high else f"must be from {low} to {high}"

    return check


def text(longest: int = TEXT_MAX, shortest: int = 1) -> Check:
    def check(value: Any) -> str:
        if type(value) is not str:
            return "must be a text"
        if not shortest <= len(value) <= longest:
            return f"must have {shortest} to {longest} characters"
        return "" if printable(value) else "must not contain control characters"

    return check


def printable(value: str) -> bool:
    """No control characters and nothing that is not a character at all (lone surrogates)."""
    return not any(char < " " or char == "\x7f" or "\ud800" <= char <= "\udfff" for char in value)


def instant(value: Any) -> str:
    """An RFC 3339 instant in UTC or with an offset, not before 2000."""
    if type(value) is not str or len(value) > 40:
        return _INSTANT
    if parse_instant(value) is None or value < EFFECTIVE_MIN:
        return _INSTANT
    return ""


_INSTANT = "must be an instant such as 2026-11-22T09:00:00Z"


def parse_instant(value: str) -> int | None:
    """Milliseconds since the epoch; None when it is not an instant with a zone."""
    if len(value) < 20 or value[10:11] not in {"T", "t"} or not value.isascii():
        return None
    try:
        parsed = datetime.fromisoformat(value.upper())
    except ValueError:
        return None
    if parsed.tzinfo is None:
        return None
    try:
        return to_ms(parsed.astimezone(UTC))  # years 1 to 9999 in UTC, too
    except OverflowError:
        return None


def fields(
    body: Mapping[str, Any], known: Mapping[str, Check], required: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    """What is wrong with an object: unknown, missing and bad fields. A null counts as absent."""
    errors = [(name, "is not a field of this request") for name in body if name not in known]
    errors += [(name, "is required") for name in required if body.get(name) is None]
    for name, check in known.items():
        if body.get(name) is not None and (message := check(body[name])):
            errors.append((name, message))
    return errors


def require(errors: list[tuple[str, str]]) -> None:
    """Raise INVALID when there is anything wrong."""
    if errors:
        raise Refused(
            RefusalCode.INVALID, "Some fields are not valid; see errors.", tuple(errors[:50])
        )


class Point:
    """A JSON number with a point, as it was written: such numbers never become floats, and no check
    but that of a quantity accepts one."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


def quantity(value: Any) -> str:
    """A number of pieces with at most three decimals, not 0; below 0 for what is given back."""
    if type(value) is not int and not isinstance(value, Point):
        return "must be a number"
    if isinstance(value, Point) and not _DECIMAL.fullmatch(value.text):
        return "must have at most three decimals"
    milli = milli_of(value)
    if not milli or abs(milli) > 1000 * QUANTITY_MAX:
        return f"must be from -{QUANTITY_MAX} to {QUANTITY_MAX}, and not 0"
    return ""


_DECIMAL = re.compile(r"-?[0-9]{1,6}\.[0-9]{1,3}0*", re.ASCII)


def milli_of(value: int | Point) -> int:
    """Thousandths of a checked number of pieces: 0.25 is 250."""
    if isinstance(value, int):
        return 1000 * value
    whole, _, places = value.text.partition(".")
    return int(f"{whole}{places[:3].ljust(3, '0')}")


def one_of(*known: str) -> Check:
    def check(value: Any) -> str:
        if type(value) is str and value in known:
            return ""
        return f"must be one of: {', '.join(known)}"

    return check


def truth(value: Any) -> str:
    return "" if type(value) is bool else "must be true or false"


def too_much(body: Mapping[str, Any]) -> bool:
    """Whether `spend_minor` is more than the items of a checked sale sum to."""
    lines, spend = body.get("items") or (), body.get("spend_minor")
    return bool(lines) and spend is not None and spend > sum(one["amount_minor"] for one in lines)


TOO_MUCH = "must not be more than the items sum to; what has no line of its own is a line, too"

LINE_KINDS = ("goods", "discount", "gift_card", "delivery", "fee")


def items(body: Mapping[str, Any]) -> tuple[Item, ...]:
    """The items of a checked body."""
    return tuple(
        Item(
            milli=milli_of(item.get("quantity", 1)),
            amount_minor=item["amount_minor"],
            sku=item.get("sku") or "",
            category=item.get("category") or "",
            kind=item.get("kind") or "goods",
        )
        for item in body.get("items") or ()
    )
