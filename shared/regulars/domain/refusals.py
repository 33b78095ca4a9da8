"""List every way a request can be refused.

First what concerns the request before anything is decided, then what concerns the card.
`docs/rules.md` says which one is answered when several apply, and tests hold it.

`http/problems.py` gives each its HTTP status; a test compares the two lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, auto
from typing import Any


class RefusalCode(StrEnum):
    """The stable `code` of a problem document: the name in small letters."""

    # The request itself
    TOO_LARGE = auto()
    MALFORMED = auto()
    UNAUTHORIZED = auto()
    FORBIDDEN = auto()
    CONFIRM_NEEDED = auto()
    NOT_FOUND = auto()
    METHOD_NOT_ALLOWED = auto()
    UNSUPPORTED_MEDIA_TYPE = auto()
    IDEMPOTENCY_KEY_REQUIRED = auto()
    INVALID = auto()
    IDEMPOTENCY_MISMATCH = auto()
    SLUG_TAKEN = auto()
    CONTACT_TAKEN = auto()
    DEVICE_NEEDED = auto()
    CODE_USED = auto()
    CODE_EXPIRED = auto()
    STALE_VERSION = auto()
    PREVIEW_NEEDED = auto()
    LOSSES = auto()
    # Accrual
    CAP_REACHED = auto()
    STAFF_LIMIT = auto()
    ORDER_OF_ANOTHER_MEMBER = auto()
    # Rewards
    HELD = auto()
    DEBT = auto()
    TIER_REQUIRED = auto()
    OUT_OF_STOCK = auto()
    LIMIT_REACHED = auto()
    INSUFFICIENT_BALANCE = auto()
    VOUCHER_REDEEMED = auto()
    VOUCHER_CANCELLED = auto()
    VOUCHER_EXPIRED = auto()
    # Corrections
    ALREADY_REVERSED = auto()
    REFUND_MISMATCH = auto()
    UNDO_EXPIRED = auto()
    ALREADY_SPENT = auto()
    # May succeed when tried again
    CONFLICT = auto()
    RATE_LIMITED = auto()
    UNAVAILABLE = auto()
    INTERNAL = auto()

    @property
    def transient(self) -> bool:
        """Whether the same request may succeed later; such answers are never stored."""
        return self in _TRANSIENT


_TRANSIENT = {
    RefusalCode.CONFLICT,
    RefusalCode.RATE_LIMITED,
    RefusalCode.UNAVAILABLE,
    RefusalCode.INTERNAL,
}

DECIDED = frozenset(
    {
        RefusalCode.CAP_REACHED,
        RefusalCode.STAFF_LIMIT,
        RefusalCode.HELD,
        RefusalCode.DEBT,
        RefusalCode.TIER_REQUIRED,
        RefusalCode.OUT_OF_STOCK,
        RefusalCode.LIMIT_REACHED,
        RefusalCode.INSUFFICIENT_BALANCE,
        RefusalCode.VOUCHER_REDEEMED,
        RefusalCode.VOUCHER_CANCELLED,
        RefusalCode.VOUCHER_EXPIRED,
        RefusalCode.ALREADY_REVERSED,
        RefusalCode.REFUND_MISMATCH,
        RefusalCode.UNDO_EXPIRED,
    }
)
"""Refusals that follow from programme and card. They are final for their key: the same
Idempotency-Key gets the same refusal even after the card has changed."""


class Refused(Exception):  # noqa: N818 - a refusal is a fact, not an error of ours
    """A request was refused.

    `detail` gives the reason in words, `errors` are (field, what to correct), `replayed` tells that
    the same key got this answer before, `more` are further fields of the problem document,
    `retry_after_s` says when it may succeed (0 when nothing is known).
    """

    def __init__(
        self,
        code: RefusalCode,
        detail: str = "",
        errors: tuple[tuple[str, str], ...] = (),
        *,
        replayed: bool = False,
        more: Mapping[str, Any] | None = None,
        retry_after_s: int = 0,
    ) -> None:
        super().__init__(code.value, detail)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.replayed = replayed
        self.more = more or {}
        self.retry_after_s = retry_after_s


class StaleProgram(Refused):
    """The card has been carried over to a later version of the programme than the one given.

    Whoever gave it had read it before; it is read again, and the request decided again.
    """

    def __init__(self) -> None:
        super().__init__(RefusalCode.CONFLICT, "The programme has just changed; try again.")
