"""The queue of work: small messages of one merchant each, done by the function `work`.

A message is JSON with a `kind`, its `merchant_id` and `at`, when it was planned (ms).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from regulars.core.config import settings
from regulars.store import wire


def put(message: Mapping[str, Any]) -> bool:
    """Put a message on the queue; always True, as it is sure to be worked on."""
    body = json.dumps(message, separators=(",", ":"))
    wire.send_message(settings().work_queue_url, body, message["merchant_id"])
    return True
