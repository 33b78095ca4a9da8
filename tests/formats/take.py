"""Take golden items: what a released version leaves in its table, and what it answered about it.

It runs within the tests of that release, with its own code, and is no test of this version:

    git worktree add ../released v0.4.0
    mkdir -p ../released/tests/formats && cp tests/formats/taking.py ../released/tests/formats
    cp tests/formats/take.py ../released/tests/functional/test_take.py
    cd ../released && TAKEN=0.4.0.json.gz make test ARGS=tests/functional/test_take.py

The file goes into `tests/formats/golden`. It uses only what the API of every release can do.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.formats.taking import answered, scanned, write

TEMPLATES = ("corner-cafe", "mug-club", "vip-collective")


def test_take(service: Any, frozen: Any) -> None:
    """A few shops with a few members each, who have done what members do."""
    shops = [live(service.new_merchant(template), frozen) for template in TEMPLATES]
    items = scanned(service.table)
    taken = {"now": frozen.now.isoformat(), "shops": shops, "items": items}
    write(taken)


def live(shop: Any, clock: Any) -> dict[str, Any]:
    """Let members join, buy, take rewards and bring things back; what is answered of them."""
    people = (
        {"name": "Nagy Anna", "email": "anna@example.com", "birthday": "05-14", "language": "hu"},
        {"name": "Ben", "phone": "+36301234567"},
        {"name": "Cleo"},
    )
    ids = [shop.join(**person)["member_id"] for person in people]
    for day in range(12):
        clock.now += timedelta(days=1, seconds=7)
        for number, member_id in enumerate(ids[: 3 if day < 4 else 1]):
            paid = 1500 + 700 * number
            shop.earn(member_id, spend_minor=paid, order_id=f"{number}-{day}", visits=1)
    anna = ids[0]
    refund(shop, "r-part", "0-3", amount_minor=500)
    refund(shop, "r-whole", "1-1")
    rewards = shop.call("GET", f"/v1/members/{anna}/rewards").json.get("items", [])
    for one in [it["reward_id"] for it in rewards if it.get("available")][:2]:
        issued = shop.call("POST", "/v1/vouchers", {"member_id": anna, "reward_id": one}).json
        if "code" in issued:
            shop.call("POST", f"/v1/vouchers/{issued['code']}/redeem", {})
    return {"created": shop.created, "members": {one: answered(shop, one) for one in ids}}


def refund(shop: Any, refund_id: str, order_id: str, **part: int) -> None:
    shop.call("POST", "/v1/refunds", {"refund_id": refund_id, "order_id": order_id, **part})
