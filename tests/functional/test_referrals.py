"""Friends bring friends: who is rewarded for what, once, and not for what was refunded."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import pytest

from regulars.program.shop import Shop
from regulars.store import keys
from tests.conftest import Clock
from tests.functional.engine import BARE, verified
from tests.functional.test_earning import balance, published
from tests.service import Merchant, Service


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    made = service.new_merchant()
    published(made, **BARE)
    return made


class TestReferral:
    TERMS: ClassVar[dict[str, Any]] = {
        "friend": {"unit": "point", "amount": 50},
        "referrer": {"reward": "gift"},
        "min_spend_minor": 500,
    }

    def friend_of(self, cafe: Merchant, referrer_id: str, spend_minor: int = 500) -> str:
        """Joins by the referrer's link, buys, and the stream brings it twice."""
        friend_id = str(cafe.join(referred_by=referrer_id)["member_id"])
        cafe.earn(friend_id, spend_minor=spend_minor)
        for _ in range(2):
            cafe.service.deliver_entries(cafe.id, friend_id)
        return friend_id

    def gifts(self, cafe: Merchant, member_id: str) -> int:
        return len(cafe.card(member_id)["vouchers"])

    def test_both_sides_are_rewarded_once_however_often_the_stream_brings_it(
        self, cafe: Merchant
    ) -> None:
        """50 points for the friend on top of 5 for 5.00, a gift for the referrer."""
        published(cafe, referral=self.TERMS)
        anna = cafe.join()["member_id"]
        friend = self.friend_of(cafe, anna)
        assert balance(cafe.card(friend), "point") == 55
        assert self.gifts(cafe, anna) == 1
        cafe.earn(friend, spend_minor=500)
        cafe.service.deliver_entries(cafe.id, friend)
        assert (balance(cafe.card(friend), "point"), self.gifts(cafe, anna)) == (60, 1)
        assert verified(cafe, anna, friend)

    def test_a_friend_counts_however_the_link_was_spelled(self, cafe: Merchant) -> None:
        published(cafe, referral=self.TERMS)
        anna = cafe.join()["member_id"]
        (item,) = cafe.service.table.get(keys.profile(cafe.id, anna))
        assert item is not None
        spelled = [
            f"{ref}{end}" for ref in (anna, item["handle"]) for end in (".", "/", ")", "\u200b")
        ]
        spelled += [anna.upper(), item["handle"].lower()]
        for done, ref in enumerate(spelled, 1):
            self.friend_of(cafe, ref)
            assert self.gifts(cafe, anna) == done, ref

    def test_a_small_purchase_does_not_count_and_the_next_real_one_does(
        self, cafe: Merchant
    ) -> None:
        published(cafe, referral=self.TERMS)
        anna = cafe.join()["member_id"]
        friend = self.friend_of(cafe, anna, spend_minor=499)
        assert (balance(cafe.card(friend), "point"), self.gifts(cafe, anna)) == (4, 0)
        cafe.earn(friend, spend_minor=501)
        cafe.service.deliver_entries(cafe.id, friend)
        assert (balance(cafe.card(friend), "point"), self.gifts(cafe, anna)) == (60, 1)

    def test_of_three_friends_two_are_rewarded_where_two_is_the_most(self, cafe: Merchant) -> None:
        published(cafe, referral={**self.TERMS, "max_per_member": 2})
        anna = cafe.join()["member_id"]
        friends = [self.friend_of(cafe, anna) for _ in range(3)]
        assert [balance(cafe.card(one), "point") for one in friends] == [55, 55, 5]
        assert self.gifts(cafe, anna) == 2

    def test_a_friend_whose_side_was_lost_gets_it_when_the_stream_comes_again(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The most is one, the referrer has it, the function dies before the friend has theirs."""
        from regulars.jobs import referrals

        published(cafe, referral={**self.TERMS, "max_per_member": 1})
        anna = cafe.join()["member_id"]
        friend = cafe.join(referred_by=anna)["member_id"]
        cafe.earn(friend, spend_minor=500)
        real = referrals._give

        def dying(shop: Shop, member_id: str, *rest: Any, **more: Any) -> bool:
            if member_id == friend:
                raise ConnectionError("gone")
            return real(shop, member_id, *rest, **more)

        with monkeypatch.context() as broken:
            broken.setattr(referrals, "_give", dying)
            failed = cafe.service.deliver_entries(cafe.id, friend)
        assert len(failed["batchItemFailures"]) == 1
        assert (balance(cafe.card(friend), "point"), self.gifts(cafe, anna)) == (5, 1)
        cafe.service.deliver_entries(cafe.id, friend)
        assert (balance(cafe.card(friend), "point"), self.gifts(cafe, anna)) == (55, 1)

    def test_friends_are_rewarded_when_both_cards_are_old_enough(self, service: Service) -> None:
        """On the day of joining nothing, a day later both; what was refunded before brings nothing,
        and the younger of the two cards counts."""
        cafe = service.new_merchant()
        document = {**cafe.call("GET", "/v1/program", test=True).json["program"], **BARE}
        document["referral"] = {**self.TERMS, "min_age_hours": 24}
        ask = partial(cafe.call, test=True)
        assert ask("PUT", "/v1/program", document, headers={"if-match": "*"}).status == 200
        anna = ask("POST", "/v1/members", {"name": "Anna"}).json["member_id"]

        def friend(order_id: str) -> str:
            body = {"name": "Ben", "referred_by": anna}
            made = str(ask("POST", "/v1/members", body).json["member_id"])
            sale = {"member_id": made, "spend_minor": 500, "order_id": order_id}
            assert ask("POST", "/v1/earn", sale).status == 200
            for _ in range(2):  # the stream brings it twice
                service.deliver_entries(cafe.sandbox_id, made)
            return made

        def held() -> list[int]:
            """Points of both friends, and the gifts of Anna."""
            cards = [ask("GET", f"/v1/members/{one}").json for one in (*friends, anna)]
            return [balance(card, "point") for card in cards[:-1]] + [len(cards[-1]["vouchers"])]

        friends = [friend("kept"), friend("refunded")]
        assert ask("POST", "/v1/test/clock", {"advance": "PT23H"}).status == 200
        assert held() == [5, 5, 0]
        ask("POST", "/v1/refunds", {"order_id": "refunded", "refund_id": "r"})
        service.deliver_entries(cafe.sandbox_id, friends[1])
        friends.append(friend("late"))
        ask("POST", "/v1/test/clock", {"advance": "PT2H"})
        assert held() == [55, 0, 5, 1]
        ask("POST", "/v1/test/clock", {"advance": "PT23H"})
        assert held() == [55, 0, 55, 2]
        ask("POST", "/v1/test/clock", {"advance": "P3D"})
        assert held() == [55, 0, 55, 2]

    def test_nobody_is_their_own_friend_and_strangers_bring_nobody(self, cafe: Merchant) -> None:
        published(cafe, referral=self.TERMS)
        friend = self.friend_of(cafe, "cnobody")
        assert balance(cafe.card(friend), "point") == 5

    def test_a_purchase_that_is_refunded_takes_both_rewards_with_it(self, cafe: Merchant) -> None:
        """However often the stream brings either; the next real purchase is the first again."""
        published(cafe, referral={**self.TERMS, "max_per_member": 1})
        anna = cafe.join()["member_id"]
        friend = str(cafe.join(referred_by=anna)["member_id"])
        cafe.earn(friend, spend_minor=500, order_id="a")
        cafe.service.deliver_entries(cafe.id, friend)
        assert (balance(cafe.card(friend), "point"), self.gifts(cafe, anna)) == (55, 1)

        cafe.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r"})
        for _ in range(2):
            assert cafe.service.deliver_entries(cafe.id, friend) == {"batchItemFailures": []}
        assert cafe.card(friend)["balances"]["point"] == {"available": 0, "pending": 0, "debt": 0}
        assert self.gifts(cafe, anna) == 0

        cafe.earn(friend, spend_minor=600, order_id="b")
        for _ in range(2):
            cafe.service.deliver_entries(cafe.id, friend)
        assert (balance(cafe.card(friend), "point"), self.gifts(cafe, anna)) == (56, 1)
        assert verified(cafe, anna, friend)

    def test_part_of_a_refund_leaves_them(self, cafe: Merchant) -> None:
        published(cafe, referral=self.TERMS)
        anna = cafe.join()["member_id"]
        friend = str(cafe.join(referred_by=anna)["member_id"])
        cafe.earn(friend, spend_minor=500, order_id="a")
        cafe.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r", "amount_minor": 250})
        cafe.service.deliver_entries(cafe.id, friend)
        assert (balance(cafe.card(friend), "point"), self.gifts(cafe, anna)) == (53, 1)

    def test_leaving_the_last_cent_in_does_not(self, cafe: Merchant) -> None:
        published(cafe, referral=self.TERMS)
        anna = cafe.join()["member_id"]
        friend = str(cafe.join(referred_by=anna)["member_id"])
        cafe.earn(friend, spend_minor=500, order_id="a")
        cafe.service.deliver_entries(cafe.id, friend)
        assert self.gifts(cafe, anna) == 1
        cafe.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r", "amount_minor": 499})
        cafe.service.deliver_entries(cafe.id, friend)
        assert (balance(cafe.card(friend), "point"), self.gifts(cafe, anna)) == (1, 0)

    def two(self, cafe: Merchant) -> tuple[str, str]:
        """A member, and a friend they brought who has bought for 5.00."""
        published(cafe, referral=self.TWO)
        anna = str(cafe.join()["member_id"])
        friend = str(cafe.join(referred_by=anna)["member_id"])
        cafe.earn(friend, spend_minor=500, order_id="a")
        return anna, friend

    def points(self, cafe: Merchant, *ids: str) -> list[int]:
        """What cards hold after all that follows was done, twice."""
        for member_id in (*ids, *ids):
            cafe.service.deliver_entries(cafe.id, member_id)
        return [balance(cafe.card(one), "point") for one in ids]

    TWO: ClassVar[dict[str, Any]] = {**TERMS, "referrer": {"unit": "point", "amount": 50}}

    def test_a_refund_that_is_taken_back_rewards_both_again_and_another_refund_takes_it(
        self, cafe: Merchant
    ) -> None:
        anna, friend = self.two(cafe)
        assert self.points(cafe, anna, friend) == [50, 55]
        for number in range(2):
            refund = f"r{number}"
            cafe.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": refund})
            assert self.points(cafe, anna, friend) == [0, 0]
            cafe.call("POST", f"/v1/refunds/{refund}/void")
            assert self.points(cafe, anna, friend) == [50, 55]
        assert verified(cafe, anna, friend)

    def test_who_has_another_first_purchase_since_is_not_rewarded_twice(
        self, cafe: Merchant
    ) -> None:
        anna, friend = self.two(cafe)
        cafe.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r"})
        cafe.earn(friend, spend_minor=700, order_id="b")
        cafe.call("POST", "/v1/refunds/r/void")
        assert self.points(cafe, anna, friend) == [50, 62]
        cafe.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "s"})
        assert self.points(cafe, anna, friend) == [50, 57], "the first one is another since"
        cafe.call("POST", "/v1/refunds", {"order_id": "b", "refund_id": "t"})
        assert self.points(cafe, anna, friend) == [0, 0]

    def test_a_sale_that_moves_to_a_friend_is_their_first_purchase(self, cafe: Merchant) -> None:
        published(cafe, referral=self.TWO)
        anna, ben = (str(cafe.join()["member_id"]) for _ in range(2))
        friend = str(cafe.join(referred_by=anna)["member_id"])
        seq = cafe.earn(ben, spend_minor=500, order_id="a")["entry"]["seq"]
        body = {"to": friend, "reason": "the wrong card"}
        assert cafe.call("POST", f"/v1/entries/{ben}.{seq}/move", body).status == 200
        assert self.points(cafe, anna, ben, friend) == [50, 0, 55]
        cafe.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r"})
        assert self.points(cafe, anna, ben, friend) == [0, 0, 0]
