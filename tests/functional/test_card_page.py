"""The card in a browser: shown, watched, used; and the way out of the mails."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from regulars.core import tokens
from regulars.store.members import Members
from tests.conftest import Clock
from tests.functional.test_earning import published
from tests.service import Browser, Merchant, Reply, Service

ORIGIN = "https://cards.example"


@pytest.fixture
def cafe(service: Service) -> Merchant:
    """A café whose members take a coffee for one stamp, the one for joining."""
    cafe = service.new_merchant()
    coffee = {"id": "coffee", "name": "Coffee", "cost": {"unit": "stamp", "amount": 1}}
    published(cafe, rewards=[coffee])
    return cafe


def link(card: dict[str, Any]) -> str:
    return str(card["card_url"]).removeprefix(ORIGIN)


def get(cafe: Merchant, path: str, **headers: str) -> Reply:
    return cafe.service.request("GET", path, headers=headers, acting_as=cafe.id)


def take(cafe: Merchant, path: str, once: str = "once", reward: str = "coffee") -> Reply:
    form = {"once": once, "reward_id": reward}
    return cafe.service.request("POST", f"{path}/vouchers", form=form, acting_as=cafe.id)


def test_the_card_is_shown_and_remembered(cafe: Merchant) -> None:
    card = cafe.join(name="Anna")
    browser = Browser(cafe.service)
    reply = browser.get(link(card))
    assert (reply.status, "Anna" in reply.text) == (200, True)
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert browser.cookies == {f"__Host-regulars_card_{cafe.id}": link(card)[3:]}
    assert browser.path == f"/card/{cafe.created['slug']}"
    assert card["member_id"] not in reply.text


def test_a_member_sees_the_language_they_chose(cafe: Merchant) -> None:
    card = cafe.join(language="hu")
    browser = Browser(cafe.service, {"accept-language": "en"})
    assert '<html lang="hu"' in browser.get(link(card)).text
    for keeps in (True, False):
        asked = Browser(cafe.service, keeps_cookies=keeps).get(f"{link(card)}?lang=en")
        assert '<html lang="en"' in asked.text


@pytest.mark.parametrize(
    "token", ["x", "A" * 22, "A" * 26, "a" * 26, "A" * 500, "%00", "é", "..", "null"]
)
def test_a_link_that_leads_nowhere(service: Service, token: str) -> None:
    page = service.request("GET", f"/c/{token}")
    assert (page.status, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    for path in (f"/c/{token}/code", f"/c/{token}/state"):
        assert service.request("GET", path).code == "not_found"
    taken = service.request("POST", f"/c/{token}/vouchers", form={"once": "1"})
    assert taken.status == 404


def test_the_code_is_one_that_the_counter_reads_for_a_minute(service: Service, frozen: Any) -> None:
    cafe = service.new_merchant()
    card = cafe.join()
    shown = get(cafe, f"{link(card)}/code").json
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{8}", shown["code"])
    assert shown["svg"].startswith("<svg")
    assert shown["expires_at"] == "2026-11-22T09:00:30Z"
    staff = cafe.staff_cookies()
    for seconds, status in ((0, 200), (59, 200), (60, 404)):
        frozen.now = frozen.now.replace(minute=seconds // 60, second=seconds % 60)
        found = service.request(
            "GET", "/staff/api/member", query={"code": shown["code"]}, cookies=staff
        )
        assert found.status == status, seconds


def test_state_answers_304_until_something_happens(cafe: Merchant) -> None:
    card = cafe.join()
    first = get(cafe, f"{link(card)}/state")
    tag = first.headers["etag"]
    assert first.json == {"version": card["version"], "seq": card["seq"]}
    assert get(cafe, f"{link(card)}/state", **{"if-none-match": tag}).status == 304
    cafe.earn(card["member_id"])
    changed = get(cafe, f"{link(card)}/state", **{"if-none-match": tag})
    assert (changed.status, changed.json["seq"]) == (200, 2)


def test_a_page_asks_for_news_with_its_note_for_one_small_read(
    cafe: Merchant, frozen: Clock
) -> None:
    card = cafe.join()
    browser = Browser(cafe.service)
    page = browser.get(link(card))
    (note,) = re.findall(r'data-seen="([^"]+)"', page.text)

    def news(since: str = note) -> Reply:
        return cafe.service.request(
            "GET", f"{browser.path}/state", query={"since": since}, cookies=browser.cookies
        )

    cafe.service.spy.calls.clear()
    assert news().status == 304
    assert cafe.service.spy.consumed() == (0.0, 0.5)
    cafe.earn(card["member_id"])
    changed = news()
    assert (changed.status, changed.json) == (200, {"version": 2, "seq": 2})
    for wrong in ("", "x", note[:-1], note.replace(".", "..", 1)):
        assert news(wrong).headers["etag"]
    frozen.now += timedelta(minutes=10)
    assert news().headers["etag"]


def test_a_reward_is_taken_once_per_form(cafe: Merchant) -> None:
    card = cafe.join()
    replies = [take(cafe, link(card)) for _ in range(2)]
    assert [(it.status, it.headers.get("location")) for it in replies] == [(303, link(card))] * 2
    held = cafe.card(card["member_id"])
    assert (len(held["vouchers"]), held["balances"]["stamp"]["available"]) == (1, 0)
    assert held["vouchers"][0]["voucher_id"] in Browser(cafe.service).get(link(card)).text
    assert held["vouchers"][0]["code"] not in Browser(cafe.service).get(link(card)).text
    refused = take(cafe, link(card), once="another")
    assert (refused.status, refused.headers["content-type"]) == (409, "text/html; charset=utf-8")


def test_a_reward_form_that_is_none_changes_nothing(cafe: Merchant) -> None:
    card = cafe.join()
    for once, reward in (("", "coffee"), ("x" * 65, "coffee"), ("once", "tea"), ("once", "")):
        assert take(cafe, link(card), once, reward).status == 422
    assert cafe.card(card["member_id"])["seq"] == 1


def test_a_code_scanned_by_a_phone_says_whom_it_is_for(service: Service) -> None:
    for path in ("/s/ABCDEFGH", "/v/ABCDEFGHJK", "/s/%3Cscript%3E"):
        assert "counter" in service.request("GET", path).text


class TestUnsubscribing:
    def consent(self, cafe: Merchant, member_id: str) -> bool:
        profile = Members(cafe.service.table, cafe.id).profile(member_id)
        return bool(profile and profile.consents.get("email"))

    def member(self, cafe: Merchant) -> tuple[str, str]:
        card = cafe.join(email="anna@example.com", consents={"email": True, "sms": True})
        return card["member_id"], f"/u/{tokens.unsubscribe_token(cafe.id, card['member_id'])}"

    def test_looking_changes_nothing(self, cafe: Merchant) -> None:
        member_id, path = self.member(cafe)
        reply = get(cafe, path)
        assert (reply.status, "anna@example.com" in reply.text) == (200, False)
        assert self.consent(cafe, member_id)

    @pytest.mark.parametrize("form", [{"List-Unsubscribe": "One-Click"}, {}])
    def test_posting_acts_as_often_as_one_likes(self, cafe: Merchant, form: dict[str, str]) -> None:
        member_id, path = self.member(cafe)
        for _ in range(2):
            reply = cafe.service.request("POST", path, form=form, acting_as=cafe.id)
            assert reply.status == 200
            assert not self.consent(cafe, member_id)
        profile = Members(cafe.service.table, cafe.id).profile(member_id)
        assert profile is not None
        assert profile.consents["sms"] is True

    def test_two_clicks_at_once_are_both_answered(self, cafe: Merchant) -> None:
        member_id, path = self.member(cafe)
        cafe.service.request("GET", path)
        with ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda _: cafe.service.request("POST", path), range(8)))
        assert {reply.status for reply in replies} == {200}
        assert not self.consent(cafe, member_id)

    def test_only_our_own_links_act(self, cafe: Merchant) -> None:
        member_id, path = self.member(cafe)
        other = cafe.join()["member_id"]
        forged = path.replace(member_id, other)
        for wrong in (forged, path[:-1], f"{path}x", "/u/a.b.c", "/u/..", "/u/%00", "/u/é"):
            for method in ("GET", "POST"):
                assert cafe.service.request(method, wrong).status == 404, wrong
        assert self.consent(cafe, member_id)


def test_the_link_of_a_sandbox_card_lives_by_the_sandbox_clock(
    service: Service, cafe: Merchant
) -> None:
    cafe.call("POST", "/v1/test/clock", {"advance": "P1D"}, test=True)
    card = cafe.join(test=True)
    code = service.request("GET", f"{link(card)}/code").json["code"]
    reply = cafe.call("POST", "/v1/earn", {"code": code}, test=True)
    assert reply.status == 200
