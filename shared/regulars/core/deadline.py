"""Stop in time: work that goes on in the next call of the function."""

from __future__ import annotations

import math
import time
from typing import Any

SECONDS = 10.0
"""How long one request works at most; a function of the API has twenty."""


class Deadline:
    """The moment at which work stops and says how far it came."""

    def __init__(self, seconds: float | None = None) -> None:
        self._at = time.monotonic() + (SECONDS if seconds is None else seconds)

    @classmethod
    def of(cls, context: Any, reserve_s: float, at_most_s: float = math.inf) -> Deadline:
        """The moment that leaves an invocation a reserve before its time-out."""
        left_s = context.get_remaining_time_in_millis() / 1000
        return cls(min(at_most_s, left_s - reserve_s))

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self._at
