"""Points as money off over the API: taken, used in parts, taken back, refunded, repaired."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from regulars.store import keys
from tests.conftest import Clock
from tests.functional.test_damaged_cards import remove, repaired, verified
from tests.functional.test_earning import balance, published
from tests.service import Browser, Merchant, Service

POINT = {"id": "point", "name": {"en": {"one": "point", "other": "points"}}, "kind": "points"}
MONEY = {
    "id": "money", "name": {"en": "Points as money", "hu": "Pont mint pénz"}, "kind": "credit",
    "cost": {"unit": "point", "amount": 100}, "rate": {"units": 100, "amount_minor": 500},
    "conditions": ["Not on gift cards"],
}  # fmt: skip


def program(**more: Any) -> dict[str, Any]:
    return {"units": [POINT], "earn": [], "rewards": [MONEY | more]}


@pytest.fixture
def shop(service: Service) -> Merchant:
    made = service.new_merchant()
    published(made, **program())
    return made


def member(shop: Merchant, points: int = 400) -> str:
    """A member with so many points."""
    member_id: str = shop.join(name="Anna")["member_id"]
    body = {"member_id": member_id, "unit": "point", "amount": points, "reason": "to begin with"}
    assert shop.call("POST", "/v1/adjust", body).status == 200
    return member_id


def take(shop: Merchant, member_id: str, **more: Any) -> Any:
    body = {"member_id": member_id, "reward_id": "money", **more}
    return shop.call("POST", "/v1/vouchers", body)


def use(shop: Merchant, code: str, key: str | None = None, **body: Any) -> Any:
    more: dict[str, Any] = {"key": key} if key else {}
    return shop.call("POST", f"/v1/vouchers/{code}/redeem", body, **more)


def test_points_are_taken_used_in_parts_and_what_is_left_comes_back(shop: Merchant) -> None:
    member_id = member(shop)
    reply = take(shop, member_id, units=200)
    voucher = reply.json
    assert reply.status == 201
    assert voucher["cost"] == {"unit": "point", "amount": 200}
    assert (voucher["value_minor"], voucher["left_minor"]) == (1000, 1000)
    assert (voucher["kind"], voucher["name"]) == ("credit", "Points as money")
    assert voucher["conditions"] == ["Not on gift cards"]

    used = use(shop, voucher["code"], order_id="o1", order_minor=2000, amount_minor=337).json
    assert (used["status"], used["left_minor"], used["value_minor"]) == ("issued", 663, 1000)
    assert [(one["amount_minor"], one["order_id"]) for one in used["uses"]] == [(337, "o1")]
    card = shop.card(member_id)
    (held,) = card["vouchers"]
    assert (held["value_minor"], held["left_minor"]) == (1000, 663)
    assert balance(card, "point") == 200

    back = shop.call("POST", f"/v1/vouchers/{voucher['code']}/cancel", {"reason": "enough"}).json
    assert (back["status"], back["left_minor"]) == ("cancelled", 0)
    assert balance(shop.card(member_id), "point") == 200 + 132
    assert verified(shop, member_id)["ok"]


def test_the_least_is_taken_when_nobody_says_how_many(shop: Merchant) -> None:
    published(shop, **program(min_units=120, step_units=20, max_share="0.5"))
    member_id = member(shop, 119)
    (shown,) = shop.call("GET", f"/v1/members/{member_id}/rewards").json["items"]
    assert (shown["affordable"], shown["missing"]) == (False, {"unit": "point", "amount": 1})
    assert shown["credit"] == {
        "rate": {"units": 100, "amount_minor": 500}, "min_units": 120, "step_units": 20,
        "max_share": "0.5",
    }  # fmt: skip
    assert take(shop, member_id).code == "insufficient_balance"
    other = member(shop, 200)
    assert take(shop, other).json["value_minor"] == 600
    wrong = take(shop, other, units=130)
    assert (wrong.status, wrong.json["errors"]) == (
        422, [{"path": "units", "message": "must be at least 120, in steps of 20"}]
    )  # fmt: skip


def test_all_of_it_pays_an_order_and_is_redeemed(shop: Merchant) -> None:
    code = take(shop, member(shop), units=200).json["code"]
    assert use(shop, code, order_id="o1").json["status"] == "redeemed"
    again = use(shop, code, order_id="o2")
    assert (again.status, again.code) == (409, "voucher_redeemed")


def test_the_same_key_is_answered_again_and_an_order_is_paid_once(shop: Merchant) -> None:
    code = take(shop, member(shop), units=200).json["code"]
    first = use(shop, code, "k", order_id="o1", amount_minor=300)
    again = use(shop, code, "k", order_id="o1", amount_minor=300)
    assert (again.text, again.replayed) == (first.text, True)
    assert use(shop, code, "k", order_id="o1", amount_minor=301).code == "idempotency_mismatch"
    other = use(shop, code, "l", order_id="o1", amount_minor=300)
    assert (other.status, other.code) == (409, "voucher_redeemed")
    assert "300 of it was used with this order" in other.json["detail"]
    assert use(shop, code, order_id="o2", amount_minor=300).json["left_minor"] == 400


def test_more_than_there_is_says_what_is_possible_and_says_it_again(shop: Merchant) -> None:
    code = take(shop, member(shop), units=200).json["code"]
    for _ in range(2):
        reply = use(shop, code, "k", amount_minor=1001)
        assert (reply.status, reply.code) == (409, "insufficient_balance")
        assert reply.json["possible_minor"] == 1000
    over = use(shop, code, amount_minor=300, order_minor=299)
    assert (over.code, over.json["possible_minor"]) == ("limit_reached", 299)


def test_a_share_of_the_order_needs_the_order_and_counts_all_vouchers(shop: Merchant) -> None:
    published(shop, **program(max_share="0.5"))
    member_id = member(shop)
    one, two = (take(shop, member_id, units=200).json["code"] for _ in range(2))
    missing = use(shop, one, order_id="o1")
    assert missing.status == 422
    assert [error["path"] for error in missing.json["errors"]] == ["order_minor"]
    assert use(shop, one, order_id="o1", order_minor=1200, amount_minor=400).status == 200
    rest = use(shop, two, order_id="o1", order_minor=1200)
    assert rest.json["left_minor"] == 1000 - 200
    assert use(shop, two, order_id="o2", order_minor=1200).json["left_minor"] == 200


def test_other_vouchers_are_redeemed_whole(service: Service) -> None:
    cafe = service.new_merchant()
    member_id = cafe.join()["member_id"]
    (voucher,) = cafe.earn(member_id, visits=9)["unlocked"]
    reply = use(cafe, voucher["code"], amount_minor=100)
    assert (reply.status, reply.json["errors"][0]["path"]) == (422, "amount_minor")
    coffee = {"member_id": member_id, "reward_id": "free-coffee", "units": 3}
    reward = cafe.call("GET", "/v1/program").json["program"]["rewards"][0]["id"]
    reply = cafe.call("POST", "/v1/vouchers", coffee | {"reward_id": reward})
    assert (reply.status, reply.json["errors"][0]["path"]) == (422, "units")
    assert use(cafe, voucher["code"], order_minor=900).json["status"] == "redeemed"


class TestTakenBack:
    def test_the_last_use_or_that_of_an_order(self, shop: Merchant) -> None:
        code = take(shop, member(shop), units=200).json["code"]
        for order_id, amount in (("o1", 300), ("o2", 200), ("o3", 500)):
            use(shop, code, order_id=order_id, amount_minor=amount)
        back = shop.call("POST", f"/v1/vouchers/{code}/reverse", {}).json
        assert (back["status"], back["left_minor"]) == ("issued", 500)
        back = shop.call("POST", f"/v1/vouchers/{code}/reverse", {"order_id": "o1"}).json
        assert back["left_minor"] == 800
        assert [one["order_id"] for one in back["uses"]] == ["o2"]
        gone = shop.call("POST", f"/v1/vouchers/{code}/reverse", {"order_id": "o1"})
        assert (gone.status, gone.code) == (409, "already_reversed")

    def test_for_so_long_after_the_use(self, shop: Merchant, frozen: Clock) -> None:
        code = take(shop, member(shop), units=200).json["code"]
        use(shop, code, order_id="o1", amount_minor=300)
        frozen.now += timedelta(days=29)
        use(shop, code, order_id="o2", amount_minor=300)
        frozen.now += timedelta(days=2)
        late = shop.call("POST", f"/v1/vouchers/{code}/reverse", {"order_id": "o1"})
        assert late.code == "undo_expired"
        assert shop.call("POST", f"/v1/vouchers/{code}/reverse", {}).json["left_minor"] == 700

    def test_with_a_refund_of_the_whole_order_and_again_used_when_that_is_void(
        self, shop: Merchant
    ) -> None:
        member_id = member(shop)
        code = take(shop, member_id, units=200).json["code"]
        use(shop, code, order_id="o1", amount_minor=1000)
        shop.earn(member_id, spend_minor=1700, order_id="o1")
        part = {"order_id": "o1", "refund_id": "r1", "amount_minor": 1699}
        assert shop.call("POST", "/v1/refunds", part).status == 200
        assert shop.card(member_id)["vouchers"] == []
        assert shop.call("POST", "/v1/refunds", {"order_id": "o1", "refund_id": "r2"}).status == 200
        assert [it["left_minor"] for it in shop.card(member_id)["vouchers"]] == [1000]
        newest, *_ = shop.call("GET", f"/v1/members/{member_id}/entries").json["items"]
        (moved,) = newest["vouchers"]
        assert (moved["what"], moved["amount_minor"]) == ("issued", 1000)
        assert shop.call("POST", "/v1/refunds/r2/void").status == 200
        assert shop.card(member_id)["vouchers"] == []
        newest, *_ = shop.call("GET", f"/v1/members/{member_id}/entries").json["items"]
        assert [one["what"] for one in newest["vouchers"]] == ["redeemed"]
        assert verified(shop, member_id)["ok"]

    def test_a_sale_that_credit_paid_whole_can_be_refunded(self, shop: Merchant) -> None:
        member_id = member(shop)
        code = take(shop, member_id, units=200).json["code"]
        use(shop, code, order_id="o1")
        shop.earn(member_id, spend_minor=0, order_id="o1")
        assert shop.call("POST", "/v1/refunds", {"order_id": "o1", "refund_id": "r"}).status == 200
        assert [it["left_minor"] for it in shop.card(member_id)["vouchers"]] == [1000]


def test_a_whole_voucher_that_a_void_closes_again_is_redeemed_for_verify_too(
    service: Service,
) -> None:
    """Not only of credit: entries say how a voucher ended."""
    cafe = service.new_merchant()
    member_id = cafe.join()["member_id"]
    (voucher,) = cafe.earn(member_id, visits=9)["unlocked"]
    use(cafe, voucher["code"], order_id="o1")
    cafe.earn(member_id, spend_minor=900, order_id="o1")
    cafe.call("POST", "/v1/refunds", {"order_id": "o1", "refund_id": "r"})
    assert cafe.call("POST", "/v1/refunds/r/void").status == 200
    assert verified(cafe, member_id)["ok"]


class TestRepair:
    def test_what_is_left_is_rebuilt_from_the_entries(self, shop: Merchant) -> None:
        member_id = member(shop)
        voucher = take(shop, member_id, units=200).json
        use(shop, voucher["code"], order_id="o1", amount_minor=337)
        key = keys.voucher(shop.id, member_id, voucher["voucher_id"])
        (item,) = shop.service.table.get(key)
        remove(shop, key)
        assert not verified(shop, member_id)["ok"]
        assert repaired(shop, member_id)["repaired"]
        assert shop.service.table.get(key) == [item]

    def test_money_that_was_changed_by_hand_is_found_and_set_right(self, shop: Merchant) -> None:
        member_id = member(shop)
        voucher = take(shop, member_id, units=200).json
        use(shop, voucher["code"], order_id="o1", amount_minor=337)
        key = keys.voucher(shop.id, member_id, voucher["voucher_id"])
        (item,) = shop.service.table.get(key)
        assert item
        shop.service.table.put({**item, "credit": '["issued",1000,1000,[]]'})
        checked = verified(shop, member_id)
        assert [problem.split(":")[0] for problem in checked["problems"]] == [
            f"vouchers.{voucher['voucher_id']}.credit"
        ]
        assert repaired(shop, member_id)["repaired"]
        assert shop.service.table.get(key) == [item]


def test_another_rate_is_a_loss_and_another_least_is_none(shop: Merchant) -> None:
    member_id = member(shop)
    take(shop, member_id, units=200)
    document = shop.call("GET", "/v1/program").json["program"]

    def losses(**more: Any) -> list[str]:
        body = {**document, "rewards": [MONEY | more]}
        return [
            one["what"] for one in shop.call("POST", "/v1/program/preview", body).json["losses"]
        ]

    assert losses(rate={"units": 100, "amount_minor": 400}) == ["money"]
    assert losses(rate={"units": 20, "amount_minor": 100}) == []
    assert losses(min_units=200, step_units=100) == []
    assert losses(kind="perk", rate=None) == ["money"]


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"kind": "item"}, "rewards.0"),
        ({"cost": None}, "rewards.0.cost"),
        ({"auto": True}, "rewards.0.auto"),
        ({"max_share": "0"}, "rewards.0.max_share"),
        ({"rate": {"units": 100, "amount_minor": 50}, "step_units": 3}, "rewards.0.step_units"),
        ({"min_units": 110, "step_units": 20}, "rewards.0.min_units"),
        ({"step_units": 30}, "rewards.0.cost"),
        ({"kind": "item", "rate": None, "min_units": 5}, "rewards.0.min_units"),
    ],
)
def test_a_credit_that_does_not_fit_is_named(shop: Merchant, more: Any, path: str) -> None:
    document = shop.call("GET", "/v1/program").json["program"]
    reward = {name: value for name, value in (MONEY | more).items() if value is not None}
    body = {**document, "rewards": [reward]}
    reply = shop.call("PUT", "/v1/program", body, headers={"if-match": "*"})
    assert (reply.status, [error["path"] for error in reply.json["errors"]]) == (422, [path])


class TestPages:
    def test_the_card_takes_so_many_and_shows_what_is_left(
        self, service: Service, shop: Merchant
    ) -> None:
        anna = shop.join(name="Anna")
        body = {"member_id": anna["member_id"], "unit": "point", "amount": 250, "reason": "r"}
        shop.call("POST", "/v1/adjust", body)
        browser, shown = Browser(service), f"{anna['card_url']}?lang=en"
        page = browser.get(shown).text.replace("\u00a0", " ")
        assert "100 points = €5.00" in page
        assert 'name="units" type="number" inputmode="numeric" min="100" max="250"' in page
        path = browser.path.partition("?")[0]
        done = browser.post(f"{path}/vouchers", once="0123456789", reward_id="money", units="240")
        assert done.status == 200
        (held,) = shop.card(anna["member_id"])["vouchers"]
        assert held["left_minor"] == 1200
        use(shop, held["code"], amount_minor=337)
        page = browser.get(f"{path}?lang=en").text.replace("\u00a0", " ")
        assert "€8.63 of €12.00 left" in page
        assert "€3.37 used: Points as money" in page
        assert "for a reward: Points as money (€12.00)" in page.replace("For", "for")

    def test_the_counter_says_what_is_left_and_uses_it_on_a_bill(
        self, service: Service, shop: Merchant
    ) -> None:
        member_id = member(shop)
        voucher = take(shop, member_id, units=200).json
        cookies = shop.staff_cookies()

        def staff(method: str, path: str, **more: Any) -> Any:
            headers = {"x-regulars": "staff", "idempotency-key": "k"}
            return service.request(method, path, cookies=cookies, headers=headers,
                                   acting_as=shop.id, **more)  # fmt: skip

        done = staff(
            "POST", f"/v1/vouchers/{voucher['code']}/redeem", body={"order_minor": 337}
        ).json
        assert [one["amount_minor"] for one in done["uses"]] == [337]
        shown = staff("GET", "/staff/api/member", query={"id": member_id}).json
        (held,) = shown["member"]["vouchers"]
        assert held["left_minor"] == 663
