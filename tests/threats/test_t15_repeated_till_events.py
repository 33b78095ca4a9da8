"""T15: a till's events come twice, late, in any order."""

from __future__ import annotations

from itertools import permutations

from regulars.actions import refunds
from regulars.store import keys
from tests.functional import tills
from tests.functional.engine import BARE
from tests.functional.test_earning import balance, published
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against
from tests.threats.test_t03_replayed_requests import nobody_finds_it_again

EVENTS = (
    tills.sale("bill-1", 3000),
    tills.refund("r1", 1000),
    tills.refund("r2", 500),
)


@against(
    removal.of(keys, "operation", nobody_finds_it_again),
    removal.of(refunds, "apply_parked", lambda *_: None),
)
def test_every_order_of_events_ends_the_same(removed: None, cafe: Merchant) -> None:
    published(cafe, **BARE)
    ends = set()
    for number, events in enumerate(permutations(EVENTS)):
        email = f"anna{number}@example.com"
        member = cafe.join(email=email)["member_id"]
        for event in events:
            data = {**event["data"], "order_id": f"bill-{number}", "contact": {"email": email}}
            data |= {"refund_id": f"{number}-{data['refund_id']}"} if "refund_id" in data else {}
            if "refund_id" in data:
                del data["contact"]
            for _ in range(2):
                assert tills.post_generic(cafe, {**event, "data": data}).status == 200
            cafe.service.deliver("orders", "orders")
        ends.add(balance(cafe.card(member), "point"))
    assert ends == {15}
