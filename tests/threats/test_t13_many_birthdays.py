"""T13: one person has a birthday on every card they made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from regulars.core import clock
from regulars.domain import benefits
from regulars.jobs import cards
from regulars.program.shop import load_shop
from regulars.store.profiles import Profile
from tests.conftest import Clock
from tests.functional.claiming import joined
from tests.functional.test_earning import published
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against

CHEERS = {"id": "cheers", "on": "birthday", "unit": "stamp", "amount": 2}


def celebrated(cafe: Merchant, member: str, day: Any) -> int:
    """What a card got for its birthday, after the job ran on that day."""
    cards.birthday(load_shop(cafe.service.table, cafe.id, day), member)
    items = cafe.call("GET", f"/v1/members/{member}/entries").json["items"]
    return sum(line["amount"] for one in items for line in one["lines"] if line["rule"] == "cheers")


@against(removal.of(Profile, "celebrates", property(lambda self: True)))
def test_cards_of_nobody_in_particular_have_none(
    removed: None, cafe: Merchant, frozen: Clock
) -> None:
    published(cafe, earn=[CHEERS])
    day = clock.now().replace(year=2027, month=5, day=21)
    made = []
    for _ in range(12):
        frozen.now += timedelta(seconds=1)
        made.append(joined(cafe, birthday="05-21"))
    assert sum(celebrated(cafe, member, day) for member in made) == 0


@against(removal.of(benefits, "TENURE_DAYS", 0))
def test_who_joined_for_it_waits_a_year(removed: None, cafe: Merchant, frozen: Clock) -> None:
    published(cafe, earn=[CHEERS])
    day = frozen.now
    member = cafe.join(birthday=f"{day:%m-%d}", email="anna@example.com")["member_id"]
    assert celebrated(cafe, member, day) == 0
    assert celebrated(cafe, member, day.replace(year=day.year + 1)) == 2
