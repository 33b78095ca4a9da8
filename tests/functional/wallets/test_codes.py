"""The code on a pass: it stays the same for years, so it names the member and proves nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from regulars.core import passes
from tests import wallets
from tests.conftest import Clock
from tests.service import Browser, Merchant, Service


@pytest.fixture
def code(anna: Browser, cafe: Merchant) -> str:
    return wallets.download(anna, cafe).code


def looked_up(cafe: Merchant, code: str) -> Any:
    """What the counter sees when it reads a code."""
    return cafe.service.request(
        "GET", "/staff/api/member", query={"code": code}, cookies=cafe.staff_cookies()
    )


def test_the_counter_finds_the_member_by_it_today_and_in_a_year(
    frozen: Clock, cafe: Merchant, anna: Browser, code: str
) -> None:
    for _ in range(2):
        reply = looked_up(cafe, code)
        assert reply.status == 200
        assert reply.json["member"]["member_id"] == wallets.member_id(anna)
        frozen.now += timedelta(days=365)


def test_it_is_no_proof_that_the_member_is_there(cafe: Merchant, anna: Browser, code: str) -> None:
    """What the card itself shows is one (`seen`), and that is booked with a redemption."""
    assert "seen" not in looked_up(cafe, code).json
    shown = anna.get(f"/card/{cafe.created['slug']}/code").json["code"]
    assert "seen" in looked_up(cafe, shown).json


def test_a_reward_that_is_redeemed_by_it_stands_in_the_entry_as_unverified(
    cafe: Merchant, anna: Browser, code: str
) -> None:
    member_id = wallets.member_id(anna)
    (voucher,) = cafe.earn(member_id, visits=9)["unlocked"]
    assert looked_up(cafe, code).json["member"]["member_id"] == member_id
    assert looked_up(cafe, voucher["code"]).status == 404, "the code of a voucher is not in a pass"
    headers = {"x-regulars": "staff", "idempotency-key": "redeem"}
    reply = cafe.service.request(
        "POST", f"/v1/vouchers/{voucher['code']}/redeem", body={}, cookies=cafe.staff_cookies(),
        headers=headers,
    )  # fmt: skip
    assert reply.status == 200, reply.text
    entries = cafe.call("GET", f"/v1/members/{member_id}/entries").json["items"]
    assert entries[0]["facts"]["unverified"]


def test_a_till_books_a_sale_by_it(cafe: Merchant, anna: Browser, code: str) -> None:
    reply = cafe.call("POST", "/v1/earn", {"code": code, "spend_minor": 840})
    assert reply.status == 200, reply.text
    assert reply.json["card"]["member_id"] == wallets.member_id(anna)


def test_without_a_sale_it_is_limited_at_the_counter_as_codes_on_walls_are(
    frozen: Clock, cafe: Merchant, code: str
) -> None:
    def book(key: str, **more: Any) -> int:
        headers = {"x-regulars": "staff", "idempotency-key": key}
        body = {"code": code, **more}
        return cafe.service.request(
            "POST", "/v1/earn", body=body, cookies=cafe.staff_cookies(), headers=headers
        ).status

    assert book("1") == 200
    frozen.now += timedelta(hours=3)
    assert book("2") == 409
    assert book("3", spend_minor=500) == 200, "a sale is looked at"
    frozen.now += timedelta(hours=1, minutes=1)
    assert book("4") == 200
    frozen.now += timedelta(hours=5)
    assert book("5") == 409, "twice a day"
    assert book("6", override=True) == 200, "a manager has looked"


def test_it_confirms_no_telephone(cafe: Merchant, code: str, service: Service) -> None:
    browser = wallets.member(cafe, phone="+36301112233")
    member_id = wallets.member_id(browser)
    own = wallets.download(browser, cafe).code
    asked = cafe.call("POST", f"/v1/members/{member_id}/confirm", {"contact": "+36301112233"})
    assert asked.status < 300, asked.text
    for wrong in (own, code):
        body = {"contact": "+36301112233", "code": wrong}
        reply = cafe.call("POST", f"/v1/members/{member_id}/confirm", body)
        assert reply.status == 422
    shown = browser.get(f"/card/{cafe.created['slug']}/code").json["code"]
    body = {"contact": "+36301112233", "code": shown}
    assert cafe.call("POST", f"/v1/members/{member_id}/confirm", body).status == 200


def test_it_finds_nobody_at_another_shop_and_none_that_was_changed(
    cafe: Merchant, service: Service, code: str
) -> None:
    assert looked_up(service.new_merchant(), code).status == 404
    for place in (0, 5, 14):
        other = "Z" if code[place] != "Z" else "Y"
        assert looked_up(cafe, code[:place] + other + code[place + 1 :]).status == 404


def test_no_other_code_of_ours_is_as_long(cafe: Merchant, anna: Browser) -> None:
    from regulars.core import guest_codes, tokens
    from regulars.domain import codes

    others = {
        tokens.CODE_LENGTH, tokens.OFFLINE_CODE_LENGTH, codes.CODE_LENGTH,
        guest_codes.RECOVERY_LENGTH, guest_codes.DEVICE_CODE_LENGTH,
    }  # fmt: skip
    assert passes.CODE_LENGTH not in others


@pytest.mark.parametrize(
    "text", ["", "a", "m.c", "m.c.x", "m.c.1.2", "m/../c.c.1", "m.c." + "9" * 90, "é.c.1", "..1"]
)
def test_what_is_no_serial_number_is_none(text: str) -> None:
    assert passes.serial_in(text) is None


def test_a_serial_number_is_read_as_it_was_written() -> None:
    serial = passes.Serial("m0123456789a", "c0123456789abcd", 12)
    assert passes.serial_in(str(serial)) == serial
