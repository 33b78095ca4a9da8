"""Tables that released versions left, put into the table of a test."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode
from pathlib import Path
from typing import Any

from tests.service import Service

HERE = Path(__file__).parent
RELEASED = sorted(path.name.removesuffix(".json.gz") for path in HERE.glob("golden/*.json.gz"))

BATCH = 25

Taken = dict[str, Any]


def put_back(service: Service, folder: str, release: str) -> Taken:
    """Put what a release left into the table as it was, and return what was taken with it."""
    found: Taken = json.loads(gzip.decompress((HERE / folder / f"{release}.json.gz").read_bytes()))
    puts = [
        {"PutRequest": {"Item": {name: _raw(attribute) for name, attribute in item.items()}}}
        for item in found["items"]
    ]
    for first in range(0, len(puts), BATCH):
        asked = {"RequestItems": {service.table.name: puts[first : first + BATCH]}}
        answer = service.table._transport("BatchWriteItem", asked)
        assert not answer.get("UnprocessedItems")
    return found


def _raw(attribute: dict[str, Any]) -> dict[str, Any]:
    """An attribute as our transport takes it: bytes as they are."""
    ((kind, value),) = attribute.items()
    if kind == "M":
        return {"M": {name: _raw(one) for name, one in value.items()}}
    if kind == "L":
        return {"L": [_raw(one) for one in value]}
    return {kind: b64decode(value) if kind == "B" else value}
