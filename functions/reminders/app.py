"""Every hour: members who lack one visit to a reward are reminded."""

from __future__ import annotations

from typing import Any

from regulars import clock
from regulars.domain.due import NOTICE, REMIND
from regulars.jobs.cards import JOBS
from regulars.jobs.due import walk
from regulars.observability import logger
from regulars.store import connect


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Do what is due by now; may run twice, late, or beside itself."""
    done = walk(
        connect.table(), "reminders", {job: JOBS[job] for job in (REMIND, NOTICE)}, clock.now()
    )
    logger().info("due cards done", extra={"job": REMIND, "cards": done})
    return {"cards": done}
