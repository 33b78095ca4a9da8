"""T25: the codes that a phone makes without network are guessed, kept, or made by somebody else."""

from __future__ import annotations

import pytest

from regulars.actions import live_on
from regulars.core import guest_codes
from regulars.pages.customer.card.opening import Opened
from regulars.store.card_devices import CardDevice
from regulars.store.profiles import Profile
from tests.conftest import Clock
from tests.functional.test_offline_codes import Device
from tests.service import Service
from tests.threats import removal
from tests.threats.removal import against

SOME_DEVICE = CardDevice("0" * 64, 0, "join")
ANY_CODE = removal.of(guest_codes, "is_offline_code", lambda *_: True)


@pytest.fixture
def phone(service: Service, frozen: Clock) -> Device:
    return Device(service, service.new_merchant())


@against(ANY_CODE)
def test_a_guessed_check_is_nobody_s(removed: None, phone: Device, frozen: Clock) -> None:
    code = phone.code(frozen)
    other = "0" if code[-1] != "0" else "1"
    assert phone.earns(f"{code[:-1]}{other}") == 404


@against(ANY_CODE)
def test_a_photo_of_a_code_is_over_soon(removed: None, phone: Device, frozen: Clock) -> None:
    assert phone.earns(phone.code(frozen, -90)) == 404


def not_ended(_: object, profile: Profile, __: str) -> Profile:
    return profile


@against(removal.of(live_on, "end", not_ended))
def test_a_key_is_worth_nothing_once_its_phone_is_ended(
    removed: None, phone: Device, frozen: Clock
) -> None:
    phone.browser.post(f"{phone.card}/forget")
    assert phone.earns(phone.code(frozen)) == 404


@against(removal.of(Opened, "device", property(lambda self: self[4] or SOME_DEVICE)))
def test_who_has_the_link_gets_no_key(removed: None, phone: Device) -> None:
    member = phone.cafe.call("GET", "/v1/members").json["items"][0]
    link = member["card_url"].removeprefix("https://cards.example")
    answer = phone.cafe.service.request("GET", f"{link}/code", query={"key": "1"})
    assert (answer.status, answer.json.get("code")) == (403, "device_needed")
