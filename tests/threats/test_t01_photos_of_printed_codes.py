"""T1: a photo of the code on the wall is used at home, again and again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from regulars.domain import accrual, earning_codes, held_visits
from regulars.domain.draft import Draft
from regulars.domain.operations import Earn
from tests.conftest import Clock
from tests.functional.test_earning_codes import guest, made, member_of, stamps
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against


def earned_at_once(draft: Draft, operation: Any) -> None:
    """A visit that nobody has seen, granted as if somebody had."""
    earning_codes.require_in_time(draft, operation.scan)
    accrual.earn(draft, Earn(operation.origin, visits=operation.visits))
    earning_codes.count(draft, operation.scan)


@against(
    removal.of(held_visits, "hold", earned_at_once),
    removal.of(earning_codes, "require_in_time", lambda draft, scan: None),
)
def test_a_hundred_scans_of_a_day_are_two_that_wait(
    removed: None, cafe: Merchant, frozen: Clock
) -> None:
    thief = guest(cafe)
    before = stamps(cafe, thief)["available"]
    frozen.now = frozen.now.replace(hour=23, minute=5)  # a local day begins
    for _ in range(100):
        thief.post(made(cafe, "printed"))
        frozen.now += timedelta(minutes=14)
    now = stamps(cafe, thief)
    assert now == {"available": before, "pending": 2, "debt": 0}


def test_what_waits_unlocks_nothing(cafe: Merchant, frozen: Clock) -> None:
    thief = guest(cafe)
    for _ in range(12):
        thief.post(made(cafe, "printed", visits=5))
        frozen.now += timedelta(hours=13)
    card = cafe.card(member_of(thief))
    assert card["balances"]["stamp"]["available"] == 1
    assert (card["vouchers"], card["visits"]) == ([], 0)
