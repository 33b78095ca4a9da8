"""Codes that guests scan: what each kind gives, to whom, how often and for how long."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.functional import tills
from tests.service import Browser, Merchant, Reply, Service


def made(cafe: Merchant, kind: str = "once", **fields: Any) -> str:
    """The path of a new code."""
    reply = cafe.call("POST", "/v1/codes", {"kind": kind, **fields})
    assert reply.status == 201, reply.text
    return str(reply.json["url"]).removeprefix("https://cards.example")


def guest(cafe: Merchant) -> Browser:
    """A browser with a new card of the shop."""
    browser = Browser(cafe.service)
    joined(browser, cafe)
    return browser


def joined(browser: Browser, cafe: Merchant) -> Reply:
    return browser.post(f"/j/{cafe.created['slug']}", once="form-1234", name="")


def member_of(browser: Browser) -> str:
    """The member whose card a browser holds."""
    (value,) = (v for name, v in browser.cookies.items() if "_card_" in name)
    return value.partition(".")[0]


def stamps(cafe: Merchant, browser: Browser) -> dict[str, int]:
    balance: dict[str, int] = cafe.card(member_of(browser))["balances"]["stamp"]
    return balance


def use(browser: Browser, path: str, **form: str) -> Reply:
    """Scan a code, then press the first button of its page."""
    shown = browser.get(path)
    if shown.status != 200 or "<form" not in shown.text:
        return shown
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.text))
    return browser.post(path, **{**hidden, **form})


class TestOnce:
    def test_it_is_one_visit_on_the_card_of_whoever_scans_it(self, cafe: Merchant) -> None:
        anna, path = guest(cafe), made(cafe)
        done = use(anna, path)
        assert (done.status, "It is on your card" in done.text) == (200, True)
        assert stamps(cafe, anna)["available"] == 2  # one for joining
        assert cafe.card(member_of(anna))["visits"] == 1

    def test_who_has_no_card_joins_and_has_it_in_one_step(self, cafe: Merchant) -> None:
        browser, path = Browser(cafe.service), made(cafe)
        assert "Get my card" in browser.get(path).text
        assert use(browser, path).status == 200
        assert stamps(cafe, browser)["available"] == 2

    def test_a_browser_that_keeps_no_cookies_is_shown_the_new_card(self, cafe: Merchant) -> None:
        browser, path = Browser(cafe.service, keeps_cookies=False), made(cafe)
        shown = use(browser, path)
        assert shown.status == 200
        assert browser.path.startswith("/c/")

    def test_the_form_sent_again_is_booked_once(self, cafe: Merchant) -> None:
        browser, path = Browser(cafe.service), made(cafe)
        for _ in range(3):
            assert browser.post(path, once="abcdefgh12").status == 200
        assert stamps(cafe, browser)["available"] == 2

    def test_another_card_is_told_that_it_was_used(self, cafe: Merchant) -> None:
        anna, ben, path = guest(cafe), guest(cafe), made(cafe)
        use(anna, path)
        for reply in (ben.get(path), ben.post(path)):
            assert (reply.status, "has been used" in reply.text) == (410, True)
        assert stamps(cafe, ben)["available"] == 1
        assert anna.get(path).status == 200  # it says again that it is on the card

    def test_after_ninety_seconds_it_is_too_old(self, cafe: Merchant, frozen: Clock) -> None:
        anna, path = guest(cafe), made(cafe)
        frozen.now += timedelta(seconds=91)
        for reply in (anna.get(path), anna.post(path)):
            assert (reply.status, "too old" in reply.text) == (410, True)

    def test_nobody_knows_another_code(self, cafe: Merchant) -> None:
        for method in ("GET", "POST"):
            reply = cafe.service.request(
                method, f"/t/{'a' * 26}", headers={"accept": "text/html"},
                form={} if method == "POST" else None,
            )  # fmt: skip
            assert reply.status == 404
            assert reply.headers["content-type"].startswith("text/html")

    def test_looking_at_it_writes_nothing(self, cafe: Merchant) -> None:
        anna, path = guest(cafe), made(cafe)
        cafe.service.spy.calls.clear()
        anna.get(path)
        wrote = [one for one, *_ in cafe.service.spy.calls]
        assert set(wrote) <= {"GetItem", "BatchGetItem", "Query"}

    @pytest.mark.parametrize(
        ("lang", "words"),
        [
            ("en", "has been used"),
            ("hu", "felhasznált"),
            ("pl", "wykorzystano"),
            ("kk", "қолданылған"),
        ],
    )
    def test_every_language_says_it(self, service: Service, lang: str, words: str) -> None:
        cafe = service.new_merchant(languages=["en", "hu", "pl", "kk"])
        path = made(cafe)
        use(guest(cafe), path)
        reply = Browser(service, {"accept-language": lang}).get(path)
        assert (reply.status, f'lang="{lang}"' in reply.text) == (410, True)
        assert words in reply.text

    def test_capitals_and_a_full_stop_of_a_messenger_do_no_harm(self, cafe: Merchant) -> None:
        path = made(cafe)
        assert re.fullmatch(r"/t/[0-9a-z]+", path)
        assert guest(cafe).get(f"{path}.").status == 200


class TestOtherKinds:
    def test_a_receipt_is_the_order_whichever_way_it_comes(self, cafe: Merchant) -> None:
        sale: Any = {"spend_minor": 2440, "order_id": "bill-417"}
        anna, path = guest(cafe), made(cafe, "receipt", **sale)
        assert use(anna, path).status == 200
        assert cafe.card(member_of(anna))["spend_minor"] == 2440
        again = cafe.earn(member_of(anna), **sale)
        assert again["entry"]["order_id"] == "bill-417"
        assert cafe.card(member_of(anna))["visits"] == 1
        ben = guest(cafe)
        other = made(cafe, "receipt", **sale)
        assert use(ben, other).status == 409
        assert stamps(cafe, ben)["available"] == 1

    def test_an_event_is_for_everybody_once(self, cafe: Merchant) -> None:
        document = cafe.call("GET", "/v1/program").json["program"]
        rule = {
            "id": "tasting", "on": "action", "action": "tasting", "unit": "stamp", "amount": 2,
            "proof": "code",
        }  # fmt: skip
        document["earn"].append(rule)
        reply = cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"})
        assert reply.status == 200, reply.text
        path = made(cafe, "event", action="tasting", uses=2)
        guests = [guest(cafe) for _ in range(3)]
        assert [use(one, path).status for one in guests] == [200, 200, 410]
        assert use(guests[0], path).status == 200
        assert [stamps(cafe, one)["available"] for one in guests] == [3, 3, 1]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"kind": "once", "uses": 2}, "uses"),
            ({"kind": "once", "valid_until": "2030-01-01T00:00:00Z"}, "valid_until"),
            ({"kind": "printed", "spend_minor": 100}, "spend_minor"),
            ({"kind": "event", "order_id": "1"}, "order_id"),
            ({"kind": "event", "action": "review", "visits": 1}, "visits"),
            ({"kind": "event", "action": "review"}, "action"),
            ({"kind": "event", "valid_until": "2001-01-01T00:00:00Z"}, "valid_until"),
            ({"kind": "once", "visits": 0}, "visits"),
            ({"kind": "wall"}, "kind"),
            ({}, "kind"),
        ],
    )
    def test_what_does_not_fit_is_named(self, cafe: Merchant, body: Any, field: str) -> None:
        reply = cafe.call("POST", "/v1/codes", body)
        assert reply.status == 422, reply.text
        assert [one["path"] for one in reply.json["errors"]] == [field]


class TestPrinted:
    def test_it_is_held_until_a_sale(self, cafe: Merchant) -> None:
        anna, path = guest(cafe), made(cafe, "printed")
        waits = use(anna, path)
        assert (waits.status, "It is on its way" in waits.text) == (200, True)
        assert stamps(cafe, anna) == {"available": 1, "pending": 1, "debt": 0}
        card = cafe.card(member_of(anna))
        assert card["visits"] == 0
        cafe.earn(member_of(anna), visits=0, spend_minor=500)
        assert stamps(cafe, anna) == {"available": 2, "pending": 0, "debt": 0}
        assert cafe.card(member_of(anna))["visits"] == 1
        assert "It is on your card" in anna.get(path).text

    def test_a_sale_that_a_till_reports_confirms_it(self, cafe: Merchant) -> None:
        anna, path = guest(cafe), made(cafe, "printed")
        use(anna, path)
        member = member_of(anna)
        shown = anna.get(f"/card/{cafe.created['slug']}/code").json["code"]
        bill = tills.sale(contact=None, member_code=shown.replace(" ", ""))
        del bill["data"]["contact"]
        assert tills.post_generic(cafe, bill).status == 200
        cafe.service.deliver("orders", "orders")
        for _ in range(2):  # the stream repeats
            assert cafe.service.deliver_entries(cafe.id, member) == {"batchItemFailures": []}
        assert stamps(cafe, anna) == {"available": 3, "pending": 0, "debt": 0}
        assert cafe.call("GET", f"/v1/members/{member}/verify").json["ok"]

    def test_staff_confirm_it(self, cafe: Merchant) -> None:
        anna, path = guest(cafe), made(cafe, "printed")
        use(anna, path)
        member = member_of(anna)
        (held,) = [
            one for one in cafe.call("GET", f"/v1/members/{member}/entries").json["items"]
            if one.get("held")
        ]  # fmt: skip
        for key in ("confirm-1", "confirm-1"):
            reply = cafe.service.request(
                "POST", f"/v1/entries/{held['entry_id']}/confirm", cookies=cafe.staff_cookies(),
                headers={"x-regulars": "staff", "idempotency-key": key},
            )  # fmt: skip
            assert reply.status == 200, reply.text
        assert stamps(cafe, anna) == {"available": 2, "pending": 0, "debt": 0}
        again = cafe.call("POST", f"/v1/entries/{held['entry_id']}/confirm")
        assert (again.status, again.code) == (409, "already_reversed")

    def test_nobody_confirms_it_in_seven_days(self, cafe: Merchant) -> None:
        cafe.without_digest()
        card = cafe.join(test=True)
        reply = cafe.call("POST", "/v1/codes", {"kind": "printed"}, test=True)
        path = reply.json["url"].removeprefix("https://cards.example")
        browser = Browser(cafe.service)
        browser.get(card["card_url"])
        assert use(browser, path).status == 200
        member = card["member_id"]
        assert cafe.card(member, test=True)["balances"]["stamp"]["pending"] == 1
        for days, pending in (("P6D", 1), ("P2D", 0)):
            moved = cafe.call("POST", "/v1/test/clock", {"advance": days}, test=True)
            assert moved.status == 200, moved.text
            balance = cafe.card(member, test=True)["balances"]["stamp"]
            assert (balance["available"], balance["pending"]) == (1, pending)
        assert cafe.call("GET", f"/v1/members/{member}/verify", test=True).json["ok"]
        repaired = cafe.call(
            "POST", f"/v1/members/{member}/repair", {"dry_run": True}, test=True
        ).json
        assert repaired["differences"] == []

    def test_it_counts_twice_a_day_four_hours_apart(self, cafe: Merchant, frozen: Clock) -> None:
        anna, path = guest(cafe), made(cafe, "printed")
        statuses = [use(anna, path).status]
        for hours in (1, 3, 1, 4):
            frozen.now += timedelta(hours=hours, seconds=1)
            statuses.append(use(anna, made(cafe, "printed")).status)
        assert statuses == [200, 409, 200, 409, 409]
        assert stamps(cafe, anna)["pending"] == 2


class TestAtTheCounter:
    def call(self, cafe: Merchant, method: str, path: str, body: Any = None) -> Reply:
        return cafe.service.request(
            method, path, body=body, cookies=cafe.staff_cookies(),
            headers={"x-regulars": "staff"},
        )  # fmt: skip

    def test_the_counter_sees_that_its_code_was_used(self, cafe: Merchant) -> None:
        code = self.call(cafe, "POST", "/staff/api/codes", {"visits": 2}).json
        state = f"/staff/api/codes/{code['code_id']}"
        assert self.call(cafe, "GET", state).json == {"state": "open", "used": 0}
        anna = guest(cafe)
        assert use(anna, code["url"].removeprefix("https://cards.example")).status == 200
        assert self.call(cafe, "GET", state).json == {"state": "used", "used": 1}
        (entry, _) = cafe.call("GET", f"/v1/members/{member_of(anna)}/entries").json["items"]
        assert (entry["source"], bool(entry["staff"])) == ("staff", True)
        undone = cafe.service.request(
            "POST", "/staff/api/undo", body={"member_id": member_of(anna), "seq": entry["seq"]},
            cookies=cafe.staff_cookies(),
            headers={"x-regulars": "staff", "idempotency-key": "undo-1"},
        )  # fmt: skip
        assert undone.status == 200, undone.text

    def test_the_display_shows_a_new_code_every_half_minute(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        first = self.call(cafe, "GET", "/staff/api/display").json
        assert (first["open"], first["used"]) == (True, 0)
        anna = guest(cafe)
        path = first["url"].removeprefix("https://cards.example")
        assert re.fullmatch(r"/t/[0-9a-z]+", path)
        assert [use(anna, path).status for _ in range(2)] == [200, 200]
        assert stamps(cafe, anna)["available"] == 2
        assert self.call(cafe, "GET", "/staff/api/display").json["used"] == 1
        frozen.now += timedelta(seconds=30)
        second = self.call(cafe, "GET", "/staff/api/display").json
        assert second["url"] != first["url"]
        assert second["used_before"] == 1
        assert use(anna, second["url"].removeprefix("https://cards.example")).status == 409
        frozen.now += timedelta(seconds=31)
        ben = guest(cafe)
        assert use(ben, path).status == 410

    def test_twenty_cards_use_one_code_of_the_display(self, cafe: Merchant) -> None:
        path = self.call(cafe, "GET", "/staff/api/display").json["url"]
        path = path.removeprefix("https://cards.example")
        statuses = [use(Browser(cafe.service), path).status for _ in range(21)]
        assert statuses == [200] * 20 + [410]

    def test_the_page_of_the_display(self, cafe: Merchant) -> None:
        reply = self.call(cafe, "GET", "/staff/display")
        assert reply.status == 200
        assert "display." in reply.text

    def test_a_code_of_a_device_that_was_taken_off_is_unknown(self, cafe: Merchant) -> None:
        path = self.call(cafe, "GET", "/staff/api/display").json["url"]
        for device in cafe.call("GET", "/v1/devices").json["items"]:
            cafe.call("DELETE", f"/v1/devices/{device['device_id']}")
        assert Browser(cafe.service).get(path).status == 404


class TestActions:
    def with_rule(self, cafe: Merchant, **rule: Any) -> None:
        document = cafe.call("GET", "/v1/program").json["program"]
        document["earn"].append(
            {"id": "r", "on": "action", "action": "review", "unit": "stamp", "amount": 3, **rule}
        )
        reply = cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"})
        assert reply.status == 200, reply.text

    def say(self, cafe: Merchant, browser: Browser, **form: str) -> Reply:
        return browser.post(f"/card/{cafe.created['slug']}/actions", action="review", **form)

    def test_the_owner_grants_what_waits_once(self, cafe: Merchant) -> None:
        self.with_rule(cafe, proof="owner")
        anna = guest(cafe)
        for _ in range(2):
            assert self.say(cafe, anna, ref="https://reviews.example/1").status == 200
        listed = cafe.call("GET", "/v1/actions", query={"status": "waiting"}).json
        (one,) = listed["items"]
        assert (one["action"], one["ref"]) == ("review", "https://reviews.example/1")
        assert stamps(cafe, anna)["available"] == 1
        for _ in range(2):
            reply = cafe.call("POST", f"/v1/actions/{one['id']}", {"decide": "grant"})
            assert (reply.status, reply.json["status"]) == (200, "granted"), reply.text
        assert stamps(cafe, anna)["available"] == 4
        refused = cafe.call("POST", f"/v1/actions/{one['id']}", {"decide": "refuse"})
        assert refused.status == 409
        assert cafe.call("GET", "/v1/actions").json["items"] == []
        (kept,) = cafe.call("GET", "/v1/actions", query={"status": "granted"}).json["items"]
        assert kept["ref"] is None

    def test_the_owner_refuses_with_a_note_and_the_member_can_say_so_again(
        self, cafe: Merchant
    ) -> None:
        self.with_rule(cafe, proof="owner")
        anna = guest(cafe)
        self.say(cafe, anna)
        (one,) = cafe.call("GET", "/v1/actions").json["items"]
        body = {"decide": "refuse", "note": "We could not find it."}
        assert cafe.call("POST", f"/v1/actions/{one['id']}", body).json["status"] == "refused"
        self.say(cafe, anna)
        assert len(cafe.call("GET", "/v1/actions").json["items"]) == 1
        assert stamps(cafe, anna)["available"] == 1

    def test_on_trust_it_is_booked_at_once_as_often_as_the_rule_says(self, cafe: Merchant) -> None:
        self.with_rule(cafe, proof="self", per_member={"times": 1, "window": "lifetime"})
        anna = guest(cafe)
        first = [self.say(cafe, anna, once="formfirst").status for _ in range(2)]
        assert first == [200, 200]
        assert self.say(cafe, anna, once="formother").status == 409
        assert stamps(cafe, anna)["available"] == 4

    def test_what_others_prove_is_not_begun_on_the_card(self, cafe: Merchant) -> None:
        self.with_rule(cafe, proof="staff")
        anna = guest(cafe)
        assert self.say(cafe, anna).status == 422
        body = {"member_id": member_of(anna), "action": "review"}
        reply = cafe.service.request(
            "POST", "/v1/actions", body=body, cookies=cafe.staff_cookies(),
            headers={"x-regulars": "staff", "idempotency-key": "act-1"},
        )  # fmt: skip
        assert reply.status == 200, reply.text
        assert stamps(cafe, anna)["available"] == 4

    def test_an_erased_member_leaves_nothing_on_the_list(self, cafe: Merchant) -> None:
        self.with_rule(cafe, proof="owner")
        anna = guest(cafe)
        self.say(cafe, anna, ref="my own words")
        assert cafe.call("DELETE", f"/v1/members/{member_of(anna)}").status == 202
        assert cafe.call("GET", "/v1/actions").json["items"] == []
