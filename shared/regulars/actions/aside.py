"""Sets aside what cannot be done for one card or one job, so that the others go on.

What is set aside stands on the list of what needs a person, with its reason. What may go well the
next time (the table was busy) is not set aside: the caller's own repetition sees to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regulars.actions import attention
from regulars.core.observability import logger
from regulars.domain.calendar import to_ms
from regulars.domain.ledger import UNREADABLE
from regulars.domain.refusals import Refused
from regulars.program.shop import Shop
from regulars.store import keys
from regulars.store.cards import DamagedError
from regulars.store.table import ServiceError, StoreError

Aside = Callable[[str, Exception], None]
"""Gets the member and the error of a card that cannot be read; the loop goes on."""

_INVALID = "ValidationException"
"""DynamoDB's word for a request that it will never carry out."""


def is_transient(error: Exception) -> bool:
    """Tell whether the same may go well a moment later."""
    if isinstance(error, Refused):
        return error.code.transient
    if isinstance(error, ServiceError):
        return error.code != _INVALID
    return isinstance(error, StoreError | OSError | MemoryError)


def why_of(error: Exception) -> str:
    """Say in a sentence what stood in the way; the words of others' errors may name people."""
    if isinstance(error, Refused):
        return error.detail or f"It was refused: {error.code.value}."
    if isinstance(error, DamagedError):
        return f"{error}."
    return f"It stopped with {type(error).__name__}; the log has more."


def set_aside(shop: Shop, member_id: str, error: Exception, job: str = "", **about: Any) -> None:
    """Put a card (or, as `keys.MERCHANT_LEVEL`, a job of the merchant) on the list with what stood
    in the way. Call it within `except`; raises what is transient again."""
    if is_transient(error):
        raise error
    logger().exception("set aside", extra={"job": job, "member": member_id})
    of_card = member_id != keys.MERCHANT_LEVEL
    damaged = of_card and isinstance(error, (DamagedError, AssertionError, *UNREADABLE))
    named = {"member_id": member_id} if of_card else {}
    attention.raise_(
        shop.table,
        shop.merchant_id,
        "damaged_card" if damaged else "stuck_job",
        member_id if damaged else ":".join((job, member_id, *map(str, about.values()))),
        why=why_of(error),
        about={**named, **({"job": job} if job else {}), **about},
        at_ms=to_ms(shop.now),
    )


def only_logged(member_id: str, error: Exception) -> None:
    """Leave a card out without putting it on the list: for what must write nothing."""
    logger().warning("left out", extra={"member": member_id, "error": type(error).__name__})


def of(shop: Shop, job: str = "") -> Aside:
    """Return what sets aside the cards of a loop over members."""
    return lambda member_id, error: set_aside(shop, member_id, error, job)
