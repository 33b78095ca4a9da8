"""Every item says its format; a newer one is not read, and fields of a newer version stay."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.store import formats
from regulars.store.errors import Unavailable
from regulars.store.marshal import to_attribute, to_item
from regulars.store.table import Absent, Count, Put, Table

KEY = ("A#1", "B")
RAW = {"TableName": "", "Key": to_item({"PK": "A#1", "SK": "B"})}


def stored(table: Table) -> dict[str, object]:
    answer = table._transport("GetItem", RAW | {"TableName": table.name})
    return dict(answer["Item"])


def put_raw(table: Table, item: dict[str, Any]) -> None:
    table._transport("PutItem", {"TableName": table.name, "Item": item})


class TestNumber:
    def test_whatever_writes_an_item_writes_it(self, table: Table) -> None:
        item = {"PK": "A#1", "SK": "B", "ver": 1}
        number = to_attribute(formats.FORMAT)
        table.put(item)
        assert stored(table)[formats.NAME] == number
        table.transact([Put(item | {"PK": "A#2"})])
        assert table.query("A#2").items == [item | {"PK": "A#2"}], "readers do not see it"
        table.add(("A#3", "B"), "ver", 1, Absent())
        table.transact([Count(("A#4", "B"), 1, 5)])
        for pk in ("A#2", "A#3", "A#4"):
            raw = RAW | {"TableName": table.name, "Key": to_item({"PK": pk, "SK": "B"})}
            assert table._transport("GetItem", raw)["Item"][formats.NAME] == number

    @pytest.mark.parametrize("number", [None, *range(formats.NEWEST + 1)])
    def test_this_format_and_those_before_are_read(self, table: Table, number: int | None) -> None:
        item = {"PK": "A#1", "SK": "B", "ver": 1}
        put_raw(table, to_item(item if number is None else item | {formats.NAME: number}))
        assert table.get(KEY) == [item]

    def test_a_newer_one_is_not_taken_for_this_one(self, table: Table) -> None:
        """Nor is it written over: whoever would must read it first."""
        newer = {"PK": "A#1", "SK": "B", "ver": 1, formats.NAME: formats.NEWEST + 1}
        put_raw(table, to_item(newer))
        for read in (
            lambda: table.get(KEY),
            lambda: table.get(KEY, ("A#2", "B")),
            lambda: table.query("A#1"),
            lambda: table.put({"PK": "A#1", "SK": "B"}, Absent()),
            lambda: table.transact([Put({"PK": "A#1", "SK": "B"}, Absent())]),
        ):
            with pytest.raises(formats.NewerFormat, match=f"B of format {formats.NEWEST + 1}"):
                read()
        assert issubclass(formats.NewerFormat, Unavailable), "it is answered with 503"


def test_what_was_not_asked_for_is_left() -> None:
    take, rest = formats.taken({"PK": "A", "SK": "B", "GSI1PK": "C", "name": "Anna", "newer": [1]})
    assert (take("SK"), take("name"), take("email", "")) == ("B", "Anna", "")
    assert rest == {"newer": [1]}
    with pytest.raises(KeyError, match="handle"):
        take("handle")
