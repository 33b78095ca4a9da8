"""Say what a code gives that a guest scans, and hold it to its limits.

Who made a code, for how long and how often it is good is settled where it is kept; here is what
hangs on the card: how soon after the last code of its kind, and how often a day, one counts.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, get_args

from regulars.domain import limits, reasons, visits
from regulars.domain.allowances import Scan
from regulars.domain.draft import Draft
from regulars.domain.operations import Earn, Item, Origin, RewardAction
from regulars.domain.program import Program

CodeKind = Literal["once", "event", "printed", "receipt", "display"]
KINDS: Final[tuple[CodeKind, ...]] = get_args(CodeKind)

PRINTED: Final = "printed"
DISPLAY: Final = "display"
SHOWS_SOMEBODY_CAME: Final = frozenset({"once", "receipt"})
"""Kinds that somebody at the counter, or a till, hands to one guest: they confirm held visits."""

ONCE_MS: Final = 90 * 1000
DISPLAY_USES: Final = 20
"""How many cards can use one code of a display."""


class EarningCode(NamedTuple):
    """A code that was made, and what it gives."""

    code_id: str
    merchant_id: str
    kind: CodeKind
    visits: int = 1
    spend_minor: int | None = None
    items: tuple[Item, ...] = ()
    action: str = ""
    """What the member did, when it is no visit."""
    order_id: str = ""
    location: str | None = None
    until_ms: int = 0
    """When it ends; 0 for one without an end."""
    uses: int = 0
    """How many cards can use it; 0 for any number."""
    staff: str | None = None
    """Who made it at the counter."""
    device: str = ""
    used: int = 0
    """How often it had been used when it was read."""

    def is_over(self, now_ms: int) -> bool:
        """Tell whether its time is over."""
        return bool(self.until_ms) and self.until_ms <= now_ms

    @property
    def is_used_up(self) -> bool:
        """Whether as many cards have used it as may."""
        return bool(self.uses) and self.used >= self.uses

    def op(self, member_id: str) -> str:
        """The id of the operation when a member uses it: each card uses a code once."""
        return f"code:{self.code_id}:{member_id}"

    def earns(self, origin: Origin, program: Program) -> Earn | RewardAction:
        """The operation that books it; a printed one is held instead (see `held_visits.py`)."""
        if self.action:
            return RewardAction(origin, self.action, self.code_id[:16])
        return Earn(
            origin,
            visits=self.visits,
            spend_minor=self.spend_minor,
            items=self.items,
            order_id=self.order_id or None,
            refusable=True,
            scan=self.scan(program),
            shows_presence=self.kind in SHOWS_SOMEBODY_CAME,
        )

    def scan(self, program: Program) -> Scan | None:
        """The limits of its kind on one card; None where there are none."""
        if self.kind == PRINTED:
            return Scan(PRINTED, *program.limits_at(self.location).printed)
        return Scan(DISPLAY, program.display.cooldown_minutes) if self.kind == DISPLAY else None


def require_in_time(draft: Draft, scan: Scan) -> None:
    """Raise CAP_REACHED when the card used a code of the kind too short a time ago, or as often
    today as it may."""
    card, today = draft.card, draft.today.isoformat()
    if scan.per_day and limits.given(card, _by_day(scan), today) >= scan.per_day:
        raise visits.refusal(reasons.cap_day(scan.per_day))
    last_ms = int(limits.stored(card, _last(scan))[0] or 0)
    wait_ms = last_ms + scan.cooldown_minutes * 60_000 - draft.now_ms if last_ms else 0
    if wait_ms > 0:
        raise visits.refusal(reasons.cooldown(-(-wait_ms // 60_000)))


def count(draft: Draft, scan: Scan) -> None:
    """Remember that the card used a code of the kind."""
    if scan.per_day:
        draft.card = limits.counted(draft.card, _by_day(scan), draft.today.isoformat())
    if scan.cooldown_minutes:
        draft.card = limits.with_count(draft.card, _last(scan), str(draft.now_ms), 1)


def _by_day(scan: Scan) -> str:
    return f"q:{scan.kind}"


def _last(scan: Scan) -> str:
    return f"w:{scan.kind}"
