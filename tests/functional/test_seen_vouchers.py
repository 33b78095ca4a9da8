"""A voucher at the counter: seen on the device that the card lives on, or not."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from regulars.core import guest_codes, tokens
from tests.conftest import Clock
from tests.functional.test_card_devices import (
    STAFF,
    as_script,
    coffee_for_one_stamp,
    joined,
    opened,
    own,
    take,
)
from tests.service import Browser, Merchant, Reply, Service


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return coffee_for_one_stamp(service)


def at_counter(cafe: Merchant, cookies: dict[str, str], **query: str) -> Reply:
    return cafe.service.request("GET", "/staff/api/member", query=query, cookies=cookies)


def redeemed(
    cafe: Merchant, cookies: dict[str, str], code: str, key: str = "key", **body: str
) -> Reply:
    return cafe.service.request(
        "POST", f"/v1/vouchers/{code}/redeem", body=body, cookies=cookies,
        headers={"idempotency-key": key, **STAFF},
    )  # fmt: skip


def newest(cafe: Merchant, member_id: str) -> dict[str, Any]:
    items: list[dict[str, Any]] = cafe.call("GET", f"/v1/members/{member_id}/entries").json["items"]
    return items[0]


class TestAVoucher:
    def shown(self, cafe: Merchant, device: Browser, voucher_id: str) -> str:
        return str(as_script(cafe, device, f"{own(cafe)}/code", voucher=voucher_id).json["code"])

    def taken(self, cafe: Merchant) -> tuple[Browser, dict[str, Any], dict[str, Any]]:
        device, card = joined(cafe, name="Anna")
        assert take(device, own(cafe)).status == 200
        (voucher,) = cafe.card(card["member_id"])["vouchers"]
        return device, card, voucher

    def test_shows_a_code_that_changes_and_is_taken_for_a_minute(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        device, card, voucher = self.taken(cafe)
        staff = cafe.staff_cookies()
        frozen.now = frozen.now.replace(second=0, microsecond=0)
        code = self.shown(cafe, device, voucher["voucher_id"])
        page = device.get(own(cafe)).text
        assert f"/v/{code}" not in page or code in page.replace("\N{NO-BREAK SPACE}", "")
        assert voucher["code"] not in page.replace("\N{NO-BREAK SPACE}", "")
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{10}", code)
        frozen.now += timedelta(seconds=59)
        assert self.shown(cafe, device, voucher["voucher_id"]) != code
        found = at_counter(cafe, staff, code=code).json
        assert (found["member"]["member_id"], found["voucher"]["code"]) == (
            card["member_id"], voucher["code"],
        )  # fmt: skip
        frozen.now += timedelta(seconds=1)
        assert at_counter(cafe, staff, code=code).code == "not_found"
        assert redeemed(cafe, staff, code).code == "not_found"
        assert at_counter(cafe, staff, code=voucher["code"]).code == "not_found"
        assert cafe.call("POST", f"/v1/vouchers/{code}/redeem", {}).code == "not_found"

    def test_is_redeemed_by_what_it_shows_and_answered_again_later(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        device, card, voucher = self.taken(cafe)
        staff = cafe.staff_cookies()
        code = self.shown(cafe, device, voucher["voucher_id"])
        first = redeemed(cafe, staff, code)
        assert (first.status, first.json["status"]) == (200, "redeemed")
        entry = newest(cafe, card["member_id"])
        assert "unverified" not in entry
        assert at_counter(cafe, staff, code=code).json["voucher"]["status"] == "redeemed"
        assert redeemed(cafe, staff, code, "another").code == "voucher_redeemed"
        frozen.now += timedelta(minutes=2)
        again = redeemed(cafe, staff, code)
        assert (again.status, again.replayed) == (200, True)
        assert (
            as_script(cafe, device, f"{own(cafe)}/code", voucher=voucher["voucher_id"]).code
            == "not_found"
        )

    @pytest.mark.parametrize("stable", [True, False])
    def test_keys_and_tills_take_either_code(self, cafe: Merchant, stable: bool) -> None:
        device, card, voucher = self.taken(cafe)
        code = voucher["code"] if stable else self.shown(cafe, device, voucher["voucher_id"])
        assert cafe.call("POST", f"/v1/vouchers/{code}/redeem", {}).status == 200
        assert "unverified" not in newest(cafe, card["member_id"])

    def test_of_a_guest_whose_card_was_not_seen_is_booked_as_unverified(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        device, card, voucher = self.taken(cafe)
        staff, other = cafe.staff_cookies(), cafe.counter(name="Béla")
        code = as_script(cafe, device, f"{own(cafe)}/code").json["code"]
        looked = as_script(cafe, opened(cafe, card), f"{own(cafe)}/code").json["code"]
        seen = at_counter(cafe, staff, code=code).json["seen"]
        assert "seen" not in at_counter(cafe, staff, id=card["member_id"]).json
        by_link = at_counter(cafe, staff, code=looked).json
        assert (by_link["member"]["member_id"], "seen" in by_link) == (card["member_id"], False)
        proofs = {
            "none": ({}, staff), "of nobody": ({"seen": "x.y"}, staff),
            "of another device": ({"seen": seen}, other),
        }  # fmt: skip
        for number, (what, (body, who)) in enumerate(proofs.items()):
            assert redeemed(cafe, who, voucher["code"], f"key-{number}", **body).status == 200
            assert newest(cafe, card["member_id"])["unverified"] is True, what
            path = f"/v1/vouchers/{voucher['code']}/reverse"
            assert cafe.call("POST", path, {}).status == 200
        frozen.now += timedelta(minutes=9, seconds=59)
        assert redeemed(cafe, staff, voucher["code"], "seen", seen=seen).status == 200
        assert "unverified" not in newest(cafe, card["member_id"])
        assert cafe.call("POST", f"/v1/vouchers/{voucher['code']}/reverse", {}).status == 200
        frozen.now += timedelta(seconds=1)
        assert redeemed(cafe, staff, voucher["code"], "late", seen=seen).status == 200
        assert newest(cafe, card["member_id"])["unverified"] is True

    def test_another_s_code_is_not_its_own(self, cafe: Merchant) -> None:
        _, _, voucher = self.taken(cafe)
        _, _, other = self.taken(cafe)
        handle, at = "0000A", 1_795_338_000
        code = guest_codes.voucher_code(cafe.id, handle, voucher["voucher_id"], at)
        assert guest_codes.handles_in(cafe.id, code, at)[0] == handle
        assert guest_codes.is_voucher_code(cafe.id, handle, voucher["voucher_id"], code, at)
        assert not guest_codes.is_voucher_code(cafe.id, handle, other["voucher_id"], code, at)
        assert tokens.read_card_code(cafe.id, code, at) is None
