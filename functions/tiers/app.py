"""Tiers decided outside the counter: at the end of a period (every hour, from the due list), and
for everybody when a new programme is published (from the stream)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from regulars import clock
from regulars.domain.due import ANNIVERSARY, BENEFITS, BIRTHDAY, TIER
from regulars.jobs.batches import logged
from regulars.jobs.cards import JOBS
from regulars.jobs.due import walk
from regulars.jobs.invitations import INVITE
from regulars.jobs.leaderboards import LEADERBOARDS
from regulars.jobs.raffles import DRAW
from regulars.jobs.recompute import recompute
from regulars.observability import logger
from regulars.store import connect

processor = BatchProcessor(event_type=EventType.DynamoDBStreams)

WALKED = (TIER, BENEFITS, BIRTHDAY, ANNIVERSARY, INVITE, DRAW, LEADERBOARDS)


@logged
def record_handler(record: DynamoDBRecord) -> None:
    """Recompute a merchant whose programme has a new version."""
    image = record.dynamodb.new_image if record.dynamodb else None
    if image is None:
        raise ValueError("a record of a new programme has an image")
    recompute(connect.table(), image["PK"].removeprefix("M#"), int(image["version"]))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Either a batch of the stream or the hourly schedule."""
    if "Records" in event:
        return dict(
            process_partial_response(
                event=event, record_handler=record_handler, processor=processor, context=context
            )
        )
    done = walk(
        connect.table(),
        "tiers",
        {job: JOBS[job] for job in WALKED},
        clock.now(),
    )
    logger().info("due cards done", extra={"job": TIER, "cards": done})
    return {"cards": done}
