"""Who buys, redeems the points and gives the purchase back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.fraud.attackers.attacker import Attacker
from tests.fraud.bookshop import RETURN_DAYS, REWARD
from tests.fraud.counter import Phone, Till


class RefundTrick(Attacker):
    """Buys for much, tries every day to take a reward, and gives everything back in time."""

    KIND = "refund trick"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.till = Till(self.shop)
        self.phone: Phone | None = None
        self.busy = self.owes = False

    def day(self, day: date) -> None:
        if not self.busy and self.chance.random() < 0.3:
            self.busy = True
            self.world.at(self.within(day), lambda: self._buy(day))

    def _buy(self, day: date) -> None:
        self.phone = self.phone or self.new_phone(name="Buyer")
        if self.phone is None:
            self.busy = False
            return
        order, total = f"trick-{self.chance.randrange(10**9)}", self.chance.randrange(6000, 18_000)
        self.till.send(self.till.sale(order, total, member_code=self.phone.code()))
        waits = self.chance.choice((0, 3, 9, RETURN_DAYS - 1))
        for later in range(waits + 1):
            then = timedelta(days=later, minutes=30)
            self.world.after(then, lambda: self._try(day))
        back = timedelta(days=waits, hours=1)
        self.world.after(back, lambda: self._give_back(order, total))

    def _try(self, day: date) -> None:
        if self.phone and self.phone.take(REWARD).status == 303:
            self.owes = self.redeem_at_counter(self.phone, day) == ""

    def _give_back(self, order: str, total: int) -> None:
        part = total if self.chance.random() < 0.7 else total - 1
        self.till.send(self.till.refund(order, f"{order}-back", part))
        self.busy = False
        if self.owes:
            self.phone, self.owes = None, False  # who owes points takes another card
