"""When a card next needs a job."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from regulars.domain.due import notice_day
from regulars.domain.operations import ClearDue, Origin
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit, visit_rule

TIERS = [
    {
        "id": "t", "name": "T",
        "enter": [{"metric": "spend", "window": "month", "at_least": 1000}],
    }
]  # fmt: skip


def shop(zone: str = "Europe/Budapest", now: str = "2026-11-22T09:00", **sections: Any) -> Shop:
    sections.setdefault("units", [unit(expiry={"type": "months", "months": 1})])
    sections.setdefault("earn", [spend_rule(1, 100)])
    of = make_program(timezone=zone, **sections)
    opened = Shop(of, datetime.fromisoformat(f"{now}:00+00:00"))
    opened.join()
    return opened


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("Europe/Budapest", "2026-12-31T23"),
        ("America/New_York", "2027-01-01T05"),
        ("Pacific/Kiritimati", "2026-12-31T10"),
        ("Asia/Kathmandu", "2026-12-31T18"),  # the day begins at 18:15 of UTC
        ("UTC", "2027-01-01T00"),
    ],
)
def test_expiry_is_due_when_the_last_day_is_over(zone: str, hour: str) -> None:
    cafe = shop(zone)

    assert cafe.sale(500).dues == (("expire", hour),)
    assert cafe.card.due == {"expire": hour}


def test_only_an_earlier_hour_is_written() -> None:
    """A later lot leaves the mark alone; an earlier voucher moves it."""
    cafe = shop(rewards=[reward("one", 1, valid_days=3)])
    cafe.sale(500)
    cafe.later(days=20)

    assert cafe.sale(500).dues == ()
    cafe.issue("one")
    assert cafe.decided[-1].dues == (("expire", "2026-12-15T23"),)


def test_what_returns_expired_is_due_from_now_on_not_in_the_past() -> None:
    """The hour in which it expired has been walked, and nobody walks it again."""
    cafe = shop(rewards=[reward("five", 5)])
    cafe.sale(500)
    voucher = cafe.issue("five")
    cafe.later(days=40)
    cafe.expire()  # finds nothing, the lots being locked in the voucher

    assert cafe.cancel(voucher).dues == (("expire", "2027-01-01T09"),)
    cafe.expire()
    assert cafe.card.lots == {}


def test_the_job_sets_the_next_date_and_none_when_there_is_none() -> None:
    cafe = shop()
    cafe.sale(500)
    cafe.later(days=20).sale(500)
    cafe.now = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)

    assert cafe.expire().dues == (("expire", "2027-01-31T23"),)
    cafe.now = datetime(2027, 1, 31, 23, 0, tzinfo=UTC)
    assert cafe.expire().dues == ()
    assert cafe.card.due == {}


def test_a_job_that_comes_too_early_books_nothing_and_comes_again() -> None:
    cafe = shop()
    cafe.sale(500)
    seq, version = cafe.card.seq, cafe.card.version

    early = cafe.expire()

    assert (early.entry, early.dues) == (None, (("expire", "2026-12-31T23"),))
    assert (cafe.card.seq, cafe.card.version) == (seq, version + 1)


def test_a_tier_is_reviewed_when_it_is_no_longer_certain() -> None:
    cafe = shop(tiers=TIERS)
    cafe.sale(1000)
    assert cafe.card.due["tier"] == "2026-12-31T23"
    cafe.now = datetime(2026, 12, 15, 12, 0, tzinfo=UTC)
    assert "tier" not in dict(cafe.sale(1000).dues), "it is certain for longer: the mark may stay"
    cafe.now = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)

    review = cafe.review()

    assert (review.entry, dict(review.dues)["tier"]) == (None, "2027-01-31T23")


STAMPS: dict[str, Any] = {
    "units": [unit("stamp", "stamps")],
    "earn": [visit_rule()],
    "rewards": [reward("coffee", 3, "stamp", auto=True)],
    "messages": {"close_to_reward_days": 7},
}


def test_a_reminder_is_due_at_ten_a_week_after_the_visit_that_left_one_missing() -> None:
    cafe = shop(**STAMPS)
    assert cafe.visit().dues == ()

    assert cafe.later(days=1).visit().dues == (("remind", "2026-11-30T09"),)
    assert cafe.later(days=1).visit().dues == (), "unlocked: the old mark stays, a lower bound"


def test_a_reminder_at_ten_of_summer_time() -> None:
    cafe = shop("America/New_York", "2027-03-07T20:00", **STAMPS)
    cafe.visit()

    assert cafe.visit().dues == (("remind", "2027-03-14T14"),)


def test_a_reminder_that_was_looked_at_waits_for_the_next_visit() -> None:
    cafe = shop(**STAMPS)
    cafe.visit(2)
    cafe.now = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)

    looked = cafe.do(ClearDue(Origin("remind", "job")))

    assert (looked.entry, looked.dues, cafe.card.due) == (None, (), {})


def test_nobody_is_reminded_by_a_program_that_does_not_want_it() -> None:
    cafe = shop(**{**STAMPS, "messages": {}})

    assert cafe.visit(2).dues == ()


def test_a_notice_is_of_a_tier_that_ends_and_is_still_there() -> None:
    noticed = [{**TIERS[0], "notice_days": 10}]
    cafe = shop(tiers=noticed)
    assert notice_day(cafe.program, cafe.card) is None
    cafe.sale(1000)
    assert notice_day(cafe.program, cafe.card) == date(2026, 12, 21)
    assert notice_day(shop(tiers=TIERS).program, cafe.card) is None
    assert notice_day(shop().program, cafe.card) is None
    assert cafe.card.tier is not None
    endless = cafe.card._replace(tier=cafe.card.tier._replace(until=""))
    assert notice_day(cafe.program, endless) is None
