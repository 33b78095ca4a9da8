"""Checks of the request bodies that a scan waits for, without pydantic.

`models.py` holds the same contract as pydantic models, from which the OpenAPI document is made; a
property test feeds both with the same bodies and demands the same verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.core import checks

_MONEY = checks.integer(0, checks.MONEY_MAX)
_SIGNED = checks.integer(-checks.MONEY_MAX, checks.MONEY_MAX)

_ITEM = {
    "sku": checks.text(),
    "name": checks.text(),
    "category": checks.text(),
    "quantity": checks.quantity,
    "amount_minor": _SIGNED,
    "kind": checks.one_of(*checks.LINE_KINDS),
}

_EARN: dict[str, checks.Check] = {
    "member_id": checks.text(),
    "contact": checks.pasted(),
    "code": checks.pasted(),
    "visits": checks.integer(0, checks.VISITS_MAX),
    "spend_minor": _SIGNED,
    "tip_minor": _MONEY,
    "tax_minor": _MONEY,
    "tax_inside": checks.truth,
    "discount_minor": _MONEY,
    "gift_card_minor": _MONEY,
    "items": lambda value: "" if isinstance(value, list) else checks.NOT_A_LIST,
    "order_id": checks.text(),
    "location": checks.text(),
    "staff": checks.text(),
    "effective_at": checks.instant,
    "note": checks.text(checks.NOTE_MAX),
    "override": checks.truth,
}

WHO = ("member_id", "contact", "code")


def earn(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Check the body of POST /v1/earn and return it."""
    errors = checks.fields(body, _EARN)
    if sum(body.get(name) is not None for name in WHO) != 1:
        errors.append(("member_id", "give exactly one of member_id, contact and code"))
    errors += _items_errors(body.get("items"))
    if not errors and checks.too_much(body):
        errors.append(("spend_minor", checks.TOO_MUCH))
    checks.require(errors)
    return body


def _items_errors(items: Any) -> list[tuple[str, str]]:
    """What is wrong with the items of a sale, apart from that they are no list."""
    errors: list[tuple[str, str]] = []
    if isinstance(items, list):
        if len(items) > checks.ITEMS_MAX:
            errors.append(("items", checks.at_most_items(checks.ITEMS_MAX)))
        for place, item in enumerate(items[: checks.ITEMS_MAX]):
            errors += _item_errors(place, item)
    return errors


def _item_errors(place: int, item: Any) -> list[tuple[str, str]]:
    if item is None:
        return [(f"items.{place}", checks.NOT_NULL)]
    if not isinstance(item, dict):
        return [(f"items.{place}", checks.NOT_AN_OBJECT)]
    wrong = checks.fields(item, _ITEM, required=("quantity", "amount_minor"))
    return [(f"items.{place}.{name}", message) for name, message in wrong]


_GIFT: dict[str, checks.Check] = {
    "member_id": checks.text(),
    "surprise": checks.text(),
    "note": checks.text(checks.NOTE_MAX),
    "override": checks.truth,
}


def gift(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Check the body of POST /v1/gifts and return it."""
    checks.require(checks.fields(body, _GIFT, required=("member_id", "surprise")))
    return body


_REDEEM: dict[str, checks.Check] = {
    "location": checks.text(),
    "staff": checks.text(),
    "order_id": checks.text(),
    "order_minor": _MONEY,
    "amount_minor": checks.integer(1, checks.MONEY_MAX),
    "seen": checks.text(),
}


def redeem(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Check the body of POST /v1/vouchers/{code}/redeem and return it."""
    checks.require(checks.fields(body, _REDEEM))
    return body


_REVERSE = {name: _REDEEM[name] for name in ("location", "staff", "order_id")}


def reverse(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Check the body of POST /v1/vouchers/{code}/reverse and return it."""
    checks.require(checks.fields(body, _REVERSE))
    return body


CODE_KINDS = ("once", "event", "printed", "receipt")
USES_MAX = 1_000_000

_CODE: dict[str, checks.Check] = {
    "kind": checks.one_of(*CODE_KINDS),
    "visits": checks.integer(0, checks.VISITS_MAX),
    "spend_minor": _MONEY,
    "items": lambda value: "" if isinstance(value, list) else checks.NOT_A_LIST,
    "action": checks.text(40),
    "order_id": checks.text(),
    "location": checks.text(),
    "valid_until": checks.instant,
    "uses": checks.integer(1, USES_MAX),
}


def code(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Check the body of POST /v1/codes and return it."""
    errors = checks.fields(body, _CODE, required=("kind",))
    errors += _items_errors(body.get("items"))
    if not errors and checks.too_much(body):
        errors.append(("spend_minor", checks.TOO_MUCH))
    if not errors and (wrong := no_code(body)):
        errors.append(wrong)
    checks.require(errors)
    return body


def no_code(body: Mapping[str, Any]) -> tuple[str, str] | None:
    """Find what does not fit the kind of a code: a field, and why. None when all does."""
    kind = body["kind"]
    takes_no = {
        "once": ("valid_until", "uses"),
        "receipt": ("uses",),
        "event": ("order_id",),
        "printed": ("spend_minor", "items", "action", "order_id", "uses"),
    }[kind]
    for name in takes_no:
        if body.get(name) is not None:
            return name, f"is not for codes of kind {kind}; leave it out"
    if body.get("action") is not None:
        for name in ("visits", "spend_minor", "items", "order_id"):
            if body.get(name) is not None:
                return name, "is not for a code that rewards an action; leave one of the two out"
    sold = body.get("spend_minor") is not None or body.get("items")
    if body.get("visits") == 0 and not sold:
        return "visits", "must be at least 1 where nothing else is earned"
    return None
