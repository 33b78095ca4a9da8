"""Staff who stamp a card of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.fraud.attackers.attacker import Attacker
from tests.fraud.counter import Counter, Found, Phone
from tests.fraud.shops import Person

MODES = ("greedy", "below", "slow")
"""A card a shift; two or three stamps a shift; one a shift. Who is found out goes more slowly."""

QUIET = 14
"""After so many days somebody else begins."""


class SelfStamper(Attacker):
    """Somebody on the staff with a card nobody knows of; when it is held they take another."""

    KIND = "self-stamping staff"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.person: Person = self.chance.choice(self.shop.people)
        self.mode = self.chance.randrange(len(MODES))
        self.warned = 0
        self.phone: Phone | None = None
        self.refused_on: date | None = None
        self.is_over = False
        self.quiet_days = 0
        self.persons = {self.person}

    def day(self, day: date) -> None:
        if self.is_over:
            self._follow()
            return
        if not self.person.works:
            self.world.at(self.within(day), self._try_again)
            return
        if day not in self.person.shifts:
            return
        if self.person.warned > self.warned:
            self.warned = self.person.warned
            self.mode = min(self.mode + 1, len(MODES) - 1)
        goal = self.shop.program["rewards"][0]["cost"]["amount"]
        stamps = {"greedy": goal, "below": self.chance.choice((2, 3)), "slow": 1}[MODES[self.mode]]
        for number in range(stamps):
            share = (number + self.chance.random()) / stamps
            self.world.at(self.within(day, share), self._stamping(day))

    def _stamping(self, day: date) -> Callable[[], None]:
        return lambda: self._stamp(day)

    def _stamp(self, day: date) -> None:
        if self.refused_on == day or not self.person.works:
            return
        self.phone = self.phone or self.new_phone(source="counter")
        if self.phone is None:
            return
        counter = Counter(self.shop, self.chance.choice(self.shop.tablets))
        counter.sign_in(self.person)
        found = counter.scan(self.phone.code())
        if not isinstance(found, Found):
            return
        reply = counter.stamp(found.member_id)
        if reply.status != 200:
            self.attempts.refused(self.unit_worth, reply.code)
            self.refused_on = day
            return
        for voucher in [*found.open_vouchers(), *reply.json["unlocked"]]:
            code = self.phone.code(voucher["voucher_id"])
            if counter.redeem(code, found).status != 200:
                self.phone = None  # it is on hold: another card, more carefully
                self.mode = min(self.mode + 1, len(MODES) - 1)
                return

    def _try_again(self) -> None:
        """Not on the staff any more: one more try, then it is over."""
        counter = Counter(self.shop, self.shop.tablets[0])
        reply = counter.sign_in(self.person)
        if reply is not None and reply.status != 200:
            self.attempts.refused(self.unit_worth, reply.code)
        self.is_over = True

    def _follow(self) -> None:
        """Somebody else on the staff has the same idea."""
        self.quiet_days += 1
        if self.quiet_days > QUIET and self.shop.people:
            self.person = self.chance.choice(self.shop.people)
            self.persons.add(self.person)
            self.warned, self.quiet_days = self.person.warned, 0
            self.mode, self.phone, self.is_over = self.chance.randrange(len(MODES)), None, False
