"""What comes later for a card that was merged: tills, stamps on their way, jobs, other people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from regulars.actions import find, refunds
from regulars.core import tokens
from regulars.domain.operations import Issue, Origin, Redeem
from regulars.jobs import cards as due_jobs
from regulars.program.shop import load_shop
from regulars.store import cards, connect, keys
from regulars.store.answers import Answer
from regulars.store.ledger import Ledger
from tests.conftest import Clock
from tests.functional import tills
from tests.functional.engine import verified
from tests.functional.test_earning import balance, published
from tests.functional.test_giving import POINT
from tests.functional.test_merging import MUG, merge, undo, whole
from tests.service import Merchant, Reply, Service

SPEND = {"id": "spend", "on": "spend", "unit": "point", "amount": 1, "per_minor": 100}
TERMS: dict[str, Any] = {"units": [POINT], "earn": [SPEND], "rewards": [MUG], "tiers": []}


@pytest.fixture
def shop(service: Service) -> Merchant:
    merchant = service.new_merchant()
    published(merchant, **TERMS, milestones=[])
    return merchant


def test_what_tills_send_again_changes_nothing_and_what_they_change_is_booked_once(
    shop: Merchant,
) -> None:
    other = shop.join(email="anna@example.com")["member_id"]
    kept = shop.join()["member_id"]
    tills.book_all(shop, [tills.sale("b1", 2000)])
    tills.book_all(shop, [tills.refund("r1", 500, order_id="b1")])
    merge(shop, kept, other)

    tills.book_all(shop, [tills.sale("b1", 2000), tills.refund("r1", 500, order_id="b1")])
    assert (balance(shop.card(kept), "point"), shop.card(kept)["spend_minor"]) == (15, 1500)
    entries = shop.call("GET", f"/v1/members/{kept}/entries").json["items"]
    assert [one["kind"] for one in entries] == ["merge", "join"], "nothing was carried over for it"
    for _ in range(2):
        tills.book_all(shop, [tills.sale("b1", 3000)])
    assert (balance(shop.card(kept), "point"), shop.card(kept)["spend_minor"]) == (25, 2500)
    for _ in range(2):
        tills.book_all(shop, [tills.refund("r2", order_id="b1")])
    tills.book_all(shop, [tills.sale("b2", 700)])
    assert (balance(shop.card(kept), "point"), shop.card(kept)["spend_minor"]) == (7, 700)
    whole(shop, kept, other)


def test_what_changes_nothing_leaves_the_merge_to_be_undone(shop: Merchant) -> None:
    other, kept = shop.join()["member_id"], shop.join()["member_id"]
    shop.earn(other, spend_minor=1000, order_id="a")
    refund = {"order_id": "a", "refund_id": "r"}
    shop.call("POST", "/v1/refunds", refund)
    merge_id = merge(shop, kept, other).json["merge_id"]
    assert shop.call("POST", "/v1/refunds", refund).replayed
    assert (
        shop.call("POST", "/v1/refunds", {**refund, "refund_id": "r2"}).code == "already_reversed"
    )
    assert undo(shop, kept, merge_id).status == 200
    whole(shop, kept, other)


def test_a_refund_on_its_way_while_the_merge_is_undone_finds_the_card_again(
    shop: Merchant,
) -> None:
    other, kept = shop.join()["member_id"], shop.join()["member_id"]
    shop.earn(other, spend_minor=1000, order_id="a")
    merge_id = merge(shop, kept, other).json["merge_id"]
    found = load_shop(connect.table(), shop.id)

    class Slow(Ledger):
        def perform(self, *given: Any, **more: Any) -> Answer:
            undo(shop, kept, merge_id)
            return super().perform(*given, **more)

    slow = Slow(found.table, shop.id)
    wanted = refunds.Refund("order:a", "r", 400, "api")
    assert refunds.refund(slow, found.program, wanted, found.now).member_id == other
    assert (balance(shop.card(kept), "point"), balance(shop.card(other), "point")) == (0, 6)
    whole(shop, kept, other)


def test_nothing_is_carried_over_by_a_merge_that_was_just_undone(shop: Merchant) -> None:
    other, kept = shop.join()["member_id"], shop.join()["member_id"]
    shop.earn(other, spend_minor=1000, order_id="a")
    merge_id = merge(shop, kept, other).json["merge_id"]
    found = load_shop(connect.table(), shop.id)

    class Slow(Ledger):
        def card(self, member_id: str) -> Any:
            card = super().card(member_id)
            undo(shop, kept, merge_id)
            return card

    slow = Slow(found.table, shop.id)
    wanted = refunds.Refund("order:a", "r", 400, "api")
    assert refunds.refund(slow, found.program, wanted, found.now).member_id == other
    assert (balance(shop.card(kept), "point"), balance(shop.card(other), "point")) == (0, 6)
    whole(shop, kept, other)


def test_a_refund_that_came_before_its_sale_finds_the_kept_card(shop: Merchant) -> None:
    other, kept = shop.join(email="anna@example.com")["member_id"], shop.join()["member_id"]
    shop.call("POST", "/v1/refunds", {"order_id": "late", "refund_id": "r", "amount_minor": 300})
    merge(shop, kept, other)
    assert balance(shop.earn(other, spend_minor=1000, order_id="late")["card"], "point") == 10
    assert balance(shop.card(kept), "point") == 7


def test_a_voucher_used_with_an_order_of_before_comes_back_with_it(shop: Merchant) -> None:
    other, kept = shop.join()["member_id"], shop.join()["member_id"]
    shop.earn(other, spend_minor=500)
    voucher = shop.call("POST", "/v1/vouchers", {"member_id": other, "reward_id": "mug"}).json
    shop.call("POST", f"/v1/vouchers/{voucher['code']}/redeem", {"order_id": "a"})
    shop.earn(other, spend_minor=900, order_id="a")
    merge(shop, kept, other)

    reply = shop.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r"})

    assert [one["code"] for one in reply.json["card"]["vouchers"]] == [voucher["code"]]
    used = shop.call("POST", f"/v1/vouchers/{voucher['code']}/redeem", {})
    assert used.json["status"] == "redeemed", used.text
    whole(shop, kept, other)


def test_a_redemption_of_before_the_merge_is_not_taken_back_by_its_code(shop: Merchant) -> None:
    other, kept = shop.join()["member_id"], shop.join()["member_id"]
    shop.earn(other, spend_minor=500)
    code = shop.call("POST", "/v1/vouchers", {"member_id": other, "reward_id": "mug"}).json["code"]
    shop.call("POST", f"/v1/vouchers/{code}/redeem", {})
    merge_id = merge(shop, kept, other).json["merge_id"]
    assert shop.call("POST", f"/v1/vouchers/{code}/redeem", {}).code == "voucher_redeemed"
    assert shop.call("POST", f"/v1/vouchers/{code}/reverse", {}).code == "undo_expired"
    undo(shop, kept, merge_id)
    assert shop.call("POST", f"/v1/vouchers/{code}/reverse", {}).status == 200


def test_staff_undo_a_stamp_of_a_moment_before(shop: Merchant) -> None:
    other, kept = shop.join()["member_id"], shop.join()["member_id"]

    def post(path: str, **body: Any) -> Reply:
        reply = shop.service.request(
            "POST", path, body={"member_id": other, **body}, cookies=shop.staff_cookies(),
            headers={"idempotency-key": path.replace("/", "-"), "x-regulars": "staff"},
            acting_as=shop.id,
        )  # fmt: skip
        assert reply.status == 200, reply.text
        return reply

    seq = post("/v1/earn", spend_minor=500).json["entry"]["seq"]
    merge(shop, kept, other)
    reply = post("/staff/api/undo", seq=seq)
    assert (reply.json["card"]["member_id"], balance(reply.json["card"], "point")) == (kept, 0)
    whole(shop, kept, other)


def test_who_read_the_other_card_before_the_merge_books_on_the_kept_one(shop: Merchant) -> None:
    """A stamp, a reward and a redemption that were on their way while the cards became one."""
    other, kept = shop.join()["member_id"], shop.join()["member_id"]
    shop.earn(other, spend_minor=1500)
    code = shop.call("POST", "/v1/vouchers", {"member_id": other, "reward_id": "mug"}).json["code"]
    found = load_shop(connect.table(), shop.id)
    read = find.read_member_card(found, other).card
    (voucher_id,) = read.open
    (item,) = found.table.get(keys.voucher(shop.id, other, voucher_id))
    assert item is not None
    merge(shop, kept, other)

    for operation in (
        Issue(Origin("one", "api", entropy=b"1" * 16), "mug"),
        Redeem(Origin("two", "api"), cards.voucher_of(item)),
    ):
        answer = found.ledger.perform(found.program, read, operation, found.now)
        assert answer.member_id == kept
    assert balance(shop.card(kept), "point") == 5
    assert code not in [one["code"] for one in shop.card(kept)["vouchers"]]
    due_jobs.expire(found, other)  # what was due for the other card finds nothing of it
    whole(shop, kept, other)


def test_a_referral_is_rewarded_to_the_kept_card_and_not_to_oneself(shop: Merchant) -> None:
    referral = {
        "friend": {"unit": "point", "amount": 5},
        "referrer": {"unit": "point", "amount": 9},
    }
    published(shop, **TERMS, referral=referral)
    other, kept = shop.join()["member_id"], shop.join()["member_id"]
    friend, double = (shop.join(referred_by=other)["member_id"] for _ in range(2))
    merge(shop, kept, other)

    shop.earn(friend, spend_minor=1000, order_id="first")
    shop.service.deliver_entries(shop.id, friend)
    assert (balance(shop.card(kept), "point"), balance(shop.card(friend), "point")) == (9, 15)
    merge(shop, kept, double)
    shop.earn(kept, spend_minor=1000)
    shop.service.deliver_entries(shop.id, kept)
    assert balance(shop.card(kept), "point") == 19, "nobody brings oneself"
    # the friend's card is merged, the purchase refunded: both sides lose what it brought
    last = shop.join()["member_id"]
    merge(shop, last, friend)
    shop.call("POST", "/v1/refunds", {"order_id": "first", "refund_id": "r"})
    shop.service.deliver_entries(shop.id, last)
    assert (balance(shop.card(kept), "point"), balance(shop.card(last), "point")) == (10, 0)
    assert verified(shop, kept, other, friend, last)


def test_a_merge_of_a_month_ago_stays(shop: Merchant, frozen: Clock) -> None:
    other, kept = shop.join()["member_id"], shop.join()["member_id"]
    merge_id = merge(shop, kept, other).json["merge_id"]
    frozen.now += timedelta(days=30, minutes=1)
    assert undo(shop, kept, merge_id).code == "undo_expired"


def test_who_unsubscribes_by_an_old_mail_gets_no_more_from_the_kept_card(shop: Merchant) -> None:
    other, kept = (
        shop.join(email=email, consents={"email": True})["member_id"]
        for email in ("a@example.com", "b@example.com")
    )
    merge(shop, kept, other)
    path = f"/u/{tokens.unsubscribe_token(shop.id, other)}"
    assert shop.service.request("POST", path, form={}).status == 200
    consents = shop.call("GET", f"/v1/members/{kept}/profile").json["consents"]
    assert [(one["channel"], one["given"]) for one in consents] == [("email", False)]


def test_only_a_key_with_all_rights_merges(shop: Merchant) -> None:
    other, kept = shop.join()["member_id"], shop.join()["member_id"]
    key = shop.call("POST", "/v1/keys", {"name": "Till", "scopes": ["till"]}).json["key"]
    headers = {"authorization": f"Bearer {key}", "idempotency-key": "k"}
    path = f"/v1/members/{kept}/merge"
    reply = shop.service.request("POST", path, body={"from": other}, headers=headers)
    assert (reply.status, reply.code) == (403, "forbidden")
