"""Two cards of one member that become one, and two again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from regulars.store import keys
from tests.functional.test_earning import balance, published
from tests.functional.test_giving import POINT
from tests.service import Browser, Merchant, Reply, Service

MUG = {"id": "mug", "name": "Mug", "cost": {"unit": "point", "amount": 5}}


@pytest.fixture
def shop(service: Service) -> Merchant:
    merchant = service.new_merchant()
    spend = {"id": "spend", "on": "spend", "unit": "point", "amount": 1, "per_minor": 100}
    published(merchant, units=[POINT], earn=[spend], rewards=[MUG], tiers=[], milestones=[])
    return merchant


def two(shop: Merchant, **other: Any) -> tuple[str, str]:
    kept = shop.join(name="Anna", email="anna@example.com", consents={"email": True})
    return kept["member_id"], shop.join(**other)["member_id"]


def merge(shop: Merchant, kept: str, other: str, **more: Any) -> Reply:
    body = {"from": other, **more.pop("body", {})}
    return shop.call("POST", f"/v1/members/{kept}/merge", body, **more)


def undo(shop: Merchant, kept: str, merge_id: str) -> Reply:
    return shop.call("DELETE", f"/v1/members/{kept}/merges/{merge_id}")


def whole(shop: Merchant, *members: str) -> None:
    for member_id in members:
        found = shop.call("GET", f"/v1/members/{member_id}/verify").json
        assert found["ok"], found


def test_one_card_has_everything_and_both_ledgers_are_whole(shop: Merchant) -> None:
    kept, other = two(shop, phone="+36301234567", birthday="03-08")
    shop.earn(kept, spend_minor=500)
    shop.earn(other, spend_minor=1200)
    voucher = shop.call("POST", "/v1/vouchers", {"member_id": other, "reward_id": "mug"}).json

    dry = merge(shop, kept, other, body={"dry_run": True})
    assert (dry.status, dry.json["merge_id"], dry.json["moved"]) == (200, None, {"point": 7})
    assert balance(shop.card(kept), "point") == 5
    reply = merge(shop, kept, other, key="m")

    assert reply.status == 200, reply.text
    assert reply.json["moved"] == {"point": 7}
    assert [one["code"] for one in reply.json["vouchers"]] == [voucher["code"]]
    assert balance(reply.json["card"], "point") == 12
    assert (reply.json["card"]["visits"], reply.json["card"]["spend_minor"]) == (2, 1700)
    assert merge(shop, kept, other, key="m").json == reply.json
    read = shop.call("GET", f"/v1/members/{other}")
    assert (read.status, read.json) == (200, {"merged_into": kept})
    whole(shop, kept, other)
    listed = shop.call("GET", "/v1/members").json["items"]
    assert [one["member_id"] for one in listed] == [kept]
    profile = shop.call("GET", f"/v1/members/{kept}/profile").json
    assert [one["value"] for one in profile["contacts"]] == ["anna@example.com", "+36301234567"]
    assert profile["birthday"] == "03-08"
    (code,) = shop.service.table.get(keys.code(shop.id, voucher["code"]))
    assert code is not None
    assert code["c"] == kept
    used = shop.call("POST", f"/v1/vouchers/{voucher['code']}/redeem", {})
    assert used.json["status"] == "redeemed", used.text
    log = shop.call("GET", "/v1/audit", query={"what": "member"}).json["items"]
    assert [(one["what"], one["target"]) for one in log] == [("member.merged", kept)]
    entries = [
        shop.call("GET", f"/v1/members/{one}/entries").json["items"] for one in (kept, other)
    ]
    assert [one["kind"] for one in entries[0]] == ["redeem", "merge", "earn", "join"]


def test_whatever_names_the_other_card_is_led_to_the_kept_one(shop: Merchant) -> None:
    kept, other = two(shop, email="anna@work.example", consents={"sms": True})
    link = shop.card(other)["card_url"]
    merge(shop, kept, other)

    by_id = shop.earn(other, spend_minor=300)
    assert by_id["card"]["member_id"] == kept
    by_contact = shop.call("POST", "/v1/earn", {"contact": "anna@work.example", "spend_minor": 200})
    assert balance(by_contact.json["card"], "point") == 5
    adjust = {"member_id": other, "unit": "point", "amount": 1, "reason": "x"}
    assert balance(shop.call("POST", "/v1/adjust", adjust).json["card"], "point") == 6
    path = link.removeprefix("https://cards.example")
    assert Browser(shop.service).get(path).status == 200
    card = shop.card(kept)
    shown = shop.service.request("GET", f"{path}/state").json
    assert shown == {"version": card["version"], "seq": card["seq"]}
    assert card["card_url"] != link
    again = shop.call("POST", "/v1/members", {"email": "anna@work.example"})
    assert (again.status, again.json["member_id"]) == (200, kept)
    profile = shop.call("GET", f"/v1/members/{other}/profile").json
    assert [one["value"] for one in profile["contacts"]] == ["anna@example.com"]
    assert [(one["channel"], one["given"]) for one in profile["consents"]] == [("email", True)]
    own = shop.call("PATCH", f"/v1/members/{kept}", {"email": "anna@work.example"})
    assert own.status == 200, own.text
    assert merge(shop, kept, other).json["errors"][0]["path"] == "from"
    assert merge(shop, kept, kept).json["errors"][0]["path"] == "from"
    assert merge(shop, kept, "nobody").code == "not_found"


def test_refunds_of_either_card_reach_the_kept_one_once(shop: Merchant) -> None:
    kept, other = two(shop)
    for order, spend in (("a", 1000), ("b", 600), ("c", 400)):
        shop.earn(other, spend_minor=spend, order_id=order)
    before = shop.call(
        "POST", "/v1/refunds", {"order_id": "b", "refund_id": "r0", "amount_minor": 100}
    )
    assert before.status == 200, before.text
    merge(shop, kept, other)

    refund = {"order_id": "a", "refund_id": "r1", "amount_minor": 250}
    first = shop.call("POST", "/v1/refunds", refund)
    assert first.status == 200, first.text
    assert (first.json["card"]["member_id"], balance(first.json["card"], "point")) == (kept, 17)
    assert shop.call("POST", "/v1/refunds", refund).replayed
    rest = shop.call("POST", "/v1/refunds", {"order_id": "b", "refund_id": "r2"})
    assert balance(rest.json["card"], "point") == 12
    again = shop.call("POST", "/v1/refunds", {"order_id": "b", "refund_id": "r3"})
    assert again.code == "already_reversed"
    assert shop.call("POST", "/v1/refunds/r1/void", {}).json["card"]["spend_minor"] == 1400
    shop.earn(kept, spend_minor=400, order_id="c")  # the first answer again
    assert shop.card(kept)["spend_minor"] == 1400
    more = shop.earn(other, spend_minor=700, order_id="c")
    assert (more["card"]["spend_minor"], balance(more["card"], "point")) == (1700, 17)
    whole(shop, kept, other)


def test_a_refund_of_before_the_merge_is_taken_back_on_the_kept_card(shop: Merchant) -> None:
    kept, other = two(shop)
    shop.earn(other, spend_minor=1000, order_id="a")
    shop.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r", "amount_minor": 400})
    merge(shop, kept, other)
    void = shop.call("POST", "/v1/refunds/r/void", {})
    assert void.status == 200, void.text
    assert (void.json["card"]["member_id"], balance(void.json["card"], "point")) == (kept, 10)
    whole(shop, kept, other)


def test_a_sale_of_the_other_card_moves_on_to_a_third(shop: Merchant) -> None:
    kept, other = two(shop)
    entry = shop.earn(other, spend_minor=1000, order_id="a")["entry"]["seq"]
    merge(shop, kept, other)
    third = shop.join()["member_id"]
    body = {"to": third, "reason": "was hers"}
    moved = shop.call("POST", f"/v1/entries/{other}.{entry}/move", body)
    assert moved.status == 200, moved.text
    assert balance(moved.json["from"]["card"], "point") == 0
    refund = shop.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r"})
    assert (refund.json["card"]["member_id"], balance(refund.json["card"], "point")) == (third, 0)
    whole(shop, kept, other, third)


def test_a_card_that_was_merged_twice_over_is_followed_to_the_end(shop: Merchant) -> None:
    first, second = two(shop)
    third = shop.join()["member_id"]
    shop.earn(first, spend_minor=1000, order_id="a")
    voucher = shop.call("POST", "/v1/vouchers", {"member_id": first, "reward_id": "mug"}).json
    inner = merge(shop, second, first).json["merge_id"]
    outer = merge(shop, third, second).json["merge_id"]
    assert shop.call("GET", f"/v1/members/{first}").json == {"merged_into": third}
    assert undo(shop, second, inner).code == "conflict"
    assert undo(shop, third, outer).status == 200
    assert undo(shop, second, inner).status == 200
    assert [one["code"] for one in shop.card(first)["vouchers"]] == [voucher["code"]]
    merge(shop, second, first)
    merge(shop, third, second)
    whole(shop, first, second, third)
    refund = shop.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r"})
    assert (refund.status, refund.json["card"]["member_id"]) == (200, third), refund.text
    assert refund.json["debt"] == {"point": 5}
    whole(shop, first, second, third)


def test_undone_both_cards_are_what_they_were(shop: Merchant) -> None:
    kept, other = two(shop, name="Ann", phone="+36301234567", consents={"sms": True})
    shop.earn(other, spend_minor=1200, order_id="a")
    shop.call("POST", "/v1/vouchers", {"member_id": other, "reward_id": "mug"})
    apart = {"version", "seq"}
    before = [{k: v for k, v in shop.card(one).items() if k not in apart} for one in (kept, other)]
    profiles = [shop.call("GET", f"/v1/members/{one}/profile").json for one in (kept, other)]
    merge_id = merge(shop, kept, other).json["merge_id"]
    shop.earn(kept, spend_minor=300)

    reply = undo(shop, kept, merge_id)

    assert reply.status == 200, reply.text
    assert balance(reply.json["card"], "point") == 3
    after = {k: v for k, v in shop.card(other).items() if k not in apart}
    assert after == before[1]
    assert reply.json["from"]["member_id"] == other
    assert profiles == [
        shop.call("GET", f"/v1/members/{one}/profile").json for one in (kept, other)
    ]
    assert shop.earn(other, spend_minor=100)["card"]["member_id"] == other
    assert undo(shop, kept, merge_id).json["merge_id"] == merge_id
    assert undo(shop, kept, "mrg_none").code == "not_found"
    refund = shop.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r"})
    assert refund.json["card"]["member_id"] == other
    whole(shop, kept, other)
    assert merge(shop, kept, other).status == 200, "and they can be merged again"
    whole(shop, kept, other)


def test_a_contact_goes_back_to_whom_it_was_of_whatever_the_kept_profile_says(
    shop: Merchant,
) -> None:
    kept, other = two(shop, email="ann@work.example")
    merge_id = merge(shop, kept, other).json["merge_id"]
    shop.call("PATCH", f"/v1/members/{kept}", {"email": "ann@work.example"})
    undo(shop, kept, merge_id)
    sale = {"contact": "ann@work.example", "spend_minor": 100}
    assert shop.call("POST", "/v1/earn", sale).json["card"]["member_id"] == other
    assert shop.call("GET", f"/v1/members/{kept}/profile").json["contacts"] == []


def test_what_was_spent_or_refunded_since_holds_the_merge(shop: Merchant) -> None:
    kept, other = two(shop)
    shop.earn(other, spend_minor=800, order_id="a")
    merge_id = merge(shop, kept, other).json["merge_id"]
    voucher = shop.call("POST", "/v1/vouchers", {"member_id": kept, "reward_id": "mug"}).json
    assert undo(shop, kept, merge_id).code == "already_spent"
    shop.call("POST", f"/v1/vouchers/{voucher['code']}/cancel", {})
    shop.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r", "amount_minor": 1})
    assert undo(shop, kept, merge_id).code == "already_spent"
    whole(shop, kept, other)


def test_a_state_that_is_lost_is_rebuilt_with_what_came_over(shop: Merchant) -> None:
    kept, other = two(shop)
    shop.earn(other, spend_minor=900, order_id="a")
    code = shop.call("POST", "/v1/vouchers", {"member_id": other, "reward_id": "mug"}).json["code"]
    merge(shop, kept, other)
    shop.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r", "amount_minor": 100})
    table, m = shop.service.table, shop.id
    for item in list(table.items(keys.card(m, kept), consistent=True)):
        if item["SK"].startswith(("STATE", "VOUCHER", "REFUNDED")):
            table.put({**item, "s": "{}", "status": "redeemed", "refunded": 0})
    assert not shop.call("GET", f"/v1/members/{kept}/verify").json["ok"]
    assert shop.call("POST", f"/v1/members/{kept}/repair", {}).status == 200
    whole(shop, kept, other)
    assert [one["code"] for one in shop.card(kept)["vouchers"]] == [code]


def test_stamps_on_both_cards_meanwhile_are_all_there(shop: Merchant) -> None:
    kept, other = two(shop)
    with ThreadPoolExecutor(4) as pool:
        sales = [
            pool.submit(
                shop.call, "POST", "/v1/earn", {"member_id": one, "spend_minor": 100}, key=f"k{n}"
            )
            for n in range(8)
            for one in [(kept, other)[n % 2]]
        ]
        merged = pool.submit(merge, shop, kept, other, key="m")
        codes = [one.result().status for one in sales]
    done = merged.result()
    if done.status == 409:
        done = merge(shop, kept, other, key="m")
    assert done.status == 200, done.text
    for n, status in enumerate(codes):
        if status == 409:
            shop.call("POST", "/v1/earn", {"member_id": (kept, other)[n % 2], "spend_minor": 100},
                      key=f"k{n}")  # fmt: skip
    assert balance(shop.card(kept), "point") == 8
    whole(shop, kept, other)


def test_erasing_the_kept_card_leaves_nothing_of_the_other_profile(shop: Merchant) -> None:
    kept, other = two(shop, name="Zsuzsanna", email="zs@work.example", phone="+36301234567")
    merge(shop, kept, other)
    exported = shop.call("GET", f"/v1/members/{other}/export").json
    (found,) = exported["merges"]
    assert (exported["card"]["member_id"], found["from"]) == (kept, other)
    assert "zs@work.example" in [one["value"] for one in found["profile"]["contacts"]]
    assert [one["kind"] for one in found["entries"]] == ["merge", "join"]

    assert shop.call("DELETE", f"/v1/members/{kept}").status == 202

    for member_id in (kept, other):
        assert shop.call("GET", f"/v1/members/{member_id}").code == "not_found"
    (item,) = shop.service.table.get((f"M#{shop.id}#C#{other}", "PROFILE"))
    assert "Zsuzsanna" not in str(item)
    assert "work.example" not in str(item)
    sale = {"contact": "zs@work.example", "spend_minor": 100}
    assert shop.call("POST", "/v1/earn", sale).code == "not_found"
