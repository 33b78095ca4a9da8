"""A shop's code and posters over HTTP: given to anybody, with own words to the owner alone."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from regulars.api import poster_files
from regulars.core import limits
from regulars.posters import proof
from tests.functional.console import Browser
from tests.service import Merchant, Reply, Service

ORIGIN = "https://cards.example"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Each test draws again, as a new process would."""
    poster_files._kept.clear()


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return service.new_merchant(owner_email="posters@example.com")


def file(shop: Merchant, ending: str = "svg", **choices: str) -> Reply:
    return shop.service.request("GET", f"/q/{shop.created['slug']}.{ending}", query=choices)


def picture(reply: Reply, ending: str) -> Image.Image:
    assert reply.status == 200, reply.text
    data = b64decode(reply.text)
    readers = {"svg": proof.of_svg, "png": proof.of_png, "pdf": proof.of_pdf}
    return readers[ending](data)


def read(reply: Reply, ending: str) -> str:
    (found,) = zxingcpp.read_barcodes(picture(reply, ending))
    return found.text


def refused(reply: Reply) -> dict[str, str]:
    assert (reply.status, reply.code) == (422, "invalid")
    return {one["path"]: one["message"] for one in reply.json["errors"]}


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_the_code_leads_to_the_join_page(cafe: Merchant, ending: str) -> None:
    link = read(file(cafe, ending), ending)
    assert link == f"{ORIGIN}/j/{cafe.created['slug']}" == cafe.created["join_url"]
    assert cafe.service.request("GET", link.removeprefix(ORIGIN)).status == 200


def test_with_a_source_it_names_it(cafe: Merchant) -> None:
    assert read(file(cafe, source="table-4"), "svg").endswith("?source=table-4")


def test_a_pdf_is_an_a4_poster_and_a_picture_the_code_alone(cafe: Merchant) -> None:
    page = picture(file(cafe, "pdf"), "pdf")
    assert [round(side / proof.DPI * proof.INCH) for side in page.size] == [210, 297]
    code = picture(file(cafe, "png"), "png")
    assert code.width == code.height
    assert code.convert("RGB").getcolors(1 << 20) is not None
    assert len(set(code.convert("L").getextrema())) == 2


def test_it_is_kept_by_caches_and_known_again(cafe: Merchant) -> None:
    first = file(cafe, "pdf")
    assert first.headers["cache-control"] == "public, max-age=3600"
    assert first.headers["content-type"] == "application/pdf"
    assert "sandbox" in first.headers["content-security-policy"]
    again = cafe.service.request(
        "GET", f"/q/{cafe.created['slug']}.pdf", headers={"if-none-match": first.headers["etag"]}
    )
    assert (again.status, again.text) == (304, "")


def test_the_shop_that_is_drawn_follows_its_program(cafe: Merchant) -> None:
    before = file(cafe, "pdf").headers["etag"]
    document = cafe.call("GET", "/v1/program").json["program"]
    document["branding"]["color"] = "#23423a"
    assert cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"}).status == 200
    assert file(cafe, "pdf").headers["etag"] != before


def test_a_pale_color_of_the_shop_is_darkened_a_pale_choice_refused(cafe: Merchant) -> None:
    document = cafe.call("GET", "/v1/program").json["program"]
    document["branding"]["color"] = "#f5d020"
    assert cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"}).status == 200
    assert file(cafe, "pdf").status == 200
    assert "use #" in refused(file(cafe, "pdf", color="f5d020"))["color"]


@pytest.mark.parametrize("name", ["nobody.svg", "corner.gif", ".svg", "svg", "%2e%2e.svg"])
def test_what_is_not_there_is_not_found(service: Service, name: str) -> None:
    assert service.request("GET", f"/q/{name}").code == "not_found"


class TestWordsOfOnesOwn:
    WORDS = {"layout": "a5", "text": "Ten visits, one coffee", "frame": "Scan me"}  # noqa: RUF012

    def test_are_printed_for_the_owner_who_is_signed_in(self, cafe: Merchant) -> None:
        owner = Browser(cafe.service).sign_in("posters@example.com")
        reply = owner.go("GET", f"/q/{cafe.created['slug']}.pdf", query=self.WORDS)
        assert read(reply, "pdf") == cafe.created["join_url"]
        assert reply.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("name", ["text", "frame"])
    def test_are_for_nobody_else(self, cafe: Merchant, name: str) -> None:
        words: dict[str, Any] = {"layout": "a5", name: "Free beer"}
        assert file(cafe, "pdf", **words).status == 401
        path = f"/q/{cafe.created['slug']}.pdf"
        staff = cafe.service.request("GET", path, query=words, cookies=cafe.counter(role="staff"))
        assert staff.status == 403
        assert cafe.call("GET", path, query=words).status == 403, "a key is nobody signed in"

    def test_are_not_those_of_another_shop(self, cafe: Merchant) -> None:
        cafe.service.new_merchant(owner_email="elsewhere@example.com")
        owner = Browser(cafe.service).sign_in("elsewhere@example.com")
        reply = owner.go("GET", f"/q/{cafe.created['slug']}.pdf", query=self.WORDS)
        assert reply.status == 404


def test_who_has_too_many_drawn_waits(cafe: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn already is given all the same: it costs nothing."""
    monkeypatch.setattr(limits.POSTERS_FOR_ONE, "most", 2)
    one, other = ({"source": name} for name in ("a", "b"))
    assert [file(cafe, **one).status, file(cafe, **other).status] == [200, 200]
    refusal = file(cafe, source="c")
    assert (refusal.status, refusal.code) == (429, "rate_limited")
    assert int(refusal.headers["retry-after"]) > 0
    assert file(cafe, **one).status == 200
