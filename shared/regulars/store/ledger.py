"""The ledger's one way to change: decide, write everything in one transaction, or nothing.

    read state ──> decide ──> transact ──┬─ written ───────────────────────────> the answer
                     ▲                   ├─ the operation is known ────────────> its first answer
                     └── newer state <───┴─ the state (or voucher) has moved on

A refused write brings back the items that refused it (ALL_OLD), so neither a replay nor a new
decision needs another read. The answer is rendered before the write and stored with the
operation: the same key gets the very same answer for as long as the operation is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from regulars.core.tokens import is_sandbox
from regulars.domain.calendar import to_ms
from regulars.domain.card import Card
from regulars.domain.decide import decide
from regulars.domain.decision import Decision
from regulars.domain.ledger import Recorded
from regulars.domain.operations import AnyOperation, Join, Redeem
from regulars.domain.program import Program
from regulars.domain.refusals import DECIDED, RefusalCode, Refused, StaleProgram
from regulars.store import cards, keys, retry, reversals
from regulars.store.answers import (
    Answer,
    Body,
    Idempotency,
    key_ttl,
    replay,
    stored,
    stored_refusal,
)
from regulars.store.marshal import Item
from regulars.store.table import (
    Absent,
    CancellationReason,
    Cancelled,
    Check,
    Count,
    Equals,
    Put,
    Table,
)

TRIES_MAX = 5
"""How often an operation is decided again when the card keeps moving on under it."""

Render = Callable[[Decision], Body]


class TakenError(Exception):
    """An extra item of the transaction was there already; `item` is the one that is."""

    def __init__(self, item: Item) -> None:
        super().__init__(item.get("PK", ""))
        self.item = item


class Ledger:
    """The ledger of one merchant."""

    def __init__(self, table: Table, merchant_id: str) -> None:
        self.table = table
        self.merchant_id = merchant_id

    def card(self, member_id: str) -> Card | None:
        """The card as of now, read consistently, of one that was merged the card that is kept;
        None when there is none, or nobody's any more."""
        card = self.stored_card(member_id)
        while card and card.merged_into:
            card = self.stored_card(card.merged_into)
        return None if card is None or card.erased_ms else card

    def stored_card(self, member_id: str) -> Card | None:
        """Return the card as of now, also that of a member who was erased."""
        (item,) = self.table.get(keys.state(self.merchant_id, member_id))
        return cards.card_of(item) if item else None

    def perform(
        self,
        program: Program,
        card: Card,
        operation: AnyOperation,
        now: datetime,
        *,
        idempotency: Idempotency | None = None,
        render: Render | None = None,
        extra: Sequence[Put | Check | Count] = (),
        fresh: bool = False,
        if_changed: bool = False,
    ) -> Answer:
        """Decide and write one operation, exactly once under any repetition.

        `card` may be behind (an eventually consistent read): a write on it is refused and decided
        again; a refusal on it is checked against the state as of now before it is answered, unless
        `fresh` says it just was. `if_changed` writes nothing when nothing changes: not for what is
        due, which must move its mark. `extra` items are put, checked or counted in the same
        transaction. Raises Refused, or TakenError when an extra item exists or is at its limit.
        """
        idempotency = idempotency or Idempotency()
        for tries in range(1, TRIES_MAX + 1):
            try:
                decision = decide(program, card, operation, now)
            except StaleProgram:
                raise
            except Refused as refused:
                newest = None if fresh else self.card(card.member_id)
                if newest and (newest.member_id != card.member_id or newest.version > card.version):
                    card, fresh = newest, True
                    continue
                return self._with_body(self._refuse(operation, idempotency, refused, now), render)
            body = render(decision) if render else {}
            if if_changed and decision.changes_nothing(card):
                return Answer(idempotency.status, body, False, card.member_id, card.seq)
            writes = self._writes(card, operation, decision, idempotency, body, now)
            try:
                self.table.transact([*writes, *extra])
            except Cancelled as cancelled:
                learned = self._learn(card, operation, idempotency, writes, cancelled.reasons)
                if isinstance(learned, Answer):
                    return self._with_body(learned, render)
                (card, operation), fresh = learned, True
                retry.sleep(retry.wait_s(tries))
                continue
            return Answer(idempotency.status, body, False, card.member_id, decision.card.seq)
        raise Refused(RefusalCode.CONFLICT, "The card is being changed by others; try again.")

    def _writes(
        self,
        before: Card,
        operation: AnyOperation,
        decision: Decision,
        idempotency: Idempotency,
        body: Body,
        now: datetime,
    ) -> list[Put | Count]:
        """All items of one decision with the conditions under which it holds."""
        m, c = self.merchant_id, before.member_id
        state_as_read = Equals("ver", before.version) if before.version else Absent()
        writes = [Put(cards.state_item(m, decision.card), state_as_read)]
        if decision.entry and decision.recorded:
            entry = cards.entry_item(m, c, decision.entry, decision.recorded)
            writes.append(Put(entry, Absent()))
            writes += self._operation_items(c, operation, decision, idempotency, body, now)
        writes += reversals.voucher_puts(m, c, decision)
        if isinstance(operation, Redeem) and operation.order_id:
            writes.append(
                reversals.redeemed_put(m, c, operation.order_id, operation.voucher.voucher_id)
            )
        if isinstance(operation, reversals.AboutSale):
            writes.append(reversals.refunded_put(m, c, operation, decision))
        writes += self._due_items(c, before, decision)
        return [
            *writes,
            *(Count(keys.count(m, name), by, limit) for name, by, limit in decision.counts),
        ]

    def _operation_items(
        self,
        c: str,
        operation: AnyOperation,
        decision: Decision,
        idempotency: Idempotency,
        body: Body,
        now: datetime,
    ) -> list[Put]:
        common = {"c": c, "seq": decision.card.seq, **stored(idempotency.status, body)}
        own = {**common, "fp": idempotency.fingerprint}
        if idempotency.expires:
            own["ttl"] = key_ttl(to_ms(now))
        puts = [Put(_keyed(keys.operation(self.merchant_id, operation.origin.op), own), Absent())]
        if idempotency.alias and idempotency.alias != operation.origin.op:
            key = keys.operation(self.merchant_id, idempotency.alias)
            puts.append(Put(_keyed(key, common), Absent()))
        return puts

    def _due_items(self, c: str, before: Card, decision: Decision) -> list[Put]:
        """Due marks set by the decision, and those taken off the list (kept, but unindexed)."""
        m = self.merchant_id
        puts = [Put(due_item(m, c, job, hour)) for job, hour in decision.dues]
        over = before.due.keys() - decision.card.due.keys()
        puts += [Put(_keyed(keys.due_mark(m, c, job), {})) for job in sorted(over)]
        return puts

    def _learn(
        self,
        card: Card,
        operation: AnyOperation,
        idempotency: Idempotency,
        writes: Sequence[Put | Count],
        reasons: Sequence[CancellationReason],
    ) -> Answer | tuple[Card, AnyOperation]:
        """What a refused transaction teaches: the operation's first answer, or newer values."""
        failed = [
            (_key_of(writes[place]) if place < len(writes) else None, reason.item or {})
            for place, reason in enumerate(reasons)
            if reason.failed
        ]
        own = keys.operation(self.merchant_id, operation.origin.op)
        for ours, there in failed:
            if ours is not None and ours[1] == "OP":
                mine = ours == own
                return replay(there, idempotency.fingerprint if mine else None)
        for ours, there in failed:
            if ours is None:
                raise TakenError(there)
            if ours[1] == "STATE" and there:
                card = self._kept(cards.card_of(there), operation)
            elif ours[1].startswith(keys.VOUCHER_PREFIX) and there:
                operation = reversals.with_voucher(operation, cards.voucher_of(there))
            elif ours[1] == "COUNT":
                operation = reversals.knowing(operation, writes, ours, there)
            elif ours[1] == "CODE":
                operation = operation._replace(
                    origin=operation.origin._replace(entropy=os.urandom(16))
                )
            elif ours[1] == "STATE" and isinstance(operation, Join):
                raise Refused(RefusalCode.CONFLICT)
        return card, reversals.read_again(self.table, self.merchant_id, card, operation)

    def _kept(self, card: Card, operation: AnyOperation) -> Card:
        """The card that an operation is decided on again: of one that was merged meanwhile, the one
        that is kept. Raises CONFLICT for what concerns a sale, which is looked up again."""
        if not card.merged_into:
            return card
        kept = self.card(card.merged_into)
        if kept is None or isinstance(operation, reversals.AboutSale):
            raise Refused(RefusalCode.CONFLICT, "The card has just been merged; try again.")
        return kept

    def _again(self, card: Card) -> Card:
        """A card of two as it is now. Raises CONFLICT for one that was merged meanwhile."""
        newest = self.card(card.member_id) or card
        if newest.member_id != card.member_id:
            raise Refused(RefusalCode.CONFLICT, "A card has just been merged; try again.")
        return newest

    def _refuse(
        self, operation: AnyOperation, idempotency: Idempotency, refused: Refused, now: datetime
    ) -> Answer:
        """Answer a refusal: by the operation's first answer when it is known (what it did itself
        may be why it is refused now), else remembered under the caller's key."""
        keep = idempotency.store_refusal and refused.code in DECIDED
        # With nothing but a key to ask for, keeping the refusal tells as much as a read.
        known = self._known(operation, idempotency) if idempotency.alias or not keep else None
        if known:
            return known
        return self.refuse(operation.origin.op, idempotency, refused, now)

    def refuse(self, op: str, idempotency: Idempotency, refused: Refused, now: datetime) -> Answer:
        """Raise a refusal; a decided one is remembered under the caller's key, if that asks for it.
        Returns what the key was answered by somebody else meanwhile."""
        if not (idempotency.store_refusal and refused.code in DECIDED):
            raise refused
        item = stored_refusal(idempotency.fingerprint, refused, to_ms(now))
        there = self.table.put(_keyed(keys.operation(self.merchant_id, op), item), Absent())
        if there is None:
            raise refused
        return replay(there, idempotency.fingerprint)

    def _known(self, operation: AnyOperation, idempotency: Idempotency) -> Answer | None:
        """The first answer of the operation, under its own id or else under its natural one."""
        names = [operation.origin.op, *([idempotency.alias] if idempotency.alias else [])]
        own, *natural = self.table.get(*(keys.operation(self.merchant_id, n) for n in names))
        if own:
            return replay(own, idempotency.fingerprint)
        return replay(natural[0], None) if natural and natural[0] else None

    def _with_body(self, known: Answer, render: Render | None) -> Answer:
        """A replay of an operation whose caller wanted no answer (a till's event), rendered from
        its entry and the card as it is now."""
        if known.body or render is None:
            return known
        state, entry = self.table.get(
            keys.state(self.merchant_id, known.member_id),
            keys.entry(self.merchant_id, known.member_id, known.seq),
        )
        if state is None or entry is None:
            raise Refused(RefusalCode.NOT_FOUND)
        recorded = cards.recorded_of(entry)
        card = cards.card_of(state)
        card = (self.card(known.member_id) or card) if card.merged_into else card
        card = card._replace(head=recorded.hash)
        return known._replace(body=render(Decision(card, cards.entry_of(entry), recorded)))

    def perform_on_two(
        self,
        program: Program,
        first: tuple[Card, AnyOperation],
        second: tuple[Card, Callable[[Decision], AnyOperation]],
        now: datetime,
        idempotency: Idempotency,
        render: Callable[[Decision, Decision], Body],
        extra: Callable[[Decision, Decision], Sequence[Put]] = lambda _, __: (),
        tries_max: int = TRIES_MAX,
    ) -> Answer:
        """Change two cards in one transaction: both or none, exactly once under any repetition.

        The second operation follows from what the first one decides; the answer is kept under the
        first one's id. Who must read more than the cards before another try asks for one only
        (`tries_max`). Raises Refused.
        """
        (card, operation), (other, make) = first, second
        for tries in range(1, tries_max + 1):
            try:
                one = decide(program, card, operation, now)
                following = make(one)
                two = decide(program, other, following, now)
            except Refused:
                if known := self.known(operation.origin.op, idempotency.fingerprint):
                    return known
                raise
            body = render(one, two)
            writes = [
                *self._writes(card, operation, one, idempotency, body, now),
                *self._writes(other, following, two, Idempotency(), {}, now),
                *extra(one, two),
            ]
            try:
                self.table.transact(reversals.summed(writes))
            except Cancelled:
                if known := self.known(operation.origin.op, idempotency.fingerprint):
                    return known
                card, other = self._again(card), self._again(other)
                retry.sleep(retry.wait_s(tries))
                continue
            return Answer(idempotency.status, body, False, card.member_id, one.card.seq)
        raise Refused(RefusalCode.CONFLICT, "The cards are being changed by others; try again.")

    def entries(self, member_id: str) -> Iterator[Recorded]:
        """Yield the entries of a card, from the first to the newest, a page at a time."""
        card = keys.card(self.merchant_id, member_id)
        items = self.table.items(card, prefix=keys.ENTRY_PREFIX, consistent=True)
        return map(cards.recorded_of, items)

    def known(self, op: str, fingerprint: str, render: Render | None = None) -> Answer | None:
        """Read the first answer of an operation, rendered again when it is lost; None when it is
        new. Raises IDEMPOTENCY_MISMATCH when its key was used for something else, or the refusal
        that was its answer."""
        (item,) = self.table.get(keys.operation(self.merchant_id, op))
        return self._with_body(replay(item, fingerprint), render) if item else None

    def keep(
        self,
        writes: Sequence[Put],
        answer: Answer,
        op: str | None,
        idempotency: Idempotency,
        now: datetime,
    ) -> Answer:
        """Write items that are no entry, with the answer under the caller's key `op`, if any.

        Returns the answer, or the first answer of the key. Raises TakenError when an item is no
        longer as it was read, IDEMPOTENCY_MISMATCH when the key was used for something else.
        """
        puts = [*writes]
        if op:
            kept = {
                "c": answer.member_id,
                "seq": answer.seq,
                "fp": idempotency.fingerprint,
                "ttl": key_ttl(to_ms(now)),
                **stored(answer.status, answer.body),
            }
            puts.append(Put(_keyed(keys.operation(self.merchant_id, op), kept), Absent()))
        try:
            if puts:
                self.table.transact(puts)
        except Cancelled as cancelled:
            (failed, *_) = (one.item or {} for one in cancelled.reasons if one.failed)
            if failed.get("SK") == "OP":
                return replay(failed, idempotency.fingerprint)
            raise TakenError(failed) from cancelled
        return answer

    def find_order(self, order_op: str) -> tuple[str, int] | None:
        """Member and entry number of an order that was booked; None when it was not (yet)."""
        (item,) = self.table.get(keys.operation(self.merchant_id, order_op))
        return (item["c"], item["seq"]) if item and "seq" in item else None


def _key_of(write: Put | Count) -> keys.Key:
    return write.key if isinstance(write, Count) else (write.item["PK"], write.item["SK"])


def due_item(m: str, c: str, job: str, hour: str) -> Item:
    """A due mark: `job` looks at this card (or merchant) when `hour` has come."""
    gsi_pk, gsi_sk = keys.due(m, hour, c, job, sandbox=is_sandbox(m))
    return _keyed(keys.due_mark(m, c, job), {"GSI1PK": gsi_pk, "GSI1SK": gsi_sk, "hour": hour})


def _keyed(key: keys.Key, attributes: Mapping[str, Any]) -> Item:
    return {"PK": key[0], "SK": key[1], **attributes}
