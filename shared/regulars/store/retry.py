"""When a call to AWS is worth another try, and how long to wait before it.

Both transports run every call through `persist`, so that they try again in the same cases and
give up at the same moment. The waits use full jitter: a random time between nothing and a bound
that doubles, which spreads clients that failed together.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Final, TypeVar

from regulars.store.errors import Lost, ServiceError, Unavailable

TRIES_MAX: Final = 5
BUDGET_S: Final = 6.0  # no try starts later than this after the first one
WAIT_FIRST_S: Final = 0.05
WAIT_MAX_S: Final = 1.0

# Seams: tests replace the clock, the wait and the dice.
clock: Callable[[], float] = time.monotonic
sleep: Callable[[float], None] = time.sleep


def fraction() -> float:
    """Return a random number in [0, 1), without `random`: on 3.13 nothing else here loads it."""
    return int.from_bytes(os.urandom(6), "big") / 2**48


# What AWS documents as retryable although it is a 4xx. TransactionInProgressException is the
# answer to our own second try while the first, whose answer was lost, is still being carried out.
TRANSIENT_CODES: Final = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_TRANSIENT_REASONS: Final = frozenset(
    {"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"}
)

_Answer = TypeVar("_Answer")


def persist(attempt: Callable[[], _Answer], operation: str) -> _Answer:
    """Call `attempt` until it answers, at most `TRIES_MAX` times within `BUDGET_S`.

    Raises `ServiceError` at once when another try cannot help, and `Unavailable` when the tries or
    the time are used up.
    """
    give_up_at = clock() + BUDGET_S
    tries = 0
    while True:
        tries += 1
        try:
            return attempt()
        except (ServiceError, Lost) as error:
            if not is_transient(error):
                raise
            if tries == TRIES_MAX or clock() >= give_up_at:
                raise Unavailable(operation, tries) from error
            if not (isinstance(error, Lost) and error.stale):
                sleep(wait_s(tries))


def wait_s(tries: int) -> float:
    """Return how long to wait after the given number of failed tries, in seconds."""
    bound: float = min(WAIT_MAX_S, WAIT_FIRST_S * 2 ** (tries - 1))
    return fraction() * bound


def is_transient(error: ServiceError | Lost) -> bool:
    """Return whether the same call may well succeed a moment later."""
    if isinstance(error, Lost):
        return True
    if error.code == "TransactionCanceledException":
        codes = {reason["Code"] for reason in error.body.get("CancellationReasons", [])}
        # A failed condition is an answer for the caller, even when a conflict stands beside it.
        return bool(codes & _TRANSIENT_REASONS) and codes <= _TRANSIENT_REASONS | {"None"}
    return error.status >= 500 or error.code in TRANSIENT_CODES
