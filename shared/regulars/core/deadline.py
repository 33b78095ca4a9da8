"""Stop in time: work that goes on in the next call of the function."""

from __future__ import annotations

import time

SECONDS = 10.0
"""How long one request works at most; a function of the API has twenty."""


class Deadline:
    """The moment at which work stops and says how far it came."""

    def __init__(self) -> None:
        self._at = time.monotonic() + SECONDS

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self._at
