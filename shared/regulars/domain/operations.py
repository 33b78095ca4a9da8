"""What can be asked of a card, and what comes of it.

An operation carries everything its decision needs besides programme, card and time: ids and
entropy are made by the caller, so that deciding twice on the same values gives the same answer.

Named tuples rather than dataclasses: they are made at import, on every cold start of the counter,
and cost a seventh there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from regulars.domain.card import Card, Lot
from regulars.domain.ledger import Entry, Recorded
from regulars.domain.program import Program
from regulars.domain.reasons import Reason


class Origin(NamedTuple):
    """What all operations have in common: which one it is and where it comes from."""

    op: str
    """The operation's id; at most one entry of a merchant bears it."""
    source: str
    """Where it came from: `join`, `card`, `staff`, `api`, `job` or a till's name."""
    staff: str | None = None
    location: str | None = None
    effective_ms: int | None = None
    """When it happened, if known; never later than recording + 5 minutes."""
    entropy: bytes = b""
    """Random bytes from the caller, for the codes of vouchers."""
    left: Mapping[str, int] = MappingProxyType({})
    """How much is left of shared counters that were looked at (see `Decision.counts`)."""


class Join(NamedTuple):
    """A member enrols; the first entry of every card."""

    origin: Origin
    member_id: str
    birthday: str = ""
    """`MM-DD`, if known."""


class Item(NamedTuple):
    """One line of a sale; `amount_minor` is the whole line's price."""

    quantity: int
    amount_minor: int
    sku: str = ""
    category: str = ""


class Earn(NamedTuple):
    """A visit or sale. Money is in minor units of the programme's currency."""

    origin: Origin
    visits: int = 1
    spend_minor: int | None = None
    """What was paid and counts; the sum of the items when not given."""
    paid_minor: int | None = None
    """The whole payment when more was paid than counts (a tip); refunds are measured in it."""
    items: tuple[Item, ...] = ()
    order_id: str | None = None
    note: str | None = None
    refusable: bool = False
    """Whether a reached cap refuses the whole (staff, scans) or grants nothing (tills)."""


class Adjust(NamedTuple):
    """A correction by hand, with its reason."""

    origin: Origin
    unit: str
    amount: int
    reason: str
    allow_debt: bool = False


class Issue(NamedTuple):
    """The member takes a reward: its cost is locked in a voucher."""

    origin: Origin
    reward_id: str


class Voucher(NamedTuple):
    """A voucher as it lies in the table; `lots` are the pieces locked in it."""

    voucher_id: str
    code: str
    reward_id: str
    status: Literal["issued", "redeemed", "cancelled", "expired"]
    unit: str
    lots: tuple[Lot, ...]
    issued_ms: int
    expires_on: str
    issued_seq: int
    closed_ms: int = 0


class Redeem(NamedTuple):
    """A voucher is handed over at the counter; final."""

    origin: Origin
    voucher: Voucher
    order_id: str | None = None


class Cancel(NamedTuple):
    """A voucher is given back; the same lots return with the same dates."""

    origin: Origin
    voucher: Voucher
    reason: str | None = None


class Reverse(NamedTuple):
    """A refund or an undo: lines of the original entry are taken back, pro rata to the money.

    `refunded_minor` is what had been refunded of the original's payment before (-1 when it was
    reversed whole); `amount_minor` is what is refunded now, None for all that is left.
    """

    origin: Origin
    original: Entry
    refunded_minor: int
    amount_minor: int | None
    vouchers: tuple[Voucher, ...] = ()
    """The vouchers that the original entry granted."""
    items: tuple[Item, ...] = ()
    """What is given back, when it is known; `amount_minor` is its money."""
    refunded_rules: Mapping[str, int] = MappingProxyType({})
    """What earlier refunds of items left (see `shares.py`)."""
    under: Program | None = None
    """The version of the programme the original was booked under; None for the one in force."""
    undo_until_ms: int | None = None
    """For an undo at the counter: the last instant it is allowed."""
    refund_id: str | None = None


class Expire(NamedTuple):
    """What has expired is booked out: lots, and vouchers whose lots go back first."""

    origin: Origin
    vouchers: tuple[Voucher, ...] = ()
    """The card's open vouchers."""


class ReviewTier(NamedTuple):
    """The tier is decided anew: at the end of its period or after a change of the programme."""

    origin: Origin
    birthday: str = ""
    """`MM-DD`, if known: the new programme may celebrate it."""


class Remind(NamedTuple):
    """Somebody has been told what there was to tell; it comes off the due list until next time."""

    origin: Origin
    job: str = "remind"
    birthday: str = ""
    """`MM-DD`, when the due list is to know of it from now on."""


class Act(NamedTuple):
    """The member did something that is rewarded: a review, a survey, an event attended."""

    origin: Origin
    action: str
    ref: str | None = None


class Bonus(NamedTuple):
    """Units or a reward given for a reason of the system's: a referral that came to something."""

    origin: Origin
    reason: str
    unit: str = ""
    amount: int = 0
    reward_id: str = ""
    referral: bool = False
    """Whether it counts as a referral of this member."""


class Surprise(NamedTuple):
    """Staff give an unexpected gift out of a budget of the programme's."""

    origin: Origin
    surprise_id: str
    note: str | None = None


class Celebrate(NamedTuple):
    """The member's birthday, or the day of joining comes round."""

    origin: Origin
    occasion: Literal["birthday", "anniversary"]
    birthday: str = ""
    """`MM-DD`, to know when the next one is."""


class GiveBenefits(NamedTuple):
    """A new period has begun: what the tier brings in it is given."""

    origin: Origin


class GrantTier(NamedTuple):
    """A tier is given by hand, bought or earned by invitation - or taken away (`until` past)."""

    origin: Origin
    tier_id: str
    until: str
    """The last day; `""` without an end."""
    by: Literal["membership", "invitation", "hand"]


AnyOperation = (
    Join
    | Earn
    | Act
    | Bonus
    | Surprise
    | Celebrate
    | GiveBenefits
    | Adjust
    | Issue
    | Redeem
    | Cancel
    | Reverse
    | Expire
    | ReviewTier
    | GrantTier
    | Remind
)


class Decision(NamedTuple):
    """What an operation comes to; written as one transaction or not at all.

    `entry` is None when nothing has to be booked (a job found nothing to do): then only the due
    list moves. `dues` are (job, UTC hour) pairs to be put on the due list.
    """

    card: Card
    entry: Entry | None
    recorded: Recorded | None = None
    """The entry as it is stored, chained to the one before."""
    vouchers: tuple[Voucher, ...] = ()
    """Vouchers issued or closed."""
    dues: tuple[tuple[str, str], ...] = ()
    counts: tuple[tuple[str, int, int], ...] = ()
    """Shared counters to move, as (name, by, limit): stock, the first n. One that would pass its
    limit refuses the transaction, and the operation is decided again knowing what is left."""
    unlocked: tuple[Voucher, ...] = ()
    """Vouchers that were issued by themselves."""
    refused: tuple[tuple[str, Reason], ...] = ()
    """(rule, reason) of what was not granted although the operation went through."""
    refunded_minor: int | None = None
    """For a reversal: what has now been refunded of the original in all, -1 for the whole."""
    refunded_rules: Mapping[str, int] = MappingProxyType({})
