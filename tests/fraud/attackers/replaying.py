"""A till, or somebody on its line, that sends the same sale again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import uuid4

from regulars.store import keys
from tests.fraud.attackers.attacker import Attacker
from tests.fraud.bookshop import REWARD
from tests.fraud.counter import Delivery, Phone, Till

WAYS = ("at once", "next day", "other id", "signed again", "for another card")


class ReplayingTill(Attacker):
    """Each sale was paid once; what it brings again was not. Points are used when they suffice."""

    KIND = "replaying till"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.till = Till(self.shop)
        self.phone: Phone | None = None
        self.other: Phone | None = None

    def day(self, day: date) -> None:
        if self.chance.random() < 0.25:
            self.world.at(self.within(day, self.chance.random() * 0.7), lambda: self._buy(day))

    def _buy(self, day: date) -> None:
        self.phone = self.phone or self.new_phone(name="Replayed")
        self.other = self.other or self.new_phone(name="Another", first=True)
        if self.phone is None or self.other is None:
            return
        order, total = f"replay-{self.chance.randrange(10**9)}", self.chance.randrange(1500, 6000)
        self.attempts.paid[self.phone.member_id].add(order)
        sent = self.till.sale(order, total, member_code=self.phone.code())
        self.till.send(sent)
        worth = (total // 100) * self.unit_worth
        for way in self.chance.sample(WAYS, 2):
            wait = timedelta(days=1) if way == "next day" else timedelta(minutes=2)
            self.world.after(wait, self._replaying(way, sent, order, total, worth))
        if self.phone.take(REWARD).status == 303:
            self.redeem_at_counter(self.phone, day)

    def _replaying(
        self, way: str, sent: Delivery, order: str, total: int, worth: Fraction
    ) -> Callable[[], None]:
        return lambda: self._replay(way, sent, order, total, worth)

    def _replay(self, way: str, sent: Delivery, order: str, total: int, worth: Fraction) -> None:
        assert self.phone is not None
        assert self.other is not None
        now = str(int(self.world.now.timestamp()))
        if way == "other id":
            headers = {"webhook-id": uuid4().hex, "webhook-timestamp": now}
            sent = sent._replace(headers={**sent.headers, **headers})
        elif way == "signed again":
            sent = self.till.sale(order, total, member_code=self.phone.code())
        elif way == "for another card":
            sent = self.till.sale(order, total, member_code=self.other.code())
        before = self._entries()
        reply = self.till.send(sent)
        if reply.status != 200:
            self.attempts.refused(worth, reply.code)
            return

        def look() -> None:
            if self._entries() == before:
                self.attempts.refused(worth, "known order")

        self.world.after(timedelta(seconds=10), look)

    def _entries(self) -> int:
        """How many entries the cards have."""
        parts = (
            self.world.memory.items[keys.card(self.shop.id, one.member_id)]
            for one in (self.phone, self.other)
            if one
        )
        return sum(sk.startswith(keys.ENTRY_PREFIX) for part in parts for (sk,) in part)
