"""Who has found a link that enrols a device of the counter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.fraud.attackers.attacker import Attacker
from tests.fraud.counter import Counter, Phone
from tests.fraud.shops import Tablet
from tests.service import cookies_of

FASTER = 0.4
"""So often somebody else presses the button before who it was meant for."""
MODES = ("night", "script", "day")
CARDS = {"night": 3, "script": 12, "day": 2}


class LeakedLink(Attacker):
    """The link was in a chat; whoever has it stamps cards at home, and redeems them at the shop."""

    KIND = "leaked staff link"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.goal = int(self.shop.program["rewards"][0]["cost"]["amount"])

    def day(self, day: date) -> None:
        if self.chance.random() < 0.04:
            self.world.at(self.within(day, 0.8), lambda: self._leak(day))

    def _leak(self, day: date) -> None:
        person = self.chance.choice(self.shop.on_duty(day))
        link = self.shop.link_for(person, f"Phone of {person.name}")
        faster = self.chance.random() < FASTER
        if not faster:
            self.world.request("POST", link)
            self.world.wait(60)
        reply = self.world.request("POST", link, source=self.address())
        if reply.status != 303:
            self.attempts.refused(self.goal * self.unit_worth, str(reply.status))
            return
        counter = Counter(self.shop, Tablet(cookies_of(reply.cookies)))
        mode = self.chance.choice(MODES)
        phones = [self.new_phone() for _ in range(CARDS[mode])]
        _, closes = self.shop.opening(day)
        begin = self.world.now if mode == "day" else closes + timedelta(hours=2)
        pause = timedelta(minutes=7) if mode == "day" else timedelta(seconds=5)
        for number in range(len(phones) * self.goal):
            phone = phones[number % len(phones)]
            if phone:
                self.world.at(begin + pause * number, self._stamping(counter, phone))
        for number, phone in enumerate(phones):
            then = day + timedelta(days=1 + number // 3)
            if phone:
                self.world.at(self.within(then), self._redeeming(phone, then))

    def _stamping(self, counter: Counter, phone: Phone) -> Callable[[], None]:
        def stamp() -> None:
            reply = counter.stamp(phone.member_id)
            if reply.status != 200:
                self.attempts.refused(self.unit_worth, reply.code)

        return stamp

    def _redeeming(self, phone: Phone, day: date) -> Callable[[], None]:
        return lambda: self._redeem(phone, day)

    def _redeem(self, phone: Phone, day: date) -> None:
        self.redeem_at_counter(phone, day)
