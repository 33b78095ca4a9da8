"""The table in memory against the real engine: the same requests have the same outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from local.memory import Memory
from regulars.store.conditions import (
    Absent,
    AbsentOr,
    AbsentOrOneOf,
    Below,
    Condition,
    Equals,
    Present,
    WhileBelow,
    Within,
    Without,
)
from regulars.store.errors import Cancelled, ServiceError
from regulars.store.table import ADDED, Check, Count, Put, Table
from regulars.store.wire import Wire

PARTITIONS, SORTS = ("a", "b", "c"), ("ENTRY#1", "ENTRY#2", "OP", "STATE")


@pytest.fixture
def both(engine_url: str, table_name: str) -> Iterator[tuple[Table, Table]]:
    """The engine and the memory, both empty."""
    wire = Wire("dynamodb", engine_url, "eu-central-1")
    yield Table(table_name, wire), Table(table_name, Memory().call)
    wire.close()


def outcome(act: Any, *given: Any, **more: Any) -> Any:
    """What comes of it, errors included."""
    try:
        return act(*given, **more)
    except Cancelled as cancelled:
        return [(reason.code, reason.item) for reason in cancelled.reasons]
    except ServiceError as error:
        return error.code


class Asker:
    """Random requests, of all kinds that are made."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def key(self) -> tuple[str, str]:
        return self.chance.choice(PARTITIONS), self.chance.choice(SORTS)

    def item(self, key: tuple[str, str]) -> dict[str, Any]:
        item: dict[str, Any] = {"PK": key[0], "SK": key[1], "ver": self.chance.randrange(3)}
        if self.chance.random() < 0.5:
            item |= {"GSI1PK": f"g{self.chance.randrange(2)}", "GSI1SK": self.chance.choice("xyz")}
        if self.chance.random() < 0.4:
            item |= {"s": self.chance.randbytes(3), "status": self.chance.choice(("on", "off"))}
        return item

    def condition(self) -> Condition | None:
        number, word = self.chance.randrange(3), self.chance.choice(("on", "off"))
        return self.chance.choice(
            (
                None, Absent(), Present(), Equals("ver", number), Equals("status", word),
                Below("ver", number), AbsentOr(Below("ver", number)), AbsentOr(Equals("ver", 1)),
                Below("status", "on"), Without("ver"), AbsentOrOneOf("status", "on", "out"),
            )
        )  # fmt: skip

    def of_number(self) -> Condition:
        """A condition for adding to a number."""
        number = self.chance.randrange(3)
        return self.chance.choice(
            (Present(), Within("ver", 0, number), WhileBelow("ver", number - 1, "ver", 2))
        )

    def writes(self) -> list[Put | Check | Count]:
        keys = list(dict.fromkeys(self.key() for _ in range(self.chance.randrange(1, 4))))
        writes: list[Put | Check | Count] = []
        for key in keys:
            kind = self.chance.random()
            if kind < 0.7:
                writes.append(Put(self.item(key), self.condition()))
            else:
                writes.append(Check(key, self.condition() or Present()))
        if self.chance.random() < 0.4:
            by = self.chance.choice((1, 2, -1))
            writes.append(Count(("count", "COUNT"), by, self.chance.choice((3, 5))))
        return writes


def pages(table: Table, pk: str, **asked: Any) -> list[dict[str, Any]]:
    """All pages of a query, one after the other."""
    found, start = [], None
    while True:
        page = table.query(pk, start=start, **asked)
        found += page.items
        start = page.next
        if start is None:
            return found


@pytest.mark.parametrize("seed", range(4))
def test_the_same_requests_have_the_same_outcomes(both: tuple[Table, Table], seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a seed is what it is for
    asker = Asker(chance)
    for _ in range(150):
        kind = chance.random()
        if kind < 0.25:
            item, condition = asker.item(asker.key()), asker.condition()
            assert same(outcome(table.put, item, condition) for table in both)
        elif kind < 0.35:
            key, by = asker.key(), chance.choice((1, -1))
            within = asker.of_number()
            assert same(outcome(table.add, key, "ver", by, within) for table in both)
        elif kind < 0.6:
            writes = asker.writes()
            assert same(outcome(table.transact, writes) for table in both)
        elif kind < 0.75:
            keys = [asker.key() for _ in range(chance.randrange(1, 5))]
            assert same(table.get(*keys) for table in both)
        elif kind < 0.9:
            asked: dict[str, Any] = chance.choice(
                ({}, {"prefix": "ENTRY#"}, {"between": ("ENTRY#2", "OP")}, {"limit": 1},
                 {"newest_first": True, "limit": 2}, {"attributes": ("SK", "ver")})
            )  # fmt: skip
            pk = chance.choice(PARTITIONS)
            assert same(pages(table, pk, consistent=True, **asked) for table in both)
        else:
            asked = chance.choice(({}, {"between": ("x", "y")}, {"limit": 1}))
            by_key = [
                sorted((i["GSI1SK"], i["PK"], i["SK"], i["ver"]) for i in found)
                for found in (pages(table, "g1", index=True, **asked) for table in both)
            ]
            assert same(by_key)
    for pk in (*PARTITIONS, "count"):
        assert same(pages(table, pk, consistent=True) for table in both)


def test_a_token_is_carried_out_once(both: tuple[Table, Table]) -> None:
    for table in both:
        update = {
            "TableName": table.name,
            "Key": {"PK": {"S": "count"}, "SK": {"S": "COUNT"}},
            "UpdateExpression": ADDED,
            "ExpressionAttributeNames": {"#n": "n", "#fmt": "fmt"},
            "ExpressionAttributeValues": {":by": {"N": "1"}, ":fmt": {"N": "1"}},
        }
        params = {"TransactItems": [{"Update": update}], "ClientRequestToken": "once"}
        for _ in range(3):
            table._transport("TransactWriteItems", params)
        assert table.get(("count", "COUNT")) == [{"PK": "count", "SK": "COUNT", "n": 1}]


def test_an_old_read_is_an_old_version() -> None:
    memory = Memory()
    table = Table("t", memory.call)
    for number in (1, 2, 3):
        table.put({"PK": "a", "SK": "STATE", "ver": number})
    versions = []
    for behind in range(5):
        item = memory.read(("a", "STATE"), behind)
        versions.append(item and item["ver"]["N"])
    assert versions == ["3", "2", "1", None, None]


def same(outcomes: Any) -> bool:
    first, second = outcomes
    assert first == second
    return True


def test_every_condition_there_is_is_asked_for() -> None:
    chance = Asker(Random(1))  # noqa: S311 - no secret is made of it
    asked = [one for _ in range(300) for one in (chance.condition(), chance.of_number())]
    assert {type(one) for one in asked if one} == set(Condition.__subclasses__())
