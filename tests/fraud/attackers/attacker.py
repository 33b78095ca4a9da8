"""What all attackers have: a shop, cards that are theirs, and what they tried."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import ClassVar

from tests.fraud.attempts import Attempts, reward_worth, unit_worth
from tests.fraud.counter import Counter, Found, Phone
from tests.fraud.guests import Guest, Record
from tests.fraud.shops import Shop


class Attacker:
    """Somebody who wants what they have not paid for. `guests` are those they may know."""

    KIND: ClassVar[str] = ""

    def __init__(self, shop: Shop, guests: list[Guest], record: Record) -> None:
        self.shop, self.world, self.guests, self.record = shop, shop.world, guests, record
        self.chance = Random(f"{self.KIND} {shop.chance.random()}")  # noqa: S311 - a game
        self.attempts = Attempts(self.KIND, shop)
        self.unit = str(shop.program["units"][0]["id"])
        self.unit_worth = unit_worth(shop, self.unit)
        self.reward_worth = reward_worth(shop)

    def day(self, day: date) -> None:
        """Plan what to try on a day."""
        raise NotImplementedError

    def last_days(self, day: date) -> None:
        """Plan a day at the end, on which nothing new is begun: what is there is used."""

    def new_phone(self, *, first: bool = False, **form: str) -> Phone | None:
        """Join with another phone, of somebody whose `first` card it is; None when it was
        refused."""
        phone = Phone(self.world, self.shop, self.address())
        if phone.join(form).status != 303:
            return None
        self.attempts.card(phone.member_id, first=first)
        return phone

    def address(self) -> str:
        """Some address of a mobile network."""
        return f"203.0.{self.chance.randrange(113, 116)}.{self.chance.randrange(1, 255)}"

    def within(self, day: date, share: float | None = None) -> datetime:
        """A time at which the shop is open."""
        opens, closes = self.shop.opening(day)
        share = self.chance.random() if share is None else share
        return opens + timedelta(minutes=10) + (closes - opens - timedelta(minutes=30)) * share

    def redeem_at_counter(self, phone: Phone, day: date) -> str:
        """Show a reward to honest staff; returns what was in the way, empty when it was redeemed
        and `nothing` when there was none."""
        counter = Counter(self.shop, self.chance.choice(self.shop.tablets))
        counter.sign_in(self.chance.choice(self.shop.on_duty(day)))
        found = counter.scan(phone.code())
        if not isinstance(found, Found):
            return found.code
        vouchers = found.open_vouchers()
        if not vouchers:
            return "nothing"
        reply = counter.redeem(phone.code(vouchers[0]["voucher_id"]), found)
        return "" if reply.status == 200 else reply.code
