"""Signals that show in weeks only: looked for every night, and held before the next reward."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.domain.calendar import hour_of
from regulars.store import keys
from tests.conftest import Clock
from tests.functional.test_earning import published
from tests.functional.test_fraud import VISIT, settle, signals, walk
from tests.functional.test_giving import POINT
from tests.functional.test_staff_limits import Counter
from tests.service import Merchant, Service, cookies_of

REFERRAL = {
    "friend": {"unit": "point", "amount": 1}, "referrer": {"unit": "point", "amount": 2},
    "min_spend_minor": 100,
}  # fmt: skip


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    """A shop that rewards whoever brings friends, in its sandbox."""
    cafe = service.new_merchant()
    document = cafe.call("GET", "/v1/program", test=True).json["program"]
    document |= {"units": [POINT], "earn": [VISIT], "rewards": [], "tiers": [],
                 "milestones": [], "limits": {}, "referral": REFERRAL}  # fmt: skip
    reply = cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"}, test=True)
    assert reply.status == 200, reply.text
    return cafe.without_digest()


def bring(cafe: Merchant, referrer: str) -> str:
    """A friend who joins and buys, and for whom both are rewarded."""
    friend: str = cafe.join(test=True, referred_by=referrer)["member_id"]
    buy(cafe, friend)
    return friend


def regular(cafe: Merchant, name: str = "Anna") -> str:
    """A member who came on three days."""
    member_id: str = cafe.join(test=True, name=name)["member_id"]
    for _ in range(3):
        buy(cafe, member_id)
        walk(cafe, "P1D")
    return member_id


def buy(cafe: Merchant, member_id: str) -> None:
    cafe.earn(member_id, test=True, spend_minor=500)
    cafe.service.deliver_entries(cafe.sandbox_id, member_id)


def test_friends_who_came_one_by_one_and_never_again(cafe: Merchant) -> None:
    anna, bela = (regular(cafe, name) for name in ("Anna", "Béla"))
    friends, real = [], []
    for _ in range(4):
        friends.append(bring(cafe, anna))
        real.append(bring(cafe, bela))
        walk(cafe, "P3D")
        for one in real:
            buy(cafe, one)
    assert signals(cafe) == []  # the last one came three days ago
    walk(cafe, "P5D")

    (signal,) = signals(cafe)

    assert (signal["kind"], signal["state"]) == ("referral_mill", "open")
    assert set(signal["members"]) == {anna, *friends}
    assert "4 friends; 4 of them" in signal["why"]
    assert len(signal["entries"]) == 8  # of both sides
    settle(cafe, signal, "hold")
    friends.append(bring(cafe, anna))
    walk(cafe, "P8D")
    (another,) = signals(cafe)
    assert set(another["members"]) == {anna, *friends}


def test_who_never_came_and_brings_friends_is_found_at_once(cafe: Merchant) -> None:
    """What somebody buys anyway they buy as one new friend after another."""
    anna = cafe.join(test=True)["member_id"]
    friends = [bring(cafe, anna) for _ in range(2)]
    walk(cafe, "P1D")
    assert signals(cafe) == []
    friends.append(bring(cafe, anna))
    walk(cafe, "P1D")

    (signal,) = signals(cafe)

    assert (signal["kind"], set(signal["members"])) == ("referral_mill", {anna, *friends})
    assert signal["why"] == "One member brought 3 friends and never bought anything."


def test_who_was_rewarded_for_a_purchase_that_was_refunded_brought_nobody(cafe: Merchant) -> None:
    anna = regular(cafe)
    for number in range(4):
        friend = cafe.join(test=True, referred_by=anna)["member_id"]
        cafe.earn(friend, test=True, spend_minor=500, order_id=f"o{number}")
        cafe.service.deliver_entries(cafe.sandbox_id, friend)
    body = {"order_id": "o3", "refund_id": "r"}
    assert cafe.call("POST", "/v1/refunds", body, test=True).status == 200
    cafe.service.deliver_entries(cafe.sandbox_id, friend)
    walk(cafe, "P8D")
    assert signals(cafe) == []
    bring(cafe, anna)
    walk(cafe, "P8D")
    (signal,) = signals(cafe)
    assert friend not in signal["members"]


class Night:
    """A live shop where two work, and whose hourly function ran until now."""

    def __init__(self, service: Service, frozen: Clock) -> None:
        self.service, self.frozen = service, frozen
        self.shop = service.new_merchant()
        published(self.shop, limits={})
        pk, sk = keys.cursor("digest")
        service.table.put({"PK": pk, "SK": sk, "hour": hour_of(frozen.now - timedelta(hours=1))})
        self.kata, self.bela = (Counter(self.shop, pin="4711") for _ in range(2))

    def falls(self) -> list[str]:
        """Let the night's look be taken; the kinds of signals in the morning."""
        self.frozen.now = self.frozen.now.replace(hour=2) + timedelta(days=1)
        self.service.run_job("digest")
        self.frozen.now = self.frozen.now.replace(hour=10)
        for counter in (self.kata, self.bela):
            _, _, staff_id, _ = counter.cookies["__Host-regulars_staff"].split(".")
            reply = counter.post("/staff/api/who", {"staff_id": staff_id, "pin": "4711"})
            counter.cookies |= cookies_of(reply.cookies)
        found = self.shop.call("GET", "/v1/fraud").json["items"]
        return [signal["kind"] for signal in found]

    def guests(self) -> None:
        """Guests of a day, served by both in turn."""
        for number in range(6):
            guest = self.shop.join()["member_id"]
            assert (self.kata, self.bela)[number % 2].earn(guest).status == 200
            self.frozen.now += timedelta(minutes=5)


def test_who_stamps_a_card_of_their_own_is_found_before_it_is_full(
    service: Service, frozen: Clock
) -> None:
    """T8: two stamps a shift, below every limit; nobody else ever serves that card."""
    night = Night(service, frozen)
    own = night.shop.join()["member_id"]
    found = []
    for _ in range(4):
        night.guests()
        for _ in range(2):
            assert night.kata.earn(own).status == 200
            frozen.now += timedelta(minutes=5)
        found.append(night.falls())

    assert found == [[], [], [], ["same_person"]]  # eight stamps; ten fill the card
    (signal,) = night.shop.call("GET", "/v1/fraud").json["items"]
    assert signal["members"] == [own]
    assert "One person made all 8 bookings on one card" in signal["why"]


def stamps_of_kata(night: Night, card: str, nights: int) -> list[list[str]]:
    """Two stamps a shift on one card; the kinds of signals of each morning."""
    found = []
    for _ in range(nights):
        night.guests()
        for _ in range(2):
            assert night.kata.earn(card).status == 200
            night.frozen.now += timedelta(minutes=5)
        found.append(night.falls())
    return found


@pytest.mark.parametrize("explained", [False, True])
def test_who_was_found_with_one_card_is_found_sooner_with_the_next(
    service: Service, frozen: Clock, explained: bool
) -> None:
    """Six stamps are no signal where two work. Because of the first card they are, unless its
    guest has explained it."""
    night = Night(service, frozen)
    first, second = (night.shop.join()["member_id"] for _ in range(2))
    assert stamps_of_kata(night, first, 4)[-1] == ["same_person"]
    (signal,) = night.shop.call("GET", "/v1/fraud").json["items"]
    for do in ("hold", "dismiss") if explained else ("hold",):
        path = f"/v1/fraud/{signal['signal_id']}"
        assert night.shop.call("POST", path, {"do": do}).status == 200

    found = stamps_of_kata(night, second, 3)

    assert found == [[], [], [] if explained else ["same_person"]]


def test_the_same_stamps_are_not_heard_of_again_in_the_week_after_a_hold(
    service: Service, frozen: Clock
) -> None:
    night = Night(service, frozen)
    own = night.shop.join()["member_id"]
    assert stamps_of_kata(night, own, 4)[-1] == ["same_person"]
    (signal,) = night.shop.call("GET", "/v1/fraud").json["items"]
    path = f"/v1/fraud/{signal['signal_id']}"
    assert night.shop.call("POST", path, {"do": "hold"}).status == 200
    frozen.now += timedelta(days=5)
    night.falls()

    assert stamps_of_kata(night, own, 1) == [[]]


def test_rewards_for_guests_who_were_only_named_are_a_signal(
    service: Service, frozen: Clock
) -> None:
    night = Night(service, frozen)
    for _ in range(3):
        guest = night.shop.join()["member_id"]
        (voucher,) = night.shop.earn(guest, visits=10)["unlocked"]
        reply = night.bela.post(f"/v1/vouchers/{voucher['code']}/redeem", {})
        assert reply.status == 200, reply.text
        frozen.now += timedelta(minutes=5)

    assert night.falls() == ["unverified"]
    (signal,) = night.shop.call("GET", "/v1/fraud").json["items"]
    assert signal["why"] == "3 of 3 rewards were redeemed for guests whose card nobody scanned."
    assert signal["value_minor"] == 3 * 90


def test_one_reward_for_who_was_only_named_and_bought_nothing_is_enough(
    service: Service, frozen: Clock
) -> None:
    night = Night(service, frozen)
    away, here = (night.shop.join()["member_id"] for _ in range(2))
    for guest in (away, here):
        frozen.now += timedelta(hours=2)
        (voucher,) = night.shop.earn(guest, visits=10)["unlocked"]
        later = timedelta(hours=1.5 if guest == away else 0)
        frozen.now += later
        assert night.bela.post(f"/v1/vouchers/{voucher['code']}/redeem", {}).status == 200

    frozen.now += timedelta(hours=2)
    service.run_job("digest")

    (signal,) = night.shop.call("GET", "/v1/fraud").json["items"]
    assert (signal["kind"], signal["members"]) == ("unverified", [away])
    assert signal["why"] == (
        "1 reward was redeemed for a guest whose card nobody scanned and who bought nothing."
    )
