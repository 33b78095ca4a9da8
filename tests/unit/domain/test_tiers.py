"""Tiers: what opens them, when, and for how long. Always what was earned, never the balance."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from regulars.domain import tiering
from regulars.domain.calendar import to_ms
from regulars.domain.card import Lot, Window
from regulars.domain.operations import GrantTier, Receive
from regulars.program.load import load
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit

TEMPLATES = Path(__file__).parents[3] / "shared" / "regulars" / "program" / "templates"


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def ladder(metric: str, window: str, at_least: int, **more: Any) -> list[dict[str, Any]]:
    """A base tier for everybody and one to be reached."""
    way = {"metric": metric, "window": window, "at_least": at_least}
    return [{"id": "base", "name": "Base"}, {"id": "top", "name": "Top", "enter": [way], **more}]


def shop(tiers: list[dict[str, Any]], now: datetime, zone: str = "UTC") -> Shop:
    of = make_program(
        units=[unit()], earn=[spend_rule(1, 100)], tiers=tiers, timezone=zone,
        rewards=[reward("ten", 10)],
    )  # fmt: skip
    opened = Shop(of, now)
    opened.join()
    return opened


def tier(cafe: Shop) -> str | None:
    return cafe.card.tier.id if cafe.card.tier else None


def test_the_foodie_of_the_supper_club() -> None:
    """499.99 in a calendar year is not enough, one cent more is; kept until the end of the next."""
    document = json.loads((TEMPLATES / "supper-club.json").read_text())
    club = Shop(load(document, 1), at("2026-03-10T19:00", "Europe/Budapest"))
    club.join()
    assert tier(club) == "regular"

    club.sale(49_999)
    assert tier(club) == "regular"
    club.sale(1)

    assert club.card.tier is not None
    assert tuple(club.card.tier) == ("foodie", "2026-03-10", "2027-12-31")
    entry = club.decided[-1].entry
    assert entry is not None
    assert (entry.tier_from, entry.tier_to) == ("regular", "foodie")
    club.now = at("2027-12-31T23:59", "Europe/Budapest")
    club.review()
    assert tier(club) == "foodie"
    club.now = at("2028-01-01T00:00", "Europe/Budapest")
    assert club.review().entry is not None
    assert tier(club) == "regular"
    assert club.verify() == []


@pytest.mark.parametrize(
    ("window", "bought", "counted_until", "kept_until"),
    [
        ("month", "2026-02-10", "2026-02-28", "2026-03-31"),
        ("quarter", "2026-02-10", "2026-03-31", "2026-06-30"),
        ("quarter", "2026-11-10", "2026-12-31", "2027-03-31"),
        ("year", "2026-02-10", "2026-12-31", "2027-12-31"),
        ("rolling:1", "2026-02-10", "2026-02-28", "2026-03-31"),
        ("rolling:3", "2026-11-10", "2027-01-31", "2027-02-28"),
        ("rolling:12", "2026-02-10", "2027-01-31", "2027-02-28"),
        ("rolling:24", "2026-02-10", "2028-01-31", "2028-02-29"),
        ("lifetime", "2026-02-10", "", ""),
    ],
)
def test_windows(window: str, bought: str, counted_until: str, kept_until: str) -> None:
    """What counts until which day, and until when the tier it opened is certain."""
    cafe = shop(ladder("spend", window, 1000), at(f"{bought}T12:00"))
    cafe.sale(999)
    cafe.sale(1)

    assert cafe.card.tier is not None
    assert cafe.card.tier.until == kept_until
    (_, condition) = ("", cafe.program.tiers[1].enter[0])
    if not counted_until:
        far = at("2099-01-01T00:00").date()
        assert tiering.measure(cafe.card, condition, far) == 1000
        return
    last = datetime.fromisoformat(counted_until).date()
    assert tiering.measure(cafe.card, condition, last) == 1000
    assert tiering.measure(cafe.card, condition, last.fromordinal(last.toordinal() + 1)) == 0
    cafe.now = at(f"{kept_until}T23:59")
    assert cafe.review().entry is None
    assert tier(cafe) == "top"
    cafe.later(minutes=1).review()
    assert tier(cafe) == "base"


@pytest.mark.parametrize("metric", ["visits", "points", "spend"])
def test_every_metric_counts_what_was_earned(metric: str) -> None:
    amounts = {"visits": 3, "points": 30, "spend": 3000}
    cafe = shop(ladder(metric, "lifetime", amounts[metric]), at("2026-05-05T12:00"))
    cafe.sale(1000)
    cafe.issue("ten")
    cafe.sale(1000)
    assert tier(cafe) == "base"

    cafe.sale(1000)

    assert tier(cafe) == "top"


def test_a_correction_by_hand_earns_no_tier() -> None:
    cafe = shop(ladder("points", "lifetime", 30), at("2026-05-05T12:00"))

    cafe.adjust("point", 100)
    cafe.sale(100)

    assert tier(cafe) == "base"


def test_the_best_way_in_decides_how_long() -> None:
    tiers = ladder("spend", "month", 1000)
    tiers[1]["enter"].append({"metric": "visits", "window": "year", "at_least": 1})
    cafe = shop(tiers, at("2026-02-10T12:00"))

    cafe.sale(1000)

    assert cafe.card.tier is not None
    assert cafe.card.tier.until == "2027-12-31"


def test_the_highest_open_tier_is_entered_at_once_and_nobody_falls_in_a_sale() -> None:
    tiers = [
        {"id": name, "name": name, "enter": [{"metric": "spend", "window": w, "at_least": n}]}
        for name, w, n in (("one", "lifetime", 100), ("two", "month", 200), ("three", "month", 300))
    ]
    cafe = shop(tiers, at("2026-02-10T12:00"))
    assert tier(cafe) is None
    cafe.sale(300)
    assert tier(cafe) == "three"

    cafe.now = at("2026-03-31T23:59")
    cafe.sale(1)
    assert tier(cafe) == "three"
    cafe.later(minutes=1).sale(1)
    assert tier(cafe) == "one", "what has ended is over, whether its review has come by or not"
    cafe.review()
    assert tier(cafe) == "one"


def test_paid_and_invited_tiers_are_not_entered_by_buying() -> None:
    tiers = [
        {"id": "paid", "name": "Paid", "enter": [{"metric": "membership", "period": "month"}]},
        {"id": "asked", "name": "Asked", "enter": [{"metric": "invitation"}]},
    ]
    cafe = shop(tiers, at("2026-02-10T12:00"))

    cafe.sale(10**9)

    assert tier(cafe) is None
    assert tiering.next_tier(cafe.program, cafe.card, cafe.now.date()) is None


def test_the_next_tier_says_how_far() -> None:
    cafe = shop(ladder("spend", "year", 1000), at("2026-02-10T12:00"))
    cafe.sale(400)

    found = tiering.next_tier(cafe.program, cafe.card, cafe.now.date())

    assert found is not None
    assert (found[0].id, found[1].at_least, found[2]) == ("top", 1000, 400)


def test_a_right_is_held_since_it_was_first_earned_or_given() -> None:
    cafe = shop(ladder("spend", "year", 1000), at("2026-02-10T12:00"))
    cafe.sale(1000)
    cafe.now = at("2027-03-01T12:00")
    cafe.sale(1000)
    assert cafe.card.tier == ("top", "2026-02-10", "2028-12-31")
    assert cafe.card.held["top"] == ("top", "2026-02-10", "2028-12-31")

    cafe.do(GrantTier(cafe.origin(), "top", "2027-06-30", "hand"))
    cafe.later(days=9).do(GrantTier(cafe.origin(), "top", "2027-09-30", "hand"))
    assert cafe.card.held["top/hand"] == ("top", "2027-03-01", "2027-09-30")


def test_a_card_whose_tier_counts_is_not_reviewed() -> None:
    cafe = shop(ladder("spend", "year", 1000), at("2026-02-10T12:00"))
    cafe.sale(1000)
    assert tiering.as_of(cafe.program, cafe.card, cafe.now.date()) is cafe.card
    over = date(2028, 1, 1)
    assert set(tiering.as_of(cafe.program, cafe.card, over).held) == {"base"}


def test_the_next_tier_is_above_the_one_that_is_held() -> None:
    tiers = [
        {"id": one, "name": one, "enter": [{"metric": "spend", "at_least": least}]}
        for one, least in (("low", 100), ("mid", 1000), ("top", 5000))
    ]
    cafe = shop(tiers, at("2026-02-10T12:00"))
    reached = []
    for spend in (0, 100, 900, 4000):
        cafe.sale(spend)
        found = tiering.next_tier(cafe.program, cafe.card, cafe.now.date())
        reached.append(found and (found[0].id, found[2]))

    assert reached == [("low", 0), ("mid", 100), ("top", 1000), None]


def test_a_tier_that_is_no_longer_there_gives_way_to_what_is_due() -> None:
    cafe = shop(ladder("spend", "lifetime", 1000), at("2026-02-10T12:00"))
    cafe.sale(1000)
    others = [{"id": "new", "name": "New"}, {"id": "far", "name": "Far",
              "enter": [{"metric": "spend", "at_least": 5000}]}]  # fmt: skip
    cafe.program = make_program(units=[unit()], earn=[spend_rule(1, 100)], tiers=others, version=2)

    cafe.review()

    assert tier(cafe) == "new"
    cafe.program = make_program(units=[unit()], version=3)
    cafe.review()
    assert tier(cafe) is None


# The last and the first minute of a month, by the shop's own calendar, across every kind of clock.
BORDERS = [
    ("Europe/Budapest", "2026-03-31T22:00:00+00:00"),  # summer time since Sunday
    ("Europe/Budapest", "2026-10-31T23:00:00+00:00"),  # winter time since Sunday
    ("America/New_York", "2026-11-01T04:00:00+00:00"),  # the clocks go back two hours later
    ("America/New_York", "2026-04-01T04:00:00+00:00"),
    ("Asia/Almaty", "2024-02-29T19:00:00+00:00"),  # its last hour came twice: +6, then +5
    ("Asia/Almaty", "2024-03-31T19:00:00+00:00"),
    ("Pacific/Kiritimati", "2026-12-31T10:00:00+00:00"),
    ("Asia/Kolkata", "2026-12-31T18:30:00+00:00"),
]


def open_at_the_border(tiers: list[dict[str, Any]], midnight: str, zone: str) -> Shop:
    border = datetime.fromisoformat(midnight)
    assert border.astimezone(ZoneInfo(zone)).strftime("%d %H:%M") == "01 00:00"
    cafe = shop(tiers, border - timedelta(days=1), zone)
    cafe.now = border
    return cafe


@pytest.mark.parametrize(("zone", "midnight"), BORDERS)
@pytest.mark.parametrize("metric", ["visits", "spend"])
def test_a_month_ends_at_the_shops_midnight(zone: str, midnight: str, metric: str) -> None:
    needed = {"visits": 2, "spend": 2000}[metric]
    cafe = open_at_the_border(ladder(metric, "month", needed), midnight, zone)

    cafe.later(milliseconds=-2).sale(1000)
    cafe.later(milliseconds=1).sale(1000)
    assert [tuple(w) for w in cafe.card.windows.values()] == [(2000, 2, 20)]
    assert tier(cafe) == "top"
    cafe.later(milliseconds=1).sale(1000)

    assert [tuple(w) for w in cafe.card.windows.values()] == [(2000, 2, 20), (1000, 1, 10)]


@pytest.mark.parametrize(("zone", "midnight"), BORDERS)
def test_two_visits_on_either_side_of_midnight_are_of_two_months(zone: str, midnight: str) -> None:
    cafe = open_at_the_border(ladder("visits", "month", 2), midnight, zone)

    cafe.later(milliseconds=-1).visit()
    cafe.later(milliseconds=1).visit()

    assert tier(cafe) == "base"
    assert [window.visits for window in cafe.card.windows.values()] == [1, 1]


def test_a_sale_that_comes_in_late_counts_when_it_happened() -> None:
    """In the month of the sale, though its entry is of today."""
    cafe = shop(ladder("spend", "month", 1000), at("2026-03-02T12:00"))
    cafe.sale(900)

    cafe.sale(900, effective_ms=to_ms(at("2026-02-28T23:59")))

    assert tier(cafe) == "base"
    assert [window.spend_minor for window in cafe.card.windows.values()] == [900, 900]


def test_a_card_keeps_two_years_of_months() -> None:
    cafe = shop(ladder("spend", "rolling:24", 24 * 100), at("2024-01-15T12:00"))
    for month in range(24):
        cafe.now = at(f"{2024 + month // 12}-{month % 12 + 1:02}-15T12:00")
        cafe.sale(100)
    assert tier(cafe) == "top"
    assert len(cafe.card.windows) == 24

    cafe.now = at("2026-01-15T12:00")
    cafe.sale(7)
    cafe.sale(5, effective_ms=to_ms(at("2024-01-20T12:00")))

    assert len(cafe.card.windows) == 24
    assert cafe.card.lifetime == Window(2412, 26, 24)
    assert min(cafe.card.windows) == 2024 * 12 + 1


def test_what_comes_free_when_a_tier_has_ended_unlocks_nothing_of_it() -> None:
    """The right ends at midnight and so does the hold; the job of the hold comes first."""
    way = {"metric": "invitation", "percent": 5}
    of = make_program(
        units=[unit(hold_days=12)], earn=[spend_rule()],
        rewards=[reward("cup", 10, auto=True, tiers=["gold"])],
        tiers=[{"id": "gold", "name": "Gold", "enter": [way]}],
    )  # fmt: skip
    cafe = Shop(of, datetime(2026, 12, 20, 9, tzinfo=UTC))
    cafe.join()
    cafe.sale(1000)
    cafe.do(GrantTier(cafe.origin(), "gold", "2026-12-31", "hand"))
    cafe.now = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # midnight has passed in Budapest

    over = cafe.expire().entry
    assert over is not None
    assert (over.kind, over.tier_from, over.tier_to) == ("tier", "gold", None)
    assert not cafe.card.open
    cafe.adjust("point", 5)
    assert not cafe.card.open


def test_what_a_friend_gives_unlocks_nothing_for_a_tier_that_has_ended() -> None:
    way = {"metric": "invitation", "percent": 5}
    of = make_program(
        units=[unit()], earn=[spend_rule()],
        rewards=[reward("cup", 10, auto=True, tiers=["gold"])],
        tiers=[{"id": "gold", "name": "Gold", "enter": [way]}],
    )  # fmt: skip
    cafe = Shop(of, datetime(2026, 12, 20, 9, tzinfo=UTC))
    cafe.join()
    cafe.do(GrantTier(cafe.origin(), "gold", "2026-12-31", "hand"))
    cafe.now = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # midnight has passed in Budapest

    cafe.do(Receive(cafe.origin(), "point", (Lot("", "", 10),), "c2"))
    assert tier(cafe) is None
    assert not cafe.card.open
    assert cafe.available() == 10


def test_a_season_begins_before_its_review_comes_by() -> None:
    way = {"metric": "invitation", "percent": 5}
    summer = {"id": "sun", "name": "Sun", "enter": [way], "multiplier": "2",
              "season": {"from_month": 6, "until_month": 8}}  # fmt: skip
    of = make_program(units=[unit()], earn=[spend_rule()], tiers=[summer])
    cafe = Shop(of, datetime(2027, 5, 31, 9, tzinfo=UTC))
    cafe.join()
    cafe.do(GrantTier(cafe.origin(), "sun", "", "hand"))
    assert cafe.card.tier is None
    cafe.now = datetime(2027, 5, 31, 22, 30, tzinfo=UTC)  # June in Budapest

    cafe.sale(1000)
    assert cafe.available() == 20


def test_a_right_that_is_prolonged_is_an_entry_of_its_tier() -> None:
    cafe = shop(ladder("spend", "month", 1000), at("2026-02-10T12:00"))
    cafe.sale(1000)
    cafe.card = cafe.card._replace(held={}, tier=None)
    entry = cafe.review().entry
    assert entry is not None
    assert (entry.kind, entry.lines, tier(cafe)) == ("tier", (), "top")
    cafe.card = cafe.card._replace(held={"top": cafe.card.held["top"]._replace(until="2026-02-28")})
    longer = cafe.review().entry
    assert longer is not None
    assert (longer.kind, longer.tier_from, longer.tier_to) == ("tier", "top", "top")
