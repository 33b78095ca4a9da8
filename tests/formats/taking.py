"""How a table is taken as a released version left it: what `take.py` and `take_shop.py` share."""

from __future__ import annotations

import base64
import gzip
import json
import os
from pathlib import Path
from typing import Any


def answered(shop: Any, member_id: str) -> dict[str, Any]:
    """What the release answers about a member."""
    path = f"/v1/members/{member_id}"
    entries = shop.call("GET", f"{path}/entries", query={"limit": "100"}).json
    assert shop.call("GET", f"{path}/verify").json["ok"] is True
    return {"card": shop.card(member_id), "entries": len(entries["items"])}


def scanned(table: Any) -> list[Any]:
    """Every item of the table, as DynamoDB writes it."""
    import boto3

    client = boto3.client("dynamodb", endpoint_url=os.environ["AWS_ENDPOINT_URL_DYNAMODB"])
    found: list[Any] = []
    for page in client.get_paginator("scan").paginate(TableName=table.name):
        found += page["Items"]
    plain: list[Any] = json.loads(json.dumps(found, default=_in_base64))
    return plain


def _in_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def write(taken: dict[str, Any]) -> None:
    """Write what was taken to the file that TAKEN names."""
    text = json.dumps(taken, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    Path(os.environ["TAKEN"]).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
