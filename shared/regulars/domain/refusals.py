"""Every way a request can be refused, in one closed list.

They are listed as they come up: what concerns the request before anything is decided about it, then
what concerns the card. Which is answered when several apply is said, and held, in `docs/rules.md`.

`http/problems.py` gives each its HTTP status; a test holds the two lists together.
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """The stable `code` of a problem document."""

    # The request itself
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    IDEMPOTENCY_KEY_REQUIRED = "idempotency_key_required"
    INVALID = "invalid"
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch"
    SLUG_TAKEN = "slug_taken"
    CONTACT_TAKEN = "contact_taken"
    STALE_VERSION = "stale_version"
    # Accrual
    CAP_REACHED = "cap_reached"
    # Rewards
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
    REFUND_EXCEEDS = "refund_exceeds"
    UNDO_EXPIRED = "undo_expired"
    # May succeed when tried again
    CONFLICT = "conflict"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"

    @property
    def transient(self) -> bool:
        """Whether the very same request may succeed later; such answers are never stored."""
        return self in _TRANSIENT


_TRANSIENT = {Code.CONFLICT, Code.RATE_LIMITED, Code.UNAVAILABLE, Code.INTERNAL}

DECIDED = frozenset(
    {
        Code.CAP_REACHED,
        Code.DEBT,
        Code.TIER_REQUIRED,
        Code.OUT_OF_STOCK,
        Code.LIMIT_REACHED,
        Code.INSUFFICIENT_BALANCE,
        Code.VOUCHER_REDEEMED,
        Code.VOUCHER_CANCELLED,
        Code.VOUCHER_EXPIRED,
        Code.ALREADY_REVERSED,
        Code.REFUND_EXCEEDS,
        Code.UNDO_EXPIRED,
    }
)
"""Refusals that `decide` reaches from programme and card. They are final for their key: the same
Idempotency-Key gets the same refusal even after the card has changed."""


class Refused(Exception):  # noqa: N818 - a refusal is a fact, not an error of ours
    """A request was refused.

    `detail` says why in words, `errors` names fields and the mend, `replayed` says that this was
    the answer to the same key before.
    """

    def __init__(
        self,
        code: Code,
        detail: str = "",
        errors: tuple[tuple[str, str], ...] = (),
        *,
        replayed: bool = False,
    ) -> None:
        super().__init__(code.value, detail)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.replayed = replayed
