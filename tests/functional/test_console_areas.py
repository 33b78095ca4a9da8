"""The areas of the console, as a browser without script uses them."""

from __future__ import annotations

import re

import pytest

from tests.functional.console import OWNER, Browser, mailed, on, send
from tests.functional.test_program_editor import form as form_of
from tests.service import Merchant, Service


class TestToday:
    def test_counts_what_happened_and_says_who_it_was(self, cafe: Merchant, owner: Browser) -> None:
        card = cafe.join(name="Anna")
        body = {"member_id": card["member_id"], "spend_minor": 840, "order_id": "o1"}
        assert cafe.call("POST", "/v1/earn", body).status == 200
        page = on(owner, "/console/")
        assert re.findall(r'class="big">([^<]+)<', page) == ["1", "€8.40", "1", "0"]
        assert f"/console/members/{card['member_id']}" in page
        part = on(owner, "/console/happened")  # as the open page asks for it
        assert 'id="happened"' in page
        assert part[part.index('<section class="panel" id="happened"') :].rstrip() in page
        assert "Anna" in part
        assert "A week ago" not in part
        assert cafe.call("POST", "/v1/refunds", {"order_id": "o1", "refund_id": "r1"}).status == 200
        assert re.findall(r'class="big">([^<]+)<', on(owner, "/console/"))[:2] == ["0", "€0.00"]

    def test_says_what_is_left_of_the_first_run(self, cafe: Merchant, owner: Browser) -> None:
        assert "Ready for the first guest?" in on(owner, "/console/")
        assert cafe.call("PATCH", "/v1/merchant", {"set_up_done": True}).status == 200
        assert "Ready for the first guest?" not in on(owner, "/console/")


class TestStaff:
    def test_somebody_is_added_gets_a_code_changes_and_leaves(
        self, service: Service, cafe: Merchant, owner: Browser
    ) -> None:
        page = send(owner, "/console/staff/new", name="Kata", role="staff", pin="4711")
        assert "Kata can start" in page.text
        (kata,) = (
            one for one in cafe.call("GET", "/v1/staff").json["items"] if one["name"] == "Kata"
        )
        assert kata["has_pin"]
        path = f"/console/staff/{kata['staff_id']}"
        link = owner.go("POST", f"{path}/device", form={"device": "Bar"})
        assert link.status == 200
        found = re.search(r"https://cards.example(/staff/[^\"]+)", link.text)
        assert found
        bar = Browser(service)
        assert bar.go("POST", found[1]).status == 303
        assert bar.go("GET", "/staff/counter").status == 200
        fields = {"visits_per_day": "120", "staying": "1", "active": "1"}
        changed = send(owner, path, name="Katalin", role="staff", **fields)
        assert changed.status == 200, changed.text
        assert "Katalin" in on(owner, "/console/staff")
        (now,) = (
            one for one in cafe.call("GET", "/v1/staff").json["items"] if one["name"] == "Katalin"
        )
        assert now["limits"]["visits_per_day"] == 120
        again = {"gifts_per_day": "3", "staying": "1", "active": "1"}
        assert send(owner, path, name="Katalin", role="staff", **again).status == 200
        (now,) = (
            one for one in cafe.call("GET", "/v1/staff").json["items"] if one["name"] == "Katalin"
        )
        assert {name: n for name, n in now["limits"].items() if n} == {"gifts_per_day": 3}
        (device,) = (
            one for one in cafe.call("GET", "/v1/devices").json["items"] if one["name"] == "Bar"
        )
        send(owner, f"/console/staff/devices/{device['device_id']}")
        assert bar.go("GET", "/staff/counter").status != 200
        send(owner, f"{path}/remove")
        assert "Katalin" not in on(owner, "/console/staff")

    def test_mistakes_stand_at_their_fields_and_what_was_typed_stays(self, owner: Browser) -> None:
        reply = send(owner, "/console/staff/new", name="", pin="12", visits_per_day="many")
        assert reply.status == 422
        assert 'value="many"' in reply.text
        assert "Type a number." in reply.text
        reply = send(owner, "/console/staff/new", name="", pin="12")
        assert reply.status == 422
        assert "This is needed." in reply.text
        assert 'id="f-pin" name="pin" type="text" value="12"' in reply.text

    def test_a_manager_sees_staff_and_not_the_keys(
        self, service: Service, cafe: Merchant, owner: Browser
    ) -> None:
        body = {"name": "Mara", "role": "manager", "email": "mara@example.com"}
        assert cafe.call("POST", "/v1/staff", body).status == 201
        mara = Browser(service).sign_in("mara@example.com")
        page = on(mara, "/console/staff")
        assert "/console/keys" not in page
        assert mara.go("GET", "/console/keys").status == 403
        assert mara.go("GET", "/console/programme").status in {403, 404}
        assert (
            mara.go("POST", "/console/staff/new", form={"name": "O", "role": "owner"}).status == 403
        )


class TestKeys:
    def test_a_key_is_shown_once_renewed_and_revoked(
        self, service: Service, cafe: Merchant, owner: Browser
    ) -> None:
        made = send(owner, "/console/keys", name="Till at the bar", scope="read")
        found = re.search(r"rk_live_[0-9a-z_]+", made.text)
        assert found
        headers = {"authorization": f"Bearer {found[0]}"}
        assert service.request("GET", "/v1/members", headers=headers).status == 200
        assert found[0] not in on(owner, "/console/keys")
        items = cafe.call("GET", "/v1/keys").json["items"]
        (key,) = (one for one in items if one["name"] == "Till at the bar")
        renewed = send(owner, f"/console/keys/{key['key_id']}/roll")
        assert "rk_live_" in renewed.text
        send(owner, f"/console/keys/{key['key_id']}/revoke")
        assert service.request("GET", "/v1/members", headers=headers).status == 401


class TestLocations:
    def test_hours_are_published(self, cafe: Merchant, owner: Browser) -> None:
        form = {f"from-{day}-0": "07:00" for day in range(5)}
        form |= {f"until-{day}-0": "19:00" for day in range(5)}
        form |= {"from-5-0": "18:00", "until-5-0": "00:00", "name": "Main Street"}
        page = send(owner, "/console/locations/new", **form)
        assert "Monday–Friday 07:00–19:00" in page.text
        assert "Saturday 18:00–24:00" in page.text
        (place,) = cafe.call("GET", "/v1/program").json["program"]["locations"]
        assert place["opening"] == [
            {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "07:00", "until": "19:00"},
            {"days": ["sat"], "from": "18:00", "until": "24:00"},
        ]
        again = on(owner, f"/console/locations/{place['id']}")
        assert 'value="07:00"' in again
        assert send(owner, f"/console/locations/{place['id']}/remove", version="2").status == 200
        assert not cafe.call("GET", "/v1/program").json["program"].get("locations")

    def test_a_day_keeps_all_its_times(self, cafe: Merchant, owner: Browser) -> None:
        hours = [("06:00", "08:00"), ("09:00", "11:00"), ("12:00", "14:00"), ("15:00", "17:00"),
                 ("18:00", "20:00")]  # fmt: skip
        opening = [{"days": ["mon"], "from": begins, "until": ends} for begins, ends in hours]
        document = cafe.call("GET", "/v1/program").json["program"]
        body = document | {"locations": [{"id": "a", "name": "A", "opening": opening}]}
        assert cafe.call("PUT", "/v1/program", body, headers={"if-match": "1"}).status == 200
        page = on(owner, "/console/locations/a")
        form = dict(re.findall(r'name="((?:from|until)-[^"]+)" value="([^"]*)"', page))
        assert send(owner, "/console/locations/a", name="B", **form).status == 200
        (place,) = cafe.call("GET", "/v1/program").json["program"]["locations"]
        assert (place["name"], place["opening"]) == ("B", opening)

    def test_the_editor_leads_here_and_a_draft_of_before_undoes_nothing(
        self, cafe: Merchant, owner: Browser
    ) -> None:
        send(owner, "/console/locations/new", name="One")
        where = "/console/programme/locations"
        part = on(owner, where)
        row = form_of(owner.go("GET", where), "locations.one")
        assert ("name" in row, "limits.visits_per_day" in row) == (False, True)
        assert '<a href="/console/locations">' in part
        for path in (f"{where}/new", f"{where}/locations.one"):
            form = {"field": "locations", "variant": "", "do": "remove"}
            assert owner.go("POST", path, form=form).status == 404
        limited = {**row, "limits.visits_per_day": "2"}
        assert owner.go("POST", f"{where}/locations.one", form=limited).status == 303
        draft = form_of(owner.go("GET", "/console/programme/earning"), "earn.visit")
        owner.go("POST", "/console/programme/earning/earn.visit", form={**draft, "amount": "3"})
        send(owner, "/console/locations/new", name="Two")
        send(owner, "/console/locations/one", name="Eins", **{"from-0-0": "08:00",
                                                             "until-0-0": "12:00"})  # fmt: skip
        preview = on(owner, "/console/programme/preview")
        assert "Two" not in preview, "no change of the draft"
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', preview))
        assert send(owner, "/console/programme/publish", when="now", **hidden).status == 200
        document = cafe.call("GET", "/v1/program").json["program"]
        assert [one["name"] for one in document["locations"]] == ["Eins", "Two"]
        assert document["locations"][0]["limits"] == {"visits_per_day": 2}
        assert [rule["amount"] for rule in document["earn"] if rule["id"] == "visit"] == [3]

    def test_who_was_slower_keeps_what_was_typed(self, cafe: Merchant, owner: Browser) -> None:
        send(owner, "/console/locations/new", name="One")
        reply = send(owner, "/console/locations/new", name="Two", version="1")
        assert reply.status == 412
        assert "What you typed is still here" in reply.text
        assert 'value="Two"' in reply.text
        version = re.search(r'name="version" value="(\d+)"', reply.text)
        assert version
        send(owner, "/console/locations/new", name="Two", version=version[1])
        names = [
            one["name"] for one in cafe.call("GET", "/v1/program").json["program"]["locations"]
        ]
        assert names == ["One", "Two"]


class TestTills:
    def test_a_secret_is_set_and_a_bad_one_is_refused(self, cafe: Merchant, owner: Browser) -> None:
        assert "Square" in on(owner, "/console/tills")
        reply = send(owner, "/console/tills/square", secret="short")
        assert reply.status == 422
        reply = send(owner, "/console/tills/square", secret="k" * 44, account="L1")
        assert "Saved" in reply.text
        hooks = cafe.call("GET", "/v1/hooks").json["items"]
        (square,) = (one for one in hooks if one["provider"] == "square")
        assert (square["state"], square["account"]) == ("pending", "L1")


class TestShop:
    def test_settings_are_set_and_taken_back(self, cafe: Merchant, owner: Browser) -> None:
        fields = {
            "name": "Corner Café Ltd", "postal_address": "1 Main Street", "privacy_contact": "",
            "privacy_url": "", "sender_name": "Corner", "reply_to": "hi@example.com",
            "quiet_from": "20:00", "quiet_until": "09:00", "retention_months": "24",
        }  # fmt: skip
        assert send(owner, "/console/shop", **fields).status == 200
        now = cafe.call("GET", "/v1/merchant").json
        assert now["quiet_hours"] == {"from": "20:00", "until": "09:00"}
        assert (now["postal_address"], now["retention_months"]) == ("1 Main Street", 24)
        tried = send(owner, "/console/shop", **fields, do="try")
        assert "Nobody would be erased today." in tried.text
        wrong = send(owner, "/console/shop", **{**fields, "reply_to": "nobody"})
        assert wrong.status == 422
        assert "Type a mail address" in wrong.text
        send(owner, "/console/shop", **{**fields, "retention_months": "", "postal_address": ""})
        now = cafe.call("GET", "/v1/merchant").json
        assert (now["postal_address"], now["retention_months"]) == (None, None)


class TestSandbox:
    def test_in_and_out_and_its_clock_moves(self, cafe: Merchant, owner: Browser) -> None:
        assert 'class="sandbox"' not in on(owner, "/console/")
        inside = send(owner, "/console/data/sandbox/enter")
        assert 'class="sandbox"' in inside.text
        before = cafe.call("GET", "/v1/test/clock", test=True).json["now"]
        moved = send(owner, "/console/data/sandbox/clock", step="month")
        assert "The clock was moved" in moved.text
        assert cafe.call("GET", "/v1/test/clock", test=True).json["now"] > before
        assert OWNER in on(owner, "/console/messages")  # the digest of a month of Mondays
        outside = send(owner, "/console/data/sandbox/leave")
        assert outside.status == 200
        assert 'class="sandbox"' not in outside.text
        assert owner.go("POST", "/console/data/sandbox/clock", form={"step": "day"}).status == 404

    def test_nobody_gets_in_with_what_was_set_aside_after_signing_out(
        self, service: Service, cafe: Merchant, owner: Browser
    ) -> None:
        send(owner, "/console/data/sandbox/enter")
        owner.cookies.pop("__Host-regulars_live_staff", None)
        send_out = owner.go("POST", "/console/data/sandbox/leave", form={})
        assert send_out.status == 303
        assert not owner.is_in()


class TestClosing:
    def test_only_who_types_the_name_closes_the_shop(
        self, service: Service, cafe: Merchant, owner: Browser
    ) -> None:
        name = cafe.call("GET", "/v1/program").json["program"]["name"]
        assert send(owner, "/console/data/close", name="something else").status == 422
        assert cafe.call("GET", "/v1/program").status == 200
        closed = owner.go("POST", "/console/data/close", form={"name": name})
        assert closed.status == 200
        assert "is closed" in closed.text
        assert cafe.call("GET", "/v1/program").status == 401
        assert not owner.is_in()


class TestEveryPage:
    PAGES = (
        "/console/", "/console/attention", "/console/staff", "/console/staff/new", "/console/keys",
        "/console/audit", "/console/tills", "/console/tills/generic", "/console/locations",
        "/console/locations/new", "/console/shop", "/console/data", "/console/data/sandbox",
        "/console/messages", "/console/insights", "/console/you", "/console/more",
        "/console/first-run/trade", "/console/first-run/look", "/console/first-run/counter",
    )  # fmt: skip

    @pytest.mark.parametrize("path", PAGES)
    def test_is_small_and_speaks_four_languages(
        self, cafe: Merchant, owner: Browser, path: str
    ) -> None:
        cafe.join(name="Anna")
        shown = {lang: on(owner, f"{path}?lang={lang}") for lang in ("en", "hu", "pl", "kk")}
        assert len(set(shown.values())) == 4
        for lang, page in shown.items():
            assert f'<html lang="{lang}"' in page
            assert len(page.encode()) < 60_000

    def test_who_is_not_signed_in_comes_back_to_the_page(
        self, service: Service, cafe: Merchant
    ) -> None:
        browser = Browser(service)
        reply = browser.go("GET", "/console/audit")
        assert reply.headers["location"] == "/console/sign-in"
        browser.ask(OWNER)
        reply = browser.enter(mailed(service, OWNER)[1])
        assert reply.headers["location"] == "/console/audit"

    def test_a_form_of_another_site_is_refused(self, owner: Browser) -> None:
        reply = owner.go(
            "POST", "/console/staff/new", form={"name": "Eve"},
            headers={"sec-fetch-site": "cross-site"},
        )  # fmt: skip
        assert reply.status == 403

    def test_reloading_where_a_form_was_sent_leads_to_its_page(self, owner: Browser) -> None:
        reply = owner.go("GET", "/console/data/close")
        assert (reply.status, reply.headers["location"]) == (303, "/console/data")

    def test_the_language_is_kept(self, owner: Browser) -> None:
        send(owner, "/console/you/language", language="hu")
        assert '<html lang="hu"' in on(owner, "/console/")
