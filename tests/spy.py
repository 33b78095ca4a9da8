"""A checker of every call to the table: no Scan, and nobody reads or writes another's keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from regulars.store import keys
from regulars.store.errors import StoreError

ALLOWED = frozenset(
    {"GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "TransactWriteItems"}
)
"""What a runtime role may do at all; Scan and Delete are not among it."""


class Spy:
    """An observer of `Table.on_call`.

    Within `acting_as(m)` every key must belong to that merchant or be a global look-up that the
    code is allowed (links, slugs, keys, hooks, the due list).
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any], Any]] = []
        self.offences: list[str] = []
        self._merchant: str | None = None

    def __call__(self, operation: str, params: dict[str, Any], outcome: Any) -> None:
        self.calls.append((operation, params, outcome))
        if operation not in ALLOWED:
            self.offences.append(f"{operation} is not allowed at run time")
        if self._merchant is None:
            return
        for pk in partitions(params):
            owner = keys.merchant_of(pk)
            if owner is not None and owner != self._merchant:
                self.offences.append(f"{operation} on {pk} while acting as {self._merchant}")

    @contextmanager
    def acting_as(self, merchant_id: str | None) -> Iterator[None]:
        """Within it, only this merchant's keys may be touched."""
        before, self._merchant = self._merchant, merchant_id
        try:
            yield
        finally:
            self._merchant = before

    def assert_clean(self) -> None:
        """Fails when any rule was broken."""
        assert not self.offences, "\n".join(self.offences)

    def consumed(self) -> tuple[float, float]:
        """Write and read units of all calls that were answered."""
        write = read = 0.0
        for operation, _, outcome in self.calls:
            if isinstance(outcome, StoreError):
                continue
            capacity = outcome.get("ConsumedCapacity", [])
            units = sum(
                one.get("CapacityUnits", 0.0)
                for one in (capacity if isinstance(capacity, list) else [capacity])
            )
            if operation in {"PutItem", "TransactWriteItems", "UpdateItem"}:
                write += units
            else:
                read += units
        return write, read


def partitions(params: dict[str, Any]) -> Iterator[str]:
    """Every partition key that a request names."""
    if "Key" in params:
        yield params["Key"]["PK"]["S"]
    if "Item" in params:
        yield params["Item"]["PK"]["S"]
    for request in params.get("RequestItems", {}).values():
        yield from (key["PK"]["S"] for key in request["Keys"])
    for write in params.get("TransactItems", []):
        for part in write.values():
            yield (part.get("Item") or part["Key"])["PK"]["S"]
    if "KeyConditionExpression" in params:
        yield params["ExpressionAttributeValues"][":pk"]["S"]
