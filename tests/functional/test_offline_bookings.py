"""What a counter booked without a connection, sent later: once, in order, at its own time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.functional.offline import STAFF, Counter, reasons, statuses
from tests.functional.test_card_devices import as_script, joined, own
from tests.functional.test_earning import published
from tests.service import Merchant, Service

HOUR = timedelta(hours=1)


@pytest.fixture
def counter(cafe: Merchant, frozen: Clock) -> Counter:
    return Counter(cafe)


def entries(cafe: Merchant, member_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = cafe.call("GET", f"/v1/members/{member_id}/entries").json["items"]
    return items


def test_bookings_are_booked_in_order_at_their_own_time(
    cafe: Merchant, counter: Counter, frozen: Clock
) -> None:
    anna, bela = (cafe.join(name=name)["member_id"] for name in ("Anna", "Béla"))
    queue = [
        counter.booking(3 * HOUR, member_id=anna, visits=1),
        counter.booking(2 * HOUR, member_id=bela, visits=1, spend_minor=450),
        counter.booking(HOUR, member_id=anna, visits=1, note="két kávé"),
    ]
    answers = counter.without_session().send(*queue)
    assert statuses(answers) == [200, 200, 200]
    assert [one["n"] for one in answers] == [1, 2, 3]
    assert answers[2]["answer"]["card"]["name"] == "Anna"
    assert (
        "card_url" not in answers[2]["answer"]["card"]
        or not (answers[2]["answer"]["card"]["card_url"])
    )
    newest, before, _ = entries(cafe, anna)
    assert (newest["effective_at"], before["effective_at"]) == (queue[2]["at"], queue[0]["at"])
    assert newest["recorded_at"] > newest["effective_at"]
    assert (newest["source"], newest["staff"]) == ("staff", counter.staff)
    assert cafe.call("GET", f"/v1/members/{anna}/verify").json["ok"] is True


def test_what_is_sent_again_counts_once_whichever_way_it_comes(
    cafe: Merchant, counter: Counter
) -> None:
    """A booking may have been sent directly without an answer, and then wait in the queue."""
    anna = cafe.join()["member_id"]
    booking = counter.booking(member_id=anna, visits=1)
    direct = counter.earn(booking)
    assert direct.status == 200
    later = counter.booking(member_id=anna, visits=1)
    for _ in range(3):
        first, second = counter.send(booking, later)
        assert (first["status"], second["status"]) == (200, 200)
        assert first["answer"]["entry"]["seq"] == direct.json["entry"]["seq"]
    again = counter.earn(later)
    assert (again.status, again.replayed) == (200, True)
    assert cafe.card(anna)["visits"] == 2


def test_two_calls_at_once_book_once(cafe: Merchant) -> None:
    counter = Counter(cafe)
    anna = cafe.join()["member_id"]
    queue = [counter.booking(member_id=anna, visits=1) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: counter.send(*queue), range(4)))
    assert cafe.card(anna)["visits"] == 4
    for answers in found:
        assert all(one["status"] == 200 for one in answers), answers


def test_a_code_is_that_of_the_moment_at_which_it_was_read(
    cafe: Merchant, counter: Counter, frozen: Clock
) -> None:
    phone, card = joined(cafe, name="Anna")
    code = as_script(cafe, phone, f"{own(cafe)}/code").json["code"]
    read = counter.booking(code=code, visits=1)
    frozen.now += 5 * HOUR
    too_late = counter.booking(timedelta(minutes=2), code=code, visits=1)
    first, second = counter.send(read, too_late)
    assert first["answer"]["card"]["member_id"] == card["member_id"]
    assert (second["status"], reasons(second)[0]) == (404, "not_found")
    assert cafe.card(card["member_id"])["visits"] == 1


class TestRefusals:
    @pytest.mark.parametrize("field", ["n", "at", "body", "signature"])
    def test_what_is_not_signed_so(self, cafe: Merchant, counter: Counter, field: str) -> None:
        anna = cafe.join()["member_id"]
        booking = counter.booking(HOUR, member_id=anna, visits=1)
        other = counter.booking(member_id=anna, visits=2)
        (answer,) = counter.send({**booking, field: other[field]})
        assert (answer["status"], reasons(answer)[0]) == (403, "forbidden")
        assert cafe.card(anna)["visits"] == 0

    def test_what_another_device_signed(self, cafe: Merchant, counter: Counter) -> None:
        anna = cafe.join()["member_id"]
        booking = Counter(cafe, name="Béla").booking(member_id=anna, visits=1)
        assert statuses(counter.send(booking)) == [403]

    @pytest.mark.parametrize(
        ("ago", "status"),
        [(24 * HOUR, 200), (24 * HOUR + timedelta(seconds=1), 422),
         (-timedelta(minutes=5), 200), (-timedelta(minutes=5, seconds=1), 422)],
    )  # fmt: skip
    def test_a_time_that_cannot_be(
        self, cafe: Merchant, counter: Counter, ago: timedelta, status: int
    ) -> None:
        anna = cafe.join()["member_id"]
        (answer,) = counter.send(counter.booking(ago, member_id=anna, visits=1))
        assert answer["status"] == status
        if status == 422:
            assert reasons(answer) == ("invalid", "at")

    def test_a_number_with_another_body(self, cafe: Merchant, counter: Counter) -> None:
        anna = cafe.join()["member_id"]
        counter.send(counter.booking(member_id=anna, visits=1, n=7))
        (answer,) = counter.send(counter.booking(member_id=anna, visits=2, n=7))
        assert reasons(answer)[0] == "idempotency_mismatch"
        assert cafe.card(anna)["visits"] == 1

    def test_a_number_below_one_that_was_sent(self, cafe: Merchant, counter: Counter) -> None:
        anna = cafe.join()["member_id"]
        counter.send(counter.booking(member_id=anna, visits=1, n=7))
        (answer,) = counter.send(counter.booking(member_id=anna, visits=1, n=6))
        assert reasons(answer) == ("invalid", "n")

    def test_a_time_before_that_of_an_earlier_number(
        self, cafe: Merchant, counter: Counter
    ) -> None:
        anna = cafe.join()["member_id"]
        counter.send(counter.booking(HOUR, member_id=anna, visits=1))
        (answer,) = counter.send(counter.booking(2 * HOUR, member_id=anna, visits=1))
        assert reasons(answer) == ("invalid", "at")

    def test_numbers_of_one_call_that_do_not_rise(self, cafe: Merchant, counter: Counter) -> None:
        anna = cafe.join()["member_id"]
        two = [counter.booking(member_id=anna, n=n) for n in (5, 5)]
        reply = counter.post("/staff/api/bookings", {"bookings": two})
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, "bookings.1.n")

    def test_what_was_booked_after_the_device_was_taken_off(
        self, cafe: Merchant, counter: Counter, frozen: Clock
    ) -> None:
        """Before is good: the guest was there, and the device was a device."""
        anna = cafe.join()["member_id"]
        before = counter.booking(member_id=anna, visits=1)
        frozen.now += HOUR
        assert cafe.call("DELETE", f"/v1/devices/{counter.device_id}").status == 204
        frozen.now += HOUR
        after = counter.booking(timedelta(minutes=30), member_id=anna, visits=1)
        answers = counter.without_session().send(before, after)
        assert statuses(answers) == [200, 401]
        assert cafe.card(anna)["visits"] == 1

    def test_who_has_not_signed_in_there_or_does_not_work_there_any_more(
        self, cafe: Merchant, counter: Counter
    ) -> None:
        anna = cafe.join()["member_id"]
        stranger = cafe.person(name="Béla")["staff_id"]
        (answer,) = counter.send(counter.booking(member_id=anna, visits=1, staff=stranger))
        assert answer["status"] == 403
        cafe.call("PATCH", f"/v1/staff/{counter.staff}", {"active": False})
        (answer,) = counter.send(counter.booking(member_id=anna, visits=1))
        assert answer["status"] == 403

    @pytest.mark.parametrize(
        ("body", "path"),
        [({"order_id": "1"}, "order_id"),
         ({"effective_at": "2026-11-22T09:00:00Z"}, "effective_at"),
         ({"override": True}, "override"), ({"visits": -1}, "visits")],
    )  # fmt: skip
    def test_a_body_that_a_counter_does_not_send(
        self, cafe: Merchant, counter: Counter, body: dict[str, Any], path: str
    ) -> None:
        anna = cafe.join()["member_id"]
        (answer,) = counter.send(counter.booking(member_id=anna, **body))
        assert reasons(answer) == ("invalid", path)

    def test_the_limits_of_card_and_staff_hold(self, cafe: Merchant, counter: Counter) -> None:
        published(cafe, limits={"cooldown_minutes": 60, "staff": {"spend_minor_per_sale": 1000}})
        anna = cafe.join()["member_id"]
        sent = [
            counter.booking(3 * HOUR, member_id=anna, visits=1),
            counter.booking(2.5 * HOUR, member_id=anna, visits=1),
            counter.booking(HOUR, member_id=anna, visits=1, spend_minor=2000),
        ]
        answers = counter.send(*sent)
        assert statuses(answers) == [200, 409, 409]
        assert [reasons(one)[0] for one in answers[1:]] == ["cap_reached", "staff_limit"]
        assert statuses(counter.send(*sent)) == [200, 409, 409], "the same again"

    def test_a_browser_that_is_no_device(self, cafe: Merchant) -> None:
        reply = cafe.service.request(
            "POST", "/staff/api/bookings", body={"bookings": []}, headers=STAFF
        )
        assert reply.status == 401

    def test_a_device_of_another_shop_books_nothing_here(
        self, service: Service, cafe: Merchant, counter: Counter
    ) -> None:
        anna = cafe.join()["member_id"]
        foreign = Counter(service.new_merchant())
        (answer,) = foreign.send(foreign.booking(member_id=anna, visits=1))
        assert answer["status"] == 404

    def test_the_key_is_for_who_is_signed_in(self, cafe: Merchant, counter: Counter) -> None:
        assert counter.post("/staff/api/key", {}).json["key"] == counter.key.hex()
        counter.post("/staff/sign-out", {})
        assert counter.without_session().post("/staff/api/key", {}).status == 401


def test_codes_that_nobody_shows_are_counted_as_guesses(cafe: Merchant, counter: Counter) -> None:
    sent = [counter.booking(code=f"7F3KQ{n:03}", visits=1) for n in range(40)]
    answers = counter.send(*sent)
    assert set(statuses(answers)) == {404, 429}
    assert statuses(answers).index(429) <= 20
    assert len(answers) < 40, "and what comes after waits"
