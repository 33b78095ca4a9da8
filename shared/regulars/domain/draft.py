"""Build one entry: the changing card and the lines that explain each change.

The only mutable value of the domain. It is used for one decision, keeps card and lines consistent,
and becomes a Decision at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from regulars.domain import breakage, calendar, carryover, codes, reasons, replay
from regulars.domain.card import Card, Lot, add_lots, expired, take
from regulars.domain.decision import Decision
from regulars.domain.due import newly_due
from regulars.domain.expiry import last_day, lot_dates_for
from regulars.domain.ledger import DEBT, Entry, Kind, Line, Recorded, lot_name, recorded
from regulars.domain.operations import AnyOperation, Origin, Refunded, Voucher
from regulars.domain.program import Program
from regulars.domain.reasons import Reason, ReasonKind
from regulars.domain.refusals import RefusalCode, Refused, StaleProgram

EFFECTIVE_AHEAD_MS = 5 * 60 * 1000
"""How far a caller's clock may run ahead of ours."""


class Draft:
    """One entry being built, on one card, at one instant."""

    def __init__(
        self, program: Program, card: Card, operation: AnyOperation, now: datetime
    ) -> None:
        known = max((card.stepped, *(held.version for held in card.open.values())))
        if known > program.version:  # it cannot be decided by what is not known yet
            raise StaleProgram
        self.program = program
        self.before = card
        self.operation = operation
        self.now_ms = max(calendar.to_ms(now), card.recorded_ms + 1)
        self.now = calendar.from_ms(self.now_ms)
        self.today: date = calendar.local_date(self.now, program.timezone)
        self.card, self.lines = carryover.carried_over(program, card, self.today)
        self.carried = len(self.lines)
        """How many lines carry over what earlier versions held."""
        self.effective_ms = _effective_ms(operation.origin, self.now_ms)
        effective = calendar.from_ms(self.effective_ms)
        self.effective_day: date = calendar.local_date(effective, program.timezone)
        """The merchant's day on which it happened; it may be reported later."""
        self.vouchers: dict[str, Voucher] = {}
        self.facts: dict[str, Any] = {}
        self.reopened: dict[str, str] = {}
        """Vouchers that are open again: id and the status they had."""
        self.was: dict[str, Voucher] = {}
        """Vouchers for `credit` as they were read."""
        self.came: dict[str, str] = {}
        """Vouchers that come from another card: id and the member they were of."""
        self.counts: dict[str, tuple[int, int]] = {}
        self.birthday = ""
        """`MM-DD`, when the operation knows it."""

    @property
    def effective_month(self) -> int:
        """The index of the month that counts this operation."""
        return calendar.month_index(self.effective_day)

    @property
    def tier_changed(self) -> bool:
        """Whether the card has another tier than before."""
        before, after = self.before.tier, self.card.tier
        return (before and before.id) != (after and after.id)

    def available(self, unit: str) -> int:
        return self.card.available(unit, self.today.isoformat())

    def grant(self, unit_id: str, amount: int, rule: str, reason: Reason) -> None:
        """Book `amount` in: first against debt, the rest into a lot dated by the unit's policy.
        Nothing of a unit that has ended."""
        if carryover.is_over(self.program, unit_id, self.today):
            return
        self.renew(unit_id)
        unit = self.program.units.get(unit_id)
        self.grant_into(
            unit_id, amount, rule, reason, Lot(*lot_dates_for(unit, self.today), amount)
        )

    def grant_into(self, unit: str, amount: int, rule: str, reason: Reason, lot: Lot) -> None:
        """Book `amount` in: first against debt, the rest into a lot with the dates of `lot`."""
        owed = min(self.card.debt.get(unit, 0), amount)
        if owed:
            self.card = self.card.with_debt(unit, self.card.debt[unit] - owed)
            self.lines.append(Line(unit, owed, DEBT, rule, reason))
        if amount > owed:
            self.put_back(unit, (lot._replace(amount=amount - owed),), rule, reason)

    def put_back(self, unit: str, pieces: Iterable[Lot], rule: str, reason: Reason) -> None:
        """Book pieces into exactly the lots they name."""
        for piece in pieces:
            self.card = add_lots(self.card, unit, (piece,))
            self.lines.append(Line(unit, piece.amount, lot_name(*piece.key), rule, reason))

    def take_out(self, unit: str, pieces: Iterable[Lot], rule: str, reason: Reason) -> None:
        """Book pieces out of the lots they name, which must hold them."""
        for piece in pieces:
            self.card = add_lots(self.card, unit, (piece,), sign=-1)
            self.lines.append(Line(unit, -piece.amount, lot_name(*piece.key), rule, reason))

    def spend(
        self, unit: str, amount: int, rule: str, reason: Reason
    ) -> tuple[tuple[Lot, ...], int]:
        """Book up to `amount` out of spendable lots, first to expire first; return pieces, rest."""
        today = self.today.isoformat()
        pieces, rest = take(self.card.valid_lots(unit, today), amount, today)
        self.take_out(unit, pieces, rule, reason)
        return pieces, rest

    def charge(self, unit: str, amount: int, rule: str, reason: Reason) -> None:
        """Book `amount` out of spendable lots, and what they do not hold as debt."""
        rest = self.spend(unit, amount, rule, reason)[1]
        self.owe(unit, rest, rule, reason)

    def expire_lots(self, unit: str, pieces: Iterable[Lot]) -> None:
        """Book out expired pieces and store how much expired: a refund does not take it again."""
        today = self.today.isoformat()
        is_over = carryover.is_over(self.program, unit, self.today)
        for piece in pieces:
            self.take_out(unit, (piece,), "expiry", reasons.plain(ReasonKind.EXPIRED))
            by_date = is_over or expired(piece, today)
            inactivity_ends = "" if by_date else self.card.inactive_after.get(unit, "")
            self.card = breakage.added(self.card, unit, piece, inactivity_ends)

    def pay_debt(self) -> None:
        """Pay debt with spendable units: those a voucher returned, or that were pending."""
        today = self.today.isoformat()
        for unit, owed in self.card.debt.items():
            pieces, rest = take(self.card.valid_lots(unit, today), owed, today)
            if pieces:
                reason = reasons.plain(ReasonKind.DEBT_PAID)
                self.take_out(unit, pieces, DEBT, reason)
                self.card = self.card.with_debt(unit, rest)
                self.lines.append(Line(unit, owed - rest, DEBT, DEBT, reason))

    def owe(self, unit: str, amount: int, rule: str, reason: Reason) -> None:
        """Book `amount` as debt."""
        if amount:
            self.card = self.card.with_debt(unit, self.card.debt.get(unit, 0) + amount)
            self.lines.append(Line(unit, -amount, DEBT, rule, reason))

    def count(self, name: str, by: int, limit: int) -> None:
        """Move a shared counter by `by`; the table refuses to pass its limit."""
        already = self.counts.get(name, (0, limit))[0]
        self.counts[name] = (already + by, limit)

    def count_again(self, name: str, by: int, limit: int) -> None:
        """Move a shared counter for what was given before and taken back since.

        Raises LIMIT_REACHED when others have it by now.
        """
        if self.exhausted(name, limit, by):
            hint = "What was taken back has been given to others since; nothing of it is left."
            raise Refused(RefusalCode.LIMIT_REACHED, hint)
        self.count(name, by, limit)

    def exhausted(self, name: str, limit: int, needed: int = 1) -> bool:
        """Tell whether a shared counter cannot take `needed` more; never without a limit."""
        left = self.operation.origin.left.get(name, limit)
        return bool(limit) and self.counts.get(name, (0, 0))[0] + needed > min(limit, left)

    def renew(self, unit_id: str) -> None:
        """Renew a unit that expires by inactivity; lots that expired already are booked out first,
        in case the hourly job has not run yet."""
        unit = self.program.units.get(unit_id)
        until = last_day(unit, self.today) if unit else ""
        if until:
            if not self.card.valid_lots(unit_id, self.today.isoformat()):
                self.expire_lots(unit_id, self.card.lots.get(unit_id, ()))
            self.card = self.card._replace(
                inactive_after={**self.card.inactive_after, unit_id: until}
            )

    def new_code(self) -> str:
        """Derive the next voucher code from the operation's entropy."""
        if len(self.operation.origin.entropy) < 16:
            raise AssertionError("an operation that may issue vouchers brings 16 bytes of entropy")
        return codes.drawn(
            self.operation.origin.entropy + len(self.vouchers).to_bytes(2), codes.CODE_LENGTH
        )

    def decision(
        self, kind: Kind, *, refunded: Refunded | None = None, refunded_of: int = 0, **outcome: Any
    ) -> Decision:
        """Finish the entry, chain it to the one before, and return it with the card after it.

        `refunded` is what has been refunded of the sale in entry `refunded_of` (0: in this one).
        """
        entry = Entry(
            seq=self.card.seq + 1,
            op=self.operation.origin.op,
            kind=kind,
            recorded_ms=self.now_ms,
            effective_ms=self.effective_ms,
            source=self.operation.origin.source,
            program_version=self.program.version,
            lines=tuple(self.lines),
            balances={unit: self.card.balance(unit) for unit in _units(self)},
            tier_from=self.before.tier_id,
            tier_to=self.card.tier_id,
            staff=self.operation.origin.staff,
            location=self.operation.origin.location,
            facts={**self.facts, **self.operation.origin.marks},
        )
        patch = replay.patch_of(self.before, entry, self.card)
        if refunded is not None:
            patch |= replay.refunded_patch(refunded_of or entry.seq, refunded)
            outcome["refunded"] = refunded
        entry = entry._replace(patch=patch)
        stored = recorded(entry, self.card.head)
        self.card = self.card._replace(
            seq=entry.seq,
            head=stored.hash,
            recorded_ms=self.now_ms,
            traced=self.before.traced or entry.seq,
        )
        return self._decided(entry, stored, **outcome)

    @property
    def changed(self) -> bool:
        """Whether the card is other than before in anything that entries tell."""
        return any(
            getattr(self.card, name) != getattr(self.before, name)
            for name in replay.IN_ENTRIES
            if name != "stepped"  # alone it is not worth an entry
        )

    @property
    def only_carried(self) -> bool:
        """Whether there are lines, and all of them carry over what earlier versions held."""
        return 0 < self.carried == len(self.lines)

    def nothing_to_book(self) -> Decision:
        """Return a decision without an entry: only the due list changes, nothing else."""
        self.card = self.before._replace(due=self.card.due)
        return self._decided(None, None)

    def _decided(self, entry: Entry | None, stored: Recorded | None, **outcome: Any) -> Decision:
        dues = newly_due(self.program, self.card, self.now, self.birthday)
        card = self.card._replace(
            version=self.before.version + 1, due={**self.card.due, **dict(dues)}
        )
        return Decision(
            card,
            entry,
            stored,
            tuple(self.vouchers.values()),
            dues,
            tuple((name, by, limit) for name, (by, limit) in self.counts.items() if by),
            reopened=self.reopened,
            was=self.was,
            came=self.came,
            **outcome,
        )


def _effective_ms(origin: Origin, now_ms: int) -> int:
    if origin.effective_ms is None:
        return now_ms
    if origin.effective_ms > now_ms + EFFECTIVE_AHEAD_MS:
        raise Refused(
            RefusalCode.INVALID,
            "The sale lies in the future.",
            (("effective_at", "must not be more than five minutes ahead of the server's clock"),),
        )
    return origin.effective_ms


def _units(draft: Draft) -> tuple[str, ...]:
    """List the units an entry states a balance for: those it changes and those the card holds."""
    return tuple(dict.fromkeys((*draft.card.units(), *(line.unit for line in draft.lines))))
