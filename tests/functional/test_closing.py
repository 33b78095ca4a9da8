"""A merchant is closed: nobody finds it any more, everything is handed over, members are erased."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from regulars.actions.publish import publish
from regulars.domain.calendar import hour_of, to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.jobs import recompute
from regulars.program.check import check
from regulars.program.shop import load_shop
from regulars.store import closing, keys
from regulars.store.ledger import due_item
from regulars.store.merchants import Merchants
from tests.conftest import Clock
from tests.functional import tills
from tests.functional.closings import archive, ask, closed, fetched, listed, run
from tests.functional.test_erasure import ANNA, CANARIES, everything, found_in, kept
from tests.functional.test_jobs import catch_up
from tests.functional.test_messages import Mails, announce
from tests.service import Browser, Merchant, Reply, Service

GRACE = timedelta(days=30)
PAGE = "has closed its programme"


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    return service.new_merchant()


def unknown(service: Service, method: str, path: str, **sent: Any) -> Reply:
    """What somebody whom nobody knows is answered."""
    key = {"authorization": f"Bearer rk_live_{'x' * 15}_{'y' * 32}"}
    return service.request(method, path, headers=key, **sent)


def ask_sign_in(service: Service, email: str) -> None:
    """Ask for a mail to sign in with; the answer is the same for every address."""
    reply = service.request("POST", "/console/sign-in", form={"email": email})
    assert reply.status == 303, reply.text


class TestFromTheCallOn:
    @pytest.mark.parametrize("test", [False, True], ids=["live", "sandbox"])
    def test_its_keys_are_as_unknown_as_any(self, cafe: Merchant, *, test: bool) -> None:
        member = cafe.join(test=test)["member_id"]
        closed(cafe)
        for method, path, body in (
            ("GET", "/v1/merchant", None), ("GET", "/v1/members", None),
            ("GET", f"/v1/members/{member}", None), ("GET", "/v1/program", None),
            ("POST", "/v1/members", {}), ("POST", "/v1/earn", {"member_id": member}),
            ("DELETE", f"/v1/members/{member}", None), ("GET", "/v1/audit", None),
            ("POST", "/v1/test/clock", {"advance": "P1D"}), ("GET", "/v1/hooks", None),
            ("PUT", "/v1/hooks/square", {"secret": "s" * 30}),
        ):  # fmt: skip
            reply = cafe.call(method, path, body, test=test)
            never = unknown(cafe.service, method, path, body=body)
            assert (reply.status, reply.text) == (401, never.text), path

    def test_nobody_is_signed_in_and_no_device_is_known(self, cafe: Merchant) -> None:
        cookies = cafe.counter(role="manager", pin="1234")
        staff_id = cafe.call("GET", "/v1/staff").json["items"][0]["staff_id"]
        invitation = cafe.call(
            "POST", f"/v1/staff/{staff_id}/devices", {"name": "Tablet"}
        ).json["enrol_url"].removeprefix("https://cards.example")  # fmt: skip
        closed(cafe)
        service, own = cafe.service, {"x-regulars": "staff"}
        reply = service.request("GET", "/staff/api/member", cookies=cookies, query={"q": "a"})
        assert reply.status == 401
        page = service.request("GET", "/staff/counter", cookies=cookies)
        never = service.request("GET", "/staff/counter")
        assert (page.status, page.text) == (never.status, never.text)
        body = {"staff_id": staff_id, "pin": "1234"}
        reply = service.request("POST", "/staff/api/who", body=body, cookies=cookies, headers=own)
        assert reply.status == 401
        for method in ("GET", "POST"):
            assert service.request(method, invitation).status == 404

    def test_nobody_signs_in_to_the_console(self, cafe: Merchant) -> None:
        mails = Mails(cafe.service)
        ask_sign_in(cafe.service, "owner@example.com")
        cafe.service.deliver("messages", "notify")
        assert len(mails.new()) == 1
        closed(cafe)
        ask_sign_in(cafe.service, "owner@example.com")
        cafe.service.deliver("messages", "notify")
        assert len(mails.new()) == 1

    def test_an_owner_of_two_signs_in_to_the_other_one(
        self, service: Service, cafe: Merchant
    ) -> None:
        other = service.new_merchant(name="Other Café")
        closed(cafe)
        mails = Mails(service)
        browser = Browser(service)
        assert browser.post("/console/sign-in", email="owner@example.com").status == 200
        service.deliver("messages", "notify")
        (mail,) = mails.new()
        (link,) = re.findall(r"https://cards.example(/console/sign-in/\S+)", mail["text"])
        page = browser.post(link)
        assert (browser.path, page.status) == ("/console/", 200)
        assert "Other Café" in page.text
        assert any(other.id in value for value in browser.cookies.values())

    def test_a_till_is_answered_as_at_an_unknown_hook(self, cafe: Merchant) -> None:
        member = cafe.join(**ANNA)["member_id"]
        sale = tills.sale(contact={"email": "canary@example.com"})
        assert tills.post_generic(cafe, sale).status == 200
        closed(cafe)
        assert tills.post_generic(cafe, sale).status == 404
        assert cafe.service.deliver("orders", "orders") == {"batchItemFailures": []}
        shop = load_shop(cafe.service.table, cafe.id, closed=True)
        assert len([*shop.ledger.entries(member)]) == 1

    @pytest.mark.parametrize(
        ("language", "words"),
        [("en", PAGE), ("hu", "lezárta a programját"), ("pl", "program został zakończony"),
         ("kk", "бағдарламасын жапты")],
    )  # fmt: skip
    def test_guests_are_told_in_their_language(
        self, service: Service, frozen: Clock, language: str, words: str
    ) -> None:
        cafe = service.new_merchant(languages=["en", "hu", "pl", "kk"])
        card = cafe.join()
        link = card["card_url"].removeprefix("https://cards.example")
        closed(cafe)
        slug = cafe.created["slug"]
        asked = {"accept-language": language}
        for path in (f"/j/{slug}", link, f"/j/{slug}/recover", f"/j/{slug.upper()}"):
            reply = service.request("GET", path, headers=asked)
            assert reply.status == 404, path
            assert words in reply.text, path
            assert "2026" in reply.text

    def test_every_way_to_a_card_says_so(self, cafe: Merchant) -> None:
        browser = Browser(cafe.service)
        assert browser.post(f"/j/{cafe.created['slug']}", email="anna@example.com").status == 200
        own = browser.path
        mails = Mails(cafe.service)
        cafe.service.deliver("messages", "notify")
        (mail,) = mails.new()
        (mailed,) = re.findall(r"https://cards.example(/m/\S+)", mail["text"])
        closed(cafe)
        for path in (own, mailed, f"{own}"):
            page = browser.get(path)
            assert (page.status, PAGE in page.text) == (404, True), path
        for path in (f"{own}/vouchers", f"{own}/device", mailed, f"/j/{cafe.created['slug']}"):
            page = browser.post(path, once="once")
            assert (page.status, PAGE in page.text) == (404, True), path
        for path in (f"{own}/code", f"{own}/state"):
            reply = cafe.service.request("GET", path, cookies=browser.cookies)
            assert (reply.status, reply.code) == (404, "not_found")

    def test_nobody_is_written_to(self, cafe: Merchant, frozen: Clock) -> None:
        mails = Mails(cafe.service)
        member = cafe.join(**ANNA)["member_id"]
        cafe.service.deliver_entries(cafe.id, member)  # the queue holds what is not sent yet
        closed(cafe)
        assert cafe.service.deliver("messages", "notify") == {"batchItemFailures": []}
        announce(cafe, member)
        assert mails.new() == []

    def test_no_job_books_anything_and_what_is_due_waits(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        cafe.join()
        hour = hour_of(frozen.now)
        for job in ("digest", "retention"):
            cafe.service.table.put(due_item(cafe.id, keys.MERCHANT_LEVEL, job, hour))
        closed(cafe)
        before = kept(cafe.service)
        for function in ("digest", "expiry", "tiers", "reminders"):
            catch_up(cafe.service, function, frozen.now + timedelta(hours=1))
        frozen.now += timedelta(hours=1)
        for function in ("digest", "expiry", "tiers", "reminders"):
            cafe.service.run_job(function)
        after = kept(cafe.service)
        changed = {key for key in after if after[key] != before.get(key)}
        assert {key[1] for key in changed} == {"DUE#digest", "DUE#retention", "DUE#fraud"}
        for key in changed:
            assert after[key]["hour"] == hour_of(frozen.now + GRACE)
        frozen.now += GRACE + timedelta(hours=1)
        for function in ("digest", "expiry"):
            catch_up(cafe.service, function, frozen.now)
            cafe.service.run_job(function)
        left = kept(cafe.service)
        assert not any("hour" in left[key] or "GSI1PK" in left[key] for key in changed)

    def test_a_version_that_was_published_a_moment_before_is_not_recomputed(
        self, cafe: Merchant
    ) -> None:
        cafe.join()
        closed(cafe)
        recompute.handle({"PK": f"M#{cafe.id}", "version": 2})
        assert cafe.service.work() == 0

    def test_its_slug_stays_taken(self, service: Service, cafe: Merchant) -> None:
        closed(cafe)
        body = {
            "name": "Other", "slug": cafe.created["slug"], "template": "corner-cafe",
            "currency": "EUR", "timezone": "Europe/Budapest", "languages": ["en"],
            "owner_email": "other@example.com",
        }  # fmt: skip
        assert ask(service, "POST", "/v1/merchants", body).code == "slug_taken"

    def test_another_merchant_goes_on(self, service: Service, cafe: Merchant) -> None:
        other = service.new_merchant()
        closed(cafe)
        member = other.join()["member_id"]
        assert other.earn(member)["card"]["visits"] == 1
        assert service.request("GET", f"/j/{other.created['slug']}").status == 200
        assert listed(other)["state"] == "open"


class TestThePlatform:
    def test_closing_again_changes_nothing(self, cafe: Merchant, frozen: Clock) -> None:
        first = closed(cafe)
        assert (first["state"], first["archive"]) == ("closing", None)
        assert listed(cafe) == first
        left = kept(cafe.service)
        frozen.now += timedelta(hours=1)
        assert closed(cafe) == first
        assert kept(cafe.service) == left

    def test_nobody_else_closes_one(self, service: Service, cafe: Merchant) -> None:
        path = f"/v1/merchants/{cafe.id}"
        assert cafe.call("DELETE", path).status == 401
        assert service.request("DELETE", path).status == 401
        assert service.request("DELETE", path, cookies=cafe.staff_cookies()).status == 401
        assert cafe.call("GET", "/v1/merchant").status == 200

    def test_who_is_not_there_is_not_found(self, service: Service, cafe: Merchant) -> None:
        for name in ("m00000000000", "x", "M%23m", cafe.sandbox_id):
            assert ask(service, "DELETE", f"/v1/merchants/{name}").status == 404
            assert ask(service, "PATCH", f"/v1/merchants/{name}", {"closed": False}).status == 404
        assert listed(cafe)["state"] == "open"

    def test_what_is_closed_cannot_be_closed_by_a_change(self, cafe: Merchant) -> None:
        path = f"/v1/merchants/{cafe.id}"
        reply = ask(cafe.service, "PATCH", path, {"closed": True})
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, "closed")
        assert ask(cafe.service, "PATCH", path, {"closed": False}).json["state"] == "open"

    def test_the_log_says_who(self, cafe: Merchant, frozen: Clock) -> None:
        closed(cafe)
        frozen.now += timedelta(minutes=1)
        ask(cafe.service, "PATCH", f"/v1/merchants/{cafe.id}", {"closed": False})
        lines = cafe.call("GET", "/v1/audit", query={"what": "merchant"}).json["items"]
        assert [(one["what"], one["who"]["kind"]) for one in lines] == [
            ("merchant.reopened", "platform"), ("merchant.closed", "platform"),
        ]  # fmt: skip


class TestOpenedAgain:
    def test_everything_is_as_it_was(self, cafe: Merchant, frozen: Clock) -> None:
        member = cafe.join(**ANNA)["member_id"]
        cookies = cafe.counter(role="manager")
        programs = cafe.call("GET", "/v1/program").json
        before = cafe.card(member)
        closed(cafe)
        run(cafe, frozen)
        assert listed(cafe)["archive"]
        reply = ask(cafe.service, "PATCH", f"/v1/merchants/{cafe.id}", {"closed": False})
        assert (reply.status, reply.json["state"], reply.json["archive"]) == (200, "open", None)
        assert cafe.call("GET", "/v1/program").json == programs
        assert cafe.card(member) == before
        assert cafe.earn(member)["card"]["visits"] == 1
        assert cafe.call("GET", "/v1/members", test=True).status == 200
        slug = cafe.created["slug"]
        assert cafe.service.request("GET", f"/j/{slug}").status == 200
        assert cafe.service.request(
            "GET", "/staff/api/member", cookies=cookies, query={"id": member}
        ).status == 200  # fmt: skip
        sale = tills.sale(contact={"email": "canary@example.com"})
        assert tills.post_generic(cafe, sale).status == 200
        assert tills.book(cafe.service) == []
        assert cafe.card(member)["visits"] == 2
        document = cafe.call("GET", "/v1/program").json["program"]
        reply = cafe.call("PUT", "/v1/program", document, headers={"if-match": "1"})
        assert reply.status == 200, reply.text

    def test_its_jobs_go_on_and_nobody_is_erased(self, cafe: Merchant, frozen: Clock) -> None:
        mails = Mails(cafe.service)
        member = cafe.join(**ANNA)["member_id"]
        closed(cafe)
        run(cafe, frozen)
        ask(cafe.service, "PATCH", f"/v1/merchants/{cafe.id}", {"closed": False})
        mark = keys.due_mark(cafe.id, keys.MERCHANT_LEVEL, "digest")
        assert (cafe.service.table.get(mark)[0] or {})["hour"] == "2026-11-23T07"
        run(cafe, frozen, GRACE + timedelta(hours=2))
        assert cafe.card(member)["name"] == "Anna Canary"
        cafe.service.deliver("messages", "notify")
        assert [mail["subject"] for mail in mails.new()] == ["Corner Café is closed"]

    def test_closed_again_it_is_handed_over_again(self, cafe: Merchant, frozen: Clock) -> None:
        closed(cafe)
        run(cafe, frozen)
        first = listed(cafe)["archive"]["sha256"]
        ask(cafe.service, "PATCH", f"/v1/merchants/{cafe.id}", {"closed": False})
        cafe.join(name="Late")
        frozen.now += timedelta(days=1)
        closed(cafe)
        run(cafe, frozen)
        assert listed(cafe)["archive"]["sha256"] != first
        names = [it["profile"]["name"] for it in archive(cafe) if it["type"] == "member"]
        assert names == ["Late"]

    def test_once_members_are_erased_it_stays_closed(self, cafe: Merchant, frozen: Clock) -> None:
        closed(cafe)
        run(cafe, frozen)
        run(cafe, frozen, GRACE + timedelta(hours=1))
        assert listed(cafe)["state"] == "closed"
        reply = ask(cafe.service, "PATCH", f"/v1/merchants/{cafe.id}", {"closed": False})
        assert (reply.status, reply.code) == (409, "undo_expired")


class TestTheEnd:
    def test_members_are_erased_when_the_grace_is_over(self, cafe: Merchant, frozen: Clock) -> None:
        member = cafe.join(**ANNA)["member_id"]
        voucher = cafe.earn(member, visits=9)["unlocked"][0]["code"]
        tried = cafe.join(test=True, **ANNA)["member_id"]
        cafe.service.deliver_entries(cafe.sandbox_id, tried)
        closed(cafe)
        run(cafe, frozen)
        run(cafe, frozen, GRACE - timedelta(hours=2))
        assert found_in(cafe.service, *CANARIES)
        assert listed(cafe)["state"] == "closing"
        run(cafe, frozen, timedelta(hours=3))
        assert listed(cafe)["state"] == "closed"
        assert found_in(cafe.service, *CANARIES) == []
        for m, one in ((cafe.id, member), (cafe.sandbox_id, tried)):
            shop = load_shop(cafe.service.table, m, closed=True)
            card = shop.ledger.stored_card(one)
            assert card is not None
            assert card.erased_ms
            assert '"kind":"erase"' in [*shop.ledger.entries(one)][-1].text
        assert "c" not in (cafe.service.table.get(keys.code(cafe.id, voucher))[0] or {})
        left = kept(cafe.service)
        run(cafe, frozen)
        assert kept(cafe.service) == left
        assert cafe.service.run_job("close") == {"cards": 0}

    def test_who_worked_there_and_what_keys_were_known_by_goes_too(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        cafe.person(name="Kata Canary", email="canary@example.com", role="manager", pin="1234")
        cafe.call("PUT", "/v1/hooks/square", {"secret": "canary-canary-canary-canary"})
        cafe.call("POST", "/v1/keys", {"name": "Canary", "scopes": ["read"]})
        cookies = cafe.counter(name="Canary")
        kinds = ("STAFF#", "DEVICE#", "KEY", "HOOK")
        for item in everything(cafe.service):  # what a newer version keeps goes with the rest
            if item["SK"].startswith(kinds) and "PASSKEYS" not in item["SK"]:
                cafe.service.table.put({**item, "newer": "canary"})
        closed(cafe)
        run(cafe, frozen)
        run(cafe, frozen, GRACE + timedelta(hours=1))
        assert listed(cafe)["state"] == "closed"
        left = {pk for pk, _ in found_in(cafe.service, "Canary", "canary")}
        assert left == {keys.audit(cafe.id)}, "who did what is kept as long as the log is"
        secrets = ("sha256", "session", "pin", "secret", "access_token")
        for item in everything(cafe.service):
            whose = keys.merchant_of(item["PK"]) or item.get("m", "")
            if whose in {cafe.id, cafe.sandbox_id}:
                assert not any(item.get(name) for name in secrets), item
        never = unknown(cafe.service, "GET", "/v1/merchant")
        assert cafe.call("GET", "/v1/merchant").text == never.text
        page = cafe.service.request("GET", "/staff/counter", cookies=cookies)
        assert page.text == cafe.service.request("GET", "/staff/counter").text
        assert cafe.service.request("GET", f"/j/{cafe.created['slug']}").status == 404
        mails = Mails(cafe.service)
        ask_sign_in(cafe.service, "canary@example.com")
        cafe.service.deliver("messages", "notify")
        assert [mail["subject"] for mail in mails.new()] == ["Corner Café is closed"]

    def test_a_profile_that_cannot_be_read_is_emptied(self, cafe: Merchant, frozen: Clock) -> None:
        spoilt, damaged = (cafe.join(**{**ANNA, "email": f"{n}canary@example.com", "phone": None})
                           for n in (1, 2))  # fmt: skip
        table = cafe.service.table
        (item,) = table.get(keys.profile(cafe.id, spoilt["member_id"]))
        assert item is not None
        table.put({name: it for name, it in item.items() if name != "handle"})
        pk, sk = keys.state(cafe.id, damaged["member_id"])
        table.put({"PK": pk, "SK": sk, "ver": 3, "s": "{"})
        closed(cafe)
        run(cafe, frozen)
        lines = {it["member_id"]: it for it in archive(cafe) if it["type"] == "member"}
        assert lines[spoilt["member_id"]]["damaged"] == "PROFILE"
        assert lines[damaged["member_id"]]["damaged"] == "STATE"
        assert lines[damaged["member_id"]]["profile"]["name"] == "Anna Canary"
        run(cafe, frozen, GRACE + timedelta(hours=1))
        assert listed(cafe)["state"] == "closed"
        assert found_in(cafe.service, *CANARIES) == []

    def test_the_owner_gets_the_link_once(self, cafe: Merchant, frozen: Clock) -> None:
        mails = Mails(cafe.service)
        closed(cafe)
        for _ in range(3):
            run(cafe, frozen)
            cafe.service.deliver("messages", "notify")
        (mail,) = mails.new()
        assert mail["to"] == ["owner@example.com"]
        assert "22 December 2026" in mail["text"]
        (url,) = re.findall(r"https://cards.example/e/\S+", mail["text"])
        assert fetched(cafe, url) == fetched(cafe, listed(cafe)["archive"]["url"])
        frozen.now += timedelta(days=31)
        path = url.removeprefix("https://cards.example")
        assert cafe.service.request("GET", path).status == 404
        assert listed(cafe)["archive"]
        frozen.now += timedelta(days=60)
        assert listed(cafe)["archive"] is None

    def test_a_link_that_was_changed_leads_nowhere(self, cafe: Merchant, frozen: Clock) -> None:
        other = cafe.service.new_merchant()
        closed(cafe)
        run(cafe, frozen)
        url = listed(cafe)["archive"]["url"].removeprefix("https://cards.example")
        for wrong in (
            url[:-1] + ("0" if url[-1] != "0" else "1"),
            url.replace(cafe.id, other.id), url.replace(cafe.id, cafe.sandbox_id),
            url[: len("/e/") + 12] + "zzzzzzzzz" + url[len("/e/") + 21 :],
        ):  # fmt: skip
            assert cafe.service.request("GET", wrong).status == 404, wrong

    def test_who_has_read_the_program_before_publishes_nothing_over_it(
        self, cafe: Merchant
    ) -> None:
        shop = load_shop(cafe.service.table, cafe.id)
        document = cafe.call("GET", "/v1/program").json["program"]
        closed(cafe)
        merchants = Merchants(cafe.service.table)
        with pytest.raises(Refused) as refused:
            publish(shop, check(document), over=1, confirmed=True, about={})
        assert refused.value.code is RefusalCode.NOT_FOUND
        with pytest.raises(Refused) as refused:
            merchants.publish(
                cafe.id, document, 1, to_ms(shop.now), [], {}, version=2, free=2, about={}
            )
        assert refused.value.code is RefusalCode.CONFLICT
        assert cafe.call("GET", "/v1/program").status == 401
        found = closing.read(cafe.service.table, cafe.id)
        assert found is not None
        assert found.at_ms == to_ms(shop.now)
