"""Every hour: owners for whom it is Monday, eight o'clock, get their digest."""

from __future__ import annotations

from typing import Any

from regulars import clock
from regulars.jobs.cards import JOBS
from regulars.jobs.digest import DIGEST
from regulars.jobs.due import walk
from regulars.observability import logger
from regulars.store import connect


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Do what is due by now; may run twice, late, or beside itself."""
    done = walk(connect.table(), "digest", {DIGEST: JOBS[DIGEST]}, clock.now())
    logger().info("due cards done", extra={"job": DIGEST, "cards": done})
    return {"cards": done}
