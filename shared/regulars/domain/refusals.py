"""List every way a request can be refused.

First what concerns the request before anything is decided, then what concerns the card.
`docs/rules.md` says which one is answered when several apply, and tests hold it.

`http/problems.py` gives each its HTTP status; a test compares the two lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class RefusalCode(StrEnum):
    """The stable `code` of a problem document."""

    # The request itself
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    CONFIRM_NEEDED = "confirm_needed"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    IDEMPOTENCY_KEY_REQUIRED = "idempotency_key_required"
    INVALID = "invalid"
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch"
    SLUG_TAKEN = "slug_taken"
    CONTACT_TAKEN = "contact_taken"
    DEVICE_NEEDED = "device_needed"
    CODE_USED = "code_used"
    CODE_EXPIRED = "code_expired"
    STALE_VERSION = "stale_version"
    PREVIEW_NEEDED = "preview_needed"
    LOSSES = "losses"
    # Accrual
    CAP_REACHED = "cap_reached"
    STAFF_LIMIT = "staff_limit"
    ORDER_OF_ANOTHER_MEMBER = "order_of_another_member"
    # Rewards
    HELD = "held"
    DEBT = "debt"
    TIER_REQUIRED = "tier_required"
    OUT_OF_STOCK = "out_of_stock"
    LIMIT_REACHED = "limit_reached"
    INSUFFICIENT_BALANCE = "insufficient_balance"
    VOUCHER_REDEEMED = "voucher_redeemed"
    VOUCHER_CANCELLED = "voucher_cancelled"
    VOUCHER_EXPIRED = "voucher_expired"
    # Corrections
    ALREADY_REVERSED = "already_reversed"
    REFUND_MISMATCH = "refund_mismatch"
    UNDO_EXPIRED = "undo_expired"
    ALREADY_SPENT = "already_spent"
    # May succeed when tried again
    CONFLICT = "conflict"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"

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
