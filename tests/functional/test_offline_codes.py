"""Codes that a device makes without network, as the counter reads them."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta

import pytest

from regulars.core import guest_codes
from regulars.domain.calendar import to_ms
from tests.conftest import Clock
from tests.service import Browser, Merchant, Service


class Device:
    """A phone that has joined, and what it was given for the time without network."""

    def __init__(self, service: Service, cafe: Merchant) -> None:
        self.cafe = cafe
        self.browser = Browser(service)
        self.browser.post(f"/j/{cafe.created['slug']}", name="Anna")
        self.card = self.browser.path
        self.given = self.browser.get(f"{self.card}/code?key=1").json

    def code(self, frozen: Clock, seconds: float = 0) -> str:
        epoch_s = to_ms(frozen.now + timedelta(seconds=seconds)) // 1000
        return guest_codes.offline_code(self.given["handle"], b64decode(self.given["key"]), epoch_s)

    def earns(self, code: str) -> int:
        return self.cafe.call("POST", "/v1/earn", {"code": code}).status


@pytest.fixture
def device(service: Service, frozen: Clock) -> Device:
    return Device(service, service.new_merchant())


@pytest.mark.parametrize(
    ("seconds", "status"), [(0, 200), (-60, 200), (30, 200), (-90, 404), (60, 404), (-3600, 404)]
)
def test_a_code_is_good_for_its_time(
    device: Device, frozen: Clock, seconds: int, status: int
) -> None:
    assert device.earns(device.code(frozen, seconds)) == status


def test_a_guessed_code_is_none(device: Device, frozen: Clock) -> None:
    code = device.code(frozen)
    for wrong in (f"{code[:-1]}{'0' if code[-1] != '0' else '1'}", f"{code[:5]}000000", "0" * 11):
        assert device.earns(wrong) == 404


def test_the_counter_takes_it_as_shown_by_the_device(device: Device, frozen: Clock) -> None:
    found = device.cafe.service.request(
        "GET", "/staff/api/member", query={"code": device.code(frozen)},
        cookies=device.cafe.staff_cookies(),
    )  # fmt: skip
    assert found.status == 200
    assert found.json["seen"]


def test_a_device_that_is_ended_makes_no_codes(device: Device, frozen: Clock) -> None:
    code = device.code(frozen)
    device.browser.post(f"{device.card}/forget")
    assert device.earns(code) == 404


def test_a_link_alone_gets_no_key(service: Service) -> None:
    cafe = service.new_merchant()
    card = cafe.join()
    link = str(card["card_url"]).removeprefix("https://cards.example")
    answer = service.request("GET", f"{link}/code", query={"key": "1"})
    assert (answer.status, answer.code) == (403, "device_needed")
