"""A member's link, and the page that a friend sees."""

from __future__ import annotations

import re

from regulars.render.qr import qr_svg
from tests.functional.test_earning import published
from tests.service import Browser, Service

COFFEE = {"id": "coffee", "name": "Coffee", "cost": {"unit": "stamp", "amount": 3}}
STAMP = {"unit": "stamp", "amount": 1}


def test_a_friend_sees_who_gives_what(service: Service) -> None:
    cafe = service.new_merchant()
    published(
        cafe, rewards=[COFFEE],
        referral={"friend": STAMP, "referrer": {"unit": "stamp", "amount": 2}},
    )  # fmt: skip
    slug = cafe.created["slug"]
    anna = Browser(service, {"accept-language": "en"})
    card = anna.post(f"/j/{slug}", name="Anna Kovács")
    assert "For you: 2\u00a0stamps. For your friend: 1\u00a0stamp." in card.text
    (link,) = re.findall(r'id="share" hidden data-link="([^"]+)"', card.text)
    assert str(qr_svg(f"https://cards.example{link}", "The code of my link")) in card.text
    friend = Browser(service, {"accept-language": "en"})
    page = friend.get(link)
    assert "Anna gives you this: 1\u00a0stamp" in page.text.replace("&nbsp;", "\u00a0")
    assert "Kovács" not in page.text
    (title,) = re.findall(r'property="og:title" content="([^"]+)"', page.text)
    assert title.endswith("Anna gives you this: 1\u00a0stamp")
    assert "gives you this" not in friend.get(f"/j/{slug}?ref=00000").text


def test_search_engines_list_the_page_of_a_shop_alone(service: Service) -> None:
    cafe = service.new_merchant()
    path = f"/j/{cafe.created['slug']}"
    guest = Browser(service, {"accept-language": "en"})
    shop = guest.get(path + "?source=poster").text
    assert "noindex" not in shop
    assert f'<link rel="canonical" href="https://cards.example{path}">' in shop
    assert re.search(r'<meta name="description" content="[^"]+', shop)
    for page in (guest.get(path + "?ref=00000"), guest.post(path, email="no"), guest.get("/")):
        assert '<meta name="robots" content="noindex">' in page.text
    card = guest.post(path, name="Anna")
    assert '<meta name="robots" content="noindex">' in card.text


def test_without_referrals_nobody_is_asked_to_bring_friends(service: Service) -> None:
    cafe = service.new_merchant()
    published(cafe, rewards=[COFFEE])
    anna = Browser(service, {"accept-language": "en"})
    assert "Bring a friend" not in anna.post(f"/j/{cafe.created['slug']}", name="Anna").text
