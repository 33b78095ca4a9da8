"""What the table promises, on a real engine, over both transports."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from regulars.store.conditions import WhileBelow, Within
from regulars.store.table import (
    Absent,
    AbsentOr,
    Below,
    CancellationReason,
    Cancelled,
    Check,
    Condition,
    Equals,
    Item,
    Present,
    Put,
    ServiceError,
    Table,
)


def item(sk: str = "STATE", pk: str = "M#m#C#c", **attributes: Any) -> Item:
    return {"PK": pk, "SK": sk, **attributes}


KEY = ("M#m#C#c", "STATE")
RICH = item(
    points=10**30,
    debt=-7,
    name="Árvíztűrő “tükör” 🥐",
    paused=False,
    note=None,
    empty="",
    hash=b"\x00\xff\x10",
    lots=[{"unit": "points", "left": 3}, [], {}],
    status="reserved words are fine",
)


class TestGet:
    def test_an_item_comes_back_as_it_was_put(self, table: Table) -> None:
        table.put(RICH)
        assert table.get(KEY) == [RICH]

    def test_what_is_not_there_is_none(self, table: Table) -> None:
        assert table.get(KEY) == [None]

    def test_several_come_in_the_order_asked_for(self, table: Table) -> None:
        table.put(item("A"))
        table.put(item("B"))
        keys = [("M#m#C#c", sk) for sk in ("B", "gone", "A", "B")]
        assert table.get(*keys) == [item("B"), None, item("A"), item("B")]

    def test_more_than_one_batch_holds(self, table: Table) -> None:
        keys = [("M#m#C#c", f"ENTRY#{number:010}") for number in range(150)]
        for _, sk in keys[::7]:
            table.put(item(sk))
        found = table.get(*keys, consistent=False)
        assert found == [item(sk) if n % 7 == 0 else None for n, (_, sk) in enumerate(keys)]

    def test_no_keys_need_no_call(self, table: Table) -> None:
        assert table.get() == []


class TestQuery:
    @pytest.fixture(autouse=True)
    def _entries(self, table: Table) -> None:
        table.put(item("STATE"))
        for number in range(1, 6):
            table.put(item(f"ENTRY#{number}", n=number, GSI1PK="H#1", GSI1SK=f"t{9 - number}"))
        table.put(item("ENTRY#1", pk="M#m#C#other"))

    @staticmethod
    def sks(table: Table, **narrowed: Any) -> list[str]:
        return [found["SK"] for found in table.query("M#m#C#c", **narrowed).items]

    def test_a_partition_comes_in_key_order(self, table: Table) -> None:
        assert self.sks(table) == [*(f"ENTRY#{n}" for n in range(1, 6)), "STATE"]

    def test_a_prefix_narrows(self, table: Table) -> None:
        assert self.sks(table, prefix="ENTRY#") == [f"ENTRY#{n}" for n in range(1, 6)]

    def test_newest_first(self, table: Table) -> None:
        assert self.sks(table, prefix="ENTRY#", newest_first=True, limit=2) == [
            "ENTRY#5",
            "ENTRY#4",
        ]

    def test_between_includes_both_ends(self, table: Table) -> None:
        assert self.sks(table, between=("ENTRY#2", "ENTRY#4")) == ["ENTRY#2", "ENTRY#3", "ENTRY#4"]

    @pytest.mark.parametrize("after", ["ENTRY#3", "ENTRY#3½"])
    def test_after_goes_on_behind_a_key_even_a_missing_one(self, table: Table, after: str) -> None:
        assert self.sks(table, prefix="ENTRY#", after=after) == ["ENTRY#4", "ENTRY#5"]

    def test_after_follows_the_reading_order(self, table: Table) -> None:
        found = self.sks(table, prefix="ENTRY#", after="ENTRY#3", newest_first=True)
        assert found == ["ENTRY#2", "ENTRY#1"]

    @pytest.mark.parametrize("index", [False, True])
    def test_pages_neither_lose_nor_repeat(self, table: Table, index: bool) -> None:
        pk = "H#1" if index else "M#m#C#c"
        whole = table.query(pk, index=index).items
        paged: list[Item] = []
        page = table.query(pk, index=index, limit=2)
        while page.next is not None:
            paged += page.items
            page = table.query(pk, index=index, limit=2, start=page.next)
        assert paged + page.items == whole

    def test_the_index_has_its_own_order(self, table: Table) -> None:
        found = table.query("H#1", index=True, prefix="t").items
        assert [entry["n"] for entry in found] == [5, 4, 3, 2, 1]

    def test_only_the_attributes_asked_for(self, table: Table) -> None:
        page = table.query("M#m#C#c", prefix="ENTRY#", limit=1, attributes=("n",))
        assert page.items == [{"n": 1}]

    def test_an_empty_partition(self, table: Table) -> None:
        page = table.query("M#nobody", consistent=True)
        assert page.items == []
        assert page.next is None

    @pytest.mark.parametrize("wrong", [{"index": True}, {"prefix": "X"}, {"start": {"PK": "a"}}])
    def test_after_belongs_to_the_table_and_the_prefix(
        self, table: Table, wrong: dict[str, Any]
    ) -> None:
        with pytest.raises(ValueError, match="within the prefix"):
            table.query("M#m#C#c", after="ENTRY#1", **wrong)


# condition, whether it holds when nothing is there, and when version 7 is there
CONDITIONS: list[tuple[Condition, bool, bool]] = [
    (Absent(), True, False),
    (Present(), False, True),
    (Equals("version", 7), False, True),
    (Equals("version", 6), False, False),
    (Equals("status", "open"), False, False),
    (Below("version", 8), False, True),
    (Below("version", 7), False, False),
    (AbsentOr(Below("version", 8)), True, True),
    (AbsentOr(Below("version", 7)), True, False),
    (AbsentOr(Equals("version", 7)), True, True),
    (Within("version", 7, 7), False, True),
    (Within("version", 8, 9), False, False),
    (Within("version", 0, 6), False, False),
    (WhileBelow("version", 6, "version", 8), False, True),
    (WhileBelow("version", 7, "version", 8), False, False),
    (WhileBelow("version", 6, "version", 7), False, False),
]


@pytest.mark.parametrize(("condition", "when_absent", "when_there"), CONDITIONS, ids=repr)
class TestConditions:
    def test_put(
        self, table: Table, condition: Condition, when_absent: bool, when_there: bool
    ) -> None:
        new = item(version=9)
        assert table.put(new, condition) == (None if when_absent else {})
        old = item(version=7, why="é")
        table.put(old)
        assert table.put(new, condition) == (None if when_there else old)
        assert table.get(KEY) == [new if when_there else old]

    def test_add(
        self, table: Table, condition: Condition, when_absent: bool, when_there: bool
    ) -> None:
        assert table.add(KEY, "n", 2, condition) == (None if when_absent else {})
        old = item(version=7, why="é", n=1)
        table.put(old)
        assert table.add(KEY, "n", 2, condition) == (None if when_there else old)
        assert table.get(KEY) == [{**old, "n": 3} if when_there else old]

    def test_transaction(
        self, table: Table, condition: Condition, when_absent: bool, when_there: bool
    ) -> None:
        for old, holds in ((None, when_absent), (item(version=7), when_there)):
            if old:
                table.put(old)
            for write in (Put(item(version=7), condition), Check(KEY, condition)):
                checker = item(f"CHECKER#{old is None}#{type(write).__name__}")
                if old is None and table.get(KEY) != [None]:
                    continue  # the put before has made it present
                if holds:
                    table.transact([Put(checker), write])
                else:
                    with pytest.raises(Cancelled) as refused:
                        table.transact([Put(checker), write])
                    assert refused.value.reasons == [
                        CancellationReason("None", None),
                        CancellationReason("ConditionalCheckFailed", old),
                    ]
                assert table.get((checker["PK"], checker["SK"])) == [checker if holds else None]


class TestTransact:
    def test_all_or_nothing(self, table: Table) -> None:
        table.put(item("B", there="already"))
        with pytest.raises(Cancelled) as refused:
            table.transact([Put(item("A"), Absent()), Put(item("B"), Absent()), Put(item("C"))])
        assert [reason.failed for reason in refused.value.reasons] == [False, True, False]
        assert refused.value.reasons[1].item == item("B", there="already")
        assert [found["SK"] for found in table.query("M#m#C#c").items] == ["B"]

    @pytest.mark.parametrize("count", [0, 101])
    def test_its_size_is_limited(self, table: Table, count: int) -> None:
        with pytest.raises(ValueError, match="1 to 100"):
            table.transact([Put(item(str(number))) for number in range(count)])

    def test_a_malformed_one_is_our_mistake_not_a_refusal(self, table: Table) -> None:
        with pytest.raises(ServiceError):
            table.transact([Put(item("A")), Put(item("A"))])

    def test_an_optimistic_race_loses_nothing(self, table: Table) -> None:
        """Eight threads add to one card under a version; the sum and the entries are exact."""
        table.put(item(version=0, sum=0))

        def stamp(worker: int) -> int:
            lost = 0
            (state,) = table.get(KEY)
            for number in range(10):
                while True:
                    assert state is not None
                    version = state["version"] + 1
                    new = item(version=version, sum=state["sum"] + 1)
                    entry = item(f"ENTRY#{version:04}", by=f"{worker}.{number}")
                    try:
                        table.transact(
                            [Put(new, Equals("version", version - 1)), Put(entry, Absent())]
                        )
                    except Cancelled as refused:
                        lost += 1
                        state = refused.reasons[0].item  # decide again without another read
                    else:
                        state = new
                        break
            return lost

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(stamp, range(8))) > 0, "no two threads ever met"
        assert table.get(KEY) == [item(version=80, sum=80)]
        entries = table.query("M#m#C#c", prefix="ENTRY#").items
        assert len({entry["by"] for entry in entries}) == 80


class TestObservers:
    def test_they_see_each_call_and_what_it_cost(self, table: Table) -> None:
        seen: list[tuple[str, Any]] = []
        table.on_call.append(lambda operation, _params, outcome: seen.append((operation, outcome)))
        table.transact([Put(item("A"), Absent()), Put(item("B"), Absent())])
        table.get(KEY)
        table.put(item("A"), Absent())
        (transact, cost), (get, read), (put, refused) = seen
        assert (transact, get, put) == ("TransactWriteItems", "GetItem", "PutItem")
        assert sum(part["CapacityUnits"] for part in cost["ConsumedCapacity"]) == 4
        assert read["ConsumedCapacity"]["CapacityUnits"] == 1
        assert isinstance(refused, ServiceError)

    def test_without_them_nothing_is_counted(self, call: Any, table: Table) -> None:
        asked: list[dict[str, Any]] = []

        def spy(operation: str, params: dict[str, Any]) -> dict[str, Any]:
            asked.append(params)
            return dict(call(operation, params))

        Table(table.name, spy).get(KEY)
        assert "ReturnConsumedCapacity" not in asked[0]


def test_a_missing_table_is_a_service_error(call: Any) -> None:
    with pytest.raises(ServiceError) as refused:
        Table("regulars-nowhere", call).get(KEY)
    assert refused.value.code == "ResourceNotFoundException"
    assert refused.value.status == 400
