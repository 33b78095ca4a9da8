"""Hold the state of one card: everything a decision needs, in at most a kilobyte.

Units are kept in lots by expiry date. What a refund takes back after it was spent is debt: it is
kept apart, paid off by the next accruals, and blocks rewards until then.
For every unit: sum of all entry lines == sum of its lots - its debt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

_V = TypeVar("_V")

NEVER = ""
"""The `expires_on` of a lot that does not expire."""

HELD = "9999-01-01"
"""The `available_on` of a lot that cannot be spent before somebody confirms it."""

MONTHS_KEPT = 24
"""How many calendar months of windows a card keeps; older months remain in `lifetime`."""


VISIT_DAYS_KEPT = 25
"""How many days with visits a card keeps: for a member's rhythm, and for the cap of each day."""

INSTANTS_KEPT = 20
"""How many visits a card keeps to the millisecond, of the week up to the newest: for the
cool-down."""


class Lot(NamedTuple):
    """An amount that expires, and becomes spendable, on one day (ISO dates, `""` for none)."""

    expires_on: str
    available_on: str
    amount: int

    @property
    def key(self) -> tuple[str, str]:
        """What makes two lots the same lot."""
        return self.expires_on, self.available_on


class Window(NamedTuple):
    """What was earned and spent in one calendar month (or since the card was made)."""

    spend_minor: int = 0
    visits: int = 0
    points: int = 0

    def plus(self, spend_minor: int, visits: int, points: int) -> Window:
        return Window(self.spend_minor + spend_minor, self.visits + visits, self.points + points)


NOTHING = Window()
NONE: Mapping[Any, Any] = MappingProxyType({})


class OpenVoucher(NamedTuple):
    """A voucher that was issued and not yet redeemed, cancelled or expired."""

    reward_id: str
    code: str
    issued_ms: int
    expires_on: str
    cost: int = 0
    """The units locked in it, in its reward's unit; 0 for a gift."""
    version: int = 0
    """The version of the programme it was issued under; 0 for one from before that was noted."""
    benefit: str = ""
    """The id of the benefit of a tier that it was given for."""
    value_minor: int = 0
    """For `credit`: what it was issued for, in money; 0 for other kinds."""
    left_minor: int = 0
    """How much of that is not used yet."""

    @property
    def locked(self) -> int:
        """The units in it that come back when it is given back now."""
        used = self.value_minor - self.left_minor
        return self.cost - used_up(used, self.cost, self.value_minor)


class Use(NamedTuple):
    """Money of a voucher that was used once."""

    amount_minor: int
    at_ms: int
    order_id: str
    """The order it was used with; empty when nobody said."""
    seq: int
    """The entry that booked it."""


def used_up(minor: int, units: int, value_minor: int) -> int:
    """Return the units that so much money takes of a voucher of so many units and that value: one
    that is used in part is used."""
    return -(-minor * units // value_minor) if minor else 0


class TierRight(NamedTuple):
    """A right to a tier: since when, and `until` which last day (`""` without an end)."""

    id: str
    since: str
    until: str


class Card(NamedTuple):
    """One member's card. `version` counts writes of the state, `seq` entries of the ledger."""

    member_id: str
    version: int = 0
    seq: int = 0
    head: str = ""
    """The hash of the newest entry; empty before the first."""
    recorded_ms: int = 0
    """When the newest entry was recorded; the next one is recorded later."""
    enrolled_ms: int = 0
    lots: Mapping[str, tuple[Lot, ...]] = NONE
    debt: Mapping[str, int] = NONE
    carry: Mapping[str, int] = NONE
    """Per spend rule, the money not yet turned into units (negative after some refunds)."""
    windows: Mapping[int, Window] = NONE
    """By month index (see `calendar.month_index`)."""
    lifetime: Window = NOTHING
    last_visit_ms: int = 0
    came: Mapping[str, int] = NONE
    """Visits by day, of the newest VISIT_DAYS_KEPT days with any. Days are named by their number
    (`date.toordinal`)."""
    visited: Mapping[str, int] = NONE
    """Visits by instant (ms), of the newest INSTANTS_KEPT, where the programme has a cool-down."""
    tier: TierRight | None = None
    """The current tier: the highest the card has a right to."""
    held: Mapping[str, TierRight] = NONE
    """Every right to a tier, by name (see `tiering.right`)."""
    inactive_after: Mapping[str, str] = NONE
    """Per unit that expires by inactivity, its last valid day if nothing happens."""
    open: Mapping[str, OpenVoucher] = NONE
    taken: Mapping[str, tuple[str, int]] = NONE
    """Per thing with a limit (see `limits.py`) the period and how often it was given in it."""
    stepped: int = 0
    """The version up to which units were replaced and remainders dropped (see `carryover.py`)."""
    traced: int = 0
    """The number of the entry from which on entries tell the whole state (see `replay.py`)."""
    erased_ms: int = 0
    """When the member was erased; 0 for a card that somebody holds."""
    merged_into: str = ""
    """The member whose card holds everything since a merge; empty for a card of its own."""
    holds: Mapping[str, int] = NONE
    """By signal of fraud since when somebody keeps the card on hold (ms): it earns, and redeems
    nothing."""
    due: Mapping[str, str] = NONE
    """Per job the UTC hour of the card on the due list (a lower bound)."""
    rest: Mapping[str, Any] = NONE
    """What a newer version of the service keeps of a card, as it is written."""

    @property
    def tier_id(self) -> str | None:
        """The id of the current tier, if there is one."""
        return self.tier.id if self.tier else None

    def available(self, unit: str, today: str) -> int:
        """Sum what can be spent on `today`: neither expired nor pending; debt is not subtracted."""
        return sum(lot.amount for lot in self.valid_lots(unit, today) if spendable(lot, today))

    def pending(self, unit: str, today: str) -> int:
        """Sum what is pending: pending until a later day."""
        return sum(
            lot.amount
            for lot in self.valid_lots(unit, today)
            if lot.available_on > today and not expired(lot, today)
        )

    def valid_lots(self, unit: str, today: str) -> tuple[Lot, ...]:
        """List the lots of a unit; none when it has expired by inactivity."""
        inactivity_ends = self.inactive_after.get(unit, NEVER)
        return () if inactivity_ends and inactivity_ends < today else self.lots.get(unit, ())

    def balance(self, unit: str) -> int:
        """Sum all lots of a unit, spendable or not, less its debt."""
        return sum(lot.amount for lot in self.lots.get(unit, ())) - self.debt.get(unit, 0)

    def units(self) -> tuple[str, ...]:
        """List every unit the card holds or owes."""
        return tuple(dict.fromkeys((*self.lots, *self.debt)))

    def with_lots(self, unit: str, lots: Iterable[Lot]) -> Card:
        """Return the card with these lots of a unit, in normal form."""
        return self._replace(lots=_without_empty(self.lots, unit, normal(lots)))

    def with_debt(self, unit: str, debt: int) -> Card:
        return self._replace(debt=_without_empty(self.debt, unit, debt))

    def with_window(self, month: int, spend_minor: int, visits: int, points: int) -> Card:
        """Return the card after adding to a month and to the lifetime; old months are dropped."""
        if not (spend_minor or visits or points):
            return self
        months = dict(self.windows)
        months[month] = months.get(month, Window()).plus(spend_minor, visits, points)
        oldest = max(months) - MONTHS_KEPT + 1
        return self._replace(
            windows={index: months[index] for index in sorted(months) if index >= oldest},
            lifetime=self.lifetime.plus(spend_minor, visits, points),
        )


def spendable(lot: Lot, today: str) -> bool:
    """Tell whether a lot can be spent: from its availability day to its expiry day, inclusive."""
    return not expired(lot, today) and lot.available_on <= today


def expired(lot: Lot, today: str) -> bool:
    return lot.expires_on != NEVER and lot.expires_on < today


def normal(lots: Iterable[Lot]) -> tuple[Lot, ...]:
    """Merge lots with the same dates, drop empty ones, sort by expiry with `never` last."""
    amounts: dict[tuple[str, str], int] = {}
    for lot in lots:
        amounts[lot.key] = amounts.get(lot.key, 0) + lot.amount
    merged = [Lot(*key, amount) for key, amount in amounts.items() if amount]
    return tuple(sorted(merged, key=_spending_order) if len(merged) > 1 else merged)


def take(lots: tuple[Lot, ...], amount: int, today: str) -> tuple[tuple[Lot, ...], int]:
    """Choose the pieces of spendable lots to spend for `amount`, first to expire first.

    Returns the pieces (positive amounts) and what they do not cover.
    """
    taken = []
    for lot in sorted(lots, key=_spending_order):
        if amount and spendable(lot, today):
            piece = min(lot.amount, amount)
            taken.append(lot._replace(amount=piece))
            amount -= piece
    return tuple(taken), amount


def add_lots(card: Card, unit: str, pieces: Iterable[Lot], sign: int = 1) -> Card:
    """Return the card with `pieces` put into (or, with sign -1, taken out of) a unit's lots."""
    signed = (piece._replace(amount=sign * piece.amount) for piece in pieces)
    changed = card.with_lots(unit, (*card.lots.get(unit, ()), *signed))
    if any(lot.amount < 0 for lot in changed.lots.get(unit, ())):
        raise AssertionError(f"a lot of {unit} would become negative")
    return changed


def _spending_order(lot: Lot) -> tuple[bool, str, str]:
    return lot.expires_on == NEVER, lot.expires_on, lot.available_on


def _without_empty(mapping: Mapping[str, _V], key: str, value: _V) -> dict[str, _V]:
    changed = {**mapping, key: value}
    if not value:
        del changed[key]
    return changed
