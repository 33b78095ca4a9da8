"""Why an amount was booked, or was not: what the rules may ask of a reason.

A reason is stored in the entry as a small mapping of figures under short names, and that form is
hashed with the entry: it never changes. `i18n/explain.py` puts the same mapping in words. Rules
read neither the names nor the words, they ask the questions below.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from regulars.domain.values import thousandths


class ReasonKind(StrEnum):
    """What a reason is; the value is how it is stored."""

    JOIN = "join"
    VISIT = "visit"
    SPEND = "spend"
    ITEM = "item"
    ACTION = "action"
    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"
    CAMPAIGN = "campaign"
    MILESTONE = "milestone"
    REFERRAL = "referral"
    BONUS = "bonus"
    SURPRISE = "surprise"
    ADJUST = "adjust"
    REWARD = "reward"
    RETURNED = "returned"
    REFUND = "refund"
    DEBT_PAID = "settled"
    EXPIRED = "expired"
    REVISED = "revised"
    GIVEN = "given"
    RECEIVED = "received"
    CONFIRMED = "confirmed"
    VOID = "void"
    MERGED = "merged"
    HELD = "held"
    UNCONFIRMED = "unconfirmed"
    UNMERGED = "unmerged"
    REPLACED = "replaced"
    ENDED = "ended"
    COOLDOWN = "cooldown"
    CAP_DAY = "cap_day"
    MIN_SPEND = "min_spend"
    ZERO_SALE = "zero_sale"
    CLAMPED = "clamped"
    OTHER = ""
    """A kind that only a later version of this code knows."""


_KINDS = {str(kind): kind for kind in ReasonKind}
_PURCHASE = frozenset({ReasonKind.SPEND, ReasonKind.ITEM})
_MOVED = frozenset(
    {
        ReasonKind.RETURNED,
        ReasonKind.DEBT_PAID,
        ReasonKind.REPLACED,
        ReasonKind.ENDED,
        ReasonKind.REVISED,
        ReasonKind.VOID,
        ReasonKind.RECEIVED,
        ReasonKind.CONFIRMED,
        ReasonKind.MERGED,
        ReasonKind.UNMERGED,
        ReasonKind.HELD,
        ReasonKind.UNCONFIRMED,
    }
)


class Reason(NamedTuple):
    """The reason of one line, or of something that was not granted.

    `stored` holds the kind under `k` and the figures of that kind; figures that this version does
    not know are kept.
    """

    stored: Mapping[str, Any]

    @property
    def kind(self) -> ReasonKind:
        """The kind; OTHER for one of a later version."""
        return _KINDS.get(self.stored.get("k", ""), ReasonKind.OTHER)

    @property
    def counts_purchase(self) -> bool:
        """Whether a rule counted money or items of a sale for this line."""
        return self.kind in _PURCHASE

    @property
    def counted(self) -> int:
        """What the rule counted of a sale: thousandths of pieces, or money in minor units; 0 for
        other kinds."""
        if self.kind is ReasonKind.ITEM:
            return thousandths(str(self.stored["n"]))
        return int(self.stored["spent"]) if self.kind is ReasonKind.SPEND else 0

    @property
    def moves_only(self) -> bool:
        """Whether the line moves units that the card had already, and grants none."""
        return self.kind in _MOVED

    @property
    def reward_id(self) -> str:
        """The reward of a line about a voucher; empty for other kinds."""
        return str(self.stored.get("r", ""))

    @property
    def voucher_id(self) -> str:
        """The voucher of a line about one; empty for other kinds."""
        return str(self.stored.get("v", ""))

    @property
    def version(self) -> int:
        """The version of the programme that the reason is about; 0 for that of its entry."""
        return int(self.stored.get("p", 0))

    @property
    def limit(self) -> int:
        """For COOLDOWN the minutes still to wait, for CAP_DAY the visits that count on a day."""
        return int(self.stored["minutes" if self.kind is ReasonKind.COOLDOWN else "n"])

    def multiplied(
        self, base: int, amount: int, tier: int, campaign: tuple[str, int] | None
    ) -> Reason:
        """The reason with what made `amount` units of `base`: the tier's multiplier and the
        campaign's (id, multiplier), in thousandths."""
        more: dict[str, Any] = {}
        if campaign:
            more["c"], more["cx"] = campaign
        if tier != 1000:
            more["x"] = tier
        if amount != base:
            more["base"] = base
        return Reason({**self.stored, **more}) if more else self


def plain(kind: ReasonKind) -> Reason:
    """A reason without figures: joining, a birthday, a referral, what expired or paid debt."""
    return Reason({"k": kind.value})


def visit(count: int) -> Reason:
    """Visits that count."""
    return Reason({"k": "visit", "n": count})


def held(count: int) -> Reason:
    """Visits that wait until somebody confirms them."""
    return Reason({"k": "held", "n": count})


def spend(spent_minor: int, amount: int, per_minor: int, carried: int, left: int) -> Reason:
    """Money spent, at `amount` units per `per_minor`; what was carried from before, and is left."""
    stored = {"k": "spend", "spent": spent_minor, "amount": amount, "per": per_minor}
    if carried:
        stored["carried"] = carried
    if left:
        stored["left"] = left
    return Reason(stored)


def item(milli: int, category: str = "") -> Reason:
    """Items bought, in thousandths of a piece, of one category when the rule is about a single
    one."""
    stored: dict[str, Any] = {"k": "item", "n": quantity(milli)}
    if category:
        stored["cat"] = category
    return Reason(stored)


def action(action_id: str) -> Reason:
    """Something the member did."""
    return Reason({"k": "action", "a": action_id})


def campaign(campaign_id: str) -> Reason:
    """The bonus of a campaign."""
    return Reason({"k": "campaign", "c": campaign_id})


def milestone(milestone_id: str, times: int) -> Reason:
    """A milestone reached, so often at once."""
    return Reason({"k": "milestone", "m": milestone_id, "n": times})


def bonus(text: str) -> Reason:
    """Units given for a reason in the caller's own words."""
    return Reason({"k": "bonus", "text": text})


def adjust(text: str) -> Reason:
    """A correction by hand, with the reason given for it."""
    return Reason({"k": "adjust", "text": text})


def surprise(reward_id: str) -> Reason:
    """An unexpected gift."""
    return Reason({"k": "surprise", "r": reward_id})


def reward(reward_id: str, voucher_id: str, value_minor: int = 0) -> Reason:
    """Units locked in a voucher; `value_minor` when it is for money."""
    stored = {"k": "reward", "r": reward_id, "v": voucher_id}
    return Reason({**stored, "worth": value_minor} if value_minor else stored)


def returned(reward_id: str, voucher_id: str, version: int = 0, value_minor: int = 0) -> Reason:
    """Units that a voucher gave back; `version` when it was issued under an earlier one,
    `value_minor` when it was for money, of which so much was left."""
    stored: dict[str, Any] = {"k": "returned", "r": reward_id, "v": voucher_id}
    if version:
        stored["p"] = version
    return Reason({**stored, "worth": value_minor} if value_minor else stored)


def replaced(unit_id: str, version: int) -> Reason:
    """Units that stand for those of a unit which a version replaced."""
    return Reason({"k": "replaced", "u": unit_id, "p": version})


def refund(of_seq: int) -> Reason:
    """A refund of the entry with that number."""
    return Reason({"k": "refund", "of": of_seq})


def revised(of_seq: int) -> Reason:
    """The order of the entry with that number was sent again with another content."""
    return Reason({"k": "revised", "of": of_seq})


def void(of_seq: int) -> Reason:
    """The refund with that number was taken back."""
    return Reason({"k": "void", "of": of_seq})


def cooldown(minutes: int) -> Reason:
    """Not granted: the last visit was too short a time ago; minutes still to wait."""
    return Reason({"k": "cooldown", "minutes": minutes})


def cap_day(visits: int) -> Reason:
    """Not granted: so many visits count on one day."""
    return Reason({"k": "cap_day", "n": visits})


def clamped(asked_minor: int, rest_minor: int) -> Reason:
    """More was asked back than was left of a sale."""
    return Reason({"k": "clamped", "asked": asked_minor, "rest": rest_minor})


def quantity(milli: int) -> int | str:
    """Write thousandths of a piece as they are stored: whole pieces as a number, others as text."""
    whole, rest = divmod(abs(milli), 1000)
    sign = -1 if milli < 0 else 1
    if not rest:
        return sign * whole
    return f"{'-' * (milli < 0)}{whole}.{rest:03}".rstrip("0")


def min_spend(least_minor: int) -> Reason:
    """Not granted: less was spent than the rule asks for."""
    return Reason({"k": "min_spend", "min": least_minor})
