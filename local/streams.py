"""The event source mapping of the table's stream, with Lambda's rules.

Records come in order and at least once. A failing batch is retried; with a partial answer only
from its lowest failed record on; with bisecting it is halved until the poison record is alone.
A record that has failed too often, or is too old, is described to the on-failure queue and
passed, so nothing behind it is lost. How far we got is kept in a file.
"""

import json
import sys
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.aws import REGION, AwsError, Client, arn
from local.pace import Pace
from local.patterns import compile_filters
from local.template import StreamSource
from local.workers import Busy, FunctionError, Invoke

Record = dict[str, Any]
SendFailure = Callable[[dict[str, Any]], None]

_FETCH = 500
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 10.0


class Checkpoint:
    """The last sequence number that is done with, in a file or (path None) in memory."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.stream = self.sequence = ""
        if path is not None and path.exists():
            saved = json.loads(path.read_text("utf-8"))
            self.stream, self.sequence = saved["stream"], saved["sequence"]

    def save(self, stream: str, sequence: str) -> None:
        """Move on; atomic, so that a kill leaves the old or the new value."""
        self.stream, self.sequence = stream, sequence
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".tmp")
        unfinished.write_text(json.dumps({"stream": stream, "sequence": sequence}), "utf-8")
        unfinished.replace(self._path)


class Delivery:
    """Gives batches of records to a function until each is done with or given up."""

    def __init__(
        self,
        source: StreamSource,
        invoke: Invoke,
        on_failure: SendFailure | None,
        stopping: threading.Event,
    ) -> None:
        self._source = source
        self._invoke = invoke
        self._on_failure = on_failure
        self._stopping = stopping

    def deliver(self, records: list[Record], done: Callable[[str], None]) -> None:
        """Deliver one batch; calls `done` with the last sequence number of each finished part.

        Returns early, with the rest not done, when the stack is stopping.
        """
        parts = [(records, 0)]  # what is left, first part first, with its failed attempts
        while parts and not self._stopping.is_set():
            part, attempts = parts.pop(0)
            if self._too_old(part[0]):
                self._give_up(part[:1], attempts, "RecordAgeExceeded")
                done(_sequence(part[0]))
                parts[:0] = [(part[1:], 0)] if part[1:] else []
                continue
            failed = self._first_failure(part)
            if failed > 0:
                done(_sequence(part[failed - 1]))
            if failed == len(part):
                continue
            if failed > 0:
                parts.insert(0, (part[failed:], 0))
            elif self._source.bisect and len(part) > 1:
                middle = len(part) // 2  # splitting does not count as a retry
                parts[:0] = [(part[:middle], 0), (part[middle:], 0)]
            elif 0 <= self._source.max_retries <= attempts:
                self._give_up(part, attempts + 1, "RetryAttemptsExhausted")
                done(_sequence(part[-1]))
            else:
                parts.insert(0, (part, attempts + 1))
                self._stopping.wait(min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**attempts))

    def _first_failure(self, records: list[Record]) -> int:
        """The index of the first record that was not processed; len(records) for none."""
        try:
            answer = self._invoke({"Records": [_without_shard(it) for it in records]})
        except (FunctionError, Busy) as error:
            print(f"{self._source.name}: {error}", file=sys.stderr)
            return 0
        return first_failure(answer, records) if self._source.partial_failures else len(records)

    def _too_old(self, record: Record) -> bool:
        created = float(record["dynamodb"].get("ApproximateCreationDateTime", time.time()))
        return 0 <= self._source.max_age_s < time.time() - created

    def _give_up(self, records: list[Record], attempts: int, condition: str) -> None:
        first = _sequence(records[0])
        print(f"{self._source.name}: gave up at record {first}: {condition}", file=sys.stderr)
        if self._on_failure is not None:
            self._on_failure(failure_message(self._source.function, records, attempts, condition))


def first_failure(answer: Any, records: list[Record]) -> int:
    """The index a partial answer points to: the lowest of its failures, len(records) for none.

    As in Lambda, an answer without a list of failures is a success, and one that names an
    unknown or empty record fails the whole batch.
    """
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    if not failures:
        return len(records)
    positions = {_sequence(record): index for index, record in enumerate(records)}
    lowest = len(records)
    for failure in failures:
        identifier = failure.get("itemIdentifier") if isinstance(failure, dict) else None
        lowest = min(lowest, positions.get(str(identifier), 0))
    return lowest


def failure_message(
    function: str, records: list[Record], attempts: int, condition: str
) -> dict[str, Any]:
    """What Lambda writes to an on-failure queue: where the records are, not what they hold."""
    return {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": arn("lambda", f"function:{function}"),
            "condition": condition,
            "approximateInvokeCount": attempts,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "version": "1.0",
        "timestamp": _instant(time.time()),
        "DDBStreamBatchInfo": {
            "shardId": records[0].get("shardId", ""),
            "startSequenceNumber": _sequence(records[0]),
            "endSequenceNumber": _sequence(records[-1]),
            "approximateArrivalOfFirstRecord": _arrival(records[0]),
            "approximateArrivalOfLastRecord": _arrival(records[-1]),
            "batchSize": len(records),
            "streamArn": records[0].get("eventSourceARN", ""),
        },
    }


class StreamPoller:
    """Reads the stream of one table for one mapping, in a thread of its own."""

    def __init__(
        self,
        endpoint: str,
        table: str,
        source: StreamSource,
        checkpoint: Checkpoint,
        pace: Pace,
    ) -> None:
        self._pace = pace
        self._tables = Client("dynamodb", endpoint)
        self._streams = Client("dynamodbstreams", endpoint, keep=True)
        self._table = table
        self._source = source
        self._checkpoint = checkpoint
        self._wanted = compile_filters(source.patterns)

    def run(self, delivery: Delivery, stopping: threading.Event) -> None:
        """Poll until `stopping` is set; troubles with the engine are retried."""
        while not stopping.is_set():
            try:
                self._follow(delivery, stopping)
            except (OSError, AwsError) as error:
                if not stopping.wait(1.0):
                    print(f"{self._source.name}: {error}", file=sys.stderr)

    def _follow(self, delivery: Delivery, stopping: threading.Event) -> None:
        described = self._tables.call("DescribeTable", {"TableName": self._table})
        stream = described["Table"]["LatestStreamArn"]
        shards = self._streams.call("DescribeStream", {"StreamArn": stream})
        shard = shards["StreamDescription"]["Shards"][0]["ShardId"]  # local engines have one
        iterator = self._iterator(stream, shard)
        while not stopping.is_set():
            answer = self._streams.call("GetRecords", {"ShardIterator": iterator, "Limit": _FETCH})
            records = answer["Records"]
            self._hand_over(records, stream, shard, delivery, stopping)
            iterator = answer["NextShardIterator"]
            if len(records) < _FETCH:
                self._pace.wait(stopping)

    def _iterator(self, stream: str, shard: str) -> str:
        where: dict[str, str] = {"StreamArn": stream, "ShardId": shard}
        if self._checkpoint.sequence and self._checkpoint.stream == stream:
            after = {
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                "SequenceNumber": self._checkpoint.sequence,
            }
            return str(self._streams.call("GetShardIterator", where | after)["ShardIterator"])
        # The table was made for this very mapping: its first record is LATEST, too.
        start = {"ShardIteratorType": "TRIM_HORIZON"}
        return str(self._streams.call("GetShardIterator", where | start)["ShardIterator"])

    def _hand_over(
        self,
        records: list[Record],
        stream: str,
        shard: str,
        delivery: Delivery,
        stopping: threading.Event,
    ) -> None:
        wanted = [
            {**record, "awsRegion": REGION, "eventSourceARN": stream, "shardId": shard}
            for record in records
            if self._wanted(record)
        ]
        for start in range(0, len(wanted), self._source.batch_size):
            batch = wanted[start : start + self._source.batch_size]
            delivery.deliver(batch, lambda done: self._checkpoint.save(stream, done))
            if stopping.is_set():
                return
        if records:  # also past those that nobody wanted
            self._checkpoint.save(stream, _sequence(records[-1]))


def _sequence(record: Record) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def _without_shard(record: Record) -> Record:
    return {name: value for name, value in record.items() if name != "shardId"}


def _arrival(record: Record) -> str:
    return _instant(float(record["dynamodb"].get("ApproximateCreationDateTime", time.time())))


def _instant(epoch_s: float) -> str:
    text = datetime.fromtimestamp(epoch_s, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
