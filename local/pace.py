"""How often queues and streams are looked into: often while something happens, else now and then.

A stack that nobody uses costs next to nothing then, and one that is used notices at once: who waits
for the next look is woken by each call of a function, which may have written or sent something.
"""

import threading
import time

BUSY_POLL_S = 0.2
IDLE_POLL_S = 2.0
BUSY_S = 5.0
"""For how long after a call of a function there may be more to do."""


class Pace:
    """Shared by everything that polls; it is told of each call of a function."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._busy_until = time.monotonic() + BUSY_S

    def touch(self) -> None:
        """Something happened, or all is to end: look at once, and often for a while."""
        with self._changed:
            self._busy_until = time.monotonic() + BUSY_S
            self._changed.notify_all()

    def wait(self, stopping: threading.Event) -> None:
        """Wait until it is time for the next look; at most until `stopping` was set and told."""
        with self._changed:
            if time.monotonic() >= self._busy_until:
                if not stopping.is_set():
                    self._changed.wait(IDLE_POLL_S)
                return
        stopping.wait(BUSY_POLL_S)
