"""Answers with what it got."""

import os
from typing import Any

CALLS = [0]


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    CALLS[0] += 1
    return {
        "event": event,
        "pid": os.getpid(),
        "calls": CALLS[0],
        "environment": dict(os.environ),
        "context": {
            "function_name": context.function_name,
            "aws_request_id": context.aws_request_id,
            "remaining": context.get_remaining_time_in_millis(),
            "memory": context.memory_limit_in_mb,
        },
    }
