"""The orders queue: events of tills become entries on cards.

Every event can come again, late or out of order. What cannot be read or booked fails its message
alone: it is tried again and ends in the dead-letter queue, from which it can be re-driven.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from regulars.jobs.batches import logged
from regulars.jobs.orders import process

processor = BatchProcessor(event_type=EventType.SQS)


@logged
def record_handler(record: SQSRecord) -> None:
    """Book one message; raises when it cannot be."""
    process(record.json_body)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Book a batch; answers which messages failed."""
    return dict(
        process_partial_response(
            event=event, record_handler=record_handler, processor=processor, context=context
        )
    )
