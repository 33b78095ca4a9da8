"""The page of posters: what is chosen is drawn and read, what is wrong is said at its field."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl

import pytest

from tests.functional.console import Browser
from tests.service import Merchant, Service

PATH = "/console/posters"


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return service.new_merchant(owner_email="sheets@example.com")


@pytest.fixture
def owner(cafe: Merchant) -> Browser:
    return Browser(cafe.service).sign_in("sheets@example.com")


def files(page: str) -> dict[str, str]:
    """The files that a page leads to, by ending."""
    found = (unescape(href) for href in re.findall(r'href="(/q/[^"]+)" download', page))
    return {re.findall(r"[.](svg|png|pdf)", href)[0]: href for href in found}


def test_the_sheet_and_its_files_are_what_was_chosen(cafe: Merchant, owner: Browser) -> None:
    query = {"layout": "tent", "style": "rounded", "bleed": "3", "text": "Ten visits, one coffee"}
    page = owner.go("GET", PATH, query=query)
    assert page.status == 200, page.text
    assert "100 × 260 mm" in page.text
    for ending, href in files(page.text).items():
        path, _, asked = href.partition("?")
        chosen = dict(parse_qsl(asked))
        assert chosen["text"] == "Ten visits, one coffee"
        assert owner.go("GET", path, query=chosen).status == 200, ending
    assert set(files(page.text)) == {"svg", "png", "pdf"}


def test_a_pale_color_is_refused_with_one_that_can_be_read(owner: Browser) -> None:
    page = owner.go("GET", PATH, query={"color": "#d9a066"}).text
    (nearest,) = set(re.findall(r"Use (#[0-9a-f]{6}) instead", page))
    assert 'aria-describedby="h-color"' in page
    assert "color=%23d9a066" not in page, "the sheet stays as it was"
    assert "instead" not in owner.go("GET", PATH, query={"color": nearest}).text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"size_mm": "90"}, "at most 70 mm"),
        ({"size_mm": "9"}, "From 20 to 400"),
        ({"layout": "receipt", "text": "Donaudampfschifffahrtsgesellschaft"}, "shorten it"),
        ({"text": "ok 🍩"}, "cannot be printed"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words(owner: Browser, query: dict[str, str], words: str) -> None:
    page = owner.go("GET", PATH, query=query)
    assert page.status == 200
    assert words in page.text
    assert files(page.text), "the last good sheet is there"


def test_a_source_is_added_chosen_and_put_away(cafe: Merchant, owner: Browser) -> None:
    form = {"name": "Window, Main Street", "kind": "poster"}
    answer = owner.go("POST", f"{PATH}/sources", form=form)
    assert answer.status == 303, answer.text
    path, _, asked = answer.headers["location"].partition("?")
    query = dict(pair.split("=", 1) for pair in asked.split("&"))
    page = owner.go("GET", path, query=query).text
    assert "counted as “Window, Main Street”" in page
    assert f"source={query['source']}" in files(page)["pdf"]
    away = owner.go("POST", f"{PATH}/sources/{query['source']}/archive", form={"archived": "1"})
    assert away.status == 303
    (one,) = cafe.call("GET", "/v1/sources").json["items"]
    assert one["archived"] is True


def test_a_name_that_is_taken_is_said_at_its_field(owner: Browser) -> None:
    form = {"name": "Table 4", "kind": "table"}
    owner.go("POST", f"{PATH}/sources", form=form)
    again = owner.go("POST", f"{PATH}/sources", form=form)
    assert again.status == 422
    assert 'value="Table 4"' in again.text


def test_is_the_owners_alone(cafe: Merchant) -> None:
    cookies = cafe.counter(role="manager")
    assert cafe.service.request("GET", PATH, cookies=cookies).status == 403


def test_the_language_of_the_poster_is_chosen_among_those_of_the_shop(
    cafe: Merchant, owner: Browser
) -> None:
    document = cafe.call("GET", "/v1/program").json["program"]
    body = {**document, "languages": ["en", "hu", "pl"]}
    assert cafe.call("PUT", "/v1/program", body, headers={"if-match": "1"}).status == 200

    def drawn(**query: str) -> tuple[str, str]:
        page = owner.go("GET", PATH, query=query)
        assert page.status == 200
        html = re.search(r'<html lang="(\w+)"', page.text)
        lang = re.search(r"[?&]lang=([a-z%2C]+)", files(page.text)["svg"])
        assert html
        assert lang
        return lang[1].replace("%2C", ","), html[1]

    for query, lang in (
        ({}, "en,hu"), ({"speaks": "hu"}, "hu"), ({"speaks": "hu", "below": "pl"}, "hu,pl"),
        ({"speaks": "pl", "below": "pl"}, "pl"), ({"speaks": "kk", "below": "pl"}, "en,hu"),
        ({"speaks": "pl", "below": "kk"}, "pl"),
    ):  # fmt: skip
        assert drawn(**query) == (lang, "en"), query
    assert drawn(lang="hu", speaks="pl") == ("pl", "hu"), "the page has its own language"
    page = owner.go("GET", PATH, query={"speaks": "hu", "below": "pl"}).text
    picture = re.search(r'<figure class="printed"><img src="([^"]+)"', page)
    assert picture
    path, _, asked = unescape(picture[1]).partition("?")
    assert owner.go("GET", path, query=dict(parse_qsl(asked))).status == 200
