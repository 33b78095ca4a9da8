"""Who joins again and again for what a new card brings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.fraud.attackers.attacker import Attacker
from tests.fraud.counter import Phone

MODES = ("flood", "patient", "contact")
FLOOD, PATIENT, CONTACT = 130, 20, 6
REFUSALS = 10
"""After so many refusals it gives up for the day."""


class JoinBot(Attacker):
    """A program that joins: at once from one address, slowly from many, or with one contact."""

    KIND = "join bot"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        welcome = [rule["amount"] for rule in self.shop.program["earn"] if rule["on"] == "join"]
        self.welcome = sum(welcome) * self.unit_worth
        self.made = self.refusals = 0
        self.gives_up_until = self.world.now

    def day(self, day: date) -> None:
        if self.chance.random() >= 0.05:
            return
        begin = self.within(day, self.chance.random() * 0.5)
        mode = self.chance.choice(MODES)
        many = {"flood": FLOOD, "patient": PATIENT, "contact": CONTACT}[mode]
        pause = {"flood": 0, "patient": 420, "contact": 300}[mode]
        here = self.address()
        for number in range(many):
            self.made += 1
            source = here if mode == "flood" else self.address()
            form = {"source": f"s{self.made}" if mode == "patient" else "poster"}
            if mode == "contact":
                form["email"] = f"bot{day.toordinal()}@mail.example"
            at = begin + timedelta(seconds=pause * number)
            self.world.at(at, self._joining(source, form))

    def _joining(self, source: str, form: dict[str, str]) -> Callable[[], None]:
        return lambda: self._join(source, form)

    def _join(self, source: str, form: dict[str, str]) -> None:
        phone = Phone(self.world, self.shop, source)
        if self.world.now < self.gives_up_until:
            return
        reply = phone.join(form, seconds=1)
        if reply.status == 303:
            self.attempts.card(phone.member_id)
            return
        self.attempts.refused(self.welcome, f"{reply.status}")
        self.refusals += 1
        if self.refusals % REFUSALS == 0:
            self.gives_up_until = self.world.now + timedelta(hours=12)
