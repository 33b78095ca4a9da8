"""Hold a visit that nobody has seen: of a code on a wall, until somebody confirms it.

What it would give is on the card at once and cannot be spent: lots that are available on no day
that comes. Confirmed, they are taken out and the visit is earned as of when it was, with all that
follows from a visit; not confirmed in time, they are taken out and nothing remains. So a held visit
counts for no tier, milestone or streak, unlocks nothing and pays no debt.

The operations stand here, because a stamp does not wait for what is rare.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from regulars.domain import accrual, calendar, carryover, earning_codes, reasons, tiering, visits
from regulars.domain.allowances import Scan
from regulars.domain.card import HELD, Card, Lot
from regulars.domain.draft import Draft
from regulars.domain.due import HELD_VISIT_MS
from regulars.domain.expiry import lot_dates_for
from regulars.domain.ledger import Entry, lot_dates
from regulars.domain.operations import Earn, Origin
from regulars.domain.reasons import Reason, ReasonKind
from regulars.domain.refusals import RefusalCode, Refused

PREFIX: Final = "h:"
"""Names under which a card keeps its held visits: when, and how many visits, by entry."""

FACT: Final = "held"
"""The fact of an entry that holds: how many visits."""


class HeldVisit(NamedTuple):
    """A visit that waits on a card."""

    member_id: str
    """On whose card it was booked: another one, if that was merged into this."""
    seq: int
    at_ms: int
    visits: int

    @property
    def name(self) -> str:
        """Under which a card keeps it."""
        return f"{PREFIX}{self.member_id}.{self.seq}"

    @property
    def entry_id(self) -> str:
        """The entry's id, as the API has it."""
        return self.name.removeprefix(PREFIX)

    @property
    def until_ms(self) -> int:
        """Until when it waits."""
        return self.at_ms + HELD_VISIT_MS


class HoldVisit(NamedTuple):
    """A member says that they are here."""

    origin: Origin
    visits: int
    scan: Scan


class ConfirmVisit(NamedTuple):
    """Somebody has seen the member, or a till has sold them something."""

    origin: Origin
    """As of when the visit was."""
    held: HeldVisit
    booked: Entry
    """The entry that holds it."""


class DropVisit(NamedTuple):
    """Nobody has confirmed it in time."""

    origin: Origin
    held: HeldVisit
    booked: Entry


def of(card: Card) -> Iterator[HeldVisit]:
    """Yield the visits that wait on a card, from the first to the last."""
    for name, (at_ms, count) in card.taken.items():
        if name.startswith(PREFIX):
            member_id, _, seq = name.removeprefix(PREFIX).partition(".")
            yield HeldVisit(member_id, int(seq), int(at_ms), count)


def hold(draft: Draft, operation: HoldVisit) -> None:
    """Book what the visit would give into lots that cannot be spent.

    Raises CAP_REACHED for a limit of codes on walls, or of visits: held ones count among them.
    """
    _as_of(draft)
    earning_codes.require_in_time(draft, operation.scan)
    _require_room(draft, operation)
    tier = draft.card.tier_id
    multiplier = draft.program.multiplier(tier)
    for rule in draft.program.earn:
        amount = rule.amount * operation.visits * multiplier // 1000
        unit = draft.program.units.get(rule.unit)
        if rule.on == "visit" and unit and amount and not rule.min_spend_minor:
            lot = Lot(lot_dates_for(unit, draft.today)[0], HELD, amount)
            draft.put_back(rule.unit, (lot,), rule.id, reasons.held(operation.visits))
    earning_codes.count(draft, operation.scan)
    held = HeldVisit(draft.card.member_id, draft.card.seq + 1, draft.effective_ms, operation.visits)
    draft.card = draft.card._replace(
        taken={**draft.card.taken, held.name: (str(held.at_ms), held.visits)}
    )
    draft.facts[FACT] = operation.visits


def confirm(draft: Draft, operation: ConfirmVisit) -> list[tuple[str, Reason]]:
    """Earn the visit as of when it was; return (rule, reason) for what its limits did not grant.

    Raises ALREADY_REVERSED when it does not wait any more.
    """
    _take_out(draft, operation.held, operation.booked, reasons.plain(ReasonKind.CONFIRMED))
    _as_of(draft)
    draft.pay_debt()
    visit = Earn(operation.origin, visits=operation.held.visits, shows_presence=False)
    refused = accrual.earn(draft, visit)
    draft.facts["confirms"] = operation.held.entry_id
    return refused


def drop(draft: Draft, operation: DropVisit) -> None:
    """Take out what waited; raises ALREADY_REVERSED when it does not wait any more."""
    _take_out(draft, operation.held, operation.booked, reasons.plain(ReasonKind.UNCONFIRMED))
    draft.facts["drops"] = operation.held.entry_id


def forget(draft: Draft, booked: Entry) -> None:
    """Take out a held visit whose entry is reversed; raises ALREADY_REVERSED when it does not wait
    any more: what it became is an entry of its own."""
    held = next((one for one in of(draft.card) if one.at_ms == booked.effective_ms), None)
    if held is None:
        raise _over()
    _take_out(draft, held, booked, reasons.refund(booked.seq))


def _take_out(draft: Draft, held: HeldVisit, booked: Entry, why: Reason) -> None:
    """Take the lots that the entry put in out again, as far as they are there: in the units that
    stand for them now."""
    if held.name not in draft.card.taken:
        raise _over()
    for line in carryover.lines_now(draft.program, booked):
        if line.reason.kind is not ReasonKind.HELD:
            continue
        expires_on, _ = lot_dates(line.lot)
        there = {lot.key: lot.amount for lot in draft.card.lots.get(line.unit, ())}
        amount = min(line.amount, there.get((expires_on, HELD), 0))
        if amount:
            draft.take_out(line.unit, (Lot(expires_on, HELD, amount),), line.rule, why)
    _without(draft, held)


def _over() -> Refused:
    return Refused(RefusalCode.ALREADY_REVERSED, "This visit does not wait any more.")


def _without(draft: Draft, held: HeldVisit) -> None:
    taken = {name: kept for name, kept in draft.card.taken.items() if name != held.name}
    draft.card = draft.card._replace(taken=taken)


def _require_room(draft: Draft, operation: HoldVisit) -> None:
    """Raise CAP_REACHED where the visit would be refused if it were one: waiting ones count."""
    card, zone = draft.card, draft.program.timezone
    for held in of(card):
        day = calendar.local_date(calendar.from_ms(held.at_ms), zone)
        card = visits.with_visit(card, held.at_ms, day, held.visits)
    visits.require_room(draft, card, operation.visits)


def _as_of(draft: Draft) -> None:
    draft.card = tiering.as_of(draft.program, draft.card, draft.today)
