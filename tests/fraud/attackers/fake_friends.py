"""A member who brings friends that are nobody: each purchase on another phone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.fraud.attackers.attacker import Attacker
from tests.fraud.bookshop import COST, REWARD
from tests.fraud.counter import Counter, Found, Phone, Till

EACH = 10
"""So many friends one card brings; then the last friend brings the next ones."""


class FakeFriends(Attacker):
    """What they buy anyway they buy as one new friend after another."""

    KIND = "fake friends"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.till = Till(self.shop)
        self.first: Phone | None = None
        self.phones: list[Phone] = []
        self.brought = 0
        self.often = self.chance.choice((0.15, 0.3, 0.5))
        self.twice = self.chance.random() < 0.3
        """Whether each friend buys twice, so as to look real."""

    def day(self, day: date) -> None:
        if self.chance.random() < self.often:
            self.world.at(self.within(day), lambda: self._bring(day))
        self.last_days(day)

    def last_days(self, day: date) -> None:
        if self.chance.random() < 0.5:
            self.world.at(self.within(day), lambda: self._use(day))

    def _bring(self, day: date) -> None:
        if self.first is None or self.brought >= EACH:
            self.first = self.phones[-1] if self.phones and self.first else self.new_phone()
            self.brought = 0
        if self.first is None:
            return
        friend = self.new_phone(ref=self.first.member_id, name=f"Friend {len(self.phones)}")
        if friend is None:
            return
        self.phones.append(friend)
        self.brought += 1
        self._buy(friend)
        if self.twice:
            self.world.after(timedelta(days=self.chance.randrange(2, 9)), lambda: self._buy(friend))

    def _buy(self, phone: Phone) -> None:
        """A purchase that is paid: its points are earned."""
        order = f"friends-{phone.member_id}-{self.chance.randrange(10**9)}"
        self.attempts.paid[phone.member_id].add(order)
        total = self.chance.randrange(1500, 2500)
        self.till.send(self.till.sale(order, total, member_code=phone.code()))

    def _use(self, day: date) -> None:
        """Take and redeem whatever can be had on any of the cards."""
        for phone in filter(None, [self.first, *self.phones[-12:]]):
            counter = Counter(self.shop, self.shop.tablets[0])
            counter.sign_in(self.chance.choice(self.shop.on_duty(day)))
            found = counter.scan(phone.code())
            if not isinstance(found, Found) or found.available(self.unit) < COST:
                continue
            if phone.take(REWARD).status == 303:
                self.redeem_at_counter(phone, day)
            elif phone is self.first:
                self.first = None  # it is on hold: another one
