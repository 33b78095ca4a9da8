"""The one table: reads, conditional puts and transactions, over either transport.

`Table` builds the requests and reads the answers; the transport is a function
`call(operation, params) -> answer` from `wire.dynamodb()` or `boto.dynamodb()`, which signs, sends
and tries transient failures again. A write whose answer was lost is sent again too, so a caller
may meet its own earlier write as the item that made a condition fail: an operation item is
compared by fingerprint, never merely by presence.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from regulars.store import formats, retry
from regulars.store.conditions import Absent, AbsentOr, Below, Condition, Equals, Present
from regulars.store.errors import (
    CONDITION_FAILED,
    CancellationReason,
    Cancelled,
    Lost,
    ServiceError,
    StoreError,
    Unavailable,
)
from regulars.store.marshal import Item, from_item, to_attribute, to_item

__all__ = [
    "Absent",
    "AbsentOr",
    "Below",
    "Call",
    "CancellationReason",
    "Cancelled",
    "Check",
    "Condition",
    "Count",
    "Equals",
    "Item",
    "ItemPage",
    "Key",
    "Lost",
    "Observer",
    "Present",
    "Put",
    "ServiceError",
    "StoreError",
    "Table",
    "Unavailable",
]

Key = tuple[str, str]
Params = dict[str, Any]
Call = Callable[[str, Params], Params]
Observer = Callable[[str, Params, Params | StoreError], None]

BATCH_GET_MAX: Final = 100
TRANSACTION_MAX: Final = 100
INDEX: Final = "GSI1"
ADDED: Final = "ADD #n :by SET #fmt = :fmt"


class Put(NamedTuple):
    """Write this item, whole, if the condition holds (or in any case when there is none)."""

    item: Item
    condition: Condition | None = None


class Count(NamedTuple):
    """Move the counter `n` of an item by an amount; refused when it would pass the limit.

    DynamoDB adds it up itself, so a counter that all cards share is no cause for deciding again
    until it is at its limit.
    """

    key: Key
    by: int
    limit: int


class Check(NamedTuple):
    """Write nothing here, but let the transaction happen only if the condition holds."""

    key: Key
    condition: Condition


class ItemPage(NamedTuple):
    """Some items of a query, in order; `next` is what `start=` takes, None after the last one."""

    items: list[Item]
    next: dict[str, str] | None


class Table:
    """The ledger's table, through one transport. Safe to share between threads.

    `on_call` holds observers `(operation, params, answer or error)` for tests and measurements;
    while there is one, answers carry the consumed capacity.
    """

    def __init__(self, name: str, call: Call) -> None:
        self.name = name
        self.on_call: list[Observer] = []
        self._transport = call

    def get(self, *keys: Key, consistent: bool = True) -> list[Item | None]:
        """Return the item under each key, None where there is none, in the order asked for.

        One round trip for up to 100 keys. Several items are not one snapshot: DynamoDB reads them
        one after the other.
        """
        if len(keys) == 1:
            answer = self._call(
                "GetItem",
                {"TableName": self.name, "Key": _key(keys[0]), "ConsistentRead": consistent},
            )
            return [formats.read(answer["Item"]) if "Item" in answer else None]
        found: dict[Key, Item] = {}
        wanted = list(dict.fromkeys(keys))
        for first in range(0, len(wanted), BATCH_GET_MAX):
            for item in self._batch_get(wanted[first : first + BATCH_GET_MAX], consistent):
                found[item["PK"], item["SK"]] = item
        return [found.get(key) for key in keys]

    def query(  # one keyword per part of DynamoDB's Query; each is independent of the others
        self,
        pk: str,
        *,
        prefix: str = "",
        after: str | None = None,
        between: tuple[str, str] | None = None,
        index: bool = False,
        newest_first: bool = False,
        limit: int | None = None,
        start: dict[str, str] | None = None,
        consistent: bool = False,
        attributes: tuple[str, ...] = (),
    ) -> ItemPage:
        """Return one page (at most `limit` items, at most 1 MB) of a partition, in key order.

        `prefix` or `between` (both ends included) narrows the sort keys; `after` starts behind
        that sort key in reading order; `start` goes on after an earlier page; `index` asks GSI1,
        which is eventually consistent; `attributes` names what to return (all by default).
        """
        if after is not None and (index or start is not None or not after.startswith(prefix)):
            raise ValueError("`after` is a sort key of the table within the prefix; else use start")
        pk_name, sk_name = ("GSI1PK", "GSI1SK") if index else ("PK", "SK")
        names, values = {"#pk": pk_name}, {":pk": to_attribute(pk)}
        expression = "#pk = :pk"
        if between is not None:
            names["#sk"] = sk_name
            values |= {":lo": to_attribute(between[0]), ":hi": to_attribute(between[1])}
            expression += " AND #sk BETWEEN :lo AND :hi"
        elif prefix:
            names["#sk"] = sk_name
            values[":prefix"] = to_attribute(prefix)
            expression += " AND begins_with(#sk, :prefix)"
        params: Params = {
            "TableName": self.name,
            "KeyConditionExpression": expression,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": not newest_first,
        }
        if index:
            params["IndexName"] = INDEX
        if consistent:
            params["ConsistentRead"] = True
        if limit is not None:
            params["Limit"] = limit
        if after is not None:
            params["ExclusiveStartKey"] = _key((pk, after))
        elif start is not None:
            params["ExclusiveStartKey"] = to_item(start)
        if attributes:
            asked = {f"#a{number}": name for number, name in enumerate(attributes)}
            names |= asked
            params["ProjectionExpression"] = ", ".join(asked)
        answer = self._call("Query", params)
        last = answer.get("LastEvaluatedKey")
        return ItemPage(
            [formats.read(item) for item in answer["Items"]], from_item(last) if last else None
        )

    def items(
        self,
        pk: str,
        *,
        prefix: str = "",
        index: bool = False,
        consistent: bool = False,
        attributes: tuple[str, ...] = (),
    ) -> Iterator[Item]:
        """Return all items of a partition, as `query` selects them, read a page at a time."""
        start = None
        while True:
            page = self.query(
                pk, prefix=prefix, index=index, consistent=consistent, attributes=attributes,
                start=start,
            )  # fmt: skip
            yield from page.items
            start = page.next
            if start is None:
                return

    def put(self, item: Item, condition: Condition | None = None) -> Item | None:
        """Write one item. Returns None when it was written.

        When the condition did not hold, returns the item that is there ({} when there is none).
        """
        params: Params = {
            "TableName": self.name,
            "Item": formats.stored(item),
            **_condition(condition),
        }
        try:
            self._call("PutItem", params)
        except ServiceError as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            return formats.read(error.body.get("Item", {}))
        return None

    def add(self, key: Key, attribute: str, by: int, condition: Condition) -> Item | None:
        """Add to a number of an item. Returns None when it was done.

        When the condition did not hold, returns the item that is there ({} when there is none). A
        try whose answer was lost may be carried out twice: for counts that may be too high.
        """
        params = {"TableName": self.name, "Key": _key(key), **_condition(condition)}
        params["UpdateExpression"] = ADDED
        params["ExpressionAttributeNames"] = {
            **condition.names, "#n": attribute, "#fmt": formats.NAME,
        }  # fmt: skip
        params["ExpressionAttributeValues"] = {
            **condition.values, ":by": to_attribute(by), ":fmt": formats.WRITTEN,
        }  # fmt: skip
        try:
            self._call("UpdateItem", params)
        except ServiceError as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            return formats.read(error.body.get("Item", {}))
        return None

    def transact(self, writes: Sequence[Put | Check | Count]) -> None:
        """Carry out all writes or none (at most 100, no two under the same key).

        Raises `Cancelled` when a condition failed. Collisions with another transaction are tried
        again with the same token, so that a try whose answer was lost is not carried out twice.
        """
        if not 0 < len(writes) <= TRANSACTION_MAX:
            raise ValueError(f"a transaction has 1 to {TRANSACTION_MAX} writes, not {len(writes)}")
        params: Params = {
            "TransactItems": [self._transact_item(write) for write in writes],
            "ClientRequestToken": os.urandom(16).hex(),
        }
        try:
            self._call("TransactWriteItems", params)
        except ServiceError as error:
            reasons = [_reason(reason) for reason in error.body.get("CancellationReasons", [])]
            if not any(reason.code == CONDITION_FAILED for reason in reasons):
                raise
            raise Cancelled(reasons) from error

    def _transact_item(self, write: Put | Check | Count) -> Params:
        if isinstance(write, Count):
            return {"Update": {"TableName": self.name, **_count(write)}}
        if isinstance(write, Put):
            put = {"TableName": self.name, "Item": formats.stored(write.item)}
            return {"Put": put | _condition(write.condition)}
        check = {"TableName": self.name, "Key": _key(write.key)}
        return {"ConditionCheck": check | _condition(write.condition)}

    def _batch_get(self, keys: Sequence[Key], consistent: bool) -> list[Item]:
        """Read up to 100 different keys; what DynamoDB leaves undone is asked for again."""
        items: list[Item] = []
        pending: Params = {"Keys": [_key(key) for key in keys], "ConsistentRead": consistent}
        for tries in range(1, retry.TRIES_MAX + 1):
            answer = self._call("BatchGetItem", {"RequestItems": {self.name: pending}})
            items += [formats.read(item) for item in answer["Responses"].get(self.name, [])]
            if self.name not in answer.get("UnprocessedKeys", {}):
                return items
            pending = answer["UnprocessedKeys"][self.name]
            retry.sleep(retry.wait_s(tries))
        raise Unavailable("BatchGetItem", retry.TRIES_MAX)

    def _call(self, operation: str, params: Params) -> Params:
        if not self.on_call:
            return self._transport(operation, params)
        params = {**params, "ReturnConsumedCapacity": "TOTAL"}
        try:
            answer = self._transport(operation, params)
        except StoreError as error:
            self._report(operation, params, error)
            raise
        self._report(operation, params, answer)
        return answer

    def _report(self, operation: str, params: Params, outcome: Params | StoreError) -> None:
        for observe in self.on_call:
            observe(operation, params, outcome)


def _key(key: Key) -> Params:
    return to_item({"PK": key[0], "SK": key[1]})


def _count(write: Count) -> Params:
    """An update that adds, and refuses to pass the limit (taking away is always fine)."""
    update: Params = {
        "Key": _key(write.key),
        "UpdateExpression": ADDED,
        "ExpressionAttributeNames": {"#n": "n", "#fmt": formats.NAME},
        "ExpressionAttributeValues": {":by": to_attribute(write.by), ":fmt": formats.WRITTEN},
    }
    if write.by > 0:
        update["ConditionExpression"] = "attribute_not_exists(#n) OR #n <= :most"
        update["ExpressionAttributeValues"][":most"] = to_attribute(write.limit - write.by)
        update["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return update


def _condition(condition: Condition | None) -> Params:
    """The part of a write that carries its condition and asks for the old item if it fails."""
    if condition is None:
        return {}
    part: Params = {
        "ConditionExpression": condition.expression,
        "ExpressionAttributeNames": condition.names,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if condition.values:
        part["ExpressionAttributeValues"] = condition.values
    return part


def _reason(reason: Params) -> CancellationReason:
    item = reason.get("Item")
    return CancellationReason(reason.get("Code", "None"), formats.read(item) if item else None)
