"""The first shop of an installation, and its first run, as a browser without script does them."""

from __future__ import annotations

import io
import re
from typing import Any

from PIL import Image

from regulars.core import set_up
from tests.functional.console import Browser, on, send
from tests.service import Reply, Service


def file_form(name: str, file: bytes) -> dict[str, Any]:
    """What a browser sends for a form with a file in it."""
    head = f'--edge\r\nContent-Disposition: form-data; name="{name}"; filename="a.png"\r\n\r\n'
    body = head.encode() + file + b"\r\n--edge--\r\n"
    return {"raw": body, "headers": {"content-type": "multipart/form-data; boundary=edge"}}


def new_shop(service: Service, **form: str) -> tuple[Browser, Reply]:
    browser = Browser(service)
    fields: dict[str, Any] = {
        "code": set_up.code(), "name": "Éva kávézója", "email": "eva@example.com",
        "template": "mug-club", "currency": "HUF", "zone": "Europe/Budapest", "language": "hu",
    }  # fmt: skip
    return browser, browser.go("POST", "/console/set-up", form={**fields, **form})


class TestSetUp:
    def test_the_first_shop_needs_the_code_and_no_curl(self, service: Service) -> None:
        browser = Browser(service)
        assert browser.go("GET", "/console/").headers["location"] == "/console/sign-in"
        assert browser.go("GET", "/console/sign-in").headers["location"] == "/console/set-up"
        assert browser.go("GET", "/console/set-up").status == 200
        browser, wrong = new_shop(service, code="wrongwrong12")
        assert wrong.status == 422
        grouped = "-".join(re.findall("....", set_up.code().upper()))
        browser, made = new_shop(service, code=grouped)
        assert made.headers["location"] == "/console/first-run"
        page = on(browser, "/console/first-run/trade")
        assert "Éva kávézója" in page
        assert service.request("GET", "/j/eva-kavezoja").status == 200
        _, second = new_shop(service)
        assert second.headers["location"] == "/console/sign-in"

    def test_mistakes_are_shown_and_nothing_is_made(self, service: Service) -> None:
        _, reply = new_shop(service, name="", email="nobody")
        assert reply.status == 422
        assert "This is needed." in reply.text or "Ezt meg kell adni." in reply.text
        assert Browser(service).go("GET", "/console/set-up").status == 200

    def test_wrong_codes_are_counted(self, service: Service) -> None:
        answers = [new_shop(service, code=f"wrongwrong{n}")[1].status for n in range(8)]
        assert answers[:4] == [422] * 4
        assert answers[-1] == 429
        assert new_shop(service)[1].status == 429

    def test_a_logo_gives_the_card_its_colors(self, service: Service) -> None:
        browser, _ = new_shop(service)
        picture = io.BytesIO()
        image = Image.new("RGB", (300, 200), "#0a7d5c")
        image.paste("#c0392b", (0, 0, 300, 60))
        image.save(picture, "PNG")
        reply = browser.go(
            "POST", "/console/first-run/look/logo", **file_form("logo", picture.getvalue())
        )
        assert reply.status == 303
        assert "colors=" in reply.headers["location"]
        page = on(browser, reply.headers["location"])
        assert "from your logo" in page or "a logódból" in page
        send(
            browser, "/console/first-run/look", name="Éva", color="#000000",
            **{"of-logo": "#0a7d5c", "speaks-hu": "1"},
        )  # fmt: skip
        join = service.request("GET", "/j/eva-kavezoja").text
        assert "/logos/" in join
        for wrong in (b"", b"<svg/>", b"\x89PNG\r\n\x1a\nbroken"):
            reply = browser.go("POST", "/console/first-run/look/logo", **file_form("logo", wrong))
            assert reply.status == 422

    def test_the_first_run_goes_on_where_it_was_left(self, service: Service) -> None:
        browser, _ = new_shop(service)

        def next_step() -> str:
            return browser.go("GET", "/console/first-run").headers["location"].rpartition("/")[2]

        look = {"name": "Éva", "color": "#0a7d5c", "icon": "plate", "speaks-hu": "1"}
        assert next_step() == "trade"
        send(browser, "/console/first-run/trade", template="supper-club")
        assert next_step() == "look"
        assert send(browser, "/console/first-run/look", **{**look, "name": ""}).status == 422
        assert next_step() == "look"
        send(browser, "/console/first-run/look", **look)
        assert next_step() == "counter"
        send(browser, "/console/first-run/trade", template="corner-cafe")
        assert next_step() == "counter"
        send(browser, "/console/first-run/counter", do="end")
        assert next_step() == "trade"

    def test_what_a_tier_costs_is_said_before_it_is_chosen(self, service: Service) -> None:
        browser, _ = new_shop(service)
        page = on(browser, "/console/first-run/trade?lang=en").replace("\u00a0", " ")
        fan = page.partition("Espresso Fan")[2].partition("<br>")[0]
        assert " a month · A free pastry every week" in fan
        regular = page.partition("The Foodie")[2].partition("<br>")[0]
        assert " in a year · " in regular

    def test_the_first_run_publishes_and_ends(self, service: Service) -> None:
        browser, _ = new_shop(service)
        send(browser, "/console/first-run/trade", template="supper-club")
        page = send(
            browser, "/console/first-run/look", name="Éva vendéglője", color="#0a7d5c",
            icon="plate", **{"speaks-hu": "1", "speaks-en": "1"},
        )  # fmt: skip
        assert page.status == 200
        page = send(browser, "/console/first-run/counter", do="device")
        assert "/staff/" in page.text
        send(browser, "/console/first-run/counter", do="end")
        join = service.request("GET", "/j/eva-kavezoja").text
        assert "Éva vendéglője" in join
        assert "Ready for the first guest?" not in on(browser, "/console/?lang=en")
