"""Items as Python values, and as DynamoDB writes them: `{"S": "…"}`, `{"N": "7"}`, `{"M": …}`.

Only what a ledger needs: str, int, bool, None, bytes, list and dict with str keys. There are no
floats and no decimals, so that a balance cannot pass through one; there are no sets, because they
cannot be empty. Whatever else turns up is a mistake and raises.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

Item = dict[str, Any]
Attribute = dict[str, Any]


def to_item(item: Mapping[str, Any]) -> dict[str, Attribute]:
    """Return the item as DynamoDB writes it. Raises TypeError for a value it cannot hold."""
    return {
        name: {"S": value} if type(value) is str else to_attribute(value)  # most of them are
        for name, value in item.items()
    }


def from_item(item: Mapping[str, Attribute]) -> Item:
    """Return DynamoDB's item as Python values. Raises TypeError or ValueError for a stranger."""
    plain = {}
    for name, attribute in item.items():
        ((kind, value),) = attribute.items()
        plain[name] = value if kind == "S" else _read(kind, value)
    return plain


def to_attribute(value: object) -> Attribute:
    """Return one value as DynamoDB writes it.

    Bytes stay bytes: each transport turns them into base64 when it writes the request.
    Raises TypeError for floats, sets, tuples and everything else a ledger does not hold.
    """
    match value:
        case str():
            return {"S": value}
        case bool():  # before int: True is an int
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case bytes():
            return {"B": value}
        case list():
            return {"L": [to_attribute(element) for element in value]}
        case dict():
            return {"M": to_item(value)}
    raise TypeError(f"an item cannot hold a {type(value).__name__}: {value!r}")


def from_attribute(attribute: Attribute) -> Any:
    """Return the Python value of one DynamoDB attribute.

    Raises TypeError for a type we never write, ValueError for a number that is not whole.
    """
    ((kind, value),) = attribute.items()
    return _read(kind, value)


def _read(kind: str, value: Any) -> Any:
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            return int(value)
        case "NULL":
            return None
        case "B":  # base64 in JSON, bytes when botocore has parsed it
            return value if isinstance(value, bytes) else b64decode(value)
        case "L":
            return [from_attribute(element) for element in value]
        case "M":
            return from_item(value)
    raise TypeError(f"the table holds an attribute of type {kind}, which is never written")
