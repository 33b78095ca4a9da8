"""Who asks too often waits; who guesses is locked out; what is right and slow is never refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from regulars.core import limits as numbers
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import limits as held
from regulars.http.protocol import Request
from regulars.messages.delivery import deliver
from regulars.messages.mail import NotSentError
from regulars.messages.notification import Notification
from regulars.program.shop import load_shop
from regulars.store import keys, limits
from regulars.store.table import Table
from tests.conftest import PLATFORM_KEY, Clock
from tests.functional import tills
from tests.service import Merchant, Reply, Service

STAFF = {"x-regulars": "staff"}
NOBODYS = "0000000000"
"""A voucher code that nobody has."""


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    return service.new_merchant()


@contextmanager
def observed(cafe: Merchant) -> Iterator[list[str]]:
    """The operations on the table within the block."""
    calls = cafe.service.spy.calls
    seen: list[str] = []
    before = len(calls)
    yield seen
    seen += [operation for operation, _, _ in calls[before:]]


def limit(
    cafe: Merchant, a_second: int | None, burst: int | None, *, sandbox: bool = False
) -> None:
    path = f"/v1/merchants/{cafe.sandbox_id if sandbox else cafe.id}"
    reply = cafe.service.request(
        "PATCH", path, body={"rate_per_second": a_second, "burst": burst},
        headers={"authorization": f"Bearer {PLATFORM_KEY}"},
    )  # fmt: skip
    assert reply.status == 200


def statuses(ask: Callable[[], Reply], times: int) -> list[int]:
    return [ask().status for _ in range(times)]


def refused(reply: Reply) -> int:
    """For how many seconds a request was refused."""
    assert (reply.status, reply.code) == (429, "rate_limited")
    return int(reply.headers["retry-after"])


def admit(cafe: Merchant) -> None:
    """Ask as a key does that stamps."""
    held.admit(cafe.service.table, cafe.id, "rk", "", held.STAMP)


def let_through(cafe: Merchant, times: int) -> int:
    """How many of so many stamps are let through, until one is refused."""
    for number in range(times):
        try:
            admit(cafe)
        except Refused:
            return number
    return times


class TestKeys:
    def test_the_burst_goes_through_then_the_rate(self, cafe: Merchant, frozen: Clock) -> None:
        limit(cafe, 2, 20)
        read = partial(cafe.call, "GET", "/v1/members")
        read()  # from here on this process knows of the limit
        frozen.now += timedelta(minutes=1)
        assert statuses(read, 25) == [200] * 22 + [429] * 3  # 2 of its own, 20 of all
        wait_s = refused(read())
        frozen.now += timedelta(seconds=wait_s)
        assert statuses(read, 3) == [200, 200, 429]

    def test_a_refused_request_asks_the_table_once_a_second(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        limit(cafe, 1, 5)
        read = partial(cafe.call, "GET", "/v1/members")
        statuses(read, 10)
        with observed(cafe) as calls:
            assert statuses(read, 20) == [429] * 20
        assert calls == []
        held.clear()  # another process, which has to find out
        read()
        with observed(cafe) as calls:
            refused(read())
        assert len(calls) <= 2

    def test_a_usual_key_has_five_hundred_at_once(self, cafe: Merchant) -> None:
        assert let_through(cafe, 1000) == numbers.KEY_BURST + numbers.KEY.share().burst
        with pytest.raises(Refused) as caught:
            admit(cafe)
        assert (caught.value.code, caught.value.retry_after_s) == (RefusalCode.RATE_LIMITED, 1)

    def test_processes_share_one_bucket(self, cafe: Merchant) -> None:
        let = 0
        for _ in range(40):  # each a process of its own, which asks a hundred times
            held.clear()
            let += let_through(cafe, 100)
        share = numbers.KEY.share().burst
        assert numbers.KEY_BURST < let <= numbers.KEY_BURST + 40 * share

    def test_the_platform_raises_a_limit(self, cafe: Merchant) -> None:
        limit(cafe, 1000, 5000)
        assert let_through(cafe, 2000) == 2000

    def test_the_sandbox_has_its_own(self, cafe: Merchant) -> None:
        limit(cafe, 1, 5, sandbox=True)
        test = partial(cafe.call, "GET", "/v1/members", test=True)
        live = partial(cafe.call, "GET", "/v1/members")
        assert 429 in statuses(test, 10)
        assert statuses(live, 10) == [200] * 10

    def test_a_wrong_secret_uses_up_nothing_of_the_key(self, cafe: Merchant) -> None:
        limit(cafe, 1, 5)
        wrong = cafe.created["api_key"][:-1] + "!"
        for _ in range(20):
            bad = cafe.call("GET", "/v1/members", headers={"authorization": f"Bearer {wrong}"})
            assert bad.status in {401, 429}
        assert cafe.call("GET", "/v1/members").status == 200

    def test_the_platforms_key_has_a_limit_too(self, cafe: Merchant) -> None:
        for _ in range(numbers.KEY_BURST + numbers.KEY.share().burst - 1):
            held.admit_platform(lambda: cafe.service.table)
        headers = {"authorization": f"Bearer {PLATFORM_KEY}"}
        refused(cafe.service.request("GET", "/v1/merchants", headers=headers))


class TestDevices:
    def test_a_device_has_a_limit_of_its_own(self, cafe: Merchant) -> None:
        cookies = cafe.staff_cookies()
        limit(cafe, 1, 10)  # for a device: 3 at once
        ask = partial(
            cafe.service.request, "GET", "/staff/api/member", query={"q": "xx"}, cookies=cookies
        )
        ask()
        assert statuses(ask, 5) == [200] * 3 + [429] * 2
        assert cafe.call("GET", "/v1/members").status == 200

    def test_a_stamp_costs_what_it_did(self, cafe: Merchant) -> None:
        member_id = cafe.join()["member_id"]
        cafe.earn(member_id)
        held.clear()
        spy, cookies = cafe.service.spy, cafe.staff_cookies()
        for number in range(3):
            spy.calls.clear()
            cafe.service.request(
                "POST", "/v1/earn", body={"member_id": member_id, "spend_minor": 450},
                headers={**STAFF, "idempotency-key": f"stamp-{number}"}, cookies=cookies,
            )  # fmt: skip
            assert [name for name, _, _ in spy.calls] == ["BatchGetItem", "TransactWriteItems"]
        spy.calls.clear()
        held.clear()
        cafe.earn(member_id, spend_minor=450)
        assert [name for name, _, _ in spy.calls] == ["BatchGetItem", "TransactWriteItems"]
        assert spy.consumed()[0] == 7
        asked = next(iter(spy.calls[0][1]["RequestItems"].values()))["Keys"]
        assert {key["SK"]["S"] for key in asked} == {"KEY", "PROGRAM", "STATE", "PROFILE"}


class TestCodes:
    def test_twenty_wrong_codes_lock_a_device_for_the_right_one_too(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        cookies, member_id = cafe.staff_cookies(), cafe.join()["member_id"]
        unlocked = cafe.earn(member_id, visits=9)["unlocked"]
        code = unlocked[0]["code"]

        def redeem(code: str) -> Reply:
            path = f"/v1/vouchers/{code}/redeem"
            headers = {**STAFF, "idempotency-key": uuid4().hex}
            return cafe.service.request("POST", path, body={}, headers=headers, cookies=cookies)

        asked = {"code": "7F3KQ9AB"}
        find = partial(
            cafe.service.request, "GET", "/staff/api/member", query=asked, cookies=cookies
        )
        assert statuses(find, 10) == [404] * 10
        assert statuses(partial(redeem, NOBODYS), 11) == [404] * 10 + [429]
        with observed(cafe) as calls:
            right = redeem(code)
        assert 0 < refused(right) <= 900
        assert len(calls) <= 2
        assert "Wait until 2026-11-22T09:1" in right.json["detail"]
        stamp = cafe.service.request(
            "POST", "/v1/earn", body={"member_id": member_id}, cookies=cookies,
            headers={**STAFF, "idempotency-key": "by-id"},
        )  # fmt: skip
        assert stamp.status == 200  # who is not guessing goes on
        frozen.now += timedelta(minutes=15)
        assert redeem(code).status == 200

    def test_a_key_behind_which_there_are_all_tills_has_more(self, cafe: Merchant) -> None:
        fill(cafe.service.table, limits.of_key("code", "#".join(record_of(cafe))), 199)
        redeem = partial(cafe.call, "POST", f"/v1/vouchers/{NOBODYS}/redeem", {})
        earn = partial(cafe.call, "POST", "/v1/earn", {"code": "7F3KQ9AB"})
        assert [earn().status, redeem().status, earn().status] == [404, 429, 429]
        assert cafe.call("POST", f"/v1/vouchers/{NOBODYS}/cancel", {"reason": "x"}).status == 429

    def test_a_call_that_comes_again_is_no_guess(self, cafe: Merchant, frozen: Clock) -> None:
        card = cafe.join()
        path = card["card_url"].removeprefix("https://cards.example")
        body = {"code": cafe.service.request("GET", f"{path}/code").json["code"]}
        assert cafe.call("POST", "/v1/earn", body, key="once").status == 200
        frozen.now += timedelta(minutes=5)
        for _ in range(3):
            assert cafe.call("POST", "/v1/earn", body, key="once").replayed
        counted = limits.of_key("code", "#".join(record_of(cafe)))
        assert cafe.service.table.get(counted.key) == [None]


def record_of(cafe: Merchant) -> keys.Key:
    """The key of the record of the merchant's API key."""
    _, mode, key_id, _ = cafe.created["api_key"].split("_")
    return keys.api_key(f"{mode}_{key_id}")


def fill(table: Table, counted: limits.Counted, times: int) -> None:
    """Count so many at once."""
    assert limits.count(table, counted) == 0
    (item,) = table.get(counted.key)
    assert item is not None
    table.put({**item, "n": times})


class TestJoins:
    def test_a_shop_and_an_address_have_a_limit_and_a_kind_page(
        self, service: Service, frozen: Clock
    ) -> None:
        cafe = service.new_merchant(languages=["en", "hu", "pl", "kk"])
        table = service.table
        fill(table, here(cafe, "192.0.2.1"), numbers.JOINS_FROM_ONE.most - 1)
        assert joined(cafe).status == 303
        for language, words in (
            ("en", "Many people are joining just now"), ("hu", "Most épp sokan csatlakoznak"),
            ("pl", "Właśnie dołącza wiele osób"), ("kk", "Қазір көп адам қосылып жатыр"),
        ):  # fmt: skip
            reply = joined(cafe, language=language)
            assert (reply.status, reply.headers["retry-after"]) == (429, "600")
            assert words in reply.text
        assert joined(cafe, source="192.0.2.2").status == 303
        frozen.now += timedelta(minutes=10)
        assert joined(cafe).status == 303

    def test_a_shop_has_a_limit_for_all_addresses(self, cafe: Merchant) -> None:
        counted = limits.Counted(limits.named("joins", cafe.id), numbers.JOINS)
        fill(cafe.service.table, counted, numbers.JOINS.most - 1)
        assert joined(cafe, source="192.0.2.2").status == 303
        assert joined(cafe, source="192.0.2.3").status == 429
        other = cafe.service.new_merchant()
        assert joined(other, source="192.0.2.3").status == 303

    def test_one_address_cannot_use_up_what_the_shop_has_for_all(self, cafe: Merchant) -> None:
        fill(cafe.service.table, here(cafe, "192.0.2.1"), numbers.JOINS_FROM_ONE.most)
        assert joined(cafe).status == 429
        of_all = limits.named("joins", cafe.id)
        assert cafe.service.table.get(of_all) == [None]

    def test_a_form_that_is_not_taken_does_not_count(self, cafe: Merchant) -> None:
        assert joined(cafe, email="no address").status == 422
        assert cafe.service.table.get(here(cafe, "192.0.2.1").key) == [None]

    def test_an_address_is_kept_hashed_and_by_day(self, cafe: Merchant, frozen: Clock) -> None:
        first = here(cafe, "192.0.2.1").key
        frozen.now += timedelta(days=1)
        assert here(cafe, "192.0.2.1").key != first
        assert here(cafe, "2001:db8::1").key == here(cafe, "2001:db8::2").key
        assert here(cafe, "2001:db8::1").key != here(cafe, "2001:db8:0:1::1").key

    def test_no_header_says_where_a_request_comes_from(self, cafe: Merchant) -> None:
        joined(cafe, forwarded="203.0.113.9")
        assert cafe.service.table.get(here(cafe, "203.0.113.9").key) == [None]
        assert cafe.service.table.get(here(cafe, "192.0.2.1").key) != [None]


def joined(
    cafe: Merchant, source: str = "192.0.2.1", language: str = "", forwarded: str = "", **form: str
) -> Reply:
    headers = {"accept-language": language, "x-forwarded-for": forwarded, "forwarded": forwarded}
    return cafe.service.request(
        "POST", f"/j/{cafe.created['slug']}", form={"once": uuid4().hex, **form}, source=source,
        headers={name: value for name, value in headers.items() if value},
    )  # fmt: skip


def here(cafe: Merchant, address: str) -> limits.Counted:
    """Where the joins at the shop from an address are counted today."""
    event = {"requestContext": {"http": {"sourceIp": address}}}
    source = held.source(Request(event))
    return limits.Counted(limits.named("joins", cafe.id, source), numbers.JOINS_FROM_ONE)


class TestSearching:
    def test_an_address_that_asks_for_many_unknown_cards_is_not_heard(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(numbers, "NOT_FOUND", numbers.per_second(1, 20))
        path = cafe.join()["card_url"].removeprefix("https://cards.example")
        guess = partial(cafe.service.request, "GET", f"/c/{uuid4().hex[:26]}")
        assert statuses(guess, 23) == [404] * 22 + [429]
        with observed(cafe) as calls:
            reply = guess()
        assert (reply.status, reply.headers["retry-after"], calls) == (429, "1", [])
        assert "A little slower, please" in reply.text
        assert cafe.service.request("GET", path, source="192.0.2.9").status == 303

    def test_unknown_keys_count_there_and_good_ones_go_on(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(numbers, "NOT_FOUND", numbers.per_second(1, 5))

        def guess() -> Reply:
            key = f"rk_live_{cafe.id[1:]}0000_{uuid4().hex}"
            return cafe.call("GET", "/v1/members", headers={"authorization": f"Bearer {key}"})

        assert statuses(guess, 7) == [401] * 5 + [429] * 2
        assert cafe.call("GET", "/v1/members").status == 200

    def test_wrong_platform_keys_count_there_too(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(numbers, "NOT_FOUND", numbers.per_second(1, 5))
        headers = {"authorization": "Bearer rk_platform_guessed"}
        guess = partial(cafe.service.request, "GET", "/v1/merchants", headers=headers)
        assert statuses(guess, 7) == [401] * 5 + [429] * 2


class TestHooks:
    def test_a_signed_event_is_taken_however_many_were_not_signed(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        path = tills.path_of(cafe, "generic")
        forge = partial(cafe.service.request, "POST", path, raw=b"{}")
        assert statuses(forge, 61) == [401] * 60 + [429]
        assert 0 < refused(forge()) <= 60
        with observed(cafe) as calls:
            assert tills.post_generic(cafe, tills.sale()).status == 200
        assert calls == ["GetItem"]  # nothing is counted of a good one
        assert cafe.service.request("POST", tills.path_of(cafe, "square"), raw=b"{}").status == 401
        frozen.now += timedelta(minutes=1)
        assert forge().status == 401


class TestMails:
    def test_one_address_gets_five_a_day_of_all_shops(
        self, service: Service, frozen: Clock
    ) -> None:
        before = len(service.aws_services.mails())
        fill(service.table, limits.mails_of("anna@example.com"), numbers.MAILS_A_DAY - 1)
        shops = [service.new_merchant() for _ in range(2)]
        for shop in shops:
            welcome(shop, "anna@example.com")
        assert len(service.aws_services.mails()) - before == 1
        unsent = [item["unsent"] for item in deliveries(service) if "unsent" in item]
        assert unsent == ["too_many_mails"]
        welcome(shops[0], "ben@example.com")
        frozen.now += timedelta(days=1)
        assert limits.count(service.table, limits.mails_of("anna@example.com")) == 0
        assert len(service.aws_services.mails()) - before == 2

    def test_what_was_not_sent_is_not_sent_later(self, service: Service, frozen: Clock) -> None:
        fill(service.table, limits.mails_of("anna@example.com"), numbers.MAILS_A_DAY)
        before = len(service.aws_services.mails())
        shop = service.new_merchant()
        member_id = welcome(shop, "anna@example.com")
        frozen.now += timedelta(days=2)
        assert service.deliver_entries(shop.id, member_id) == {"batchItemFailures": []}
        assert service.deliver("messages", "notify") == {"batchItemFailures": []}
        assert len(service.aws_services.mails()) == before

    def test_what_could_not_be_handed_over_does_not_count(
        self, service: Service, frozen: Clock
    ) -> None:
        shop = service.new_merchant()
        member_id = shop.join(email="anna@example.com", consents={"email": True})["member_id"]

        def fail(*_: object) -> None:
            raise NotSentError("Throttling")

        for _ in range(numbers.MAILS_A_DAY + 1):
            wanted = Notification(member_id, "card_link", "2026-11-22T09")
            with pytest.raises(NotSentError):
                deliver(load_shop(service.table, shop.id), wanted, fail)
        assert limits.count(service.table, limits.mails_of("anna@example.com")) == 0


def welcome(shop: Merchant, email: str) -> str:
    """A new member with this address, who is welcomed by mail."""
    member_id: str = shop.join(email=email, consents={"email": True})["member_id"]
    assert shop.service.deliver_entries(shop.id, member_id) == {"batchItemFailures": []}
    assert shop.service.deliver("messages", "notify") == {"batchItemFailures": []}
    return member_id


def deliveries(service: Service) -> list[dict[str, Any]]:
    """What was written about deliveries."""
    found = []
    for operation, params, _ in service.spy.calls:
        if operation == "PutItem" and "lease" in params["Item"]:
            found.append({name: value.get("S") for name, value in params["Item"].items()})
    return found
