"""The programme editor over HTTP: drafts, mistakes, two people at once, publishing, going back."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest

from regulars.program import templates
from tests.functional.console import Browser
from tests.service import Merchant, Reply, Service

EARNING = "/console/programme/earning"


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return service.new_merchant(owner_email="anna@example.com")


@pytest.fixture
def anna(service: Service, cafe: Merchant) -> Browser:
    return Browser(service).sign_in("anna@example.com")


def form(page: Reply, row: str) -> dict[str, str]:
    """The fields of a row's form, as a browser would send them."""
    (text,) = re.findall(
        rf'<form class="row sentence" id="r-{re.escape(row)}".*?</form>', page.text, re.S
    )
    found = {}
    for tag in re.findall(r"<input[^>]*>", text):
        named = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in named and (named.get("type") != "checkbox" or " checked" in tag):
            found[named["name"]] = html.unescape(named.get("value", ""))
    for name, below in re.findall(r'<select[^>]* name="([^"]*)".*?>(.*?)</select>', text, re.S):
        chosen = re.findall(r'<option value="([^"]*)" selected', below)
        first = re.findall(r'<option value="([^"]*)"', below)
        found[name] = html.unescape((chosen or first)[0])
    for name, below in re.findall(r'<textarea[^>]* name="([^"]*)".*?>(.*?)</textarea>', text, re.S):
        found[name] = html.unescape(below)
    return found


def program(cafe: Merchant) -> dict[str, Any]:
    document: dict[str, Any] = cafe.call("GET", "/v1/program").json["program"]
    return document


def drafted(who: Browser) -> str:
    """The draft of the programme, as its page shows it."""
    return html.unescape(who.go("GET", "/console/programme/json").text)


def look(who: Browser, address: str) -> Reply:
    """A page by its address, with what stands after the question mark."""
    path, _, query = address.partition("#")[0].partition("?")
    return who.go("GET", path, query=dict(parse_qsl(query)))


def send(who: Browser, path: str, row: str, fields: dict[str, str], **more: str) -> Reply:
    return who.go("POST", f"{path}/{quote(row)}", form={**fields, **more})


class TestEditing:
    def test_every_part_opens(self, anna: Browser) -> None:
        page = anna.go("GET", "/console/programme")
        parts = re.findall(r'href="(/console/programme/[a-z]+)"', page.text)
        assert page.status == 200
        for path in parts:
            assert anna.go("GET", path).status == 200, path

    @pytest.mark.parametrize("template", templates.names())
    def test_what_is_sent_as_it_was_shown_changes_nothing(
        self, service: Service, template: str
    ) -> None:
        """Over real pages: all forms of a template, in the browser's spelling."""
        cafe = service.new_merchant(owner_email="anna@example.com", template=template)
        anna = Browser(service).sign_in("anna@example.com")
        for slug in ("earning", "rewards", "tiers", "units", "limits", "refunds", "names"):
            path = f"/console/programme/{slug}"
            page = anna.go("GET", path)
            assert page.status == 200
            for row in re.findall(r'class="row sentence" id="r-([^"]*)"', page.text):
                assert send(anna, path, row, form(page, row)).status == 303
        assert "not published" not in anna.go("GET", EARNING).text
        assert program(cafe) == program(cafe)

    def test_a_change_waits_in_the_draft(self, cafe: Merchant, anna: Browser) -> None:
        before = program(cafe)
        page = anna.go("GET", EARNING)
        row = "earn.visit"
        assert send(anna, EARNING, row, form(page, row), amount="2").status == 303
        page = anna.go("GET", EARNING)
        assert "One change is not published" in page.text
        assert "Until now: Give 1 stamp for every visit." in page.text
        assert form(page, row)["amount"] == "2"
        assert program(cafe) == before
        assert (
            send(anna, EARNING, row, {"seen": form(page, row)["seen"]}, do="putback").status == 303
        )
        assert "not published" not in anna.go("GET", EARNING).text

    def test_a_headline_does_not_tell_of_another_cost(self, service: Service) -> None:
        bakery = service.new_merchant("bakery", owner_email="owner@example.com")
        owner, path = Browser(service).sign_in("owner@example.com"), "/console/programme/rewards"
        row = "rewards.free-muffin"
        here = owner.go("GET", path, query={"edit": row})
        fields = form(here, row)
        same = {**fields, "name.en": "A muffin"}
        assert send(owner, path, row, same).status == 303
        assert "Five visits, and a muffin on the house" in drafted(owner)
        other = form(owner.go("GET", path, query={"edit": row}), row)
        assert send(owner, path, row, {**other, "cost.amount": "8"}).status == 303
        assert "Five visits" not in drafted(owner)
        assert "Five visits" in program(bakery)["rewards"][0]["headline"]["en"]

    def test_what_is_wrong_stands_at_its_field_with_what_was_typed(self, anna: Browser) -> None:
        page = anna.go("GET", EARNING)
        for typed, worded in (
            ("x", "Type a number."),
            ("0", "At least 1."),
            ("", "This is needed."),
        ):
            reply = send(anna, EARNING, "earn.visit", form(page, "earn.visit"), amount=typed)
            assert reply.status == 422
            assert f'id="e-earn.visit-amount">{worded}' in reply.text
            assert form(reply, "earn.visit")["amount"] == typed
            assert "One thing needs another look" in reply.text
        assert "not published" not in anna.go("GET", EARNING).text

    def test_a_rule_is_added_moved_and_taken_out(self, cafe: Merchant, anna: Browser) -> None:
        seen = form(anna.go("GET", EARNING), "earn.visit")["seen"]
        for variant in ("spend", "item", "action", "birthday"):
            fields = {"field": "earn", "variant": variant, "seen": seen}
            reply = anna.go("POST", f"{EARNING}/new", form=fields)
            assert (reply.status, reply.headers["location"]) == (303, f"{EARNING}#r-earn.{variant}")
        page = anna.go("GET", EARNING)
        order = re.findall(r'id="r-earn\.([a-z]+)"', page.text)
        assert order[-4:] == ["spend", "item", "action", "birthday"]
        seen = form(page, "earn.visit")["seen"]
        send(anna, EARNING, "earn.birthday", form(page, "earn.birthday"), do="up")
        page = anna.go("GET", EARNING)
        assert re.findall(r'id="r-earn\.([a-z]+)"', page.text)[-2:] == ["birthday", "action"]
        for to, last in (("to:0", None), ("to:99", -1), ("to:x", -1), ("to:-1", -1)):
            send(anna, EARNING, "earn.action", form(page, "earn.action"), do=to)
            page = anna.go("GET", EARNING)
            known = re.findall(r'id="r-earn\.([a-z]+)"', page.text)
            assert known[0 if last is None else last] == "action", to
        send(anna, EARNING, "earn.spend", {"seen": form(page, "earn.visit")["seen"]}, do="remove")
        assert 'id="r-earn.spend"' not in anna.go("GET", EARNING).text

    def test_a_rule_of_another_kind_leaves_behind_what_is_not_its_own(
        self, cafe: Merchant, anna: Browser
    ) -> None:
        seen = form(anna.go("GET", EARNING), "earn.visit")["seen"]
        anna.go("POST", f"{EARNING}/new", form={"field": "earn", "variant": "spend", "seen": seen})
        fields = form(anna.go("GET", EARNING), "earn.spend")
        assert send(anna, EARNING, "earn.spend", fields, on="join").status == 303
        fields = form(anna.go("GET", EARNING), "earn.spend")
        assert "per_minor" not in fields
        reply = send(anna, EARNING, "earn.spend", fields, on="spend")
        assert (reply.status, 'id="e-earn.spend-per_minor">This is needed.' in reply.text) == (
            422,
            True,
        )
        fields = form(reply, "earn.spend")
        assert send(anna, EARNING, "earn.spend", fields, per_minor="€1.50").status == 303

    def test_what_is_discarded_can_be_brought_back(self, anna: Browser) -> None:
        fields = form(anna.go("GET", EARNING), "earn.visit")
        send(anna, EARNING, "earn.visit", fields, amount="3")
        reply = anna.go("POST", "/console/programme/discard", form={})
        page = look(anna, reply.headers["location"])
        assert "Discarded" in page.text
        assert "not published" not in page.text
        (number,) = re.findall(r'name="number" value="(\d+)"', page.text)
        anna.go("POST", "/console/programme/restore", form={"number": number})
        assert form(anna.go("GET", EARNING), "earn.visit")["amount"] == "3"


class TestTwoAtOnce:
    def test_changes_of_different_things_are_put_together(self, anna: Browser) -> None:
        page = anna.go("GET", EARNING)
        fields = form(page, "earn.visit")
        rewards = anna.go("GET", "/console/programme/rewards")
        (row,) = re.findall(r'id="r-(rewards\.[a-z-]+)"', rewards.text)[:1]
        reward = form(rewards, row)
        send(anna, EARNING, "earn.visit", fields, amount="2")
        assert send(anna, "/console/programme/rewards", row, reward, stock="7").status == 303
        assert send(anna, EARNING, "earn.visit", fields, **{"name.en": "a coffee"}).status == 303
        now = form(anna.go("GET", EARNING), "earn.visit")
        assert (now["amount"], now["name.en"]) == ("2", "a coffee")
        assert form(anna.go("GET", "/console/programme/rewards"), row)["stock"] == "7"

    def test_both_values_are_shown_where_they_disagree(
        self, service: Service, cafe: Merchant, anna: Browser
    ) -> None:
        other = Browser(service).sign_in("anna@example.com")
        fields = form(anna.go("GET", EARNING), "earn.visit")
        send(other, EARNING, "earn.visit", fields, amount="3")
        reply = send(anna, EARNING, "earn.visit", fields, amount="4", **{"name.en": "a tea"})
        assert reply.status == 409
        assert "changed this" in reply.text
        assert "<b>Give 4 stamps for every visit</b>" in reply.text
        assert "<b>Give 3 stamps for every visit</b>" in reply.text
        theirs = form(anna.go("GET", EARNING), "earn.visit")
        assert (theirs["amount"], theirs["name.en"]) == ("3", "a tea")
        mine = form(reply, "earn.visit")
        assert mine["amount"] == "4"
        assert send(anna, EARNING, "earn.visit", mine).status == 303
        assert form(anna.go("GET", EARNING), "earn.visit")["amount"] == "4"

    def test_a_version_published_meanwhile_is_put_under_the_draft(
        self, cafe: Merchant, anna: Browser
    ) -> None:
        fields = form(anna.go("GET", EARNING), "earn.visit")
        send(anna, EARNING, "earn.visit", fields, amount="2")
        document = program(cafe)
        document["name"] = "Another name"
        assert cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"}).status == 200
        page = anna.go("GET", "/console/programme/names")
        assert form(page, "shop")["name"] == "Another name"
        assert form(anna.go("GET", EARNING), "earn.visit")["amount"] == "2"


class TestOthers:
    def test_nobody_else_edits(self, service: Service, cafe: Merchant) -> None:
        stranger = Browser(service)
        assert stranger.go("GET", EARNING).headers["location"] == "/console/sign-in"
        assert stranger.go("POST", f"{EARNING}/earn.visit", form={}).status == 303

    def test_a_sale_is_tried_without_writing(self, cafe: Merchant, anna: Browser) -> None:
        page = look(anna, f"{EARNING}?bill=54.20&day=tue")
        assert "1\u00a0stamp" in page.text
        assert cafe.call("GET", "/v1/members").json["items"] == []


class TestPublishing:
    def publish(self, anna: Browser, **more: str) -> Reply:
        page = anna.go("GET", "/console/programme/preview")
        assert page.status == 200, page.text
        fields = {
            name: html.unescape(value)
            for name, value in re.findall(
                r'type="hidden" name="(seen|preview_id)" value="([^"]*)"', page.text
            )
        }
        return anna.go("POST", "/console/programme/publish", form={**fields, "when": "now", **more})

    def changed(self, anna: Browser, amount: str = "2") -> None:
        fields = form(anna.go("GET", EARNING), "earn.visit")
        assert send(anna, EARNING, "earn.visit", fields, amount=amount).status == 303

    def test_a_draft_is_previewed_published_and_brought_back(
        self, cafe: Merchant, anna: Browser
    ) -> None:
        before = program(cafe)
        cafe.join(name="Kata")
        self.changed(anna)
        page = anna.go("GET", "/console/programme/preview")
        assert "Nobody gains or loses anything today" in page.text
        assert "Give 1 stamp for every visit" in page.text
        assert "<b>Give 2 stamps for every visit</b>" in page.text
        reply = self.publish(anna, note="For the summer")
        assert reply.status == 303
        assert "Published." in look(anna, reply.headers["location"]).text
        assert program(cafe)["earn"][0]["amount"] == 2 or program(cafe)["earn"][1]["amount"] == 2
        assert "not published" not in anna.go("GET", EARNING).text
        versions = anna.go("GET", "/console/programme/versions")
        assert "For the summer" in versions.text
        old = anna.go("GET", "/console/programme/versions/1")
        assert "<b>Give 1 stamp for every visit</b>" in old.text
        reply = anna.go("POST", "/console/programme/versions/1/back", form={})
        assert reply.headers["location"] == "/console/programme/preview"
        assert self.publish(anna).status == 303
        assert program(cafe) == before
        assert cafe.call("GET", "/v1/program").json["version"] == 3

    def test_on_a_day_and_taken_back(self, cafe: Merchant, anna: Browser) -> None:
        before = program(cafe)
        self.changed(anna)
        reply = self.publish(anna, when="day", day="2027-09-01", time="08:30")
        assert reply.status == 303, reply.text
        waiting = cafe.call("GET", "/v1/program/versions").json["items"][0]
        assert (waiting["state"], waiting["publish_at"]) == ("waiting", "2027-09-01T06:30:00Z")
        page = look(anna, reply.headers["location"])
        assert "waits for its time" in page.text
        anna.go("POST", f"/console/programme/versions/{waiting['version']}/withdraw", form={})
        assert cafe.call("GET", "/v1/program/versions").json["items"][0]["state"] == "live"
        assert program(cafe) == before

    def test_a_day_that_is_over_is_refused_with_what_was_typed(self, anna: Browser) -> None:
        self.changed(anna)
        reply = self.publish(anna, when="day", day="2020-01-01", note="Mine")
        assert reply.status == 422
        assert 'value="2020-01-01"' in reply.text
        assert 'value="Mine"' in reply.text

    def test_losses_want_a_tick(self, cafe: Merchant, anna: Browser) -> None:
        member = cafe.join(name="Kata")["member_id"]
        document = program(cafe)
        document["tiers"] = [{"id": "club", "name": "Club", "enter": [
            {"metric": "membership", "period": "year", "price_minor": 5000}]}]  # fmt: skip
        assert cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"}).status == 200
        body = {"tier": "club", "by": "membership"}
        assert cafe.call("POST", f"/v1/members/{member}/tier", body).status == 200
        path = "/console/programme/tiers"
        fields = form(anna.go("GET", path), "tiers.club")
        assert send(anna, path, "tiers.club", fields, do="remove").status == 303
        page = anna.go("GET", "/console/programme/preview")
        assert "1 loses their right to Club" in page.text
        refused = self.publish(anna)
        assert (refused.status, "Tick this first" in refused.text) == (422, True)
        assert program(cafe)["tiers"]
        assert self.publish(anna, confirm_losses="1").status == 303
        assert not program(cafe).get("tiers")

    def test_a_draft_that_changed_since_is_looked_at_again(self, anna: Browser) -> None:
        self.changed(anna)
        page = anna.go("GET", "/console/programme/preview")
        (seen,) = re.findall(r'name="seen" value="([^"]*)"', page.text)
        self.changed(anna, "5")
        reply = anna.go("POST", "/console/programme/publish", form={"seen": seen, "when": "now"})
        assert (reply.status, "changed since" in reply.text) == (409, True)

    def test_what_is_wrong_elsewhere_is_worded_and_nothing_is_published(
        self, cafe: Merchant, anna: Browser
    ) -> None:
        before = program(cafe)
        path = "/console/programme/units"
        page = anna.go("GET", path)
        (row,) = re.findall(r'id="r-(units\.[a-z]+)"', page.text)
        assert send(anna, path, row, form(page, row), do="remove").status == 303
        page = anna.go("GET", "/console/programme/preview")
        assert "Something must be corrected first" in page.text
        assert 'href="/console/programme/earning">This was taken out.' in page.text
        assert program(cafe) == before
