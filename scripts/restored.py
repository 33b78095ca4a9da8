"""What a restored table lacks of the table it was made from: looked for, and partly brought over.

Both tables are read with boto3's client of DynamoDB, whole; nothing that is there is written over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zlib import decompress

from regulars.store import cards, keys
from regulars.store.marshal import from_item, to_item

TORN = timedelta(minutes=5)
"""How long before its moment a restored table is looked at: parts of the newest may be missing."""
BATCH = 100

Item = dict[str, Any]


class Lost(NamedTuple):
    """What a restored table does not have: an entry (with its kind) or a member."""

    merchant: str
    member: str
    what: str
    """`entry` or `member`."""
    kind: str = ""
    seq: int = 0


def lost(dynamodb: Any, source: str, table: str, point: datetime) -> Iterator[Lost]:
    """Entries and members that the old table has and the restored one has not, from shortly before
    the moment on. An entry with the same number and another content is lost, too."""
    since = str(int((point - TORN).timestamp() * 1000))
    found = scan(
        dynamodb, source, "(begins_with(SK, :entry) OR SK = :profile) AND GSI1SK >= :since",
        {":entry": "ENTRY#", ":profile": "PROFILE", ":since": since},
    )  # fmt: skip
    for item, there in beside(dynamodb, table, found):
        _, merchant, _, member = item["PK"].split("#")
        if item["SK"] == "PROFILE":
            if there is None:
                yield Lost(merchant, member, "member")
        elif there is None or there["hash"] != item["hash"]:
            entry = cards.entry_of(item)
            yield Lost(merchant, member, "entry", str(entry.kind), entry.seq)


def complete(dynamodb: Any, source: str, table: str, point: datetime) -> int:
    """Bring over what was torn off the newest transactions of before the moment; returns how many
    items.

    Entries and profiles say when they came into being. An operation (by which a repeated order is
    known) belongs to its entry, where both tables have the same; what leads to a member belongs to
    a profile that was torn off. States, vouchers and the like are rebuilt by the audit.
    """
    first, last = (f"{int(it.timestamp() * 1000):013}" for it in (point - TORN, point))
    found = scan(
        dynamodb, source,
        "(begins_with(SK, :entry) OR SK = :profile) AND GSI1SK BETWEEN :first AND :last",
        {":entry": "ENTRY#", ":profile": "PROFILE", ":first": first, ":last": f"{last}~"},
    )  # fmt: skip
    count, joined = 0, set()
    for item, there in beside(dynamodb, table, found):
        if there is None:
            count += put(dynamodb, table, item)
            if item["SK"] == "PROFILE":
                joined.add(item["PK"])
    kinds = {":op": "OP", ":handle": "HANDLE", ":link": "LINK", ":contact": "CONTACT"}
    found = scan(dynamodb, source, f"SK IN ({', '.join(kinds)})", kinds)
    missing = [item for item, there in beside(dynamodb, table, found) if there is None]
    for item in missing:
        merchant = str(item.get("m") or keys.merchant_of(item["PK"]))
        member = str(item.get("c", ""))
        if item["SK"] == "OP":  # one without a number is of a mail
            wanted = "seq" in item and same_entry(
                dynamodb, source, table, keys.entry(merchant, member, item["seq"])
            )
        else:
            wanted = keys.card(merchant, member) in joined
        if wanted:
            count += put(dynamodb, table, item)
    return count


def same_entry(dynamodb: Any, source: str, table: str, key: keys.Key) -> bool:
    """Whether both tables have an entry, and the same."""
    item_key = {"PK": {"S": key[0]}, "SK": {"S": key[1]}}
    one, other = (
        dynamodb.get_item(TableName=name, Key=item_key, ConsistentRead=True).get("Item")
        for name in (source, table)
    )
    return bool(one and other and one["hash"] == other["hash"])


def put(dynamodb: Any, table: str, item: Item) -> bool:
    """Write an item where there is none of its key; returns whether it was written."""
    try:
        dynamodb.put_item(
            TableName=table, Item=to_item(item), ConditionExpression="attribute_not_exists(PK)"
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True


def carry_over(
    dynamodb: Any, source: str, table: str, send: Callable[[Item], None]
) -> tuple[int, int]:
    """Bring over what tills reported after the moment and nobody has booked yet.

    Sales that wait for their member and refunds that wait for their sale are written where they are
    missing; events on the list of what needs a person are sent to the queue again. Returns how many
    of each. What is booked already is not booked again.
    """
    kept = sent = 0
    found = scan(
        dynamodb, source,
        "contains(PK, :parked) OR (contains(PK, :refund) AND #state = :state)"
        " OR (contains(PK, :list) AND begins_with(SK, :unbooked) AND attribute_exists(#data))",
        {":parked": "#PARKED#", ":refund": "#REFUND#", ":state": "parked", ":list": "#ATTENTION",
         ":unbooked": "unbooked."},
        {"#state": "state", "#data": "data"},
    )  # fmt: skip
    for item, there in beside(dynamodb, table, found):
        if there is not None:
            continue
        if item["SK"].startswith("unbooked."):
            send(json.loads(decompress(item["data"])))
            sent += 1
            continue
        kept += put(dynamodb, table, item)
    return kept, sent


def scan(
    dynamodb: Any, table: str, condition: str, values: dict[str, str],
    names: dict[str, str] | None = None,
) -> Iterator[Item]:  # fmt: skip
    """The items of a whole table that meet a condition."""
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression=condition,
        ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
        **({"ExpressionAttributeNames": names} if names else {}),
    )
    for page in pages:
        yield from map(from_item, page["Items"])


def beside(dynamodb: Any, table: str, items: Iterator[Item]) -> Iterator[tuple[Item, Item | None]]:
    """Each item with the one of the same key in another table, None where there is none."""
    batch: list[Item] = []

    def looked_up() -> Iterator[tuple[Item, Item | None]]:
        wanted: Any = [{"PK": {"S": it["PK"]}, "SK": {"S": it["SK"]}} for it in batch]
        found = {}
        while wanted:
            asked = {table: {"Keys": wanted, "ConsistentRead": True}}
            answer = dynamodb.batch_get_item(RequestItems=asked)
            for item in map(from_item, answer["Responses"].get(table, [])):
                found[item["PK"], item["SK"]] = item
            wanted = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys")
        yield from ((it, found.get((it["PK"], it["SK"]))) for it in batch)

    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield from looked_up()
            batch.clear()
    if batch:
        yield from looked_up()
