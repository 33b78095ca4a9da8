"""Queues, streams and schedules: Lambda's rules for what fails."""

import json
import subprocess
import sys
import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from local.patterns import PatternError, compile_filters
from local.schedules import ScheduleError, next_after
from local.streams import Delivery
from local.template import StreamSource
from local.workers import FunctionError
from tests.local.conftest import ROOT, RunningStack, wait_for


def test_a_poisoned_message_ends_in_the_dead_letter_queue_alone(stack: RunningStack) -> None:
    for body in ("first", "poison", "last"):
        stack.send("OrdersQueue", body)

    letters = wait_for(lambda: stack.receive("OrdersDeadLetters"), "a dead letter")

    assert [it["Body"] for it in letters] == ["poison"]
    tries = [count for body, count in stack.seen("orders") if body == "poison"]
    assert tries == ["1", "2"]
    assert sorted(body for body, _ in stack.seen("orders") if body != "poison") == ["first", "last"]


def test_nothing_behind_a_poisoned_record_is_lost(stack: RunningStack) -> None:
    names = ["ENTRY#a", "ENTRY#b", "ENTRY#poison", "ENTRY#d", "ENTRY#venom", "ENTRY#f"]
    stack.put(*names, "OTHER#x")

    def given_up() -> list[dict[str, Any]]:
        letters.extend(json.loads(it["Body"]) for it in stack.receive("StreamFailures"))
        return letters if len(letters) >= 2 else []

    letters: list[dict[str, Any]] = []
    wait_for(given_up, "two records given up")
    wait_for(lambda: "ENTRY#f" in stack.seen("processed"), "the last record")

    processed = list(dict.fromkeys(stack.seen("processed")))
    assert processed == ["ENTRY#a", "ENTRY#b", "ENTRY#d", "ENTRY#f"]
    for letter in letters:
        batch = letter["DDBStreamBatchInfo"]
        assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"
        assert batch["startSequenceNumber"] == batch["endSequenceNumber"]
        assert batch["batchSize"] == 1
        assert batch["shardId"]
    alone = [batch for batch in stack.seen("batches") if batch == ["ENTRY#poison"]]
    assert len(alone) == 3  # once and two retries


def records(*names: str) -> list[dict[str, Any]]:
    return [
        {"dynamodb": {"SequenceNumber": str(index), "Keys": {"SK": {"S": name}}}}
        for index, name in enumerate(names, 1)
    ]


def deliver(
    source: StreamSource, batch: list[dict[str, Any]], broken: set[str]
) -> tuple[list[list[str]], list[str], list[dict[str, Any]]]:
    """Which batches the function saw, the checkpoints, and what was given up."""
    batches: list[list[str]] = []
    done: list[str] = []
    letters: list[dict[str, Any]] = []

    def invoke(event: Any) -> Any:
        names = [it["dynamodb"]["Keys"]["SK"]["S"] for it in event["Records"]]
        batches.append(names)
        for record, name in zip(event["Records"], names, strict=True):
            if name in broken and source.partial_failures:
                sequence = record["dynamodb"]["SequenceNumber"]
                return {"batchItemFailures": [{"itemIdentifier": sequence}]}
            if name in broken:
                raise FunctionError("ValueError", name)
        return None

    Delivery(source, invoke, letters.append, threading.Event()).deliver(batch, done.append)
    return batches, done, letters


def test_a_failing_batch_is_halved_until_the_poison_is_alone() -> None:
    source = StreamSource("s", "f", bisect=True, max_retries=0)
    batches, done, letters = deliver(source, records("a", "b", "c", "d"), {"c"})
    assert batches == [["a", "b", "c", "d"], ["a", "b"], ["c", "d"], ["c"], ["d"]]
    assert done == ["2", "3", "4"]
    assert [it["DDBStreamBatchInfo"]["startSequenceNumber"] for it in letters] == ["3"]


def test_a_partial_failure_repeats_from_the_lowest_failed_record() -> None:
    source = StreamSource("s", "f", partial_failures=True, bisect=True, max_retries=1)
    batches, done, letters = deliver(source, records("a", "b", "c"), {"b"})
    assert batches == [["a", "b", "c"], ["b", "c"], ["b"], ["b"], ["c"]]
    assert done == ["1", "2", "3"]
    assert len(letters) == 1


def test_records_that_are_too_old_are_given_up_without_a_try() -> None:
    source = StreamSource("s", "f", max_age_s=60)
    batch = records("a", "b")
    batch[0]["dynamodb"]["ApproximateCreationDateTime"] = 1
    batches, done, letters = deliver(source, batch, set())
    assert batches == [["b"]]
    assert done == ["1", "2"]
    assert letters[0]["requestContext"]["condition"] == "RecordAgeExceeded"


def test_an_answer_that_names_no_record_of_the_batch_fails_all_of_it() -> None:
    source = StreamSource("s", "f", partial_failures=True, max_retries=0)
    letters: list[dict[str, Any]] = []
    answer = {"batchItemFailures": [{"itemIdentifier": ""}]}
    delivery = Delivery(source, lambda _: answer, letters.append, threading.Event())
    delivery.deliver(records("a", "b"), lambda _: None)
    assert letters[0]["DDBStreamBatchInfo"]["batchSize"] == 2


def test_filters_know_what_the_template_uses() -> None:
    wanted = compile_filters(
        (
            '{"eventName": ["INSERT"], "dynamodb": {"Keys": {"SK": {"S": [{"prefix": "E#"}]}}}}',
            '{"eventName": [{"anything-but": ["INSERT"]}], "gone": [{"exists": false}]}',
        )
    )
    assert wanted({"eventName": "INSERT", "dynamodb": {"Keys": {"SK": {"S": "E#1"}}}})
    assert not wanted({"eventName": "INSERT", "dynamodb": {"Keys": {"SK": {"S": "X#1"}}}})
    assert wanted({"eventName": "REMOVE"})
    assert not wanted({"eventName": "REMOVE", "gone": 1})


@pytest.mark.parametrize(
    "pattern", ["[]", "{", '{"a": {}}', '{"$or": []}', '{"a": [{"numeric": [">", 1]}]}']
)
def test_an_unknown_filter_stops_the_start(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_filters((pattern,))


def run_job(stack: RunningStack, name: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local.job", name],
        cwd=ROOT,
        env={"STATE_DIR": str(stack.state)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_job_runs_when_asked(stack: RunningStack) -> None:
    before = len(stack.seen("runs"))
    ran = run_job(stack, "hourly")
    assert (ran.returncode, json.loads(ran.stdout)) == (0, {"done": 1})
    assert stack.seen("runs")[before]["detail-type"] == "Scheduled Event"

    unknown = run_job(stack, "weekly")
    assert unknown.returncode == 1
    assert "there is no job 'weekly'; there is hourly" in unknown.stderr


def test_the_button_for_jobs_needs_its_token(stack: RunningStack) -> None:
    desk = stack.access["mail_url"]
    assert stack.request("POST", "/job/hourly", address=desk)[0] == 401


@pytest.mark.parametrize(
    ("expression", "zone", "after", "expected"),
    [
        ("rate(1 hour)", "UTC", "2026-01-01T10:20:00", "2026-01-01T11:20:00"),
        ("rate(5 minutes)", "UTC", "2026-01-01T10:20:00", "2026-01-01T10:25:00"),
        ("cron(10 * * * ? *)", "UTC", "2026-01-01T10:10:00", "2026-01-01T11:10:00"),
        ("cron(0/15 * * * ? *)", "UTC", "2026-01-01T10:16:00", "2026-01-01T10:30:00"),
        ("cron(0 8 ? * MON *)", "UTC", "2026-01-01T00:00:00", "2026-01-05T08:00:00"),
        ("cron(0 8 1 JAN ? *)", "Europe/Budapest", "2026-01-02T00:00:00", "2027-01-01T07:00:00"),
        # 2:30 does not exist on the night the clocks go forward
        ("cron(30 2 * * ? *)", "Europe/Budapest", "2026-03-28T12:00:00", "2026-03-30T00:30:00"),
    ],
)
def test_the_clock(expression: str, zone: str, after: str, expected: str) -> None:
    start = datetime.fromisoformat(after).replace(tzinfo=UTC)
    found = next_after(expression, zone, start)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "expression", ["at(2026-01-01T00:00:00)", "cron(* * *)", "cron(0 8 L * ? *)"]
)
def test_an_unknown_expression_stops_the_start(expression: str) -> None:
    with pytest.raises(ScheduleError):
        next_after(expression, "UTC", datetime.now(UTC))
