"""A passkey of a merchant that was closed signs nobody in, and goes with its people."""

from __future__ import annotations

from datetime import timedelta

from regulars.store import keys
from tests.authenticator import Authenticator
from tests.conftest import Clock
from tests.functional.closings import closed, listed, run
from tests.functional.console import Browser
from tests.functional.passkeys.calls import show, staff_id
from tests.service import Merchant, Service


def test_it_is_answered_as_one_that_nobody_has(
    service: Service, cafe: Merchant, device: Authenticator
) -> None:
    never = show(Browser(service), device, user_handle=b"mxxxxxxxxxxx.xxxxxxxx")
    closed(cafe)
    browser = Browser(service)
    reply = show(browser, device)
    assert (reply.status, reply.text) == (403, never.text)
    assert not browser.is_in()


def test_nothing_is_left_of_it_in_the_end(
    service: Service, frozen: Clock, cafe: Merchant, device: Authenticator
) -> None:
    mine = keys.passkeys(cafe.id, staff_id(cafe))
    assert (service.table.get(mine)[0] or {})["list"]
    closed(cafe)
    run(cafe, frozen)
    run(cafe, frozen, timedelta(days=30))
    assert listed(cafe)["state"] == "closed"
    assert (service.table.get(mine)[0] or {})["list"] == []
