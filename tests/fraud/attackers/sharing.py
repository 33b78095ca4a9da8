"""A guest who sends a picture of a reward to friends, and friends who name somebody else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from regulars.store import cards, keys
from regulars.store.marshal import from_item
from tests.fraud.attackers.attacker import Attacker
from tests.fraud.counter import Counter, Found, Phone
from tests.fraud.guests import Guest
from tests.fraud.shops import Person

FRIENDS = 2
BELIEVED = 0.5
"""So often staff who have not been told otherwise give a reward to who only names somebody."""
NAMES_SOMEBODY = 0.05


class ScreenshotSharer(Attacker):
    """A real guest; one voucher is shown by several, at once or later."""

    KIND = "screenshot sharer"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.phone: Phone | None = None
        self.name = f"Sharer {self.chance.randrange(1000)}"

    def day(self, day: date) -> None:
        if self.chance.random() < 0.5:
            self.world.at(self.within(day, self.chance.random() * 0.6), lambda: self._come(day))
        if self.chance.random() < NAMES_SOMEBODY:
            self.world.at(self.within(day), lambda: self._name_somebody(day))

    def _come(self, day: date) -> None:
        """A paid visit; with a reward on the card it is shared."""
        if self.phone is None:
            self.phone = Phone(self.world, self.shop, self.address())
            self.phone.join({"name": self.name})
        counter, _ = self._counter(day)
        found = counter.scan(self.phone.code())
        if not isinstance(found, Found):
            return
        counter.stamp(found.member_id)
        if found.open_vouchers():
            self._share(found.open_vouchers()[0]["voucher_id"], day)

    def _share(self, voucher_id: str, day: date) -> None:
        """One is there already, the others come later; the first who gets it had a right to it."""
        assert self.phone is not None
        picture = self.phone.code(voucher_id)
        link = self.phone.shop.call("GET", f"/v1/members/{self.phone.member_id}").json["card_url"]
        used = [0]

        def show(code: str) -> None:
            counter, person = self._counter(day)
            if self._shown(counter, code) or self._named(counter, person, self.name):
                used[0] += 1
                if used[0] > 1:
                    self.attempts.stolen += self.reward_worth
            elif used[0]:
                self.attempts.refused(self.reward_worth, "used, or over")

        def on_another_phone() -> None:
            other = Phone(self.world, self.shop, self.address())
            other.follow(link)
            if not other.code(voucher_id):
                self.attempts.refused(self.reward_worth, "device_needed")
            else:
                show(other.code(voucher_id))

        show(picture)
        show(picture)  # the friend beside, with the same picture
        for _ in range(FRIENDS):
            wait = timedelta(minutes=self.chance.choice((2, 20, 90)))
            self.world.after(wait, lambda: show(picture))
        self.world.after(timedelta(minutes=5), on_another_phone)

    def _shown(self, counter: Counter, code: str) -> bool:
        found = counter.scan(code)
        if not isinstance(found, Found) or found.voucher is None:
            return False
        return counter.redeem(code, found).status == 200

    def _named(self, counter: Counter, person: Person, name: str) -> bool:
        """The phone is broken, and the name is enough - for some."""
        if person.is_strict or self.chance.random() >= BELIEVED:
            return False
        for found in counter.by_name(name):
            if found.member["name"] == name and found.open_vouchers():
                return counter.redeem(found.open_vouchers()[0]["code"], found).status == 200
        return False

    def _name_somebody(self, day: date) -> None:
        """A guest has said that there is a reward on their card; somebody else asks for it."""
        there = [guest for guest in self.guests if guest.phone and self._has_reward(guest)]
        if not there:
            return
        victim = self.chance.choice(there)
        counter, person = self._counter(day)
        if self._named(counter, person, victim.name):
            self.attempts.stolen += self.reward_worth
            self.record.disturbed["reward stolen"] += 1
        else:
            self.attempts.refused(self.reward_worth, "asked to show the card")

    def _has_reward(self, guest: Guest) -> bool:
        assert guest.phone is not None
        item = self.world.memory.read(keys.state(self.shop.id, guest.phone.member_id))
        return item is not None and bool(cards.card_of(from_item(item)).open)

    def _counter(self, day: date) -> tuple[Counter, Person]:
        person = self.chance.choice(self.shop.on_duty(day))
        counter = Counter(self.shop, self.chance.choice(self.shop.tablets))
        counter.sign_in(person)
        return counter, person
