"""Beside the editor: the document as JSON, templates, the calculator."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from regulars.program import templates
from tests.functional.console import Browser
from tests.functional.test_program_editor import EARNING, form, look, program
from tests.service import Merchant, Service

JSON = "/console/programme/json"


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return service.new_merchant(owner_email="anna@example.com")


@pytest.fixture
def anna(service: Service, cafe: Merchant) -> Browser:
    return Browser(service).sign_in("anna@example.com")


def written(anna: Browser) -> tuple[dict[str, Any], str]:
    page = anna.go("GET", JSON).text
    (text,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)
    (seen,) = re.findall(r'name="seen" value="([^"]*)"', page)
    return json.loads(html.unescape(text)), seen


def test_what_is_typed_as_json_is_the_draft(cafe: Merchant, anna: Browser) -> None:
    document, seen = written(anna)
    assert document == program(cafe)
    document["earn"][0]["amount"] = 7
    sent = {"text": json.dumps(document), "seen": seen}
    assert anna.go("POST", JSON, form=sent).status == 303
    assert written(anna)[0] == document
    assert "One change is not published" in anna.go("GET", EARNING).text


def test_mistakes_are_named_by_path_and_nothing_is_lost(cafe: Merchant, anna: Browser) -> None:
    document, seen = written(anna)
    document["earn"][0]["amount"] = 0
    reply = anna.go("POST", JSON, form={"text": json.dumps(document), "seen": seen})
    assert reply.status == 422
    assert "<code>earn.0.amount</code>: At least 1." in reply.text
    assert "&#34;amount&#34;: 0" in reply.text
    reply = anna.go("POST", JSON, form={"text": "{", "seen": seen})
    assert (reply.status, "This is no JSON" in reply.text) == (422, True)
    assert written(anna)[0] == program(cafe)


@pytest.mark.parametrize("name", templates.names())
def test_a_template_becomes_the_draft_and_the_shop_stays(
    cafe: Merchant, anna: Browser, name: str
) -> None:
    before = program(cafe)
    assert anna.go("GET", "/console/programme/templates").status == 200
    sent = {"template": name}
    assert anna.go("POST", "/console/programme/templates", form=sent).status == 303
    document, _ = written(anna)
    own = ("name", "languages", "timezone", "currency", "branding")
    assert [document[one] for one in own] == [before[one] for one in own]
    assert [one["id"] for one in document["earn"]] == [
        one["id"] for one in templates.template(name)["earn"]
    ]
    assert program(cafe) == before


def test_the_calculator_shows_its_numbers(cafe: Merchant, anna: Browser) -> None:
    """(12.50 × 20 %) ÷ 0.05 = 50."""
    member = cafe.join()["member_id"]
    cafe.earn(member, spend_minor=1250)
    path = "/console/programme/calculator"
    assert 'value="€12.50"' in anna.go("GET", path).text
    page = look(anna, f"{path}?order=12.50&margin=20&cost=0.05&unit=stamp")
    assert "50\u00a0stamps" in page.text
    assert "€12.50 × 20% = €2.50" in page.text
    assert "€2.50 ÷ €0.05 = 50" in page.text
    wrong = look(anna, f"{path}?order=x&margin=0&cost=")
    assert (wrong.status, wrong.text.count('class="mistake"')) == (422, 3)


def test_a_template_can_be_edited_at_once(anna: Browser) -> None:
    anna.go("POST", "/console/programme/templates", form={"template": "bookshop"})
    page = anna.go("GET", "/console/programme/tiers")
    for row in re.findall(r'class="row sentence" id="r-([^"]*)"', page.text):
        fields = form(page, row)
        assert anna.go("POST", f"/console/programme/tiers/{row}", form=fields).status == 303
