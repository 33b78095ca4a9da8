"""Checks of values that come from outside, without pydantic: for what a scan waits for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from unicodedata import category

from regulars.core import typed
from regulars.domain.calendar import to_ms
from regulars.domain.operations import Item
from regulars.domain.refusals import RefusalCode, Refused

MONEY_MAX = 10**12
"""Minor units; more than any till will ever ring up, less than what would break a sum."""

UNITS_MAX = 10**9
"""Units in one request; more than any card will ever hold."""

TEXT_MAX = 200
NOTE_MAX = 500
ITEMS_MAX = 200
VISITS_MAX = 50
QUANTITY_MAX = 10_000
EFFECTIVE_MIN = "2000-01-01"

Check = Callable[[Any], str]
"""Says what is wrong with a value, `""` when nothing is."""


REQUIRED = "is required"
NOT_NULL = "must not be null"
UNKNOWN = "is not a field here; leave it out or correct its name"
NOT_A_TEXT = "must be a text"
NOT_A_NUMBER = "must be a whole number"
NOT_A_BOOLEAN = "must be true or false"
NOT_A_LIST = "must be a list"
NOT_AN_OBJECT = "must be an object"
NOT_PRINTABLE = "must not contain control characters or line breaks"
NOT_VISIBLE = "must have at least one character that can be seen"


def at_least(low: int) -> str:
    """Say that a number is too low."""
    return f"must be at least {low}"


def at_most(high: int) -> str:
    """Say that a number is too high."""
    return f"must be at most {high}"


def at_least_characters(shortest: int) -> str:
    """Say that a text is too short."""
    return "must not be empty" if shortest == 1 else f"must have at least {shortest} characters"


def at_most_characters(longest: int) -> str:
    """Say that a text is too long."""
    return f"must have at most {longest} characters"


def at_least_items(fewest: int) -> str:
    """Say that a list is too short."""
    return "must not be empty" if fewest == 1 else f"must have at least {fewest} items"


def at_most_items(most: int) -> str:
    """Say that a list is too long."""
    return f"must have at most {most} items"


def must_be_one_of(names: Iterable[str]) -> str:
    """Say which values there are."""
    return f"must be one of: {', '.join(names)}"


def integer(low: int, high: int) -> Check:
    """Check a whole number from `low` to `high`."""

    def check(value: Any) -> str:
        if type(value) is not int:
            return NOT_A_NUMBER
        if value < low:
            return at_least(low)
        return at_most(high) if value > high else ""

    return check


def text(longest: int = TEXT_MAX, shortest: int = 1) -> Check:
    """Check a text that has at most so many characters, none a control character or line end."""

    def check(value: Any) -> str:
        if type(value) is not str:
            return NOT_A_TEXT
        if has_surrogates(value):
            return NOT_PRINTABLE
        if len(value) < shortest:
            return at_least_characters(shortest)
        if len(value) > longest:
            return at_most_characters(longest)
        return "" if printable(value) else NOT_PRINTABLE

    return check


def pasted(longest: int = TEXT_MAX) -> Check:
    """Check a text as `text` does, without what cannot be seen at its ends."""
    check = text(longest)
    return lambda value: check(typed.trimmed(value) if type(value) is str else value)


def has_surrogates(value: str) -> bool:
    """Tell whether a text holds what is not a character at all."""
    return any("\ud800" <= char <= "\udfff" for char in value)


def visible(value: str) -> bool:
    """Tell whether a text shows anything: blanks, controls and zero-width characters do not."""
    return any(category(char)[0] in "LNPS" and char not in _SHOWS_NOTHING for char in value)


_SHOWS_NOTHING = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols by their category that are drawn as nothing: fillers, empty Braille."""


def printable(value: str) -> bool:
    """No control characters, no line ends of any kind and nothing that is not a character at all
    (lone surrogates)."""
    return value.isprintable() or not any(category(char) in _NOT_PRINTED for char in value)


_NOT_PRINTED = frozenset({"Cc", "Cs", "Zl", "Zp"})


def instant(value: Any) -> str:
    """An RFC 3339 instant in UTC or with an offset, not before 2000."""
    if type(value) is not str:
        return NOT_A_TEXT
    if has_surrogates(value):
        return NOT_PRINTABLE
    if len(value) > 40:
        return _INSTANT
    if parse_instant(value) is None or value < EFFECTIVE_MIN:
        return _INSTANT
    return ""


_INSTANT = "must be an instant such as 2026-11-22T09:00:00Z"


NOT_A_DAY = "must be a day such as 2026-12-24"
NOT_A_BIRTHDAY = "must be a real day such as 05-21, or 1990-05-21 with the year"
BIRTHDAY_OUTSIDE = "must lie in the last 120 years"
_ANY_LEAP_YEAR = "2000"
_OLDEST_YEARS = 120


def parse_day(text: str) -> date | None:
    """Read `YYYY-MM-DD`; None for anything else, and for a day that no calendar has."""
    if len(text) != 10 or not text.isascii() or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def birthday(value: str, today: date | None = None) -> str:
    """Check a birthday, `MM-DD` or `YYYY-MM-DD`; 29 February without a year is one.

    With `today`, a birthday with a year must also lie in the last 120 years.
    """
    with_year = len(value) == 10
    born = parse_day(value if with_year else f"{_ANY_LEAP_YEAR}-{value}")
    if born is None:
        return NOT_A_BIRTHDAY
    if not with_year or today is None:
        return ""
    oldest = (today.year - _OLDEST_YEARS, today.month, today.day)
    inside = oldest <= (born.year, born.month, born.day) and born <= today
    return "" if inside else BIRTHDAY_OUTSIDE


def age(birthday: str, today: date) -> int | None:
    """Whole years since a checked birthday; None when it has no year.

    Who was born on 29 February is a year older on 1 March of the years that have no such day.
    """
    born = parse_day(birthday)
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def old_enough(birthday: str, min_age: int, today: date) -> str:
    """Check that a checked birthday (or none) shows the least age, in years; 0 asks for nothing."""
    if not min_age:
        return ""
    years = age(birthday, today)
    if years is None:
        return f"must be given with its year, such as 1990-05-21: members are {min_age} or older"
    return "" if years >= min_age else f"must be of a person who is {min_age} or older"


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
    errors = [(name, UNKNOWN) for name in body if name not in known]
    errors += [
        (name, NOT_NULL if name in body else REQUIRED)
        for name in required
        if body.get(name) is None
    ]
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
        return must_be_one_of(known)

    return check


def truth(value: Any) -> str:
    return "" if type(value) is bool else NOT_A_BOOLEAN


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
