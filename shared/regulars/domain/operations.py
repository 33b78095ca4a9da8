"""Hold the operations on a card.

An operation carries everything its decision needs except programme, card and time. The caller makes
ids and entropy, so that deciding twice on the same values gives the same answer.
These are named tuples: making a dataclass takes seven times as long, at every cold start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from regulars.domain.allowances import Allowance, Scan
from regulars.domain.card import NONE, Card, Lot, Use
from regulars.domain.ledger import Entry
from regulars.domain.program import Program

if TYPE_CHECKING:
    from regulars.domain.held_visits import ConfirmVisit, DropVisit, HoldVisit
    from regulars.domain.holding import Hold, Release
    from regulars.domain.merge_operations import Merge, MergeInto, Restore, Unmerge


class Origin(NamedTuple):
    """What all operations have in common: its id and where it comes from."""

    op: str
    """The operation's id; at most one entry of a merchant has it."""
    source: str
    """Where it came from: `join`, `card`, `staff`, `api`, `job` or a till's name."""
    staff: str | None = None
    location: str | None = None
    effective_ms: int | None = None
    """When it happened, if known; never later than recording + 5 minutes."""
    entropy: bytes = b""
    """Random bytes from the caller, from which voucher codes are derived."""
    left: Mapping[str, int] = NONE
    """How much is left of the shared counters that were read (see `Decision.counts`)."""
    allowance: Allowance | None = None
    """What bounds a person at the counter; None for others."""
    marks: Mapping[str, Any] = NONE
    """Facts about where it comes from: `device`, `override`."""


class Join(NamedTuple):
    """A member enrols; the first entry of every card."""

    origin: Origin
    member_id: str
    birthday: str = ""  # `MM-DD`, if known
    again: bool = False
    """Whether the person was a member before and was erased: joining gives nothing twice."""


LineKind = Literal["goods", "discount", "gift_card", "delivery", "fee"]


class Item(NamedTuple):
    """One line of a sale. Quantity and price are negative for what is given back."""

    milli: int
    """How many, in thousandths: 0.25 kg is 250."""
    amount_minor: int
    """The whole line's price."""
    sku: str = ""
    category: str = ""
    kind: LineKind = "goods"


class Earn(NamedTuple):
    """A visit or sale. Money is in minor units of the programme's currency."""

    origin: Origin
    visits: int = 1
    spend_minor: int | None = None
    """What was paid and counts; the sum of the items when not given."""
    paid_minor: int | None = None
    """The whole payment; None when it follows from the other figures."""
    items: tuple[Item, ...] = ()
    tip_minor: int = 0
    """Paid in addition to `spend_minor`."""
    tax_minor: int = 0
    tax_inside: bool = True
    """Whether the tax is inside the prices; else it was paid in addition to `spend_minor`."""
    discount_minor: int = 0
    """Taken off the sum of the items, when `spend_minor` does not tell."""
    order_id: str | None = None
    note: str | None = None
    refusable: bool = False
    """Whether a reached cap refuses the operation (staff, scans) or grants nothing (tills)."""
    scan: Scan | None = None  # of a code that the member scanned
    shows_presence: bool = True  # then visits that wait for that are confirmed


class Adjust(NamedTuple):
    """A correction by hand, with its reason; what is added can have a last day of its own."""

    origin: Origin
    unit: str
    amount: int
    reason: str
    allow_debt: bool = False
    expires_on: str = ""


class Give(NamedTuple):
    """The member gives units to another member."""

    origin: Origin
    unit: str
    amount: int
    to: str
    """The other member's id."""
    note: str | None = None


class Receive(NamedTuple):
    """Units come from another member, in the lots they were in."""

    origin: Origin
    unit: str
    lots: tuple[Lot, ...]
    giver: str
    note: str | None = None


class Issue(NamedTuple):
    """The member takes a reward: its cost is locked in a voucher."""

    origin: Origin
    reward_id: str
    units: int | None = None
    """For `credit`: how many units; None for the least."""


class Voucher(NamedTuple):
    """A voucher as it is stored; `lots` are the pieces locked in it."""

    voucher_id: str
    code: str
    reward_id: str
    status: Literal["issued", "redeemed", "cancelled", "expired", "moved"]
    unit: str
    lots: tuple[Lot, ...]
    issued_ms: int
    expires_on: str
    issued_seq: int
    closed_ms: int = 0
    version: int = 0
    """The version of the programme it was issued under; 0 for one from before that was noted."""
    benefit: str = ""
    """The id of the benefit of a tier that it was given for."""
    value_minor: int = 0
    """For `credit`: what it was issued for, in money; 0 for other kinds."""
    left_minor: int = 0
    """What can still be used; 0 once it is closed."""
    uses: tuple[Use, ...] = ()
    """What was used and not taken back, from the first to the last."""
    rest: Mapping[str, Any] = NONE  # what a newer version of the service keeps of it


class Redeem(NamedTuple):
    """A voucher is redeemed at the counter, one for `credit` in part or whole."""

    origin: Origin
    voucher: Voucher
    order_id: str | None = None
    order_minor: int | None = None
    """What the order comes to before the credit."""
    amount_minor: int | None = None
    """How much of the credit; None for as much as can be used."""
    beside: tuple[Voucher, ...] = ()
    """Other vouchers of the card that were redeemed with this order."""


class ReverseRedemption(NamedTuple):
    """A voucher that was redeemed by mistake is open again."""

    origin: Origin
    voucher: Voucher
    within_ms: int
    """For how long after the redemption it is allowed."""
    order_id: str | None = None  # for `credit`: that it was used with; None for the last use


class Cancel(NamedTuple):
    """A voucher is cancelled; its lots return with the same dates."""

    origin: Origin
    voucher: Voucher
    reason: str | None = None


class Refunded(NamedTuple):
    """How much of an original has been refunded so far."""

    minor: int = 0
    """Of its payment, in minor units; WHOLE at the end."""
    rules: Mapping[str, int] = NONE
    """The shares by rule that differ from that of the money (see `shares.py`)."""
    listed_minor: int = 0
    """The list prices of the items that were given back without an amount."""
    vouchers: tuple[str, ...] = ()
    """The ids of vouchers that refunds issued; they belong to the original."""
    visit_gone: bool = False
    """Whether the visit no longer counts."""
    revised_seq: int = 0
    """The entry that holds the sale as it was sent last; 0 for the original itself."""
    confirmed: bool = False
    """Whether the hold on its units was ended."""
    rest: Mapping[str, Any] = NONE  # what a newer version of the service keeps of it


WHOLE = -1
"""`Refunded.minor` of an original that has been reversed completely."""


class Reverse(NamedTuple):
    """A refund or an undo: the original's lines are taken back, in proportion to the money."""

    origin: Origin
    original: Entry
    refunded: Refunded = Refunded()
    amount_minor: int | None = None
    """What is refunded now; None for all that is left, or for what the items are worth."""
    vouchers: tuple[Voucher, ...] = ()
    """The vouchers that the original and its refunds issued, from the oldest to the newest."""
    benefits: tuple[Voucher, ...] = ()
    """The card's open vouchers that are benefits of a tier."""
    redeemed: tuple[Voucher, ...] = ()
    """The vouchers that were redeemed with the order."""
    items: tuple[Item, ...] = ()
    """The returned items, when they are known, at list price."""
    under: Program | None = None
    """The version of the programme the original was booked under; None for the one in force."""
    undo_until_ms: int | None = None
    """For an undo at the counter: the last instant at which it is allowed."""
    refund_id: str | None = None
    moved_to: str | None = None
    """The member whose sale it was, when it moves to the right card."""
    forgotten: Mapping[str, tuple[str, int]] = NONE
    """What expired so long ago that only entries tell it."""


class Revise(NamedTuple):
    """An order was sent again with other items or another amount: the difference is booked."""

    origin: Origin
    original: Entry
    """The sale as it stands: with its newest revision, if there is one."""
    sale: Earn
    refunded: Refunded = Refunded()
    vouchers: tuple[Voucher, ...] = ()
    """The vouchers that the sale and its refunds issued, from the oldest to the newest."""
    benefits: tuple[Voucher, ...] = ()
    under: Program | None = None
    """The version of the programme the order was booked under; None for the one in force."""


class Adopt(NamedTuple):
    """A sale that was booked on another card is booked on this one."""

    origin: Origin
    original: Entry
    """The sale as it stands on the other card."""
    moved_from: str
    """The other member's id."""
    reason: str
    refunded: Refunded = Refunded()
    under: Program | None = None


class Confirm(NamedTuple):
    """What an entry granted need not wait any longer."""

    origin: Origin
    sale: Reverse
    """The entry with what was refunded of it: a reversal of all that is left, which is not done."""


class Void(NamedTuple):
    """A refund is taken back."""

    origin: Origin
    refund: Entry
    """Its entry; on another card when the sale was moved since."""
    original: Entry
    """The sale as it stands."""
    around: tuple[Card, Card] | None = None
    """The card before and after it; None when the sale was moved, changed or refunded since."""
    refunded: Refunded = Refunded()
    vouchers: tuple[Voucher, ...] = ()  # all that the refund issued, cancelled or gave back
    under: Program | None = None
    changes: tuple[Entry, ...] = ()  # what brought the sale to the card and changed it there


class Expire(NamedTuple):
    """Expired lots are booked out, after expired vouchers returned theirs."""

    origin: Origin
    vouchers: tuple[Voucher, ...] = ()
    """The card's open vouchers."""


class ReviewTier(NamedTuple):
    """The tier is reviewed: at the end of its period or after a change of the programme."""

    origin: Origin
    birthday: str = ""  # `MM-DD`, if known: the new programme may reward it


class ClearDue(NamedTuple):
    """A reminder was sent; the card is removed from the due list until the next one."""

    origin: Origin
    job: str = "remind"
    birthday: str = ""  # `MM-DD`, when it is to be put on the due list


class Erase(NamedTuple):
    """The member is forgotten: the ledger stays, and nothing can be done with it."""

    origin: Origin
    seq: int = 0  # the newest entry when it was decided; 0 to erase whatever was booked


class Carry(NamedTuple):
    """A sale of a card that was merged into this one is a sale of this one from now on."""

    origin: Origin
    of: str
    """The member on whose card it was booked, and the number of its entry there."""
    seq: int
    order_id: str = ""
    refunded: Refunded = Refunded()
    """What was refunded of it on the other card."""
    vouchers: tuple[tuple[str, Voucher], ...] = ()
    """Closed vouchers that belong to it, each with the member on whose card it is."""


class RewardAction(NamedTuple):
    """The member did something that is rewarded: a review, a survey, an event."""

    origin: Origin
    action: str
    ref: str | None = None


class GrantBonus(NamedTuple):
    """Units or a reward that the system gives, such as for a referral."""

    origin: Origin
    reason: str
    unit: str = ""
    amount: int = 0
    reward_id: str = ""
    referral: bool = False
    """Whether it counts as a referral of this member."""


class GiveSurprise(NamedTuple):
    """Staff give an unexpected gift within a budget of the programme."""

    origin: Origin
    surprise_id: str
    note: str | None = None


class Celebrate(NamedTuple):
    """It is the member's birthday, or the anniversary of joining."""

    origin: Origin
    occasion: Literal["birthday", "anniversary"]
    birthday: str = ""  # `MM-DD`, to compute the next date


class GiveBenefits(NamedTuple):
    """A new period has begun: the tier's benefits are given."""

    origin: Origin


class GrantTier(NamedTuple):
    """A right to a tier is given until a last day (`""` without an end) - or taken away, when
    `until` is past. What was paid for it, in minor units, is no spend."""

    origin: Origin
    tier_id: str
    until: str
    by: Literal["membership", "invitation", "hand"]
    paid_minor: int = 0
    order_id: str | None = None


AnyOperation: TypeAlias = (
    "Join | Earn | RewardAction | GrantBonus | GiveSurprise | Celebrate | GiveBenefits | Adjust |"
    "Give | Receive | Issue | Redeem | ReverseRedemption | Cancel | Reverse | Revise | Void | Carry"
    "| Adopt | Confirm | Expire | ReviewTier | GrantTier | ClearDue | Erase | Merge | MergeInto"
    "| Unmerge | Restore | Hold | Release | HoldVisit | ConfirmVisit | DropVisit"
)
