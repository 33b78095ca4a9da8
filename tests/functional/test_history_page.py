"""What happened on a card, month by month, in a browser."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.conftest import Clock
from tests.functional.test_card_page import link
from tests.functional.test_earning import published
from tests.service import Browser, Service

COFFEE = {"id": "coffee", "name": "Coffee", "cost": {"unit": "stamp", "amount": 3}}


def test_months_add_up_and_older_ones_come_on_request(service: Service, frozen: Clock) -> None:
    cafe = service.new_merchant()
    published(cafe, rewards=[COFFEE])
    card = cafe.join()
    for _ in range(75):
        frozen.now += timedelta(days=1)
        cafe.earn(card["member_id"])
    browser = Browser(cafe.service)
    browser.get(link(card))
    first = browser.get(f"{browser.path}/history")
    assert re.findall(r"<h2>(.+?)</h2>", first.text) == ["February", "January"]
    assert re.findall(r"<dd>(.+?)</dd>", first.text) == ["+5", "+31"]
    assert first.text.count("<li>") == 2, "equal visits are one line"
    assert "1 Jan to 31 Jan, 31 times" in first.text
    (older,) = re.findall(r'href="([^"]+before=\d+)"', first.text)
    rest = browser.get(older)
    assert re.findall(r"<h2>(.+?)</h2>", rest.text) == ["December 2026", "November 2026"]
    assert re.findall(r"<dd>(.+?)</dd>", rest.text) == ["+31", "+9"]
    assert "before=" not in rest.text


def test_a_history_without_a_card_leads_to_joining(service: Service) -> None:
    cafe = service.new_merchant()
    page = Browser(service).get(f"/card/{cafe.created['slug']}/history")
    assert page.status == 200
    assert "Get my card" in page.text
