"""A shop of the pure core: one programme, one card, a clock, and everything that was decided.

Whatever is done here is done by `decide` alone; the shop only keeps what the table would keep.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from regulars.domain import breakage, calendar, confirming, current_sale, program
from regulars.domain.card import Card
from regulars.domain.decide import decide
from regulars.domain.decision import Decision
from regulars.domain.ledger import Entry, Recorded, parse, verify
from regulars.domain.operations import (
    Adjust,
    Adopt,
    AnyOperation,
    Cancel,
    Confirm,
    Earn,
    Expire,
    Issue,
    Item,
    Join,
    Origin,
    Redeem,
    Refunded,
    Reverse,
    ReverseRedemption,
    ReviewTier,
    Revise,
    Void,
    Voucher,
)
from regulars.domain.replay import Fold
from regulars.program import check
from regulars.program.load import load

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def make_program(version: int = 1, **sections: Any) -> program.Program:
    """A validated programme with these sections and nothing else."""
    document = {
        "name": "Shop",
        "currency": "EUR",
        "timezone": "Europe/Budapest",
        "languages": ["en"],
        **sections,
    }
    return load(check.check(document), version)


def unit(unit_id: str = "point", kind: str = "points", **more: Any) -> dict[str, Any]:
    name = {"en": {"one": unit_id, "other": f"{unit_id}s"}}
    return {"id": unit_id, "name": name, "kind": kind, **more}


def reward(reward_id: str, cost: int, unit_id: str = "point", **more: Any) -> dict[str, Any]:
    return {
        "id": reward_id, "name": reward_id, "cost": {"unit": unit_id, "amount": cost}, **more
    }  # fmt: skip


def spend_rule(amount: int = 1, per: int = 100, **more: Any) -> dict[str, Any]:
    return {
        "id": "spend", "on": "spend", "unit": "point", "amount": amount, "per_minor": per, **more
    }  # fmt: skip


def visit_rule(amount: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": "visit", "on": "visit", "unit": "stamp", "amount": amount, **more}


def items(*lines: tuple[int, int, str]) -> tuple[Item, ...]:
    """Lines of a sale as (quantity, amount, category)."""
    return tuple(
        Item(1000 * quantity, amount, category=category) for quantity, amount, category in lines
    )


class Shop:
    """One programme, one card and its whole history."""

    def __init__(self, of: program.Program, now: datetime = START) -> None:
        self.program = of
        self.now = now
        self.card = Card("c1")
        self.vouchers: dict[str, Voucher] = {}
        self.decided: list[Decision] = []
        self.ledger: list[Recorded] = []
        self.refunded: dict[int, Refunded] = {}
        self.with_order: dict[str, list[str]] = {}
        """By order the vouchers that were redeemed with it."""
        self.entropy: Callable[[int], bytes] | None = None
        self.fold = Fold("c1", of.timezone)
        """What the entries alone tell of the card."""
        self.left: dict[str, int] = {}
        """How much is left of shared counters, as it was read."""
        self._ops = 0

    def later(self, **delta: float) -> Shop:
        self.now += timedelta(**delta)
        return self

    def origin(self, **more: Any) -> Origin:
        """A new operation; its entropy follows from its number, so that every run is the same."""
        self._ops += 1
        entropy = self.entropy(16) if self.entropy else self._ops.to_bytes(16)
        more = {"left": self.left, **more}
        return Origin(f"op:{self._ops}", more.pop("source", "api"), entropy=entropy, **more)

    def do(self, operation: AnyOperation) -> Decision:
        """Decide and keep what was decided; a refusal keeps nothing."""
        decision = decide(self.program, self.card, operation, self.now)
        if decision.entry is None:
            as_before = decision.card._replace(due=self.card.due, version=self.card.version)
            assert as_before == self.card, "changed without an entry"
        self.card = decision.card
        self.vouchers |= {voucher.voucher_id: voucher for voucher in decision.vouchers}
        self.decided.append(decision)
        if decision.recorded:
            self.ledger.append(decision.recorded)
            self.fold.add(parse(decision.recorded.text), decision.recorded.hash)
        if isinstance(operation, Redeem) and operation.order_id:
            self.with_order.setdefault(operation.order_id, []).append(operation.voucher.voucher_id)
        if isinstance(operation, Reverse) and decision.refunded is not None:
            self.refunded[operation.original.seq] = decision.refunded
        return decision

    def join(self) -> Decision:
        return self.do(Join(self.origin(source="join"), "c1"))

    def sale(self, spend_minor: int | None = None, **more: Any) -> Decision:
        """A visit with a purchase."""
        origin = self.origin(effective_ms=more.pop("effective_ms", None))
        return self.do(Earn(origin, spend_minor=spend_minor, **more))

    def visit(self, visits: int = 1, **more: Any) -> Decision:
        return self.do(Earn(self.origin(), visits=visits, **more))

    def issue(self, reward_id: str, units: int | None = None) -> Voucher:
        (voucher,) = self.do(Issue(self.origin(), reward_id, units)).vouchers
        return voucher

    def redeem(
        self, voucher: Voucher, amount_minor: int | None = None, order_id: str | None = None,
        order_minor: int | None = None,
    ) -> Decision:  # fmt: skip
        """Redeem a voucher, of a credit a part."""
        beside = tuple(self.vouchers[one] for one in self.with_order.get(order_id or "", ()))
        now = self.vouchers[voucher.voucher_id]
        return self.do(Redeem(self.origin(), now, order_id, order_minor, amount_minor, beside))

    def take_back(
        self, voucher: Voucher, order_id: str | None = None, within_ms: int = 300_000
    ) -> Decision:
        """Take a redemption back."""
        now = self.vouchers[voucher.voucher_id]
        return self.do(ReverseRedemption(self.origin(), now, within_ms, order_id))

    def cancel(self, voucher: Voucher) -> Decision:
        return self.do(Cancel(self.origin(), self.vouchers[voucher.voucher_id]))

    def adjust(self, unit_id: str, amount: int, **more: Any) -> Decision:
        return self.do(Adjust(self.origin(), unit_id, amount, "because", **more))

    def refund(self, sale: Decision, amount_minor: int | None = None, **more: Any) -> Decision:
        """Refund part of a sale, or all that is left of it."""
        return self.do(self.reversal(sale, amount_minor, **more))

    def reversal(self, sale: Decision, amount_minor: int | None = None, **more: Any) -> Reverse:
        entry = self.sold(sale)
        refunded = self.refunded.get(entry.seq, Refunded())
        caused = (*entry.facts.get("vouchers", ()), *refunded.vouchers)
        return Reverse(
            self.origin(),
            original=entry,
            refunded=refunded,
            amount_minor=amount_minor,
            vouchers=tuple(self.vouchers[one] for one in caused),
            benefits=tuple(
                self.vouchers[one] for one, held in self.card.open.items() if held.benefit
            ),
            redeemed=tuple(
                self.vouchers[one]
                for one in dict.fromkeys(self.with_order.get(entry.facts.get("order", ""), ()))
            ),
            forgotten=breakage.forgotten(parse(recorded.text) for recorded in self.ledger),
            **more,
        )

    def confirm(self, sale: Decision) -> Decision:
        """End the hold on what a sale granted."""
        reversal = self.reversal(sale)
        decision = self.do(Confirm(self.origin(), reversal))
        assert decision.refunded is not None
        self.refunded[reversal.original.seq] = decision.refunded
        return decision

    def sold(self, sale: Decision) -> Entry:
        """The entry of a sale as it stands: with its newest revision."""
        entry = sale.entry
        assert entry is not None
        refunded = self.refunded.get(entry.seq, Refunded())
        if revised := refunded.revised_seq:
            (last,) = (one.entry for one in self.decided if one.entry and one.entry.seq == revised)
            entry = current_sale.as_sent_last(entry, last)
        if refunded.confirmed:
            entry = entry._replace(lines=confirming.released(entry.lines))
        return entry

    def revise(self, sale: Decision, spend_minor: int) -> Decision:
        """Send the order of a sale again with another amount."""
        entry = self.sold(sale)
        refunded = self.refunded.get(entry.seq, Refunded())
        caused = (*entry.facts.get("vouchers", ()), *refunded.vouchers)
        again = Earn(self.origin(), spend_minor=spend_minor, order_id=entry.facts["order"])
        origin = again.origin._replace(effective_ms=entry.effective_ms)
        vouchers = tuple(self.vouchers[one] for one in caused)
        decision = self.do(Revise(origin, entry, again, refunded, vouchers))
        assert decision.refunded is not None
        self.refunded[entry.seq] = decision.refunded
        return decision

    def move(self, sale: Decision, to: Shop) -> Decision:
        """Book a sale on another card, and off this one."""
        away = self.reversal(sale, under=self.program, moved_to="c2")
        self.do(away)
        origin = to.origin()._replace(effective_ms=away.original.effective_ms)
        moved = to.do(Adopt(origin, away.original, "c1", "because", away.refunded, self.program))
        assert moved.entry is not None
        assert moved.refunded is not None
        to.refunded[moved.entry.seq] = moved.refunded
        return moved

    def _changes(self, seq: int) -> tuple[Entry, ...]:
        """The entry that brought a sale here, and those that changed it."""
        found, refunds = [], set[int]()
        for entry in (parse(recorded.text) for recorded in self.ledger[seq - 1 :]):
            facts = entry.facts
            if facts.get("reverses") == seq:
                refunds.add(entry.seq)
            mine = entry.seq == seq or seq in {facts.get("reverses"), facts.get("revises")}
            if mine or facts.get("voids") in refunds:
                found.append(entry)
        return tuple(found)

    def void(self, refund: Decision, sale: Decision) -> Decision:
        """Take a refund of a sale back."""
        done, entry = refund.entry, self.sold(sale)
        assert done is not None
        folds = [Fold("c1", self.program.timezone) for _ in range(2)]
        for fold, last in zip(folds, (done.seq - 1, done.seq), strict=True):
            for recorded in self.ledger[:last]:
                fold.add(parse(recorded.text), recorded.hash)
        facts = done.facts
        names = ("vouchers", "returned", "reopened", "credit")
        ids = dict.fromkeys(one for name in names for one in facts.get(name, ()))
        caused = (*entry.facts.get("vouchers", ()), *self.refunded[entry.seq].vouchers)
        as_it_was = folds[1].refunded.get(entry.seq) == self.refunded[entry.seq]
        origin = self.origin()
        decision = self.do(
            Void(
                origin if as_it_was else origin._replace(effective_ms=entry.effective_ms),
                refund=done,
                original=entry,
                around=(folds[0].card, folds[1].card) if as_it_was else None,
                refunded=self.refunded[entry.seq],
                vouchers=tuple(
                    self.vouchers[one]
                    for one in (ids if as_it_was else dict.fromkeys((*ids, *caused)))
                ),
                under=self.program,
                changes=self._changes(entry.seq),
            )
        )
        assert decision.refunded is not None
        self.refunded[entry.seq] = decision.refunded
        return decision

    def expire(self) -> Decision:
        """What the hourly job does."""
        open_now = tuple(self.vouchers[one] for one in self.card.open)
        return self.do(Expire(self.origin(source="job"), open_now))

    def review(self) -> Decision:
        return self.do(ReviewTier(self.origin(source="job")))

    @property
    def today(self) -> str:
        return calendar.local_date(self.now, self.program.timezone).isoformat()

    def available(self, unit_id: str = "point") -> int:
        return self.card.available(unit_id, self.today)

    def amounts(self, unit_id: str = "point") -> dict[str, int]:
        """Amounts of the lots by expiry date."""
        return {lot.expires_on: lot.amount for lot in self.card.lots.get(unit_id, ())}

    def verify(self) -> list[str]:
        return verify(self.card, self.ledger)
