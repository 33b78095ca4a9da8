"""One phone and two people; and phones whose page is shown inside another app."""

from __future__ import annotations

import re

import pytest

from tests.service import Browser, Service

WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {WEBKIT}"
INSTAGRAM = f"{IPHONE} Mobile/15E148 Instagram 331.0.3.29.93 (iPhone14,5; iOS 17_5; en_GB)"
SAFARI = f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1"
WEBVIEW = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP1A; wv) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Version/4.0 Chrome/124.0.0.0 Mobile Safari/537.36"
)


def test_two_people_come_back_to_their_cards_on_one_phone(service: Service) -> None:
    slug = service.new_merchant().created["slug"]
    phone = Browser(service, {"accept-language": "en"})
    phone.post(f"/j/{slug}", name="Anna")
    card = phone.path
    phone.get(f"/j/{slug}")
    assert phone.path == card, "a phone that is known sees its card"
    form = phone.get(f"/j/{slug}?new=1")
    assert "Get my card" in form.text
    second = phone.post(f"/j/{slug}", name="Peter")
    assert "Peter" in second.text
    assert "To the card of Anna" in second.text
    (other,) = re.findall(r'name="member_id" value="(\w+)"', second.text)
    first = phone.post(f"{card}/switch", member_id=other)
    assert "\u2068Anna\u2069’s card" in first.text
    assert "To the card of Peter" in first.text
    left = phone.post(f"{card}/forget")
    assert "\u2068Peter\u2069’s card" in left.text
    assert "To the card of" not in left.text
    assert "Get my card" in phone.post(f"{card}/forget").text


def test_a_card_that_is_not_on_the_phone_is_not_switched_to(service: Service) -> None:
    cafe = service.new_merchant()
    stranger = cafe.join(name="Stranger")["member_id"]
    phone = Browser(service, {"accept-language": "en"})
    phone.post(f"/j/{cafe.created['slug']}", name="Anna")
    page = phone.post(f"{phone.path}/switch", member_id=stranger)
    assert "Anna" in page.text
    phone.cookies[f"__Host-regulars_others_{cafe.id}"] = f"{stranger}.{'a' * 26}"
    assert "Stranger" not in phone.get(phone.path.removesuffix("/switch")).text


@pytest.mark.parametrize("user_agent", [INSTAGRAM, WEBVIEW])
def test_inside_another_app_no_device_is_bound(service: Service, user_agent: str) -> None:
    slug = service.new_merchant().created["slug"]
    inside = Browser(service, {"accept-language": "en", "user-agent": user_agent})
    assert "Open this in your browser" in inside.get(f"/j/{slug}").text
    card = inside.post(f"/j/{slug}", name="Anna")
    assert "Open this in your browser" in card.text
    (link,) = re.findall(r'id="elsewhere" data-link="([^"]+)"', card.text)
    used = inside.post(f"{inside.path}/device")
    assert used.status == 403
    own = Browser(service, {"accept-language": "en", "user-agent": SAFARI})
    page = own.get(link)
    assert "Use this card on this phone" in page.text
    taken = own.post(f"{own.path}/device")
    assert "This phone and others" in taken.text
    assert "Open this in your browser" not in taken.text


@pytest.mark.parametrize("user_agent", [INSTAGRAM, WEBVIEW])
def test_a_code_that_is_scanned_inside_another_app_binds_no_device(
    service: Service, user_agent: str
) -> None:
    cafe = service.new_merchant()
    code = cafe.call("POST", "/v1/codes", {"kind": "once"}).json["url"]
    inside = Browser(service, {"accept-language": "en", "user-agent": user_agent})
    assert "Open this in your browser" in inside.get(code).text
    booked = inside.post(inside.path, once="form-1234")
    assert "It is on your card" in booked.text
    (member,) = cafe.call("GET", "/v1/members").json["items"]
    assert member["visits"] == 1
    card = inside.get(f"/card/{cafe.created['slug']}")
    assert "Open this in your browser" in card.text
    assert inside.post(f"/card/{cafe.created['slug']}/device").status == 403
