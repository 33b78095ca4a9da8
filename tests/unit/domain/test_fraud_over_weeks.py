"""What is a signal of fraud only over weeks: friends who are nobody, one person and one card."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from regulars.domain.calendar import to_ms
from regulars.domain.ledger import Line
from regulars.domain.reasons import plain, visit
from regulars.domain.signals import Friend
from tests.unit.domain.test_fraud import MINUTE, MONDAY, Day, each


def brought(day: Day, referrer: str, friend: str, at: datetime) -> None:
    op = f"referral:{friend}:2:referrer"
    line = Line("stamp", 2, "", "referral", plain(visit(1).kind))
    day.add(referrer, "bonus", at, op=op, source="job", staff=None, lines=(line,), facts={})


def test_members_who_brought_each_other_in_a_ring() -> None:
    ring, line = Day(), Day()
    for day, last in ((ring, "a"), (line, "d")):
        for who, friend in (("a", "b"), ("b", "c"), ("c", last)):
            brought(day, who, friend, MONDAY)

    assert line.kinds(week=True) == []
    (signal,) = ring.found(week=True)
    assert (signal.kind, set(signal.members)) == ("referral_ring", {"a", "b", "c"})


def friend(day: Day, name: str, rewarded: datetime, days: int, last: datetime) -> Friend:
    """A friend of Anna's who came on so many days."""
    brought(day, "anna", name, rewarded)
    return Friend(name, (day.bookings[-1],), days, to_ms(last))


@pytest.mark.parametrize(
    ("friends", "gone", "signals"),
    [(8, 8, 1), (8, 7, 1), (8, 6, 0), (7, 7, 0)],
)
def test_friends_of_a_week_of_whom_none_came_on_another_day(
    friends: int, gone: int, signals: int
) -> None:
    day, later = Day(), MONDAY + timedelta(days=3)
    day.brought["anna"] = tuple(
        friend(day, f"friend{place}", later, 1 if place < gone else 2, later)
        for place in range(friends)
    )

    found = day.found(week=True)

    assert [(one.kind, one.subject, one.figures) for one in found] == [
        ("referral_mill", "anna", {"n": friends, "once": gone})
    ] * signals


@pytest.mark.parametrize(
    ("days", "silent", "signals"),
    [(1, 20, 1), (2, 7, 1), (2, 6, 0), (3, 20, 0)],
)
def test_a_few_friends_over_weeks_who_never_came_again(
    days: int, silent: int, signals: int
) -> None:
    """Each on another phone, one by one, and all of them gone; a real one comes again."""
    day, now = Day(), MONDAY + timedelta(days=7)
    day.brought["anna"] = tuple(
        friend(day, f"friend{place}", now - timedelta(days=30 - 7 * place), days,
               now - timedelta(days=silent))
        for place in range(4)
    )  # fmt: skip
    assert len(day.found(week=True)) == signals

    last = friend(day, "real", now - timedelta(days=8), 5, now)
    day.brought["anna"] = (*day.brought["anna"][1:], last)
    assert day.kinds(week=True) == []
    few = day.brought["anna"][:3]
    day.brought["anna"] = (*few, friend(day, "new", now - timedelta(days=6), 1, now))
    assert day.kinds(week=True) == []  # who came six days ago had no time to come again


@pytest.mark.parametrize(
    ("own_days", "friends", "signals"),
    [(0, 2, 0), (0, 3, 1), (1, 3, 0), (1, 4, 1), (4, 4, 1), (5, 4, 0), (6, 5, 0), (7, 6, 1)],
)
def test_who_never_comes_is_believed_less_and_a_regular_more(
    own_days: int, friends: int, signals: int
) -> None:
    """Of friends who are gone."""
    day, before = Day(), MONDAY - timedelta(days=9)
    day.own_days = own_days
    day.brought["anna"] = tuple(
        friend(day, f"friend{place}", before, 1, before) for place in range(friends)
    )

    assert day.kinds(week=True) == ["referral_mill"] * signals


def test_who_never_came_is_a_signal_before_the_friends_had_time_to_come_again() -> None:
    day, other = Day(), Day()
    now = MONDAY + timedelta(days=6)
    for one in (day, other):
        one.own_days = 0
        one.brought["anna"] = tuple(
            friend(one, f"friend{place}", now, 9 if one is other and place else 2, now)
            for place in range(3)
        )

    (signal,) = day.found(week=True)
    assert (signal.kind, signal.figures) == ("referral_mill", {"n": 3, "once": 3, "own": 0})
    assert other.kinds(week=True) == []  # two of them became regulars


def test_a_signal_of_friends_names_those_who_are_gone_and_what_both_sides_got() -> None:
    day = Day()
    before = MONDAY - timedelta(days=9)
    friends = [friend(day, f"friend{place}", before, 1, before) for place in range(5)]
    for place, one in enumerate(friends):
        day.add(
            one.member_id, "bonus", MONDAY, op=f"referral:{one.member_id}:2:friend", source="job"
        )
        friends[place] = one._replace(
            rewards=(*one.rewards, day.bookings[-1]), days=9 if place == 4 else 1
        )
    day.brought["anna"] = tuple(friends)

    (signal,) = day.found(week=True)

    assert (signal.figures, len(signal.entries)) == ({"n": 5, "once": 4}, 8)
    assert set(signal.members) == {"anna", "friend0", "friend1", "friend2", "friend3"}


def shift(day: Day, people: int, days: int) -> None:
    """Guests from morning to evening, served by one after the other."""
    for number in range(days):
        for guest in range(6 * people):
            at = MONDAY + timedelta(days=number, minutes=20 * guest)
            day.visit(f"guest{guest}-{number}", at, staff=f"person{guest % people}")


@pytest.mark.parametrize(
    ("people", "bookings", "signals"),
    [(2, 7, []), (2, 8, ["same_person"]), (3, 5, []), (3, 6, ["same_person"]), (1, 14, [])],
)
def test_a_card_that_only_one_of_several_serves(
    people: int, bookings: int, signals: list[str]
) -> None:
    day = Day()
    shift(day, people, 7)
    for number in range(bookings):
        at = MONDAY + timedelta(days=number % 7, hours=1 + number // 7, seconds=7)
        day.visit("own", at, staff="person0")

    assert day.kinds(week=True) == signals


def test_redemptions_count_and_one_stamp_by_somebody_else_does_not() -> None:
    """What keys book, of a machine that guests use themselves, says nothing of who served."""
    redeemed, shared, machine = Day(), Day(), Day()
    for day in (redeemed, shared):
        shift(day, 3, 7)
    for number in range(6):
        at = MONDAY + timedelta(days=number, hours=1, seconds=7)
        last = number == 5
        if last:
            redeemed.add("own", "redeem", at, staff="person0")
        else:
            redeemed.visit("own", at, staff="person0")
        shared.visit("own", at, staff="person1" if last else "person0")
    for number in range(14):
        at = MONDAY + timedelta(days=number // 2, hours=number % 2)
        machine.visit("anna", at, staff="person0")
        for guest in range(5):
            machine.visit(f"guest{guest}", at, staff=None, source="api")

    (signal,) = redeemed.found(week=True)
    assert (signal.kind, signal.staff, signal.members) == ("same_person", "person0", ("own",))
    assert (signal.figures["n"], len(signal.entries)) == (6, 6)
    assert 60 <= signal.figures["others"] <= 70
    assert shared.kinds(week=True) == []
    assert machine.kinds(week=True) == []


@pytest.mark.parametrize(
    ("named", "shown", "signals"), [(2, 0, []), (3, 0, ["unverified"]), (3, 27, ["unverified"]),
                                    (3, 28, [])],
)  # fmt: skip
def test_rewards_for_guests_who_were_only_named(named: int, shown: int, signals: list[str]) -> None:
    day = Day()
    for number, at in enumerate(each(named + shown, 90 * MINUTE)):
        facts = {"device": "tablet"} | ({"unverified": 1} if number < named else {})
        day.add(f"guest{number}", "redeem", at, facts=facts, staff=f"person{number % 2}")

    assert day.kinds(week=True) == signals
    if signals:
        (signal,) = day.found(week=True)
        assert (signal.figures, signal.staff) == ({"n": named, "all": named + shown}, None)


@pytest.mark.parametrize(("days", "signals"), [(6, 1), (7, 0), (8, 0)])
def test_friends_of_a_week_are_of_the_last_seven_days(days: int, signals: int) -> None:
    """Before that, those count who never came again; these have come today."""
    day, now = Day(), MONDAY + timedelta(days=7)
    at = now - timedelta(days=days)
    day.brought["anna"] = tuple(friend(day, f"friend{place}", at, 1, now) for place in range(8))
    assert len(day.found(week=True)) == signals


def own(day: Day, times: list[tuple[int, int]]) -> None:
    """A card that person0 alone stamps, at minutes of days."""
    for number, minute in times:
        day.visit("own", MONDAY + timedelta(days=number, minutes=60 + minute, seconds=7),
                  staff="person0")  # fmt: skip


SLOWLY = [(number, 0) for number in range(5)]
SHIFTS = [(0, 0), (0, 90), (0, 180), (1, 0), (1, 90)]
AT_ONCE = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]


@pytest.mark.parametrize(
    ("times", "cost", "known", "signals"),
    [(SHIFTS, 5, "", 1), (SHIFTS[:4], 4, "", 0), (SHIFTS, 10, "", 0), (AT_ONCE, 5, "", 0),
     (SLOWLY, 5, "", 0), (SLOWLY, 5, "person1", 0), (SLOWLY, 5, "person0", 1)],
)  # fmt: skip
def test_a_short_card_that_one_of_two_fills(
    times: list[tuple[int, int]], cost: int, known: str, signals: int
) -> None:
    """Several times a day, or by somebody because of whom another card was put on hold; whose
    friends are stamped one by one came once."""
    day = Day(cost=cost)
    day.known = {known}
    shift(day, 2, 7)
    own(day, times)

    assert day.kinds(week=True) == ["same_person"] * signals


def test_what_was_booked_before_a_hold_was_looked_at_then() -> None:
    day = Day()
    shift(day, 2, 7)
    own(day, [(number, minute) for number in range(4) for minute in (0, 5)])
    (before,) = day.found(week=True)
    evening = MONDAY + timedelta(days=3, hours=9)
    day.add("own", "adjust", evening, source="api", staff=None, facts={"hold": "fraud.x"})
    assert day.kinds(week=True) == []
    own(day, [(4, 0), (4, 90), (5, 0)])
    assert day.kinds(week=True) == []
    own(day, [(5, 90), (6, 0), (6, 90)])

    (after,) = day.found(week=True)

    assert (before.figures["n"], after.figures["n"]) == (8, 6)
    assert after.ref == before.ref
