"""T17: the link of a card gets known: by a referrer, a history, a chat."""

from __future__ import annotations

import re
from typing import Any

import pytest

from regulars.http import headers
from regulars.pages.customer.card.opening import Opened
from regulars.store.members import Members
from tests.functional.test_card_devices import coffee_for_one_stamp, joined, opened, own, take
from tests.service import Merchant, Service
from tests.threats import removal
from tests.threats.removal import against


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return coffee_for_one_stamp(service)


@against(removal.of(Opened, "may_use", property(lambda self: True)))
def test_who_has_the_link_takes_no_reward(removed: None, cafe: Merchant) -> None:
    _, card = joined(cafe, name="Anna")
    other = opened(cafe, card)
    assert take(other, own(cafe)).status == 403
    assert cafe.card(card["member_id"])["vouchers"] == []


def with_referrer(*_: object, **__: object) -> dict[str, str]:
    return {"content-type": "text/html", "referrer-policy": "unsafe-url"}


@against(removal.of(headers, "of_page", with_referrer))
def test_the_page_tells_nobody_where_it_is(removed: None, cafe: Merchant) -> None:
    device, _ = joined(cafe, name="Anna")
    page = device.get(own(cafe))
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    named = re.findall(r'(?:src|href|action)="(https?:)?//', page.text)
    assert named == []


def link_stays(members: Members, before: Any, after: Any, *_: object) -> None:
    """A new link beside the one before."""
    members.change(before, after)


@against(removal.of(Members, "renew_link", link_stays))
def test_a_link_that_was_replaced_is_unknown(removed: None, cafe: Merchant) -> None:
    _, card = joined(cafe, name="Anna")
    path = card["card_url"].removeprefix("https://cards.example")
    assert cafe.call("POST", f"/v1/members/{card['member_id']}/link").status == 200
    assert cafe.service.request("GET", path).status == 404
