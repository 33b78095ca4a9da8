"""What is a signal of fraud, and what honest shops do that must be none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from regulars.domain import fraud
from regulars.domain.calendar import to_ms
from regulars.domain.ledger import DEBT, Entry, Kind, Line
from regulars.domain.operations import WHOLE
from regulars.domain.reasons import refund, visit
from regulars.domain.signals import Booking, Facts, Friend, Joined, Referrer, Signal
from tests.unit.domain.shop import make_program, reward, unit, visit_rule

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)  # ten o'clock in Budapest
NIGHT = MONDAY.replace(hour=1)
MINUTE = timedelta(minutes=1)


class Day:
    """What is booked at a shop, in order of time."""

    def __init__(self, opening: list[dict[str, Any]] | None = None, cost: int = 10) -> None:
        place = {"id": "main", "name": "Main"} | ({"opening": opening} if opening else {})
        self.program = make_program(
            units=[unit("stamp", "stamps")], earn=[visit_rule()], timezone="Europe/Budapest",
            rewards=[reward("coffee", cost, "stamp", kind="amount", amount_minor=300)],
            locations=[place],
        )  # fmt: skip
        self.bookings: list[Booking] = []
        self.joined: dict[str, Joined] = {}
        self.brought: dict[str, tuple[Friend, ...]] = {}
        self.own_days = 3
        self.known: set[str] = set()
        self._seq = count(1)

    def add(self, member: str, kind: Kind, at: datetime, **more: Any) -> int:
        seq = next(self._seq)
        given: dict[str, Any] = {
            "op": f"key:{seq}", "source": "staff", "lines": (), "balances": {}, "staff": "kata",
            "location": "main", "facts": {"device": "tablet"}, **more,
        }  # fmt: skip
        entry = Entry(seq=seq, kind=kind, recorded_ms=to_ms(at), effective_ms=to_ms(at),
                      program_version=1, **given)  # fmt: skip
        self.bookings.append(Booking(member, entry))
        return seq

    def visit(self, member: str, at: datetime, **more: Any) -> int:
        facts = {"visits": 1, "device": "tablet", **more.pop("facts", {})}
        lines = (Line("stamp", 1, "", "visit", visit(1)),)
        return self.add(member, "earn", at, lines=lines, facts=facts, **more)

    def found(self, *, week: bool = False) -> list[Signal]:
        now_ms = to_ms(MONDAY) + 7 * 86_400_000
        ordered = sorted(self.bookings, key=lambda one: one.entry.recorded_ms)
        brought = {
            member: Referrer(self.own_days, friends) for member, friends in self.brought.items()
        }
        facts = Facts(ordered, self.program, now_ms, self.joined, brought=brought, known=self.known)
        return fraud.of_weeks(facts) if week else fraud.of_days(facts)

    def kinds(self, *, week: bool = False) -> list[str]:
        return sorted(signal.kind for signal in self.found(week=week))


def each(number: int, step: timedelta, start: datetime = MONDAY) -> Iterable[datetime]:
    return (start + step * place for place in range(number))


def test_one_card_again_and_again_in_a_day_is_a_signal_that_says_what() -> None:
    day = Day()
    seqs = [day.visit("anna", at) for at in each(6, 20 * MINUTE)]

    (signal,) = day.found()

    assert (signal.kind, signal.ref) == ("card_velocity", "card_velocity-2026-11-23-anna")
    assert signal.entries == tuple(f"anna.{seq}" for seq in seqs)
    assert (signal.members, signal.staff, signal.device) == (("anna",), "kata", "tablet")
    assert signal.figures == {"n": 6}
    entries = [booking.entry for booking in day.bookings]
    assert fraud.value_minor(day.program, entries) == 180


@pytest.mark.parametrize("honest", ["family", "two_days", "bulk", "till", "order", "undone"])
def test_a_card_that_is_used_a_lot_for_a_good_reason_is_none(honest: str) -> None:
    day = Day()
    for place, at in enumerate(each(5 if honest in {"family", "bulk"} else 8, 20 * MINUTE)):
        if honest == "two_days":
            at += timedelta(days=place % 2)
        kinds: dict[str, dict[str, Any]] = {
            "bulk": {"facts": {"visits": 12}}, "till": {"source": "square"},
            "order": {"facts": {"order": f"o{place}"}},
        }  # fmt: skip
        more = kinds.get(honest, {})
        seq = day.visit("anna", at, **more)
        if honest == "undone":
            patch = {"r": {str(seq): [WHOLE, {}, 0, []]}}
            day.add("anna", "reverse", at + MINUTE, facts={"reverses": seq}, patch=patch)

    assert day.kinds() == []


@pytest.mark.parametrize(
    ("cost", "bookings", "signals"),
    [(5, 4, []), (5, 5, ["card_velocity"]), (6, 5, []), (3, 4, [])],
)
def test_a_card_that_is_filled_in_a_day(cost: int, bookings: int, signals: list[str]) -> None:
    """A card of five stamps is full before the sixth; a family comes four times."""
    day = Day(cost=cost)
    for at in each(bookings, 20 * MINUTE):
        day.visit("own", at)

    assert day.kinds() == signals


def test_a_part_that_is_refunded_hides_nothing() -> None:
    day = Day()
    for at in each(6, 20 * MINUTE):
        seq = day.visit("anna", at)
        day.add("anna", "reverse", at + MINUTE, patch={"r": {str(seq): [1, {}, 0, []]}})

    assert day.kinds() == ["card_velocity"]


def test_nobody_shows_fifteen_cards_in_a_minute() -> None:
    rush, script = Day(), Day()
    for place, at in enumerate(each(60, timedelta(seconds=5))):
        rush.visit(f"guest{place}", at)
    for place, at in enumerate(each(15, timedelta(seconds=3))):
        script.visit(f"guest{place}", at)

    assert rush.kinds() == []
    (signal,) = script.found()
    assert (signal.kind, signal.subject, len(signal.members)) == ("staff_velocity", "kata", 15)


def test_a_tablet_that_several_share_and_a_place_with_several_tablets() -> None:
    shared, place = Day(), Day()
    for number, at in enumerate(each(18, timedelta(seconds=3))):
        shared.visit(f"guest{number}", at, staff=f"person{number % 2}")
    assert shared.kinds() == []
    for number, at in enumerate(each(22, timedelta(seconds=2.5), MONDAY + 9 * MINUTE)):
        shared.visit(f"other{number}", at, staff=f"person{number % 2}")
    assert shared.kinds() == ["device_velocity"]
    for number, at in enumerate(each(40, timedelta(seconds=1.4))):
        facts = {"device": f"tablet{number % 4}"}
        place.visit(f"guest{number}", at, staff=f"person{number % 4}", facts=facts)
    assert place.kinds() == ["location_velocity"]


def test_one_person_and_one_card_in_a_week() -> None:
    regular, stamper = Day(), Day()
    for day in range(5):
        for hour in (0, 6):
            regular.visit("anna", MONDAY + timedelta(days=day, hours=hour))
        for hour in range(3):
            stamper.visit("own", MONDAY + timedelta(days=day, hours=hour))
        for guest in range(8):
            regular.visit(f"guest{guest}", MONDAY + timedelta(days=day, minutes=guest))
    for guest in range(8):
        stamper.visit(f"guest{guest}", MONDAY + timedelta(minutes=guest))

    assert regular.kinds(week=True) == []
    assert stamper.kinds() == []  # no day is odd by itself
    (signal,) = stamper.found(week=True)
    assert (signal.kind, signal.members, signal.staff) == ("one_card", ("own",), "kata")
    assert (signal.day, signal.figures) == ("2026-11-23", {"n": 15, "usual": 1})


def test_rewards_without_a_visit() -> None:
    one, fetched, unlike = Day(), Day(), Day()
    for at in each(2, 90 * MINUTE):
        one.add("anna", "redeem", at)
    for place, at in enumerate(each(12, 10 * MINUTE)):
        fetched.add(f"guest{place}", "redeem", at, staff=f"person{place % 2}")
        if place % 2:
            unlike.visit(f"guest{place}", at)
        unlike.add(f"guest{place}", "redeem", at + MINUTE, staff=f"person{place % 2}")

    assert one.kinds() == ["redeemed_alone"]
    assert fetched.kinds() == []  # free coffees, as everybody fetches them here
    (signal,) = unlike.found()
    assert (signal.kind, signal.subject, signal.figures["n"]) == ("redeemed_alone", "person0", 6)


@pytest.mark.parametrize(
    ("unverified", "bought", "others_bought", "signals"),
    [(1, False, [True], ["unverified"]), (0, False, [True], []), (1, True, [True], []),
     (1, False, [], []), (1, False, [True, False], []),
     (1, False, [True, True, False], ["unverified"])],
)  # fmt: skip
def test_one_reward_for_who_was_only_named_and_bought_nothing(
    unverified: int, bought: bool, others_bought: list[bool], signals: list[str]
) -> None:
    """Where guests who fetch a reward buy something, too."""
    day = Day()
    for place, visit_too in enumerate([bought, *others_bought]):
        facts = {"unverified": 1} if unverified and place == 0 else {}
        at = MONDAY + 10 * place * MINUTE
        day.add(f"guest{place}", "redeem", at, facts=facts)
        if visit_too:
            day.visit(f"guest{place}", at + MINUTE)

    assert day.kinds() == signals
    if signals:
        assert day.found()[0].figures == {"n": 1, "alone": 1}


@pytest.mark.parametrize(
    ("at", "signals"),
    [(NIGHT, ["off_hours"]), (MONDAY, []),
     (MONDAY.replace(hour=6, minute=15), []),  # a quarter past seven: they put out the chairs
     (MONDAY.replace(hour=5, minute=45), ["off_hours"]),
     (MONDAY + timedelta(days=6), ["off_hours"])],
)  # fmt: skip
def test_outside_the_hours(at: datetime, signals: list[str]) -> None:
    open_at = Day([{"days": ["mon", "tue"], "from": "08:00", "until": "18:00"}])
    open_at.visit("anna", at)
    unsaid = Day()
    unsaid.visit("anna", at)

    assert open_at.kinds() == signals
    assert unsaid.kinds() == []


@pytest.mark.parametrize(
    ("hour", "signals"), [(22, []), (1, []), (3, ["off_hours"]), (12, ["off_hours"])]
)
def test_a_bar_that_closes_after_midnight(hour: int, signals: list[str]) -> None:
    bar = Day([{"days": ["mon"], "from": "20:00", "until": "02:00"}])
    local = timedelta(days=hour < 12, hours=hour - 10, minutes=30)
    bar.visit("anna", MONDAY + local)

    assert bar.kinds() == signals


def test_many_new_cards_from_one_source() -> None:
    opening, robots, spread = Day(), Day(), Day()
    for place, at in enumerate(each(30, MINUTE)):
        for day in (opening, robots, spread):
            day.add(f"new{place}", "join", at, source="join", staff=None, facts={})
            day.joined[f"new{place}"] = Joined(f"s{place % 3}" if day is spread else "poster")
        if place % 3:
            opening.visit(f"new{place}", at + MINUTE)

    assert opening.kinds() == []
    assert spread.kinds() == []
    (signal,) = robots.found()
    assert (signal.kind, signal.subject, len(signal.members)) == ("many_joins", "poster", 30)


@pytest.mark.parametrize(("cards", "signals"), [(3, []), (4, ["shared_contact"])])
def test_one_contact_behind_many_cards(cards: int, signals: list[str]) -> None:
    day = Day()
    for place, at in enumerate(each(cards, MINUTE)):
        day.add(f"new{place}", "join", at, source="join", staff=None, facts={})
        day.joined[f"new{place}"] = Joined("", ("+36301234567",))

    found = day.found()

    assert [signal.kind for signal in found] == signals
    assert not any("+36301234567" in repr(signal) for signal in found)


def test_a_refund_after_the_reward() -> None:
    abuse, honest = Day(), Day()
    owed = (Line("stamp", -3, DEBT, "visit", refund(1)),)
    abuse.add("anna", "redeem", MONDAY, facts={"order": "o1"})
    abuse.add("anna", "reverse", MONDAY + MINUTE, lines=owed, source="square", staff=None)
    honest.add("anna", "redeem", MONDAY, facts={"order": "o1"})
    honest.add("anna", "reverse", MONDAY + timedelta(days=1), lines=owed)
    honest.add("bela", "reverse", MONDAY + timedelta(days=1), lines=owed)

    (signal,) = abuse.found()
    assert (signal.kind, signal.figures) == ("refund_after_redeem", {"n": 2, "owed": 3})
    assert honest.kinds() == []


def test_made_up_sources_of_made_up_members() -> None:
    many, few = Day(), Day()
    for place, at in enumerate(each(45, MINUTE)):
        for day in (many, few):
            if day is many or place < 40:
                day.add(f"new{place}", "join", at, source="join", staff=None, facts={})
                day.joined[f"new{place}"] = Joined(f"s{place}")

    (signal,) = many.found()
    assert (signal.kind, signal.subject, len(signal.members)) == ("many_joins", "any", 45)
    assert few.kinds() == []


def test_what_entries_are_worth() -> None:
    """Ten stamps buy what costs 3.00; what was redeemed is worth as much."""
    day = Day()
    day.visit("anna", MONDAY)
    day.add("anna", "redeem", MONDAY, facts={"reward": "coffee"})
    stamp, redeemed = (booking.entry for booking in day.bookings)
    assert fraud.value_minor(day.program, [stamp] * 5) == 150
    assert fraud.value_minor(day.program, [stamp, redeemed]) == 330
    by_cost = make_program(
        units=[unit("stamp", "stamps")], earn=[visit_rule()],
        rewards=[reward("coffee", 10, "stamp", cost_minor=90)],
    )  # fmt: skip
    assert fraud.value_minor(by_cost, [stamp] * 5) == 45
    assert fraud.value_minor(by_cost, [redeemed]) == 90
    nothing_to_buy = make_program(units=[unit("stamp", "stamps")], earn=[visit_rule()])
    assert fraud.value_minor(nothing_to_buy, [stamp, redeemed]) == 0


def fast(bookings: int, staff: int, devices: int) -> list[str]:
    """What is found when so many are booked within a minute."""
    day = Day()
    for number, at in enumerate(each(bookings, timedelta(seconds=59) / bookings)):
        facts = {"device": f"tablet{number % devices}"}
        day.visit(f"guest{number}", at, staff=f"person{number % staff}", facts=facts)
    return day.kinds()


@pytest.mark.parametrize(
    ("staff", "devices", "least", "kind"),
    [(1, 1, 15, "staff"), (2, 1, 20, "device"), (4, 4, 40, "location")],
)
def test_from_so_many_a_minute_on(staff: int, devices: int, least: int, kind: str) -> None:
    assert fast(least - 1, staff, devices) == []
    assert fast(least, staff, devices) == [f"{kind}_velocity"]


def test_what_a_credit_is_worth_is_its_money() -> None:
    rate = {"units": 10, "amount_minor": 100}
    money = reward("money", 0, "stamp", kind="credit", rate=rate)
    of = make_program(units=[unit("stamp", "stamps")], earn=[visit_rule()], rewards=[money])
    day = Day()
    day.visit("anna", MONDAY)
    assert fraud.value_minor(of, [day.bookings[0].entry] * 5) == 50
