"""Checks of request bodies on the lean path, without pydantic.

`web/models.py` holds the same contract as pydantic models, from which the OpenAPI document is
made; a property test feeds both with the same bodies and demands the same verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from regulars.domain.calendar import to_ms
from regulars.domain.operations import Item
from regulars.domain.refusals import Code, Refused

MONEY_MAX = 10**12
"""Minor units; more than any till will ever ring up, less than what would break a sum."""

TEXT_MAX = 200
NOTE_MAX = 500
ITEMS_MAX = 200
VISITS_MAX = 50
QUANTITY_MAX = 10_000
EFFECTIVE_MIN = "2000-01-01"
IDEMPOTENCY_CHARS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-")

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
        raise Refused(Code.INVALID, "Some fields are not valid; see errors.", tuple(errors[:50]))


_ITEM = {
    "sku": text(),
    "category": text(),
    "quantity": integer(1, QUANTITY_MAX),
    "amount_minor": integer(0, MONEY_MAX),
}

_EARN: dict[str, Check] = {
    "member_id": text(),
    "contact": text(),
    "code": text(),
    "visits": integer(0, VISITS_MAX),
    "spend_minor": integer(0, MONEY_MAX),
    "items": lambda value: "" if isinstance(value, list) else "must be a list",
    "order_id": text(),
    "location": text(),
    "staff": text(),
    "effective_at": instant,
    "note": text(NOTE_MAX),
}

WHO = ("member_id", "contact", "code")


def earn(body: Mapping[str, Any]) -> None:
    """Check the body of POST /v1/earn."""
    errors = fields(body, _EARN)
    if sum(body.get(name) is not None for name in WHO) != 1:
        errors.append(("member_id", "give exactly one of member_id, contact and code"))
    items = body.get("items")
    if isinstance(items, list):
        if len(items) > ITEMS_MAX:
            errors.append(("items", f"must be at most {ITEMS_MAX}"))
        for place, item in enumerate(items[:ITEMS_MAX]):
            errors += _item_errors(place, item)
    require(errors)


def _item_errors(place: int, item: Any) -> list[tuple[str, str]]:
    if not isinstance(item, dict):
        return [(f"items.{place}", "must be an object")]
    wrong = fields(item, _ITEM, required=("quantity", "amount_minor"))
    return [(f"items.{place}.{name}", message) for name, message in wrong]


def items(body: Mapping[str, Any]) -> tuple[Item, ...]:
    """The items of a checked body."""
    return tuple(
        Item(
            quantity=item["quantity"],
            amount_minor=item["amount_minor"],
            sku=item.get("sku") or "",
            category=item.get("category") or "",
        )
        for item in body.get("items") or ()
    )


_GIFT: dict[str, Check] = {"member_id": text(), "surprise": text(), "note": text(NOTE_MAX)}


def gift(body: Mapping[str, Any]) -> None:
    """Check the body of POST /v1/gifts."""
    require(fields(body, _GIFT, required=("member_id", "surprise")))


_REDEEM: dict[str, Check] = {"location": text(), "staff": text(), "order_id": text()}


def redeem(body: Mapping[str, Any]) -> None:
    """Check the body of POST /v1/vouchers/{code}/redeem."""
    require(fields(body, _REDEEM))


def idempotency_key(headers: Mapping[str, str]) -> str:
    """The caller's key; raises when it is missing or not one."""
    key = headers.get("idempotency-key", "")
    if not key:
        raise Refused(
            Code.IDEMPOTENCY_KEY_REQUIRED,
            "Send an Idempotency-Key header: a new one per operation, the same one per retry.",
        )
    if len(key) > 128 or not IDEMPOTENCY_CHARS.issuperset(key):
        raise Refused(
            Code.INVALID,
            "The Idempotency-Key is not valid.",
            (("Idempotency-Key", "must be 1 to 128 characters of A-Z a-z 0-9 . _ : -"),),
        )
    return key
