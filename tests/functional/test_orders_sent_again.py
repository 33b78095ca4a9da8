"""An order that is sent again: as it was, with another content, for another member."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from regulars.store.ledger import Ledger
from tests.functional.test_earning import balance, published
from tests.service import Merchant, Reply, Service

MUG = {"category": "mug", "quantity": 1, "amount_minor": 1000}
CUP = {"category": "cup", "quantity": 1, "amount_minor": 400}
UNITS = [
    {"id": "stamp", "name": {"en": {"one": "stamp", "other": "stamps"}}, "kind": "stamps"},
    {"id": "point", "name": {"en": {"one": "point", "other": "points"}}, "kind": "points"},
]
RULES: dict[str, Any] = {
    "earn": [
        {"id": "visit", "on": "visit", "unit": "stamp", "amount": 1},
        {"id": "spend", "on": "spend", "unit": "point", "amount": 1, "per_minor": 100},
        {"id": "mug", "on": "item", "unit": "stamp", "amount": 2, "categories": ["mug"]},
    ],
}


@pytest.fixture
def shop(service: Service) -> Merchant:
    merchant = service.new_merchant()
    published(merchant, units=UNITS, rewards=[], tiers=[], milestones=[], **RULES)
    return merchant


def state(shop: Merchant, member_id: str) -> tuple[int, int, int, int]:
    """Points, stamps, money and visits of a card."""
    card = shop.card(member_id)
    return balance(card, "point"), balance(card, "stamp"), card["spend_minor"], card["visits"]


def test_with_another_amount_the_difference_is_booked(shop: Merchant) -> None:
    member_id = shop.join()["member_id"]
    shop.earn(member_id, spend_minor=1050, order_id="o")
    assert state(shop, member_id) == (10, 1, 1050, 1)

    more = shop.earn(member_id, spend_minor=1250, order_id="o")
    assert [line["amount"] for line in more["entry"]["lines"]] == [2]
    assert state(shop, member_id) == (12, 1, 1250, 1)

    shop.earn(member_id, spend_minor=700, order_id="o")
    assert state(shop, member_id) == (7, 1, 700, 1)
    assert shop.call("GET", f"/v1/members/{member_id}/verify").json["ok"]


def test_with_other_items(shop: Merchant) -> None:
    member_id = shop.join()["member_id"]
    shop.earn(member_id, items=[MUG, CUP], order_id="o")
    assert state(shop, member_id) == (14, 3, 1400, 1)
    shop.earn(member_id, items=[CUP], order_id="o")
    assert state(shop, member_id) == (4, 1, 400, 1)
    shop.earn(member_id, items=[MUG, MUG, CUP], order_id="o")
    assert state(shop, member_id) == (24, 5, 2400, 1)


def test_the_same_content_is_the_same_answer(shop: Merchant) -> None:
    member_id = shop.join()["member_id"]
    first = shop.earn(member_id, items=[MUG], order_id="o")
    again = shop.earn(member_id, items=[MUG], order_id="o")
    assert again["entry"] == first["entry"]
    assert state(shop, member_id) == (10, 3, 1000, 1)


def test_for_another_member_it_is_refused(shop: Merchant) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    shop.earn(anna, spend_minor=1000, order_id="o")
    body = {"member_id": ben, "spend_minor": 1000, "order_id": "o"}
    reply = shop.call("POST", "/v1/earn", body)
    assert (reply.status, reply.code) == (409, "order_of_another_member")
    assert state(shop, ben) == (0, 0, 0, 0)


def test_what_was_refunded_stays_refunded(shop: Merchant) -> None:
    member_id = shop.join()["member_id"]
    shop.earn(member_id, spend_minor=1000, order_id="o")
    part = {"order_id": "o", "refund_id": "r", "amount_minor": 300}
    shop.call("POST", "/v1/refunds", part)
    assert state(shop, member_id) == (7, 1, 700, 1)

    shop.earn(member_id, spend_minor=2000, order_id="o")
    assert state(shop, member_id) == (17, 1, 1700, 1)
    shop.earn(member_id, spend_minor=200, order_id="o")
    assert state(shop, member_id) == (0, 0, 0, 0)
    reply = shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "s"})
    assert (reply.status, reply.code) == (409, "already_reversed")
    shop.earn(member_id, spend_minor=1000, order_id="o")
    assert state(shop, member_id) == (7, 1, 700, 1)
    shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "t"})
    assert state(shop, member_id) == (0, 0, 0, 0)
    assert shop.call("GET", f"/v1/members/{member_id}/verify").json["ok"]


def test_refunds_after_it_go_by_what_was_sent_last(shop: Merchant) -> None:
    member_id = shop.join()["member_id"]
    shop.earn(member_id, spend_minor=1000, order_id="o")
    shop.earn(member_id, spend_minor=2000, order_id="o")
    for number, left in enumerate((1500, 1000, 500, 0)):
        part = {"order_id": "o", "refund_id": f"r{number}", "amount_minor": 500}
        shop.call("POST", "/v1/refunds", part)
        assert state(shop, member_id) == (left // 100, int(left >= 1000), left, int(left >= 1000))


def test_refunded_whole_and_sent_again_it_is_a_new_sale(shop: Merchant) -> None:
    member_id = shop.join()["member_id"]
    shop.earn(member_id, spend_minor=1000, order_id="o")
    shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "r"})
    assert state(shop, member_id) == (0, 0, 0, 0)
    shop.earn(member_id, spend_minor=1000, order_id="o")
    assert state(shop, member_id) == (10, 1, 1000, 1)
    shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "s", "amount_minor": 400})
    assert state(shop, member_id) == (6, 1, 600, 1)


def test_the_first_answer_of_a_key_stays_its_answer(shop: Merchant) -> None:
    member_id = shop.join()["member_id"]
    body = {"member_id": member_id, "spend_minor": 1000, "order_id": "o"}
    first = shop.call("POST", "/v1/earn", body, key="k")
    shop.earn(member_id, spend_minor=2000, order_id="o")
    again = shop.call("POST", "/v1/earn", body, key="k")
    assert (again.status, again.json) == (200, first.json)
    assert state(shop, member_id) == (20, 1, 2000, 1)


def test_another_key_with_the_same_content_keeps_its_answer_too(shop: Merchant) -> None:
    """A request that comes again late does not put an older content back."""
    member_id = shop.join()["member_id"]
    body = {"member_id": member_id, "spend_minor": 1000, "order_id": "o"}
    first = shop.call("POST", "/v1/earn", body, key="k")
    same = shop.call("POST", "/v1/earn", body, key="l")
    shop.earn(member_id, spend_minor=2000, order_id="o")

    again = shop.call("POST", "/v1/earn", body, key="l")

    assert (same.json["entry"], again.json) == (first.json["entry"], same.json)
    assert state(shop, member_id) == (20, 1, 2000, 1)
    other = shop.call("POST", "/v1/earn", {**body, "spend_minor": 1}, key="l")
    assert other.code == "idempotency_mismatch"


def test_a_change_that_comes_twice_at_once_has_one_answer(
    shop: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    member_id = shop.join()["member_id"]
    shop.earn(member_id, spend_minor=1000, order_id="o")
    body = {"member_id": member_id, "spend_minor": 2000, "order_id": "o"}
    perform, waiting = Ledger.perform, [body]
    faster: list[Reply] = []

    def changed(self: Ledger, *given: Any, **more: Any) -> Any:
        answer = perform(self, *given, **more)
        if waiting:
            faster.append(shop.call("POST", "/v1/earn", waiting.pop(), key="k"))
        return answer

    monkeypatch.setattr(Ledger, "perform", changed)
    slower = shop.call("POST", "/v1/earn", body, key="k")
    assert slower.json == faster[0].json
    assert state(shop, member_id) == (20, 1, 2000, 1)


def test_what_one_sale_left_over_still_counts_when_it_is_sent_again(shop: Merchant) -> None:
    """An order of 1.00 finds 0.60 and leaves 0.60; as one of 0.40 it makes a point with it."""
    member_id = shop.join()["member_id"]
    shop.earn(member_id, spend_minor=60, order_id="a")
    shop.earn(member_id, spend_minor=100, order_id="b")
    shop.earn(member_id, spend_minor=40, order_id="b")
    assert state(shop, member_id)[::2] == (1, 100)
    shop.earn(member_id, spend_minor=100, order_id="b")
    assert state(shop, member_id)[::2] == (1, 160)
    shop.earn(member_id, spend_minor=140, order_id="b")
    assert state(shop, member_id)[::2] == (2, 200)


def test_an_order_of_nothing_that_is_paid_now_is_a_visit_within_the_limits(shop: Merchant) -> None:
    published(shop, limits={"visits_per_day": 1})
    anna, ben = (str(shop.join()["member_id"]) for _ in range(2))
    for member_id in (anna, ben):
        shop.earn(member_id, spend_minor=0, order_id=member_id)
        assert state(shop, member_id) == (0, 0, 0, 0)
    shop.earn(anna, spend_minor=500)
    for member_id in (anna, ben):
        shop.earn(member_id, spend_minor=300, order_id=member_id)
    assert state(shop, anna) == (8, 1, 800, 1)
    assert state(shop, ben) == (3, 1, 300, 1)


class TestWhatFollows:
    RAFFLES: ClassVar = [
        {"id": "money", "name": "Money", "from": "2026-01-01", "until": "2999-01-01",
         "per_minor": 500, "reward": "cup"},
        {"id": "visits", "name": "Visits", "from": "2026-01-01", "until": "2999-01-01",
         "reward": "cup"},
    ]  # fmt: skip
    CHALLENGE: ClassVar = {
        "id": "spender", "name": "Spender", "metric": "spend", "at": 1500,
        "from": "2026-01-01", "until": "2999-01-01", "grant": {"unit": "stamp", "amount": 5},
    }  # fmt: skip
    CUP: ClassVar = {"id": "cup", "name": "Cup"}

    @pytest.fixture
    def games(self, shop: Merchant) -> Merchant:
        more = {"rewards": [self.CUP], "raffles": self.RAFFLES, "milestones": [self.CHALLENGE]}
        published(shop, **more)
        return shop

    def marks(self, games: Merchant, member_id: str) -> dict[str, int]:
        """What the card counts for raffles and challenges."""
        card = Ledger(games.service.table, games.id).card(member_id)
        assert card
        return {name: n for name, (_, n) in card.taken.items() if name[:2] in {"r:", "v:", "m:"}}

    def test_tickets_and_challenges_follow_the_order_and_its_refund(self, games: Merchant) -> None:
        anna, ben = (str(games.join()["member_id"]) for _ in range(2))
        games.earn(anna, spend_minor=1000, order_id="o")
        games.earn(anna, spend_minor=2000, order_id="o")
        games.earn(ben, spend_minor=2000)
        assert self.marks(games, anna) == self.marks(games, ben) == {
            "r:money": 4, "r:visits": 1, "v:spender": 2000, "m:spender": 1
        }  # fmt: skip
        games.earn(anna, spend_minor=1000, order_id="o")
        assert self.marks(games, anna) == {"r:money": 2, "r:visits": 1, "v:spender": 1000}
        assert balance(games.card(anna), "stamp") == 1
        games.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "r"})
        assert self.marks(games, anna) == {}
        assert state(games, anna) == (0, 0, 0, 0)

    def test_they_go_with_a_sale_that_moves(self, games: Merchant) -> None:
        anna, ben = (str(games.join()["member_id"]) for _ in range(2))
        seq = games.earn(anna, spend_minor=2000, order_id="o")["entry"]["seq"]
        body = {"to": ben, "reason": "the wrong card"}
        games.call("POST", f"/v1/entries/{anna}.{seq}/move", body)
        assert self.marks(games, anna) == {}
        assert self.marks(games, ben) == {
            "r:money": 4, "r:visits": 1, "v:spender": 2000, "m:spender": 1
        }  # fmt: skip
        games.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "r"})
        assert self.marks(games, ben) == {}
        assert state(games, ben) == (0, 0, 0, 0)

    def test_a_first_purchase_that_is_none_any_more_rewards_nobody(self, shop: Merchant) -> None:
        gift = {"unit": "point", "amount": 50}
        published(shop, referral={"friend": gift, "referrer": gift, "min_spend_minor": 500})
        anna = shop.join()["member_id"]
        friend = str(shop.join(referred_by=anna)["member_id"])
        shop.earn(friend, spend_minor=1000, order_id="o")
        shop.service.deliver_entries(shop.id, friend)
        assert balance(shop.card(anna), "point") == 50
        shop.earn(friend, spend_minor=400, order_id="o")
        shop.service.deliver_entries(shop.id, friend)
        assert (balance(shop.card(anna), "point"), balance(shop.card(friend), "point")) == (0, 4)

    def test_one_that_is_enough_now_is_the_first_purchase(self, shop: Merchant) -> None:
        gift = {"unit": "point", "amount": 50}
        published(shop, referral={"friend": gift, "referrer": gift, "min_spend_minor": 500})
        anna = shop.join()["member_id"]
        friend = str(shop.join(referred_by=anna)["member_id"])

        def points(spend_minor: int) -> tuple[int, int]:
            shop.earn(friend, spend_minor=spend_minor, order_id="o")
            for _ in range(2):
                shop.service.deliver_entries(shop.id, friend)
            return balance(shop.card(anna), "point"), balance(shop.card(friend), "point")

        assert points(400) == (0, 4)
        assert points(600) == (50, 56)
        assert points(300) == (0, 3)
        assert points(500) == (50, 55)
        shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "r"})
        shop.service.deliver_entries(shop.id, friend)
        assert (balance(shop.card(anna), "point"), balance(shop.card(friend), "point")) == (0, 0)

    def test_a_campaign_that_the_card_has_used_up_gives_nothing_more(self, shop: Merchant) -> None:
        bonus = {"id": "big", "bonus": {"unit": "point", "amount": 7}, "min_spend_minor": 1500,
                 "on": ["spend"], "per_member": 1}  # fmt: skip
        published(shop, campaigns=[bonus])
        member_id = shop.join()["member_id"]
        shop.earn(member_id, spend_minor=2000)
        shop.earn(member_id, spend_minor=1000, order_id="o")
        shop.earn(member_id, spend_minor=2000, order_id="o")
        assert balance(shop.card(member_id), "point") == 20 + 7 + 20
