"""The card asks once for an address, and reads a birthday back."""

from __future__ import annotations

from tests.functional.test_earning import published
from tests.service import Browser, Merchant, Service

COFFEE = {"id": "coffee", "name": "Coffee", "cost": {"unit": "stamp", "amount": 3}}


def joined(service: Service, **typed: str) -> tuple[Merchant, Browser, str]:
    """A member that joined on the page, and what the card shows first."""
    cafe = service.new_merchant()
    published(cafe, rewards=[COFFEE])
    browser = Browser(service, {"accept-language": "en"})
    page = browser.post(f"/j/{cafe.created['slug']}", **typed)
    return cafe, browser, page.text


def test_an_address_is_asked_for_until_it_is_there(service: Service) -> None:
    _, browser, page = joined(service)
    assert 'id="ask"' in page
    wrong = browser.post(f"{browser.path}/profile", do="contact", contact="12")
    assert (wrong.status, "not a whole phone number" in wrong.text) == (422, True)
    browser.get(browser.path.removesuffix("/profile"))
    card = browser.path
    after = browser.post(f"{card}/profile", do="contact", contact="anna@example.com")
    assert browser.path == card
    assert 'id="ask"' not in after.text
    assert "We have written to the address you gave" in after.text


def test_a_number_is_taken_as_well(service: Service) -> None:
    _, browser, _ = joined(service)
    page = browser.post(f"{browser.path}/profile", do="contact", contact="+36 30 123 4567")
    assert "Is the number yours?" in page.text


def test_not_now_is_remembered(service: Service) -> None:
    _, browser, _ = joined(service)
    card = browser.path
    later = browser.post(f"{card}/profile", do="later", contact="")
    assert 'id="ask"' not in later.text
    assert 'id="ask"' not in browser.get(card).text


def test_who_gave_an_address_is_not_asked(service: Service) -> None:
    assert 'id="ask"' not in joined(service, email="anna@example.com")[2]


def test_a_birthday_is_read_back_in_words(service: Service) -> None:
    page = joined(service, birthday="21 5")[2]
    assert "Your birthday: 21 May. If that is wrong" in page
