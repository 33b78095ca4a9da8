"""Honest guests: who they are, when they come, and what they do there.

Each does what is often taken for fraud: families stamp one card several times a day, an office
orders for all, the same people come twice a day to the same person, tourists join in groups.
"""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from tests.fraud.counter import Counter, Found, Phone
from tests.fraud.shops import Person, Shop
from tests.service import Reply

BY_NAME = 0.02
"""So often the battery is empty."""
WRONG_PIN, WRONG_CODE = 0.02, 0.005
WANTS_REWARD = 0.8
COACH, COACH_SEATS = 0.02, 25
FAVOURITE = 0.6
"""So often a guest who has a favourite is served by them, when they are there."""


@dataclass
class Record:
    """Honest visits, and those that were refused, delayed or limited, by what came in between."""

    visits: int = 0
    disturbed: Tally[str] = field(default_factory=Tally)
    by_shop: Tally[str] = field(default_factory=Tally)
    members: set[str] = field(default_factory=set)


@dataclass(eq=False)
class Guest:
    """Somebody who comes by: how often a day, for how many, and at what time."""

    name: str
    often: float
    times: int = 1
    """How often on a day on which they come."""
    share: float | None = None
    """The part of the day they come in, from 0 to 1; None for any."""
    visits: int = 1
    """Stamps at a time: an office orders for all."""
    favourite: Person | None = None
    works: Person | None = None
    """Who they are, when they work there."""
    until: date | None = None
    """The last day they are in town."""
    brought_by: str = ""
    email: str = ""
    """What they type when they join: parents type theirs for their children."""
    phone: Phone | None = None
    once: bool = False
    """Whether they have enough after the first time."""

    def comes(self, chance: Random, day: date) -> bool:
        """Whether they come on a day."""
        gone = self.until is not None and day > self.until
        return not gone and chance.random() < self.often


class Visits:
    """What a guest does at one shop; `record` counts it."""

    def __init__(self, shop: Shop, record: Record) -> None:
        self.shop, self.record, self.world = shop, record, shop.world
        self.chance = shop.chance

    def joined(self, guest: Guest) -> bool:
        """Join, where the card is not on the phone yet."""
        if guest.phone is None:
            phone = Phone(self.world, self.shop, f"198.51.100.{self.chance.randrange(1, 6)}")
            form = {"name": guest.name, "source": "counter"}
            form |= {"ref": guest.brought_by} if guest.brought_by else {}
            form |= {"email": guest.email} if guest.email else {}
            if phone.join(form).status != 303:
                return False
            guest.phone = phone
            self.record.members.add(phone.member_id)
        return True

    def come(self, guest: Guest, day: date) -> None:
        """One visit at the counter."""
        self.record.visits += 1
        self.record.by_shop[self.shop.name] += 1
        if reason := self._served(guest, day):
            self.record.disturbed[reason] += 1

    def _served(self, guest: Guest, day: date) -> str:
        """Serve a guest; returns what was in the way, if anything was."""
        person = self._who_serves(guest, day)
        counter = Counter(self.shop, self.chance.choice(self.shop.tablets))
        if reason := self._sign_in(counter, person):
            return reason
        if not self.joined(guest) or guest.phone is None:
            return "could not join"
        named = self.chance.random() < BY_NAME
        found = self._found(counter, guest, named=named)
        if isinstance(found, Reply):
            return "codes locked" if found.status == 429 else "not found"
        reply = counter.stamp(found.member_id, guest.visits)
        if reply.status != 200:
            return str(reply.code)
        vouchers = [*found.open_vouchers(), *reply.json["unlocked"]]
        if vouchers and self.chance.random() < WANTS_REWARD:
            return self._reward(counter, guest, found, vouchers[0], person)
        return ""

    def _who_serves(self, guest: Guest, day: date) -> Person:
        there = [one for one in self.shop.on_duty(day) if one is not guest.works]
        if guest.favourite in there and self.chance.random() < FAVOURITE:
            return guest.favourite
        return self.chance.choice(there or self.shop.on_duty(day))

    def _sign_in(self, counter: Counter, person: Person) -> str:
        if self.chance.random() < WRONG_PIN and counter.tablet.who is not person:
            counter.sign_in(person, f"{(int(person.pin) + 1) % 10_000:04}")
        reply = counter.sign_in(person)
        return "" if reply is None or reply.status == 200 else f"sign-in: {reply.code}"

    def _found(self, counter: Counter, guest: Guest, *, named: bool) -> Found | Reply:
        assert guest.phone is not None
        if named:
            for one in counter.by_name(guest.name):
                if one.member_id == guest.phone.member_id:
                    return one
        if self.chance.random() < WRONG_CODE:
            counter.scan("MENU2027")  # another code that lies on the table
        return counter.scan(guest.phone.code())

    def _reward(
        self, counter: Counter, guest: Guest, found: Found, voucher: dict[str, Any], person: Person
    ) -> str:
        """Redeem a voucher: shown, or of a guest who was only named."""
        assert guest.phone is not None
        if not found.seen and person.is_strict:
            return "asked to show the card"
        code = guest.phone.code(voucher["voucher_id"]) if found.seen else voucher["code"]
        reply = counter.redeem(code, found)
        return "" if reply.status == 200 else f"reward: {reply.code}"


class Crowd:
    """The guests of a shop, and when they come."""

    def __init__(self, visits: Visits, guests: list[Guest], tourists: float) -> None:
        self.visits, self.guests, self.tourists = visits, guests, tourists
        self.shop, self.chance, self.world = visits.shop, visits.chance, visits.world
        self.number = 0

    def plan(self, day: date, busy: float = 1.0) -> None:
        """Plan who comes on a day; `busy` says how many times as many as usual."""
        opens, closes = self.shop.opening(day)
        self._arrive(day, busy)
        for guest in [*self.guests]:
            if guest.comes(self.chance, day):
                for _ in range(guest.times):
                    self.world.at(self._when(guest, opens, closes), self._visit(guest, day))
                if guest.once:
                    guest.often = 0.0

    def _when(self, guest: Guest, opens: datetime, closes: datetime) -> datetime:
        length = (closes - opens) - timedelta(minutes=20)
        share = self.chance.random()
        if guest.share is not None and guest.times == 1:
            share = min(1.0, max(0.0, self.chance.gauss(guest.share, 0.03)))
        return opens + timedelta(minutes=5) + length * share

    def _visit(self, guest: Guest, day: date) -> Any:
        return lambda: self.visits.come(guest, day)

    def _arrive(self, day: date, busy: float) -> None:
        """Tourists, one by one; now and then a group from one coach."""
        number = int(self.tourists * busy + self.chance.random())
        if self.chance.random() < COACH * min(1.0, self.tourists):
            number += COACH_SEATS
        for _ in range(number):
            self.number += 1
            until = day + timedelta(days=self.chance.choice((0, 0, 1, 2)))
            self.guests.append(Guest(f"Visitor {self.number}", 0.9, until=until))


def regulars(shop: Shop, many: int, *, families: int, offices: int, twice: int) -> list[Guest]:
    """The people who live or work near a shop."""
    chance = shop.chance
    found = []
    for number in range(many):
        often = chance.choice((0.05, 0.08, 0.1, 0.15, 0.3, 0.5, 0.7))
        favourite = chance.choice(shop.people) if chance.random() < 0.1 else None
        share = chance.random() if chance.random() < 0.6 else None
        found.append(Guest(f"Guest {number}", often, share=share, favourite=favourite))
    found += [Guest(f"Family {n}", 0.3, times=chance.choice((2, 3, 4))) for n in range(families)]
    found += [Guest(f"Twice {n}", 0.75, times=2) for n in range(twice)]
    found += [Guest(f"Office {n}", 0.1, visits=chance.randrange(6, 15)) for n in range(offices)]
    found += [Guest(f"Own {one.name}", 0.35, works=one) for one in shop.people[:1]]
    found += [Guest(f"Child {n}", 0.1, email="parents@example.com") for n in range(3)]
    return found
