"""The devices a card lives on: what the link alone shows, and what needs the device."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.functional.test_earning import published
from tests.functional.test_messages import Mails
from tests.service import Browser, Merchant, Reply, Service

ORIGIN = "https://cards.example"
IPHONE = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)"}
EMAIL = "anna@example.com"


def coffee_for_one_stamp(service: Service) -> Merchant:
    """A café whose members take a coffee for one stamp, the one for joining."""
    cafe = service.new_merchant()
    published(
        cafe,
        rewards=[{"id": "coffee", "name": "Coffee", "cost": {"unit": "stamp", "amount": 1}}],
    )
    return cafe


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return coffee_for_one_stamp(service)


def own(cafe: Merchant) -> str:
    """The path of the page of whoever holds a card."""
    return f"/card/{cafe.created['slug']}"


def joined(cafe: Merchant, **form: str) -> tuple[Browser, dict[str, Any]]:
    """Somebody who joins on the page: the browser and the card."""
    browser = Browser(cafe.service, IPHONE)
    assert browser.post(f"/j/{cafe.created['slug']}", **form).status == 200
    assert browser.path == own(cafe)
    return browser, cafe.call("GET", "/v1/members").json["items"][0]


def opened(cafe: Merchant, card: dict[str, Any], **how: Any) -> Browser:
    """Another browser, in which the link of a card was opened."""
    browser = Browser(cafe.service, **how)
    assert browser.get(card["card_url"]).status == 200
    return browser


def take(browser: Browser, path: str, once: str = "once") -> Reply:
    return browser.post(f"{path}/vouchers", once=once, reward_id="coffee")


def as_script(cafe: Merchant, browser: Browser, path: str, **query: str) -> Reply:
    """What the script of the page is answered."""
    return cafe.service.request("GET", path, cookies=browser.cookies, query=query)


def is_device(cafe: Merchant, browser: Browser) -> bool:
    return "/forget" in browser.get(own(cafe)).text


def let_in(cafe: Merchant, first: Browser) -> str:
    """The code that a device shows for another."""
    page = first.get(own(cafe)).text
    (code,) = re.findall(r'<b class="typed">([^<]+)</b>', page.partition('id="living"')[2])
    return str(code).replace("\N{NO-BREAK SPACE}", "")


class TestTheLinkAlone:
    def test_shows_the_card_and_neither_takes_nor_shows_a_reward(self, cafe: Merchant) -> None:
        device, card = joined(cafe, name="Anna")
        other = opened(cafe, card)
        assert other.path == own(cafe)
        assert "Anna" in other.get(own(cafe)).text
        assert as_script(cafe, other, f"{own(cafe)}/code").status == 200
        refused = cafe.service.request(
            "POST", f"{own(cafe)}/vouchers", form={"once": "1", "reward_id": "coffee"},
            cookies=other.cookies,
        )  # fmt: skip
        assert (refused.status, refused.code) == (403, "device_needed")
        answer = take(other, own(cafe))
        assert (answer.status, "on the phone that the card lives on" in answer.text) == (403, True)
        assert take(other, card["card_url"].removeprefix(ORIGIN)).status == 403
        assert cafe.card(card["member_id"])["vouchers"] == []

        assert take(device, own(cafe)).status == 200
        (voucher,) = cafe.card(card["member_id"])["vouchers"]
        asked = {"voucher": voucher["voucher_id"]}
        assert as_script(cafe, device, f"{own(cafe)}/code", **asked).status == 200
        assert as_script(cafe, other, f"{own(cafe)}/code", **asked).code == "device_needed"
        link = card["card_url"].removeprefix(ORIGIN)
        assert as_script(cafe, other, f"{link}/code", **asked).code == "device_needed"
        page = other.get(own(cafe)).text
        assert ("/v/" in page, "Coffee" in page) == (False, True)

    def test_is_not_in_the_address_where_cookies_are_kept(self, cafe: Merchant) -> None:
        card = cafe.join(name="Anna")
        token = card["card_url"].rpartition("/")[2]
        asked = cafe.service.request("GET", f"/c/{token}")
        assert (asked.status, asked.headers["location"].partition("?")[0]) == (303, own(cafe))
        kept, lost = opened(cafe, card), opened(cafe, card, keeps_cookies=False)
        assert (kept.path, lost.path) == (own(cafe), f"/c/{token}?look=1")
        assert "Anna" in lost.get(lost.path).text
        assert lost.post(f"/c/{token}/device").status == 403, "it could not keep it"

    def test_a_link_of_another_card_takes_nothing_from_a_device(self, cafe: Merchant) -> None:
        device, card = joined(cafe, name="Anna")
        other = cafe.join(name="Ben")
        page = device.get(other["card_url"])
        assert (page.status, "Ben" in page.text) == (200, True)
        assert "Anna" in device.get(own(cafe)).text
        assert device.get(card["card_url"]).status == 200
        assert device.path == own(cafe)
        pressed = device.post(f"{other['card_url'].removeprefix(ORIGIN)}/device")
        assert (pressed.status, "Ben" in pressed.text) == (200, True)

    def test_a_browser_that_holds_no_card_is_led_to_joining(self, cafe: Merchant) -> None:
        browser = Browser(cafe.service)
        assert browser.get(own(cafe)).status == 200
        assert browser.path == f"/j/{cafe.created['slug']}"
        for cookie in ("x", "c.x", ".", "a" * 300, f"{cafe.join()['member_id']}."):
            cookies = {f"__Host-regulars_card_{cafe.id}": cookie}
            reply = cafe.service.request("GET", f"{own(cafe)}/state", cookies=cookies)
            assert reply.code == "not_found", cookie
        assert cafe.service.request("GET", "/card/nobody").status == 404

    def test_a_card_of_another_shop_is_not_held_here(
        self, service: Service, cafe: Merchant
    ) -> None:
        elsewhere = service.new_merchant()
        token = elsewhere.join()["card_url"].rpartition("/")[2]
        cookies = {f"__Host-regulars_card_{cafe.id}": token}
        assert service.request("GET", f"{own(cafe)}/state", cookies=cookies).status == 404

    def test_a_sandbox_has_its_id_in_the_address(self, cafe: Merchant) -> None:
        card = cafe.join(test=True, name="Anna")
        browser = opened(cafe, card)
        assert browser.path == f"/card/{cafe.sandbox_id}"
        assert "Anna" in browser.get(browser.path).text


class TestACardThatLivesNowhereYet:
    """It was made with a key, or before cards lived on devices."""

    def test_is_taken_by_the_first_who_says_so(self, cafe: Merchant) -> None:
        card = cafe.join()
        first, second = opened(cafe, card), opened(cafe, card)
        assert not is_device(cafe, first), "looking takes nothing"
        assert first.post(f"{own(cafe)}/device").status == 200
        assert is_device(cafe, first)
        assert second.post(f"{own(cafe)}/device").status == 403
        assert not is_device(cafe, second)
        assert take(first, own(cafe)).status == 200

    def test_or_who_takes_a_reward_first(self, cafe: Merchant) -> None:
        card = cafe.join()
        first, second = opened(cafe, card), opened(cafe, card)
        assert take(first, own(cafe)).status == 200
        assert is_device(cafe, first)
        cafe.earn(card["member_id"])
        assert take(second, own(cafe), "again").status == 403

    def test_without_cookies_rewards_are_taken_by_the_link_and_it_goes_on_living_nowhere(
        self, cafe: Merchant
    ) -> None:
        card = cafe.join()
        browser = opened(cafe, card, keeps_cookies=False)
        assert take(browser, card["card_url"].removeprefix(ORIGIN)).status == 200
        assert len(cafe.card(card["member_id"])["vouchers"]) == 1
        assert opened(cafe, card).post(f"{own(cafe)}/device").status == 200


class TestAnotherDevice:
    def test_comes_in_with_a_code_of_the_first_once(self, cafe: Merchant, frozen: Clock) -> None:
        device, card = joined(cafe)
        second, third = opened(cafe, card), opened(cafe, card)
        code = let_in(cafe, device)
        wrong = second.post(f"{own(cafe)}/device", code="ABCDEFGH")
        assert (wrong.status, is_device(cafe, second)) == (422, False)
        typed = f" {code[:4].lower()}-{code[4:]}"
        assert second.post(f"{own(cafe)}/device", code=typed).status == 200
        assert is_device(cafe, second)
        assert is_device(cafe, device)
        assert third.post(f"{own(cafe)}/device", code=code).status == 422, "it was used"
        code = let_in(cafe, device)
        frozen.now += timedelta(minutes=10)
        assert third.post(f"{own(cafe)}/device", code=code).status == 422, "it is over"

    def test_is_ended_by_the_first(self, cafe: Merchant) -> None:
        device, card = joined(cafe)
        second = opened(cafe, card)
        second.post(f"{own(cafe)}/device", code=let_in(cafe, device))
        page = device.get(own(cafe)).text
        assert "iPhone" in page
        (ended,) = re.findall(r'name="device_id" value="(\w+)"', page)
        assert opened(cafe, card).post(f"{own(cafe)}/devices", device_id=ended).status == 403
        assert device.post(f"{own(cafe)}/devices", device_id=ended).status == 200
        assert as_script(cafe, second, f"{own(cafe)}/state").status == 404
        assert is_device(cafe, device)

    def test_is_one_of_five_at_most(self, cafe: Merchant) -> None:
        device, card = joined(cafe)
        last = device
        for _ in range(5):
            following = opened(cafe, card)
            following.post(f"{own(cafe)}/device", code=let_in(cafe, last))
            last = following
        assert as_script(cafe, device, f"{own(cafe)}/state").status == 404
        export = cafe.call("GET", f"/v1/members/{card['member_id']}/export").json
        assert [one["by"] for one in export["devices"]] == ["code"] * 5

    def test_stays_when_the_link_is_renewed(self, cafe: Merchant) -> None:
        device, card = joined(cafe)
        looking = opened(cafe, card)
        assert cafe.call("POST", f"/v1/members/{card['member_id']}/link").status == 200
        assert as_script(cafe, looking, f"{own(cafe)}/state").status == 404
        assert is_device(cafe, device)

    def test_not_me_takes_the_card_off_a_shared_browser(self, cafe: Merchant) -> None:
        device, card = joined(cafe, name="Anna")
        kept = dict(device.cookies)
        assert "Anna" not in device.post(f"{own(cafe)}/forget").text
        assert (device.path, device.cookies) == (f"/j/{cafe.created['slug']}", {})
        device.cookies = kept
        assert as_script(cafe, device, f"{own(cafe)}/state").status == 404
        assert opened(cafe, card).post(f"{own(cafe)}/device").status == 200, "nobody is locked out"

    def test_is_handed_over_and_erased(self, cafe: Merchant) -> None:
        device, card = joined(cafe)
        code = recovery_code(cafe, device)
        member = f"/v1/members/{card['member_id']}"
        (exported,) = cafe.call("GET", f"{member}/export").json["devices"]
        assert (exported["system"], exported["by"]) == ("iPhone", "join")
        assert cafe.call("DELETE", member).status == 202
        assert as_script(cafe, device, f"{own(cafe)}/state").status == 404
        assert recovered(cafe, code=code).status == 422


def recovery_code(cafe: Merchant, device: Browser) -> str:
    page = device.post(f"{own(cafe)}/recovery")
    assert page.status == 200
    (code,) = re.findall(r'<b class="typed">([0-9A-Z]{10})</b>', page.text)
    return str(code)


def recovered(cafe: Merchant, browser: Browser | None = None, **form: str) -> Reply:
    return (browser or Browser(cafe.service)).post(f"/j/{cafe.created['slug']}/recover", **form)


def way(cafe: Merchant, mails: Mails) -> str:
    """The path of the mailed link to the card, in the newest mail."""
    assert cafe.service.deliver("messages", "notify") == {"batchItemFailures": []}
    (path,) = re.findall(r"https://cards\.example(/m/[0-9a-z]+)", mails.new()[-1]["text"])
    return str(path)


class TestRecovery:
    def test_by_a_code_that_works_once(self, cafe: Merchant) -> None:
        device, card = joined(cafe)
        old, code = recovery_code(cafe, device), recovery_code(cafe, device)
        assert code not in device.get(own(cafe)).text, "it is shown once"
        assert opened(cafe, card).post(f"{own(cafe)}/recovery").status == 403
        new = Browser(cafe.service)
        for wrong in (old, "ABCDEFGHJK", "x", "é" * 30):
            assert recovered(cafe, new, code=wrong).status == 422, wrong
        assert recovered(cafe, new, code=f"{code[:5].lower()} {code[5:]}").status == 200
        assert new.path == own(cafe)
        assert is_device(cafe, new)
        assert recovered(cafe, code=code).status == 422

    def test_by_a_mail_to_the_confirmed_address(
        self, service: Service, cafe: Merchant, frozen: Clock
    ) -> None:
        mails = Mails(service)
        card = cafe.join(name="Anna", email=EMAIL)
        thief, anna = opened(cafe, card), Browser(service)
        assert thief.post(f"{own(cafe)}/device").status == 200
        assert recovered(cafe, contact=EMAIL.upper()).status == 200
        path = way(cafe, mails)
        assert anna.get(path).status == 200
        assert recovered(cafe, contact=EMAIL).status == 200
        service.deliver("messages", "notify")
        assert len(mails.new()) == 1, "the one that was sent is still good"
        assert anna.post(path).status == 200
        assert anna.path == own(cafe)
        assert is_device(cafe, anna)
        assert anna.post(path).status == 200, "pressed twice"
        assert Browser(service).post(path).status == 410
        assert Browser(service).get(path).status == 410
        recovered(cafe, contact=EMAIL)
        path = way(cafe, mails)
        frozen.now += timedelta(days=1)
        assert Browser(service).post(path).status == 410, "too old"

    def test_answers_alike_whoever_has_the_contact(self, service: Service, cafe: Merchant) -> None:
        cafe.join(email=EMAIL)
        joined(cafe, email="claimed@example.com")
        service.deliver("messages", "notify")
        mails = Mails(service)
        before = len(mails.new())
        pages = {recovered(cafe, contact=one).text for one in (
            EMAIL, "claimed@example.com", "nobody@example.com", "+36301234567",
        )}  # fmt: skip
        assert len(pages) == 1
        service.deliver("messages", "notify")
        assert [mail["to"] for mail in mails.new()[before:]] == [[EMAIL]]
        assert recovered(cafe, contact="x").status == 422

    def test_codes_are_not_tried_without_end(self, cafe: Merchant) -> None:
        device, _ = joined(cafe)
        code = recovery_code(cafe, device)
        tried = [recovered(cafe, code=f"ABCDEFGH{number:02}").status for number in range(21)]
        assert (set(tried[:20]), tried[20]) == ({422}, 429)
        assert recovered(cafe, code=code).status == 429, "the right one, too"

    def test_a_form_of_another_site_is_not_taken(self, cafe: Merchant) -> None:
        foreign = Browser(cafe.service, {"sec-fetch-site": "cross-site"})
        for path, form in (("/recover", {"contact": EMAIL}), ("", {})):
            assert foreign.post(f"/j/{cafe.created['slug']}{path}", **form).status == 403


STAFF = {"x-regulars": "staff"}


class TestANewLink:
    def test_ends_the_one_before(self, cafe: Merchant) -> None:
        card = cafe.join(name="Anna")
        old = card["card_url"].removeprefix(ORIGIN)
        reply = cafe.call("POST", f"/v1/members/{card['member_id']}/link")
        assert reply.status == 200, reply.text
        url = reply.json["card_url"]
        assert url == cafe.card(card["member_id"])["card_url"] != card["card_url"]
        ended, never = (cafe.service.request("GET", path) for path in (old, "/c/" + "a" * 26))
        assert (ended.status, ended.text) == (404, never.text)
        assert Browser(cafe.service).get(url).status == 200
        (noted,) = cafe.call("GET", "/v1/audit", query={"what": "card"}).json["items"]
        assert (noted["what"], noted["target"]) == ("card.link_renewed", card["member_id"])

    def test_is_for_members_of_the_merchant(self, service: Service, cafe: Merchant) -> None:
        stranger = service.new_merchant().join()["member_id"]
        for unknown in (stranger, "nobody"):
            assert cafe.call("POST", f"/v1/members/{unknown}/link").code == "not_found"
