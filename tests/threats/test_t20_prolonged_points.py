"""T20: a voucher is taken and given back, so that its points live longer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from regulars.domain.draft import Draft
from tests.conftest import Clock
from tests.functional.engine import BARE
from tests.functional.test_earning import balance, published
from tests.functional.test_giving import POINT
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against

GIFT = {"id": "gift", "name": "Gift", "cost": {"unit": "point", "amount": 10}}
really_put_back = Draft.put_back


def newly_dated(self: Draft, unit: str, lots: Any, *rest: Any) -> None:
    """Units that come back with another year to live."""
    longer = tuple(lot._replace(expires_on="2028-12-31") for lot in lots)
    really_put_back(self, unit, longer, *rest)


@against(removal.of(Draft, "put_back", newly_dated))
def test_units_come_back_with_the_end_they_had(
    removed: None, cafe: Merchant, frozen: Clock
) -> None:
    point = {**POINT, "expiry": {"type": "months", "months": 1}}
    published(cafe, **{**BARE, "units": [point], "rewards": [GIFT]})
    member = cafe.join()["member_id"]
    cafe.earn(member, spend_minor=2000)
    frozen.now += timedelta(days=20)
    for _ in range(2):
        body = {"member_id": member, "reward_id": "gift"}
        code = cafe.call("POST", "/v1/vouchers", body).json["code"]
        assert cafe.call("POST", f"/v1/vouchers/{code}/cancel", {}).status == 200
    assert balance(cafe.card(member), "point") == 20
    frozen.now += timedelta(days=60)
    assert balance(cafe.card(member), "point") == 0
