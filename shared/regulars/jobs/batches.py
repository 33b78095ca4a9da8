"""Handlers of queues and of the stream: records one by one, and which of them failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from regulars.core.observability import gathered, logger
from regulars.tills.events import UnreadableError

Record = TypeVar("Record")
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


TRIES_MAX = 5
"""How often a queue brings a message before it is dead (`maxReceiveCount` in the template)."""


def queue(
    handle: Callable[[dict[str, Any]], None],
    given_up: Callable[[dict[str, Any], Exception], bool] | None = None,
) -> Handler:
    """Return the handler of a queue; `handle` gets the body of each message.

    `given_up` gets the body and the error of one that failed for the last time; it answers whether
    the message is kept elsewhere, and need not be among the dead.
    """

    def record_handler(record: SQSRecord) -> None:
        try:
            handle(record.json_body)
        except Exception as error:
            if given_up is None or not _is_last(record) or not given_up(record.json_body, error):
                raise

    return _batches(EventType.SQS, record_handler)


def _is_last(record: SQSRecord) -> bool:
    """Tell whether the queue brings this message no more if it fails now."""
    return int(record.attributes.approximate_receive_count) >= TRIES_MAX


def stream(handle: Callable[[Mapping[str, Any]], None]) -> Handler:
    """Return the handler of the table's stream; `handle` gets the new image of each record."""

    def record_handler(record: DynamoDBRecord) -> None:
        image = record.dynamodb.new_image if record.dynamodb else None
        if image is None:
            raise ValueError("a record of this stream has a new image")
        handle(image)

    return _batches(EventType.DynamoDBStreams, record_handler)


def _batches(kind: EventType, record_handler: Callable[[Any], None]) -> Handler:
    processor = BatchProcessor(event_type=kind)

    def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Handle a batch; answers which records failed."""
        with gathered():
            return dict(
                process_partial_response(
                    event=event,
                    record_handler=logged(record_handler),
                    processor=processor,
                    context=context,
                )
            )

    return lambda_handler


def logged(handler: Callable[[Record], None]) -> Callable[[Record], None]:
    """A record handler that says in the log which record failed and by what kind of error.

    The batch goes on without it, and the trace would be lost; the words of an error may name
    people, so only our own are logged.
    """

    @wraps(handler)
    def handle(record: Record) -> None:
        try:
            handler(record)
        except Exception as error:
            why = str(error) if isinstance(error, UnreadableError) else ""
            logger().warning("a record failed", extra={"error": type(error).__name__, "why": why})
            raise

    return handle
