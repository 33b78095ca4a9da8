"""Records of a queue or of the stream, one by one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from regulars.observability import logger
from regulars.tills.events import UnreadableError

Record = TypeVar("Record")


def logged(handler: Callable[[Record], None]) -> Callable[[Record], None]:
    """A record handler that says in the log which record failed and by what kind of error.

    The batch goes on without it, and the trace would be lost; the words of an error may name
    people, so only our own are logged.
    """

    @wraps(handler)
    def handle(record: Record) -> None:
        try:
            handler(record)
        except Exception as error:
            why = str(error) if isinstance(error, UnreadableError) else ""
            logger().warning("a record failed", extra={"error": type(error).__name__, "why": why})
            raise

    return handle
