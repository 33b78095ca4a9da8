"""Dead letters get another try: queues over moto's SQS, the stream over the engine's."""

from __future__ import annotations

import json
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.config import Config

from regulars.store.table import Table
from tests.aws_services import AwsServices

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "redrive"


@pytest.fixture(scope="module")
def redrive() -> ModuleType:
    """The script as a module."""
    loader = SourceFileLoader("redrive", str(SCRIPT))
    spec = spec_from_loader("redrive", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_dead_messages_go_back_to_their_queue(
    redrive: ModuleType, aws_services: AwsServices
) -> None:
    """Each once; the dead-letter queue is empty afterwards."""
    sqs = boto3.client("sqs", endpoint_url=aws_services.url)
    queues = aws_services.new_queues()
    dead, source = queues["messages"], queues["orders"]
    for number in range(23):
        sqs.send_message(QueueUrl=dead, MessageBody=str(number))

    moved = redrive.redrive_queue(sqs, dead, source)

    assert moved == 23
    bodies = [record["body"] for record in aws_services.receive(source)]
    assert sorted(bodies, key=int) == [str(number) for number in range(23)]
    assert aws_services.receive(dead) == []


@pytest.mark.stream
def test_failed_stream_records_are_read_again_and_handed_over(
    redrive: ModuleType, aws_services: AwsServices, engine_url: str, tables: dict[str, Table]
) -> None:
    """Exactly the records that the failure names, in their order."""
    table = tables["lean"]
    for number in range(6):
        table.put({"PK": "M#m1", "SK": f"N#{number}", "n": number})
    streams = boto3.client(
        "dynamodbstreams",
        endpoint_url=engine_url,
        config=Config(parameter_validation=False),  # the engine's sequence numbers are short
    )
    arn = streams.list_streams(TableName=table.name)["Streams"][0]["StreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    numbers = [
        record["dynamodb"]["SequenceNumber"]
        for record in streams.get_records(ShardIterator=iterator)["Records"]
    ]
    sqs = boto3.client("sqs", endpoint_url=aws_services.url)
    dead = aws_services.new_queues()["orders"]
    failure = {
        "requestContext": {"functionArn": "the-outbox"},
        "DDBStreamBatchInfo": {
            "shardId": shard,
            "startSequenceNumber": numbers[2],
            "endSequenceNumber": numbers[4],
            "batchSize": 3,
            "streamArn": arn,
        },
    }
    sqs.send_message(QueueUrl=dead, MessageBody=json.dumps(failure))
    handed: list[tuple[str, list[dict[str, Any]]]] = []

    done = redrive.redrive_stream(
        sqs, dead, streams, lambda function, records: handed.append((function, records))
    )

    assert done == 3
    ((function, records),) = handed
    assert function == "the-outbox"
    assert [it["dynamodb"]["NewImage"]["n"]["N"] for it in records] == ["2", "3", "4"]
    assert aws_services.receive(dead) == []


def test_a_record_that_fails_again_stays_in_the_queue(
    redrive: ModuleType, aws_services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is deleted before it was handled."""
    sqs = boto3.client("sqs", endpoint_url=aws_services.url)
    dead = aws_services.new_queues()["orders"]
    failure = {"requestContext": {"functionArn": "x"}, "DDBStreamBatchInfo": {}}
    sqs.send_message(QueueUrl=dead, MessageBody=json.dumps(failure))

    def fails(*_: object) -> None:
        raise RuntimeError("again")

    monkeypatch.setattr(redrive, "read_again", lambda *_: iter(()))
    with pytest.raises(RuntimeError, match="again"):
        redrive.redrive_stream(sqs, dead, None, fails)

    answer = sqs.get_queue_attributes(
        QueueUrl=dead, AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
    )
    assert answer["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "1"
