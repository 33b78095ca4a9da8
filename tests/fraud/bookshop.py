"""Honest customers of a shop with a till: sales by code, refunds, friends, points for money off."""

from __future__ import annotations

from datetime import date, timedelta

from tests.fraud.counter import Counter, Found, Till
from tests.fraud.guests import Guest, Record, Visits
from tests.fraud.shops import Shop

REFUNDS, LOOKS = 0.03, 0.3
RETURN_DAYS = 14
"""What was bought can be given back for so long, as the shop's terms say."""
COST = 150
REWARD = "book-credit"
FRIENDS = 0.02
COMES_AGAIN = 0.6


class Purchases(Visits):
    """A visit is a purchase at the till. Rewards are taken on the phone, then redeemed at the
    counter."""

    def __init__(self, shop: Shop, record: Record, guests: list[Guest]) -> None:
        super().__init__(shop, record)
        self.till, self.guests = Till(shop), guests
        self.orders = 0

    def _served(self, guest: Guest, day: date) -> str:
        if not self.joined(guest) or guest.phone is None:
            return "could not join"
        order, total = self.order(), self.chance.randrange(700, 4500)
        sent = self.till.send(self.till.sale(order, total, member_code=guest.phone.code()))
        if sent.status != 200:
            return f"till: {sent.code}"
        if self.chance.random() < REFUNDS:
            days = self.chance.randrange(1, RETURN_DAYS)
            part = total if self.chance.random() < 0.6 else total // 2
            self.world.after(timedelta(days=days), lambda: self._refund(order, part))
        if self.chance.random() < FRIENDS:
            self._bring_friends(guest)
        return self._look(guest, day) if self.chance.random() < LOOKS else ""

    def order(self) -> str:
        """A new number of the till."""
        self.orders += 1
        return f"order-{self.orders}"

    def _refund(self, order: str, part: int) -> None:
        self.till.send(self.till.refund(order, f"{order}-back", part))

    def _bring_friends(self, guest: Guest) -> None:
        assert guest.phone is not None
        for _ in range(self.chance.choice((1, 1, 1, 2, 2, 4))):
            again = self.chance.random() < COMES_AGAIN
            often = 0.15 if again else 0.5
            name = f"Friend {len(self.guests)}"
            friend = Guest(name, often, brought_by=guest.phone.member_id, once=not again)
            self.guests.append(friend)

    def _look(self, guest: Guest, day: date) -> str:
        """Ask at the counter what the points are worth, and use them."""
        assert guest.phone is not None
        person = self._who_serves(guest, day)
        counter = Counter(self.shop, self.shop.tablets[0])
        if reason := self._sign_in(counter, person):
            return reason
        found = counter.scan(guest.phone.code())
        if not isinstance(found, Found):
            return "codes locked" if found.status == 429 else "not found"
        vouchers = found.open_vouchers()
        if not vouchers and found.available("point") >= COST:
            taken = guest.phone.take(REWARD)
            if taken.status != 303:
                return "reward: on hold" if "on hold" in taken.text else "reward: not taken"
            found = counter.scan(guest.phone.code())
            assert isinstance(found, Found)
            vouchers = found.open_vouchers()
        if not vouchers:
            return ""
        return self._reward(counter, guest, found, vouchers[0], person)
