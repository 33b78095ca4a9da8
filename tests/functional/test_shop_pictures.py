"""Icons of the card as an app, and the picture of the link to join, over HTTP."""

from __future__ import annotations

import re
from base64 import b64decode
from io import BytesIO

import pytest
from PIL import Image

from tests.service import Browser, Merchant, Service

ORIGIN = "https://cards.example"


@pytest.fixture
def club(service: Service) -> Merchant:
    return service.new_merchant("supper-club")


def size_of(service: Service, path: str) -> tuple[int, int]:
    """The size of a picture that is answered, read whole."""
    answer = service.request("GET", path)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    picture = Image.open(BytesIO(b64decode(answer.text)))
    picture.load()
    return picture.size


def test_the_card_as_an_app_has_its_icons(club: Merchant) -> None:
    slug = club.created["slug"]
    manifest = club.service.request("GET", f"/card/{slug}/manifest").json
    sizes = {
        icon["sizes"]: size_of(club.service, icon["src"])
        for icon in manifest["icons"]
        if icon["type"] == "image/png" and "maskable" in icon["purpose"]
    }
    assert {f"{wide}x{high}": (wide, high) for wide, high in sizes.values()} == sizes
    assert {"192x192", "512x512"} <= set(sizes)
    phone = Browser(club.service)
    page = phone.post(f"/j/{slug}", name="Anna").text
    (icon,) = re.findall(r'rel="apple-touch-icon" href="([^"]+)"', page)
    assert size_of(club.service, icon) == (180, 180)


def test_a_link_to_join_has_a_picture(club: Merchant) -> None:
    page = club.service.request("GET", f"/j/{club.created['slug']}").text
    (address,) = re.findall(r'property="og:image" content="([^"]+)"', page)
    assert address.startswith(f"{ORIGIN}/")
    assert size_of(club.service, address.removeprefix(ORIGIN)) == (1200, 630)


def test_the_sandbox_and_a_club_of_points_have_pictures_too(service: Service) -> None:
    shop = service.new_merchant("bookshop")
    for slug in (shop.created["slug"], shop.sandbox_id):
        assert size_of(service, f"/card/{slug}/pictures/join.png") == (1200, 630)


@pytest.mark.parametrize("name", ["icon-64.png", "icon-192.svg", "join", "..%2Fjoin.png", "é"])
def test_other_names_are_none(club: Merchant, name: str) -> None:
    answer = club.service.request("GET", f"/card/{club.created['slug']}/pictures/{name}")
    assert (answer.status, answer.code) == (404, "not_found")


def test_an_unknown_shop_has_none(service: Service) -> None:
    assert service.request("GET", "/card/nobody/pictures/join.png").status == 404
