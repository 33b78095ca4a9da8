"""Tiers decided outside the counter: at the end of a period (every hour, from the due list), and
for everybody when a new programme is published (from the stream). Both go on the queue of work."""

from typing import Any

from regulars.jobs import recompute, schedules
from regulars.jobs.batches import stream

on_schedule = schedules.hourly("tiers")
on_stream = stream(recompute.handle)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Either a batch of the stream or the hourly schedule."""
    return on_stream(event, context) if "Records" in event else on_schedule(event, context)
