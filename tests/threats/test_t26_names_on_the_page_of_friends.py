"""T26: the page that a friend sees tells about the member more than who shared the link wants."""

from __future__ import annotations

import re

import pytest

from regulars.core import tokens
from regulars.domain import names
from tests.functional.test_earning import published
from tests.functional.test_friends_page import COFFEE, STAMP
from tests.service import Browser, Merchant, Service
from tests.threats import removal
from tests.threats.removal import against


@pytest.fixture
def cafe(service: Service) -> Merchant:
    cafe = service.new_merchant()
    published(cafe, rewards=[COFFEE], referral={"friend": STAMP, "referrer": STAMP})
    return cafe


def shared_link(cafe: Merchant) -> str:
    """The link that Anna shares from her card."""
    anna = Browser(cafe.service)
    card = anna.post(f"/j/{cafe.created['slug']}", name="Anna Kovács")
    (link,) = re.findall(r'id="share" hidden data-link="([^"]+)"', card.text)
    return str(link)


@against(removal.of(names, "given", lambda name, _: name))
def test_the_page_shows_the_given_name_alone(removed: None, cafe: Merchant) -> None:
    page = Browser(cafe.service).get(shared_link(cafe)).text
    assert "Anna" in page
    assert "Kovács" not in page


@against(removal.of(tokens, "read_card_code", lambda m, code, epoch_s: code))
def test_what_the_link_names_is_no_code_of_the_card(removed: None, cafe: Merchant) -> None:
    handle = shared_link(cafe).rpartition("ref=")[2].partition("&")[0]
    assert handle
    assert cafe.call("POST", "/v1/earn", {"code": handle}).status in {404, 422}


def test_an_unknown_link_and_one_of_another_shop_show_what_the_page_shows_anyway(
    cafe: Merchant,
) -> None:
    other = cafe.service.new_merchant()
    published(other, rewards=[COFFEE], referral={"friend": STAMP, "referrer": STAMP})
    handle = shared_link(cafe).rpartition("ref=")[2].partition("&")[0]
    titles = {
        re.findall(r"<h1>(.*?)</h1>", Browser(other.service).get(path).text)[0]
        for path in (f"/j/{other.created['slug']}{more}" for more in ("", f"?ref={handle}"))
    }
    assert len(titles) == 1
