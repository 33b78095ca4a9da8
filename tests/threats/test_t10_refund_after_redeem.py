"""T10: a purchase is refunded after its reward was had."""

from __future__ import annotations

from regulars.domain import rewards
from tests.functional.engine import BARE
from tests.functional.test_earning import balance, published
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against

GIFT = {"id": "gift", "name": "Gift", "cost": {"unit": "point", "amount": 10}}


@against(removal.of(rewards, "in_debt", lambda *_: False))
def test_what_was_spent_is_owed_and_blocks_the_next_reward(removed: None, cafe: Merchant) -> None:
    published(cafe, **{**BARE, "rewards": [GIFT]})
    member = cafe.join()["member_id"]
    cafe.earn(member, spend_minor=2000, order_id="bill-1")
    voucher = {"member_id": member, "reward_id": "gift"}
    codes = [cafe.call("POST", "/v1/vouchers", voucher).json["code"] for _ in range(2)]
    assert cafe.call("POST", f"/v1/vouchers/{codes[0]}/redeem", {}).status == 200
    cafe.call("POST", "/v1/refunds", {"order_id": "bill-1", "refund_id": "r"})
    card = cafe.card(member)
    assert balance(card, "point") == 0
    assert card["balances"]["point"]["debt"] > 0
    blocked = cafe.call("POST", f"/v1/vouchers/{codes[1]}/redeem", {})
    assert (blocked.status, blocked.json.get("code")) == (409, "debt")
