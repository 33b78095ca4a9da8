"""What happens when AWS, or the way to it, fails: the same over both transports."""

from __future__ import annotations

import json
import socket
from functools import cache
from typing import Any

import pytest

from regulars.store import boto, retry, wire
from regulars.store.marshal import to_item
from regulars.store.table import (
    Absent,
    Call,
    CancellationReason,
    Cancelled,
    Equals,
    Put,
    ServiceError,
    Table,
    Unavailable,
)
from tests.unit.store.conftest import Transport
from tests.unit.store.flaky import (
    OK,
    Answer,
    Close,
    Flaky,
    Forward,
    LastOnConnection,
    Late,
    Step,
    error,
)

KEY = ("M#m#C#c", "STATE")
STATE = {"PK": KEY[0], "SK": KEY[1], "version": 1}


@pytest.fixture
def shaky(flaky: Flaky, transport: Transport) -> Table:
    """A table behind the stand-in, over each transport in turn."""
    return Table("regulars-shaky", transport("dynamodb", flaky.url, "eu-central-1"))


TRANSIENT: dict[str, Step] = {
    "hung up": Close(),
    "answer cut short": Answer(body=b'{"Item": {}}', cut=True),
    "answer changed on the way": Answer(checksum=False),
    "not JSON": Answer(body=b"<html>"),
    "JSON, but no object": Answer(body=b"[]"),
    "throttled": error("ThrottlingException"),
    "over the throughput": error("ProvisionedThroughputExceededException"),
    "a single write met a transaction": error("TransactionConflictException"),
    "the first try is still at work": error("TransactionInProgressException"),
    "internal error": error("InternalServerError", 500),
    "unavailable, in HTML": Answer(503, b"<html>"),
}


class TestTransientFailures:
    @pytest.mark.parametrize("step", TRANSIENT.values(), ids=list(TRANSIENT))
    def test_one_is_tried_again(
        self, shaky: Table, flaky: Flaky, waits: list[float], step: Step
    ) -> None:
        flaky.follow(step, OK)
        assert shaky.get(KEY) == [None]
        assert len(flaky.seen) == 2
        assert flaky.seen[0].body == flaky.seen[1].body

    @pytest.mark.parametrize("step", TRANSIENT.values(), ids=list(TRANSIENT))
    def test_five_are_too_many(
        self, shaky: Table, flaky: Flaky, waits: list[float], step: Step
    ) -> None:
        flaky.follow(*[step] * 9)
        with pytest.raises(Unavailable) as gave_up:
            shaky.get(KEY)
        assert gave_up.value.tries == len(flaky.seen) == retry.TRIES_MAX
        assert len(waits) == retry.TRIES_MAX - 1

    def test_the_waits_have_full_jitter(
        self, shaky: Table, flaky: Flaky, waits: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(retry, "fraction", lambda: 0.5)
        flaky.follow(*[error("ThrottlingException")] * 4)
        shaky.get(KEY)
        assert waits == [0.025, 0.05, 0.1, 0.2]

    def test_no_try_starts_after_the_budget_of_time(
        self, shaky: Table, flaky: Flaky, waits: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = iter([0.0, 5.9, 6.0])
        monkeypatch.setattr(retry, "clock", lambda: next(now))
        flaky.follow(*[error("ThrottlingException")] * 9)
        with pytest.raises(Unavailable):
            shaky.get(KEY)
        assert len(flaky.seen) == 2

    def test_a_late_answer_is_not_waited_for(
        self, shaky: Table, flaky: Flaky, waits: list[float]
    ) -> None:
        flaky.follow(Late(1.5), OK)
        assert shaky.get(KEY) == [None]
        assert flaky.seen[0].connection != flaky.seen[1].connection

    @pytest.fixture(autouse=True)
    def _impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in (wire, boto):
            monkeypatch.setattr(module, "READ_TIMEOUT_S", 0.3)

    def test_nobody_listens(self, transport: Transport, waits: list[float]) -> None:
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            port = reserved.getsockname()[1]
            call = transport("dynamodb", f"http://127.0.0.1:{port}", "eu-central-1")
            with pytest.raises(Unavailable):
                Table("regulars-nowhere", call).get(KEY)


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", ""])
def test_a_mistake_of_ours_is_not_tried_again(
    shaky: Table, flaky: Flaky, waits: list[float], code: str
) -> None:
    flaky.follow(error(code) if code else Answer(413, b"<html>"))
    with pytest.raises(ServiceError) as refused:
        shaky.get(KEY)
    assert len(flaky.seen) == 1
    assert refused.value.status == (400 if code else 413)
    if code:
        assert (refused.value.code, refused.value.message) == (code, f"told to: {code}")


class TestTransactions:
    @staticmethod
    def cancelled(*codes: str, item: dict[str, Any] | None = None) -> Answer:
        reasons: list[dict[str, Any]] = [{"Code": code} for code in codes]
        for reason in reasons:
            if item is not None and reason["Code"] == "ConditionalCheckFailed":
                reason["Item"] = to_item(item)
        return error("TransactionCanceledException", CancellationReasons=reasons)

    WRITES = (
        Put({**STATE, "version": 2}, Equals("version", 1)),
        Put({**STATE, "SK": "E"}, Absent()),
    )

    def test_a_collision_is_tried_again_under_the_same_token(
        self, shaky: Table, flaky: Flaky, waits: list[float]
    ) -> None:
        flaky.follow(
            self.cancelled("TransactionConflict", "None"),
            self.cancelled("None", "ThrottlingError"),
            Close(),
            OK,
        )
        shaky.transact(self.WRITES)
        tokens = [seen.body["ClientRequestToken"] for seen in flaky.seen]
        assert len(tokens) == 4
        assert len(set(tokens)) == 1
        shaky.transact(self.WRITES)
        assert flaky.seen[-1].body["ClientRequestToken"] not in tokens

    def test_a_failed_condition_is_an_answer_even_beside_a_collision(
        self, shaky: Table, flaky: Flaky, waits: list[float]
    ) -> None:
        flaky.follow(self.cancelled("ConditionalCheckFailed", "TransactionConflict", item=STATE))
        with pytest.raises(Cancelled) as refused:
            shaky.transact(self.WRITES)
        assert refused.value.reasons == [
            CancellationReason("ConditionalCheckFailed", STATE),
            CancellationReason("TransactionConflict", None),
        ]
        assert waits == []

    def test_endless_collisions_end_as_unavailable(
        self, shaky: Table, flaky: Flaky, waits: list[float]
    ) -> None:
        flaky.follow(*[self.cancelled("TransactionConflict", "TransactionConflict")] * 9)
        with pytest.raises(Unavailable):
            shaky.transact(self.WRITES)

    def test_a_reason_that_is_a_mistake_of_ours_is_not_hidden(
        self, shaky: Table, flaky: Flaky
    ) -> None:
        flaky.follow(self.cancelled("ValidationError", "TransactionConflict"))
        with pytest.raises(ServiceError):
            shaky.transact(self.WRITES)
        assert len(flaky.seen) == 1

    def test_each_write_asks_for_the_old_item(self, shaky: Table, flaky: Flaky) -> None:
        shaky.transact(self.WRITES)
        asked = [part["Put"] for part in flaky.seen[0].body["TransactItems"]]
        assert {part["ReturnValuesOnConditionCheckFailure"] for part in asked} == {"ALL_OLD"}


class TestLostAnswers:
    """The engine carries the write out, and the answer never arrives."""

    @pytest.fixture
    def behind(self, flaky: Flaky, transport: Transport, table: Table) -> Table:
        """The real table, seen through the stand-in."""
        return Table(table.name, transport("dynamodb", flaky.url, "eu-central-1"))

    def test_a_transaction_happens_once(
        self, behind: Table, table: Table, flaky: Flaky, waits: list[float], endpoint: str
    ) -> None:
        table.put(STATE)
        flaky.follow(Close(forward_to=endpoint), Forward(endpoint))
        behind.transact([Put({**STATE, "version": 2}, Equals("version", 1))])
        assert table.get(KEY) == [{**STATE, "version": 2}]

    def test_a_request_that_never_arrived_happens_once(
        self, behind: Table, table: Table, flaky: Flaky, waits: list[float], endpoint: str
    ) -> None:
        flaky.follow(Close(), Forward(endpoint))
        assert behind.put(STATE, Absent()) is None
        assert table.get(KEY) == [STATE]

    def test_a_conditional_put_may_meet_itself(
        self, behind: Table, flaky: Flaky, waits: list[float], endpoint: str
    ) -> None:
        """Single writes have no token: the caller compares what is there with what it wrote."""
        flaky.follow(Close(forward_to=endpoint), Forward(endpoint))
        assert behind.put(STATE, Absent()) == STATE


class TestBatches:
    NAME = "regulars-shaky"

    def unfinished(self, *found: dict[str, Any], left: str) -> Answer:
        body = {
            "Responses": {self.NAME: [to_item(item) for item in found]},
            "UnprocessedKeys": {self.NAME: {"Keys": [to_item({"PK": KEY[0], "SK": left})]}},
        }
        return Answer(body=json.dumps(body).encode())

    def finished(self, *found: dict[str, Any]) -> Answer:
        body = {"Responses": {self.NAME: [to_item(item) for item in found]}, "UnprocessedKeys": {}}
        return Answer(body=json.dumps(body).encode())

    def test_what_was_left_undone_is_asked_for_again(
        self, shaky: Table, flaky: Flaky, waits: list[float]
    ) -> None:
        other = {**STATE, "SK": "PROFILE"}
        flaky.follow(self.unfinished(STATE, left="PROFILE"), self.finished(other))
        assert shaky.get(KEY, (KEY[0], "PROFILE")) == [STATE, other]
        assert len(waits) == 1

    def test_but_not_for_ever(self, shaky: Table, flaky: Flaky, waits: list[float]) -> None:
        flaky.follow(*[self.unfinished(left="PROFILE")] * 9)
        with pytest.raises(Unavailable):
            shaky.get(KEY, (KEY[0], "PROFILE"))
        assert len(flaky.seen) == retry.TRIES_MAX


class TestConnections:
    def test_they_are_kept(self, shaky: Table, flaky: Flaky) -> None:
        for _ in range(3):
            shaky.get(KEY)
        assert {seen.connection for seen in flaky.seen} == {1}

    def test_one_that_died_between_two_calls_costs_no_wait(
        self, shaky: Table, flaky: Flaky, waits: list[float]
    ) -> None:
        flaky.follow(LastOnConnection(), OK)
        shaky.get(KEY)
        flaky.wait_until_closed(1)
        shaky.get(KEY)
        assert [seen.connection for seen in flaky.seen] == [1, 2]
        assert waits == []

    def test_one_that_idled_too_long_is_not_risked(
        self, flaky: Flaky, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = 1_000_000_000.0
        monkeypatch.setattr(wire, "clock", lambda: now)
        client = wire.Wire("dynamodb", flaky.url, "eu-central-1")
        client("GetItem", {})
        now += wire.IDLE_MAX_S
        client("GetItem", {})
        now += wire.IDLE_MAX_S + 1
        client("GetItem", {})
        client.close()
        assert [seen.connection for seen in flaky.seen] == [1, 1, 2]


class TestQueues:
    @pytest.fixture
    def queue(self, flaky: Flaky, transport: Transport) -> Call:
        return transport("sqs", flaky.url, "eu-central-1")

    def test_a_message_is_sent_again_until_it_is_taken(
        self, queue: Call, flaky: Flaky, waits: list[float]
    ) -> None:
        flaky.follow(error("RequestThrottled"), Close(), OK)
        message = {"QueueUrl": f"{flaky.url}/123/orders", "MessageBody": '{"name": "Ágota"}'}
        queue("SendMessage", message)
        assert [(seen.operation, seen.body) for seen in flaky.seen] == [
            ("SendMessage", message)
        ] * 3

    @pytest.mark.parametrize("module", [wire, boto], ids=["wire", "boto"])
    def test_the_environment_says_where(
        self, module: Any, flaky: Flaky, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Clients of its own: those that other tests keep stay open.
        monkeypatch.setattr(module, "_client", cache(module._client.__wrapped__))
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", flaky.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", flaky.url)
        module.send_message("https://sqs/123/orders", "body")
        module.dynamodb()("GetItem", {"TableName": "table", "Key": {}})
        assert [seen.operation for seen in flaky.seen] == ["SendMessage", "GetItem"]
        module._client("sqs", flaky.url, "eu-central-1").close()
        module.dynamodb().close()
