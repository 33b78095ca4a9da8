"""The bare minimum that the functions are compared with: boto3 and the same DynamoDB calls."""

from __future__ import annotations

import copy
from base64 import b64decode, b64encode
from typing import Any
from uuid import uuid4

CALLS_TOKEN = "ClientRequestToken"


def plain(calls: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """Recorded calls without what an observer adds, with bytes as JSON holds them."""
    return [
        (
            name,
            _jsonable({key: it for key, it in params.items() if key != "ReturnConsumedCapacity"}),
        )
        for name, params in calls
    ]


def again(calls: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """The same calls, as they can be made again: writes go to new keys, under one condition.

    Items keep their number and size, so the engine has the same work.
    """
    repeated = copy.deepcopy(calls)
    suffix = f"~{uuid4().hex[:8]}"
    for _, params in repeated:
        params.pop(CALLS_TOKEN, None)
        writes = [next(iter(part.values())) for part in params.get("TransactItems", [])]
        for write in [*writes, *([params] if "Item" in params else [])]:
            if "Item" in write:
                write["Item"]["PK"]["S"] += suffix
            write["ConditionExpression"] = "attribute_not_exists(#c0)"
            write["ExpressionAttributeNames"] = {"#c0": "PK"}
            write.pop("ExpressionAttributeValues", None)
    return repeated


def with_bytes(value: Any) -> Any:
    """JSON's base64 texts as the bytes that boto3 wants."""
    if isinstance(value, dict):
        return {
            key: b64decode(it) if key == "B" and isinstance(it, str) else with_bytes(it)
            for key, it in value.items()
        }
    return [with_bytes(it) for it in value] if isinstance(value, list) else value


def _jsonable(value: Any) -> Any:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, dict):
        return {key: _jsonable(it) for key, it in value.items()}
    return [_jsonable(it) for it in value] if isinstance(value, list) else value
