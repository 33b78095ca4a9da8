"""The outbox: what has happened in the ledger and must be told to somebody.

Reads the stream of new entries. Each message is told once, whatever the stream repeats: the entry
it is about is its occasion.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from regulars.jobs.batches import logged
from regulars.jobs.outbox import announce
from regulars.store import connect

processor = BatchProcessor(event_type=EventType.DynamoDBStreams)


@logged
def record_handler(record: DynamoDBRecord) -> None:
    """Announce one new entry; raises for a record that is not one."""
    image = record.dynamodb.new_image if record.dynamodb else None
    if image is None or "e" not in image:
        raise ValueError("a record of a new entry has its text")
    announce(connect.table(), image["PK"], image["e"])


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Announce a batch; answers from which record on it failed."""
    return dict(
        process_partial_response(
            event=event, record_handler=record_handler, processor=processor, context=context
        )
    )
