"""A table in memory: DynamoDB as far as `Table` uses it, one item at a time and all or nothing.

It answers to the same `call(operation, params)` as the transports, with the same errors, so that
everything above is the product's own. `tests/local/test_memory.py` holds it against the engine.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from regulars.store.errors import ServiceError
from regulars.store.table import ADDED, ENDS

Item = dict[str, Any]
Params = dict[str, Any]
Key = tuple[str, str]
Place = tuple[str, ...]
"""The sort key, and for the index the key of the item behind it."""
Change = tuple[Key, Item | None, Item]
"""Key, the item before, the item after."""

Check = Callable[[Item | None, dict[str, str], dict[str, Any]], bool]

VERSIONS_KEPT = 3
"""How far behind an eventually consistent read may be, in versions."""


class Partition(dict[Place, Item]):
    """The items of a partition by their place in it; `order` holds the places sorted."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[Place] = []

    def keep(self, place: Place, item: Item) -> None:
        if place not in self:
            insort(self.order, place)
        self[place] = item

    def drop(self, place: Place) -> None:
        del self[place]
        del self.order[bisect_left(self.order, place)]


class Memory:
    """One table. `committed` is told the changes of every write that was carried out."""

    def __init__(self, committed: Callable[[list[Change]], None] = lambda _: None) -> None:
        self.items: dict[str, Partition] = defaultdict(Partition)
        self.index: dict[str, Partition] = defaultdict(Partition)
        self.past: dict[Key, deque[Item | None]] = {}
        self.tokens: set[str] = set()
        self.committed = committed
        self._before_last: list[Change] = []

    def call(self, operation: str, params: Params, behind: int = 0) -> Params:
        """Carry out one request; reads that may be stale are `behind` by so many versions."""
        if operation == "GetItem":
            return self._get(params, 0 if params.get("ConsistentRead") else behind)
        if operation == "TransactWriteItems":
            return self._transact(params)
        if operation == "PutItem":
            return self._put(params)
        if operation == "UpdateItem":
            return self._update(params)
        if operation == "Query":
            return self._query(params, 0 if params.get("ConsistentRead") else behind)
        if operation == "BatchGetItem":
            return self._batch(params, behind)
        raise ServiceError("UnknownOperationException", operation, 400, {})

    def everything(self) -> list[Item]:
        """Every item."""
        return [item for part in self.items.values() for item in part.values()]

    def read(self, key: Key, behind: int = 0) -> Item | None:
        """The item under a key, or how it was some versions ago."""
        if behind and (past := self.past.get(key)):
            return past[-min(behind, len(past))]
        part = self.items.get(key[0])
        return part.get((key[1],)) if part else None

    def _get(self, params: Params, behind: int) -> Params:
        item = self.read(_key(params["Key"]), behind)
        return {"Item": item} if item is not None else {}

    def _batch(self, params: Params, behind: int) -> Params:
        ((name, wanted),) = params["RequestItems"].items()
        behind = 0 if wanted.get("ConsistentRead") else behind
        found = [self.read(_key(key), behind) for key in wanted["Keys"]]
        return {"Responses": {name: [item for item in found if item is not None]}}

    def _put(self, params: Params) -> Params:
        item = params["Item"]
        there = self.read(_key(item))
        if not _holds(params, there):
            body = {"Item": there} if there is not None and _wants_old(params) else {}
            raise ServiceError("ConditionalCheckFailedException", "the condition", 400, body)
        self._commit([(_key(item), there, item)])
        return {}

    def _update(self, params: Params) -> Params:
        key = _key(params["Key"])
        there = self.read(key)
        if not _holds(params, there):
            body = {"Item": there} if there is not None and _wants_old(params) else {}
            raise ServiceError("ConditionalCheckFailedException", "the condition", 400, body)
        self._commit([(key, there, _added(key, there, params))])
        return {}

    def _transact(self, params: Params) -> Params:
        token = params.get("ClientRequestToken")
        if token in self.tokens:
            return {}
        changes: list[Change] = []
        reasons: list[Params] = []
        parts = [next(iter(write.items())) for write in params["TransactItems"]]
        places = [_key(part["Item"] if kind == "Put" else part["Key"]) for kind, part in parts]
        if len(set(places)) < len(places):
            raise ServiceError("ValidationException", "several operations on one item", 400, {})
        for key, (kind, part) in zip(places, parts, strict=True):
            there = self.read(key)
            if not _holds(part, there):
                old = {"Item": there} if there is not None and _wants_old(part) else {}
                reasons.append({"Code": "ConditionalCheckFailed", "Message": "no", **old})
                continue
            reasons.append({"Code": "None"})
            if kind == "Put":
                changes.append((key, there, part["Item"]))
            elif kind == "Update":
                changes.append((key, there, _added(key, there, part)))
        if any(reason["Code"] != "None" for reason in reasons):
            raise ServiceError(
                "TransactionCanceledException", "cancelled", 400, {"CancellationReasons": reasons}
            )
        if token:
            self.tokens.add(token)
        self._commit(changes)
        return {}

    def _commit(self, changes: list[Change]) -> None:
        for key, before, after in changes:
            self.items[key[0]].keep((key[1],), after)
            self.past.setdefault(key, deque(maxlen=VERSIONS_KEPT)).append(before)
            self._reindex(key, before, after)
        self._before_last = changes
        self.committed(changes)

    def _reindex(self, key: Key, before: Item | None, after: Item | None) -> None:
        if before is not None and "GSI1PK" in before:
            self.index[before["GSI1PK"]["S"]].drop((before["GSI1SK"]["S"], *key))
        if after is not None and "GSI1PK" in after:
            self.index[after["GSI1PK"]["S"]].keep((after["GSI1SK"]["S"], *key), after)

    def _query(self, params: Params, behind: int) -> Params:
        if not params.get("IndexName"):
            return _page(params, self.items, index=False)
        if not behind:
            return _page(params, self.index, index=True)
        self._shift(back=True)
        try:
            return _page(params, self.index, index=True)
        finally:
            self._shift(back=False)

    def _shift(self, *, back: bool) -> None:
        """Take the last write out of the index, or put it in again."""
        for key, before, after in self._before_last:
            self._reindex(key, *((after, before) if back else (before, after)))


def _key(item: Item) -> Key:
    return item["PK"]["S"], item["SK"]["S"]


def _wants_old(part: Params) -> bool:
    return part.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"


def _holds(part: Params, there: Item | None) -> bool:
    expression = part.get("ConditionExpression")
    if expression is None:
        return True
    values = part.get("ExpressionAttributeValues", {})
    names = part["ExpressionAttributeNames"]
    return any(
        all(check(there, names, values) for check in checks) for checks in _checks(expression)
    )


@cache
def _checks(expression: str) -> tuple[tuple[Check, ...], ...]:
    """The alternatives of a condition, and what each asks for."""
    return tuple(
        tuple(_check(part) for part in alternative.split(" AND "))
        for alternative in expression.split(" OR ")
    )


def _check(text: str) -> Check:
    if match := re.fullmatch(r"attribute_(not_)?exists\((#\w+)\)", text):
        absent, name = bool(match[1]), match[2]
        return lambda there, names, _: (there is None or names[name] not in there) == absent
    if match := re.fullmatch(r"(#\w+) IN \((:\w+(?:, :\w+)*)\)", text):
        name, known = match[1], match[2].split(", ")
        return lambda there, names, values: (
            there is not None
            and names[name] in there
            and any(there[names[name]] == values[one] for one in known)
        )
    match = re.fullmatch(r"(#\w+) (=|<|<=|>|>=) (:\w+)", text)
    if match is None:
        raise ServiceError("ValidationException", f"not understood: {text}", 400, {})
    name, sign, value = match[1], match[2], match[3]

    def compare(there: Item | None, names: dict[str, str], values: dict[str, Any]) -> bool:
        held = there.get(names[name]) if there else None
        if held is None:
            return False
        if sign == "=":
            return bool(held == values[value])
        ((kind, left),), ((other, right),) = held.items(), values[value].items()
        if kind != other:
            return False
        if kind == "N":
            left, right = int(left), int(right)
        if left == right:
            return sign in {"<=", ">="}
        return bool(left < right) == (sign in {"<", "<="})

    return compare


def _added(key: Key, there: Item | None, part: Params) -> Item:
    """The item after an addition, as `Table` writes it: with an end, if it has none and one is
    given."""
    added, _, ends = part["UpdateExpression"].partition(", ")
    if added != ADDED or ends not in {"", ENDS}:
        raise ServiceError("ValidationException", part["UpdateExpression"], 400, {})
    names, values = part["ExpressionAttributeNames"], part["ExpressionAttributeValues"]
    before = there or {"PK": {"S": key[0]}, "SK": {"S": key[1]}}
    had = int(before.get(names["#n"], {"N": "0"})["N"])
    number = {"N": str(had + int(values[":by"]["N"]))}
    if ends:
        before = {names["#ttl"]: values[":ttl"], **before}
    return {**before, names["#n"]: number, names["#fmt"]: values[":fmt"]}


def _bounds(params: Params, order: list[Place]) -> tuple[int, int]:
    """The first and the last place (not included) of what a query asks for."""
    values = params["ExpressionAttributeValues"]
    first, last = 0, len(order)
    if ":lo" in values:
        first = bisect_left(order, (values[":lo"]["S"],))
        last = bisect_left(order, (values[":hi"]["S"] + "\0",))
    elif ":prefix" in values:
        first = bisect_left(order, (values[":prefix"]["S"],))
        last = bisect_left(order, (values[":prefix"]["S"] + chr(0x10FFFF),))
    return first, last


def _page(params: Params, parts: Mapping[str, Partition], *, index: bool) -> Params:
    """Items behind the start, up to the limit, with what was asked of them."""
    part = parts.get(params["ExpressionAttributeValues"][":pk"]["S"], _EMPTY)
    first, last = _bounds(params, part.order)
    forward = params["ScanIndexForward"]
    if start := params.get("ExclusiveStartKey"):
        place: Place = (start["SK"]["S"],)
        if index:
            place = (start["GSI1SK"]["S"], start["PK"]["S"], start["SK"]["S"])
        if forward:
            first = max(first, bisect_right(part.order, place))
        else:
            last = min(last, bisect_left(part.order, place))
    limit = params.get("Limit") or len(part.order)
    cut = max(first, last - limit), min(last, first + limit)
    places = part.order[first : cut[1]] if forward else part.order[cut[0] : last][::-1]
    items = [part[place] for place in places]
    answer: Params = {}
    if last - first > limit:
        names = ("PK", "SK", "GSI1PK", "GSI1SK") if index else ("PK", "SK")
        answer["LastEvaluatedKey"] = {name: items[-1][name] for name in names}
    if asked := params.get("ProjectionExpression"):
        kept = [params["ExpressionAttributeNames"][name] for name in asked.split(", ")]
        items = [{name: item[name] for name in kept if name in item} for item in items]
    return {**answer, "Items": items}


_EMPTY = Partition()
