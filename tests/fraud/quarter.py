"""A quarter of all shops from one seed: who comes, who attacks, and what came of it."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from tests.fraud.attackers.attacker import Attacker
from tests.fraud.attackers.fake_friends import FakeFriends
from tests.fraud.attackers.guessing import CodeGuesser
from tests.fraud.attackers.joining import JoinBot
from tests.fraud.attackers.leaked_link import LeakedLink
from tests.fraud.attackers.refunding import RefundTrick
from tests.fraud.attackers.replaying import ReplayingTill
from tests.fraud.attackers.self_stamping import SelfStamper
from tests.fraud.attackers.sharing import ScreenshotSharer
from tests.fraud.attempts import Figures
from tests.fraud.bookshop import Purchases
from tests.fraud.guests import Crowd, Record, Visits, regulars
from tests.fraud.owner import Owner
from tests.fraud.shops import TERMS, WEEK, Shop
from tests.fraud.world import BEGINS, ZONE, World, running

DAYS = 91
LAST_DAYS = 21
"""So many days before the end attackers begin nothing new, and use what they have."""
LOOKS_AT = time(5, 30)
"""When owners look: before they open."""

ATTACKERS: dict[str, tuple[type[Attacker], ...]] = {
    "corner": (SelfStamper, ScreenshotSharer, CodeGuesser, LeakedLink, JoinBot),
    "bakery": (SelfStamper, CodeGuesser, LeakedLink),
    "bookshop": (FakeFriends, RefundTrick, ReplayingTill),
    "bar": (SelfStamper, ScreenshotSharer, LeakedLink, JoinBot),
}

FESTIVAL = range(39, 42)
"""Friday to Sunday of the sixth week: the bar is open from noon until four, and three times as many
tourists come."""


@dataclass
class Result:
    """What came of one seed."""

    figures: dict[str, Figures]
    """By sort of attacker."""
    record: Record
    held: int
    """Honest members whose card was put on hold."""
    taken_off: int
    """Honest people of the staff who were taken off."""
    signals: Tally[str] = field(default_factory=Tally)
    whys: dict[str, Tally[str]] = field(default_factory=dict)
    """By sort of attacker, what they were refused with."""


class Quarter:
    """Some shops of one seed."""

    def __init__(
        self, world: World, shops: tuple[str, ...], days: int, *, weekly: bool = False
    ) -> None:
        self.world, self.days = world, days
        self.record = Record()
        self.owners: list[Owner] = []
        self.crowds: list[Crowd] = []
        self.attackers: list[tuple[int, Attacker]] = []
        for name in shops:
            shop = Shop(world, name)
            self.owners.append(Owner(shop, weekly=weekly))
            self.crowds.append(_crowd(shop, self.record))
            for kind in ATTACKERS[name]:
                begins = shop.chance.randrange(4, max(6, days // 4))
                attacker = kind(shop, self.crowds[-1].guests, self.record)
                self.attackers.append((begins, attacker))

    def plan(self, number: int) -> None:
        """Plan a day; the first is 0."""
        day = BEGINS.astimezone(ZONE).date() + timedelta(days=number)
        for crowd in self.crowds:
            shop = crowd.shop
            festival = shop.name == "bar" and number in FESTIVAL
            if shop.name == "bar" and number in (FESTIVAL[0] - 2, FESTIVAL[-1] + 1):
                _set_hours(shop, day, festival=number < FESTIVAL[0])
            shop.draw_shifts(day)
            crowd.plan(day, 3.0 if festival else 1.0)
        for begins, attacker in self.attackers:
            if number >= self.days - min(LAST_DAYS, self.days // 4):
                attacker.last_days(day)
            elif number >= begins:
                attacker.day(day)
        for owner in self.owners:
            self.world.at(datetime.combine(day, LOOKS_AT, ZONE), owner.look)

    def result(self) -> Result:
        """Count what came of everything."""
        figures: dict[str, Figures] = {}
        whys: dict[str, Tally[str]] = {}
        dishonest = set()
        for _, attacker in self.attackers:
            kind = attacker.KIND
            figures[kind] = figures.get(kind, Figures()).plus(attacker.attempts.figures())
            whys.setdefault(kind, Tally()).update(attacker.attempts.whys)
            if isinstance(attacker, SelfStamper):
                dishonest |= attacker.persons
        held = sum(len(owner.held & self.record.members) for owner in self.owners)
        off = [person for owner in self.owners for person in owner.off if person not in dishonest]
        signals: Tally[str] = Tally()
        for owner in self.owners:
            signals.update(owner.kinds)
        return Result(figures, self.record, held, len(off), signals, whys)


def play(
    seed: int, days: int = DAYS, shops: tuple[str, ...] = tuple(TERMS), *, weekly: bool = False
) -> Result:
    """Play so many days of some shops."""
    with running(seed) as world:
        quarter = Quarter(world, shops, days, weekly=weekly)
        for number in range(days):
            quarter.plan(number)
            world.play(BEGINS + timedelta(days=number + 1))
        return quarter.result()


def _crowd(shop: Shop, record: Record) -> Crowd:
    many, families, offices, twice, tourists = {
        "corner": (50, 4, 2, 2, 1.5), "bakery": (55, 4, 1, 2, 1.0),
        "bookshop": (60, 0, 0, 0, 1.0), "bar": (45, 0, 0, 1, 2.0),
    }[shop.name]  # fmt: skip
    guests = regulars(shop, int(many), families=families, offices=offices, twice=twice)
    visits = Purchases(shop, record, guests) if shop.name == "bookshop" else Visits(shop, record)
    return Crowd(visits, guests, tourists)


def _set_hours(shop: Shop, day: date, *, festival: bool) -> None:
    """The owner publishes other hours at noon, before and after."""
    hours = ("12:00", "04:00") if festival else (shop.terms.opens, shop.terms.closes)
    shop.hours |= dict.fromkeys(WEEK[FESTIVAL[0] % 7 :], hours)
    shop.world.at(datetime.combine(day, time(12), ZONE), shop.publish)
