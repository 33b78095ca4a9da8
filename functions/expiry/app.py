"""Every hour: lots and vouchers that have expired are booked out."""

from __future__ import annotations

from typing import Any

from regulars import clock
from regulars.domain.due import EXPIRE
from regulars.jobs.cards import JOBS
from regulars.jobs.due import walk
from regulars.observability import logger
from regulars.store import connect


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Do what is due by now; may run twice, late, or beside itself."""
    done = walk(connect.table(), "expiry", {EXPIRE: JOBS[EXPIRE]}, clock.now())
    logger().info("due cards done", extra={"job": EXPIRE, "cards": done})
    return {"cards": done}
