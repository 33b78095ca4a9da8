"""T4: a screenshot of what a card shows is used later, or by somebody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.core import tokens
from regulars.http import seen
from tests.conftest import Clock
from tests.functional.test_card_devices import as_script, coffee_for_one_stamp, joined, own, take
from tests.functional.test_seen_vouchers import at_counter, newest, redeemed
from tests.service import Merchant, Service
from tests.threats import removal
from tests.threats.removal import against


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return coffee_for_one_stamp(service)


def any_step_of_an_hour(epoch_s: int) -> tuple[int, ...]:
    newest_step = epoch_s // tokens.CODE_STEP_S
    return tuple(range(newest_step, newest_step - 120, -1))


@against(removal.of(tokens, "accepted_steps", any_step_of_an_hour))
def test_codes_of_two_minutes_ago_are_nobody_s(
    removed: None, cafe: Merchant, frozen: Clock
) -> None:
    device, _ = joined(cafe, name="Anna")
    take(device, own(cafe))
    (voucher,) = cafe.call("GET", "/v1/members").json["items"][0]["vouchers"]
    of_card = as_script(cafe, device, f"{own(cafe)}/code").json["code"]
    path = f"{own(cafe)}/code"
    of_voucher = as_script(cafe, device, path, voucher=voucher["voucher_id"]).json["code"]
    counter = cafe.staff_cookies()
    assert at_counter(cafe, counter, code=of_card).status == 200
    frozen.now += timedelta(seconds=120)
    assert at_counter(cafe, counter, code=of_card).status == 404
    assert redeemed(cafe, counter, of_voucher).status == 404


@against(removal.of(seen, "is_proved", lambda *_: True))
def test_who_was_found_by_name_is_not_taken_for_seen(removed: None, cafe: Merchant) -> None:
    device, card = joined(cafe, name="Anna")
    take(device, own(cafe))
    (voucher,) = cafe.card(card["member_id"])["vouchers"]
    counter = cafe.staff_cookies()
    found = at_counter(cafe, counter, id=card["member_id"]).json["member"]
    body = {"seen": found.get("seen") or "made up"}
    assert redeemed(cafe, counter, voucher["code"], **body).status == 200
    assert newest(cafe, card["member_id"]).get("unverified") is True
