"""Who guesses codes: of vouchers at the counter, of staff at a tablet nobody watches, from home."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from regulars.domain import codes
from tests.fraud.attackers.attacker import Attacker
from tests.fraud.counter import Counter, Found, Phone
from tests.fraud.shops import Person

SHOWN = 3
"""So many codes staff scan of one guest before they ask for something else."""
ROUNDS, PINS = 4, 5
FROM_HOME = 25


class CodeGuesser(Attacker):
    """Tries what a voucher, a PIN or a recovery code could be. A try counts once a day: what it
    would have brought is one reward."""

    KIND = "code guesser"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.pins = self.chance.sample(range(10_000), 10_000)
        self.victim: Person = self.chance.choice(self.shop.people)
        self.known = ""

    def day(self, day: date) -> None:
        _, closes = self.shop.opening(day)
        tried = self.chance.random()
        if tried < 0.08:
            self.world.at(self.within(day), lambda: self._at_counter(day))
        elif tried < 0.16:
            self.world.at(closes + timedelta(minutes=10), self._at_tablet)
        elif tried < 0.24:
            self.world.at(closes + timedelta(hours=2), self._from_home)

    def _code(self, length: int) -> str:
        return "".join(self.chance.choice(codes.ALPHABET) for _ in range(length))

    def _at_counter(self, day: date) -> None:
        counter = Counter(self.shop, self.chance.choice(self.shop.tablets))
        counter.sign_in(self.chance.choice(self.shop.on_duty(day)))
        for _ in range(SHOWN):
            found = counter.scan(self._code(codes.CODE_LENGTH))
            if isinstance(found, Found) and found.voucher:
                if counter.redeem(found.voucher["code"], found).status == 200:
                    self.attempts.stolen += self.reward_worth
                return
        self.attempts.refused(self.reward_worth, "not_found")

    def _at_tablet(self) -> None:
        """PINs of one person; whoever gets in stamps a card full and redeems it."""
        counter = Counter(self.shop, self.shop.tablets[0])
        for _ in range(ROUNDS):
            for _ in range(PINS):
                pin = self.known or f"{self.pins.pop():04}"
                counter.tablet.who = None
                reply = counter.sign_in(self.victim, pin)
                if reply is not None and reply.status == 200:
                    self.known = pin
                    self._fill(counter)
                    return
            self.world.wait(16 * 60)
        self.attempts.refused(self.reward_worth, "PIN")

    def _fill(self, counter: Counter) -> None:
        phone = self.new_phone()
        goal = self.shop.program["rewards"][0]["cost"]["amount"]
        for _ in range(goal if phone else 0):
            assert phone is not None
            reply = counter.stamp(phone.member_id)
            if reply.status != 200:
                self.attempts.refused(self.unit_worth, reply.code)
                return
            found = counter.scan(phone.code())
            if isinstance(found, Found) and found.open_vouchers():
                code = phone.code(found.open_vouchers()[0]["voucher_id"])
                counter.redeem(code, found)

    def _from_home(self) -> None:
        """Links of cards, and the codes with which lost cards are recovered."""
        phone = Phone(self.world, self.shop, self.address())
        for _ in range(FROM_HOME):
            found = phone.follow(f"/c/{self._code(26).lower()}")
            asked = self.world.request(
                "POST", f"/j/{self.shop.slug}/recover", form={"code": self._code(10)},
                source=phone.source,
            )  # fmt: skip
            if found.status < 400 or asked.status == 303:
                self.attempts.stolen += self.reward_worth
                return
        self.attempts.refused(self.reward_worth, "from home")
