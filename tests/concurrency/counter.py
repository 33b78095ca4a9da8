"""A counter on a table: operations as the functions build them, and the parts of a test in threads.

Everything goes through `Ledger`, `refunds` and `enrol`, as in the functions; what is answered is
small and says enough to be compared.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeVar
from uuid import uuid4

from regulars.actions import enroll, refunds
from regulars.core import tokens
from regulars.domain.card import Card
from regulars.domain.decision import Decision
from regulars.domain.operations import Cancel, Earn, Expire, GiveSurprise, Issue, Origin, Redeem
from regulars.domain.refusals import Refused
from regulars.program import check
from regulars.program.load import load
from regulars.program.shop import Shop
from regulars.store import cards, keys, reversals
from regulars.store.answers import Answer, Idempotency
from regulars.store.ledger import Ledger
from regulars.store.profiles import Profile
from regulars.store.table import Table
from tests.unit.domain.shop import reward, spend_rule, unit, visit_rule

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

DOCUMENT: dict[str, Any] = {
    "name": "Counter",
    "currency": "EUR",
    "timezone": "Europe/Budapest",
    "languages": ["en"],
    "units": [
        unit("point", expiry={"type": "months", "months": 1}),
        unit("stamp", "stamps"),
    ],
    "earn": [
        {"id": "welcome", "on": "join", "unit": "stamp", "amount": 1},
        spend_rule(1, 100),
        visit_rule(),
    ],
    "rewards": [
        reward("treat", 10, valid_days=7),
        reward("coffee", 5, "stamp", auto=True),
    ],
    "tiers": [
        {"id": "t", "name": "T",
         "enter": [{"metric": "spend", "window": "month", "at_least": 5000}]},
    ],
}  # fmt: skip

_T = TypeVar("_T")


class Counter:
    """One merchant's counter."""

    def __init__(self, table: Table, document: dict[str, Any] | None = None) -> None:
        self.m = tokens.new_merchant_id()
        self.table = table
        self.document = document or DOCUMENT
        self.program = load(check.check(self.document), 1)
        self.ledger = Ledger(table, self.m)
        self.now = NOW

    def on(self, table: Table) -> Counter:
        """The same merchant over another table object."""
        other = object.__new__(Counter)
        other.__dict__.update(self.__dict__, table=table, ledger=Ledger(table, self.m))
        return other

    def join(self, key: str = "", email: str = "", phone: str = "") -> str:
        """The member id of a new card, or of the one that has all the contacts."""
        enrolled = enroll.enroll(
            Shop(self.table, self.m, self.program, self.now),
            Profile("", "", 0, email=email, phone=phone), op=f"key:{key or uuid4().hex}",
            source="join", idempotency=_request("join", email + phone),
            render=lambda decision: {"member_id": decision.card.member_id, "seq": 1},
        )  # fmt: skip
        return enrolled.member_id

    def card(self, member_id: str) -> Card:
        card = self.ledger.card(member_id)
        assert card is not None
        return card

    def earn(
        self, member_id: str, key: str = "", *, order: str | None = None, spend: int = 1000,
        card: Card | None = None, refusable: bool = False,
    ) -> Answer:  # fmt: skip
        """As POST /v1/earn: a sale, and then the refunds that were waiting for it."""
        alias = f"order:{order}" if order else None
        answer = self.ledger.perform(
            self.program,
            card or self.card(member_id),
            Earn(_origin(key), spend_minor=spend, order_id=order, refusable=refusable),
            self.now,
            idempotency=_request("earn", order, spend)._replace(alias=alias),
            render=_render,
        )
        if alias:
            refunds.apply_parked(self.ledger, self.program, alias, self.now)
        return answer

    def issue(self, member_id: str, key: str = "", reward_id: str = "treat") -> Answer:
        return self.ledger.perform(
            self.program, self.card(member_id), Issue(_origin(key), reward_id), self.now,
            idempotency=_request("issue", reward_id), render=_render, fresh=True,
        )  # fmt: skip

    def give(self, member_id: str, key: str, surprise: str) -> Answer:
        """As POST /v1/gifts."""
        return self.ledger.perform(
            self.program, self.card(member_id), GiveSurprise(_origin(key), surprise), self.now,
            idempotency=_request("give", surprise), render=_render, fresh=True,
        )  # fmt: skip

    def close(
        self, member_id: str, voucher_id: str, key: str = "", *, cancel: bool = False
    ) -> Answer:
        """Redeem or cancel a voucher."""
        state, item = self.table.get(
            keys.state(self.m, member_id), keys.voucher(self.m, member_id, voucher_id)
        )
        assert state is not None
        assert item is not None
        kind = Cancel if cancel else Redeem
        return self.ledger.perform(
            self.program, cards.card_of(state), kind(_origin(key), cards.voucher_of(item)),
            self.now, idempotency=_request("close", voucher_id, cancel), render=_render, fresh=True,
        )  # fmt: skip

    def use(self, member_id: str, voucher_id: str, amount_minor: int, order_id: str) -> Answer:
        """Use money of a credit with an order."""
        key = keys.voucher(self.m, member_id, voucher_id)
        state, item = self.table.get(keys.state(self.m, member_id), key)
        assert state is not None
        assert item is not None
        others = reversals.beside(self.table, self.m, member_id, order_id, voucher_id)
        operation = Redeem(
            _origin(""), cards.voucher_of(item), order_id, 1000, amount_minor, others
        )  # fmt: skip
        return self.ledger.perform(
            self.program, cards.card_of(state), operation, self.now,
            idempotency=_request("use", voucher_id, amount_minor), render=_render, fresh=True,
        )  # fmt: skip

    def refund(
        self, order: str, refund_id: str, amount: int | None = None, key: str = ""
    ) -> Answer:
        """As POST /v1/refunds with a key, as a till's event without one."""
        wanted = refunds.Refund(f"order:{order}", refund_id, amount, "api")
        if not key:
            return refunds.refund(self.ledger, self.program, wanted, self.now)
        return refunds.refund(
            self.ledger, self.program, wanted, self.now, op=f"key:{key}", render=_render,
            idempotency=_request("refund", order, refund_id, amount),
        )  # fmt: skip

    def expire(self, member_id: str) -> Answer:
        """As the job does it."""
        card = self.card(member_id)
        items = self.table.get(*(keys.voucher(self.m, member_id, one) for one in card.open))
        origin = Origin(f"expire:{member_id}:{card.version}", "job", entropy=os.urandom(16))
        vouchers = tuple(cards.voucher_of(item) for item in items if item)
        return self.ledger.perform(
            self.program, card, Expire(origin, vouchers), self.now, fresh=True
        )


def _origin(key: str) -> Origin:
    return Origin(f"key:{key or uuid4().hex}", "api", entropy=os.urandom(16))


def _request(*content: Any) -> Idempotency:
    fingerprint = sha256(repr(content).encode()).hexdigest()
    return Idempotency(fingerprint=fingerprint, expires=True, store_refusal=True)


def _render(decision: Decision) -> dict[str, Any]:
    return {
        "member_id": decision.card.member_id,
        "seq": decision.card.seq,
        "balances": dict(decision.entry.balances) if decision.entry else {},
        "vouchers": [[one.voucher_id, one.status] for one in decision.vouchers],
    }


def together(works: Sequence[Callable[[], _T]]) -> list[_T | Exception]:
    """Run all of it at once, each in a thread of its own; what each returned or raised."""
    barrier = threading.Barrier(len(works))
    outcomes: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], _T]) -> None:
        barrier.wait()
        try:
            outcomes[place] = work()
        except Exception as error:
            outcomes[place] = error

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def codes(outcomes: Sequence[Any]) -> list[str]:
    """The codes of all refusals among outcomes; anything else that was raised is raised again."""
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, Refused):
            raise outcome
    return sorted(outcome.code.value for outcome in outcomes if isinstance(outcome, Refused))


def answers(outcomes: Sequence[Any]) -> list[Answer]:
    """The answers among outcomes."""
    return [outcome for outcome in outcomes if isinstance(outcome, Answer)]
