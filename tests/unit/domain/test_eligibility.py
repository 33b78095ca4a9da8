"""What can be said of a card at a moment."""

from __future__ import annotations

from datetime import date

import pytest

from regulars.domain import eligibility, segments
from regulars.domain.refusals import RefusalCode
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit, visit_rule


def shop() -> Shop:
    of = make_program(
        units=[unit(expiry={"type": "months", "months": 1}), unit("stamp", "stamps")],
        earn=[spend_rule(1, 100), visit_rule()],
        rewards=[reward("cheap", 5), reward("dear", 50), reward("gold", 1, tiers=["top"])],
        tiers=[
            {"id": "top", "name": "Top", "enter": [{"metric": "spend", "at_least": 10**9}]},
        ],
    )
    opened = Shop(of)
    opened.join()
    return opened


def today(cafe: Shop) -> date:
    return date.fromisoformat(cafe.today)


def test_what_expires_within_sixty_days_is_pointed_out() -> None:
    cafe = shop()
    cafe.sale(700)

    assert eligibility.expiring(cafe.card, today(cafe)) == [("point", 7, "2026-12-31")]
    cafe.later(days=9).sale(300)
    assert eligibility.expiring(cafe.card, date(2026, 12, 1)) == [("point", 7, "2026-12-31")]
    assert eligibility.expiring(cafe.card, date(2026, 12, 2)) == [
        ("point", 7, "2026-12-31"),
        ("point", 3, "2027-01-31"),
    ]
    assert eligibility.expiring(cafe.card, date(2027, 1, 1)) == [("point", 3, "2027-01-31")]


def test_every_reward_says_what_is_missing_and_why() -> None:
    cafe = shop()
    cafe.sale(700)

    seen = {s.reward.id: s for s in eligibility.rewards(cafe.program, cafe.card, today(cafe))}

    assert [(seen[one].missing, seen[one].locked_because) for one in ("cheap", "dear", "gold")] == [
        (0, None),
        (43, RefusalCode.INSUFFICIENT_BALANCE),
        (0, RefusalCode.TIER_REQUIRED),
    ]
    assert [seen[one].affordable for one in ("cheap", "dear", "gold")] == [True, False, False]


@pytest.mark.parametrize(
    ("visits", "days", "segment"),
    [
        (0, 0, "new"),
        (1, 0, "new"),
        (2, 0, "returning"),
        (7, 30, "returning"),
        (8, 30, "loyal"),
        (8, 31, "at_risk"),
        (8, 60, "at_risk"),
        (8, 61, "lapsed"),
        (0, 31, "at_risk"),
        (0, 61, "lapsed"),
    ],
)
def test_segments(visits: int, days: int, segment: str) -> None:
    cafe = shop()
    for _ in range(visits):
        cafe.visit()

    cafe.later(days=days)

    assert segments.segment(cafe.program, cafe.card, today(cafe)) == segment
