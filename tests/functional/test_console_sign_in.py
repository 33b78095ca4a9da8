"""Signing in to the console by mail, and being asked again before what matters."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial

import pytest

from tests.conftest import Clock
from tests.functional.console import STAFF, Browser, mailed
from tests.service import Merchant, Service, cookies_of


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return service.new_merchant(owner_email="anna@example.com")


def test_by_the_link_in_the_browser_that_asked(service: Service, cafe: Merchant) -> None:
    browser, other = Browser(service), Browser(service)
    assert browser.go("GET", "/console/").headers["location"] == "/console/sign-in"
    reply = browser.ask(" Anna@Example.com ")
    assert (reply.status, reply.headers["location"]) == (303, "/console/sign-in/code")
    link, _ = mailed(service, "anna@example.com")
    for who, status in ((other, 403), (browser, 200)):
        for _ in range(2):
            assert who.go("GET", link).status == status
    assert other.go("POST", link).status == 403
    done = browser.go("POST", link)
    assert (done.status, done.headers["location"]) == (303, "/console/")
    page = browser.go("GET", "/console/")
    assert (page.status, "Owner" in page.text) == (200, True)
    assert browser.go("POST", link).status == 410
    assert not other.is_in()


def test_by_the_code_wherever_the_mail_was_read(service: Service, cafe: Merchant) -> None:
    browser, other = Browser(service), Browser(service)
    browser.ask("anna@example.com")
    _, code = mailed(service, "anna@example.com")
    assert other.enter(code).status == 410
    wrong = "000 000" if code != "000 000" else "000 001"
    assert browser.enter(wrong).status == 422
    assert browser.enter(code).status == 303
    assert browser.is_in()
    assert browser.enter(code).status == 410


def test_five_wrong_codes_end_the_mail(service: Service, cafe: Merchant) -> None:
    browser = Browser(service)
    browser.ask("anna@example.com")
    link, code = mailed(service, "anna@example.com")
    wrong = "000 000" if code != "000 000" else "000 001"
    for _ in range(5):
        assert browser.enter(wrong).status == 422
    assert browser.enter(code).status == 429
    assert browser.go("POST", link).status == 303  # the link is no guess


def test_mails_and_wrong_codes_are_bounded_for_a_mailbox_and_an_address(service: Service) -> None:
    service.new_merchant(owner_email="often@example.com")
    browser = Browser(service)
    for _ in range(7):
        assert browser.ask("often@example.com").status == 303
    service.deliver("messages", "notify")
    sent = [mail for mail in service.aws_services.mails() if "often@" in json.dumps(mail)]
    assert len(sent) == 5
    for _ in range(5):
        browser.ask("often@example.com")  # no mail any more, but a code could be guessed
        assert browser.enter("000 000").status in {422, 429}
    assert browser.enter("000 000").status == 429


def test_everybody_is_answered_alike_and_only_owners_and_managers_get_mail(
    service: Service, cafe: Merchant
) -> None:
    cafe.person(email="staff@example.com")
    cafe.person(email="boss@example.com", role="manager")
    gone = cafe.person(email="gone@example.com", role="owner")["staff_id"]
    cafe.call("DELETE", f"/v1/staff/{gone}")
    moved = cafe.person(email="old@example.com", role="owner")["staff_id"]
    cafe.call("PATCH", f"/v1/staff/{moved}", {"email": "new@example.com"})
    answers = set()
    for email in ("staff@", "boss@", "gone@", "old@", "new@", "nobody@", "anna@"):
        reply = Browser(service).ask(f"{email}example.com")
        answers.add((reply.status, reply.headers["location"], reply.text, len(reply.cookies[0])))
    by_json = service.request("POST", "/console/sign-in", body={"email": "anna@example.com"})
    answers.add((303, by_json.headers["location"], by_json.text, len(by_json.cookies[0])))
    for odd in ("", "x", "é", "a" * 600):
        reply = Browser(service).ask(odd)
        answers.add((reply.status, reply.headers["location"], reply.text, len(reply.cookies[0])))
    assert len(answers) == 1
    service.deliver("messages", "notify")
    text = json.dumps(service.aws_services.mails())
    named = {name for name in ("staff", "boss", "gone", "old", "new", "nobody", "anna")
             if f"{name}@example.com" in text}  # fmt: skip
    assert named == {"boss", "new", "anna"}


def test_a_lost_mailbox_signs_in_no_more_once_the_platform_named_another(service: Service) -> None:
    cafe = service.new_merchant(owner_email="lost@example.com")
    headers = {"authorization": f"Bearer {service.platform_key}"}
    body = {"email": "found@example.com"}
    path = f"/v1/merchants/{cafe.id}/owner"
    assert service.request("POST", path, body=body, headers=headers).status == 200
    service.deliver("messages", "notify")
    sent = len(service.aws_services.mails())
    Browser(service).ask("lost@example.com")
    service.deliver("messages", "notify")
    assert len(service.aws_services.mails()) == sent
    browser = Browser(service)
    browser.ask("found@example.com")
    browser.enter(mailed(service, "found@example.com")[1])
    assert browser.is_in()


def test_what_the_lost_mailbox_signed_in_is_over_then(service: Service) -> None:
    """Whoever has it may have signed in before, set a PIN, and keep the browser as a device."""
    cafe = service.new_merchant(owner_email="lost@example.com")
    thief = Browser(service).sign_in("lost@example.com")
    owner = next(p for p in cafe.call("GET", "/v1/staff").json["items"] if p["role"] == "owner")
    set_pin = partial(cafe.call, "PATCH", f"/v1/staff/{owner['staff_id']}", {"pin": "4711"})
    assert set_pin().status == 200
    headers = {"authorization": f"Bearer {service.platform_key}"}
    path = f"/v1/merchants/{cafe.id}/owner"
    service.request("POST", path, body={"email": "found@example.com"}, headers=headers)
    assert not thief.is_in()
    assert "Owner" not in thief.go("GET", "/staff/counter").text
    for body in ({}, {"pin": "4711"}):
        who = {"staff_id": owner["staff_id"], **body}
        assert thief.go("POST", "/staff/api/who", body=who, headers=STAFF).status == 404
    assert Browser(service).sign_in("found@example.com").is_in()
    assert set_pin().status == 200
    assert "Owner" in thief.go("GET", "/staff/counter").text  # a tablet stays a tablet


def test_after_fifteen_minutes_it_is_over(service: Service, frozen: Clock) -> None:
    service.new_merchant(owner_email="late@example.com")
    browser = Browser(service)
    browser.ask("late@example.com")
    link, code = mailed(service, "late@example.com")
    frozen.now += timedelta(minutes=15)
    assert browser.go("GET", link).status == 410
    assert browser.go("POST", link).status == 410
    assert browser.enter(code).status == 410


@pytest.mark.parametrize("token", ["x", "a" * 46, "é", "%00", "x" * 300])
def test_no_other_link_is_one(service: Service, token: str) -> None:
    for method in ("GET", "POST"):
        assert service.request(method, f"/console/sign-in/{token}").status == 404


def test_who_has_several_shops_chooses_one(service: Service) -> None:
    first = service.new_merchant(owner_email="two@example.com", name="First Café")
    service.new_merchant(owner_email="two@example.com", name="Second Café")
    browser = Browser(service)
    browser.ask("two@example.com")
    _, code = mailed(service, "two@example.com")
    choice = browser.enter(code)
    assert choice.status == 200
    assert ("First Café" in choice.text, "Second Café" in choice.text) == (True, True)
    assert not browser.is_in()
    assert browser.enter(code, shop="mxxxxxxxxxxx").status == 410
    assert browser.enter(code, shop=first.id).status == 303
    assert "First Café" in browser.go("GET", "/console/").text


def test_what_matters_is_asked_for_again(service: Service, frozen: Clock) -> None:
    cafe = service.new_merchant(owner_email="sure@example.com")
    member = cafe.join()["member_id"]
    browser = Browser(service)
    owner = next(p for p in cafe.call("GET", "/v1/staff").json["items"] if p["role"] == "owner")
    link = cafe.call("POST", f"/v1/staff/{owner['staff_id']}/devices", {"name": "T"}).json
    browser.cookies = cafe.enroll(link["enrol_url"])

    def codes() -> set[tuple[int, str]]:
        calls = [
            ("POST", "/v1/keys", {"name": "K", "scopes": ["read"]}),
            ("GET", f"/v1/members/{member}/export", None),
            ("POST", "/v1/staff", {"name": "Boss", "role": "manager"}),
            ("PATCH", "/v1/merchant", {"sender_name": "Café"}),
        ]
        replies = [browser.go(*call[:2], body=call[2], headers=STAFF) for call in calls]
        return {(r.status, r.json.get("code", "")) for r in replies}

    assert codes() == {(403, "confirm_needed")}
    assert browser.go("GET", "/v1/keys", headers=STAFF).status == 200  # looking is not asked for
    browser.ask("sure@example.com")
    browser.go("POST", mailed(service, "sure@example.com")[0])
    assert {status for status, _ in codes()} == {200, 201}
    (device,) = cafe.call("GET", "/v1/devices").json["items"]  # the same browser, the same device
    assert device["name"] == "T"
    frozen.now += timedelta(minutes=10)
    assert codes() == {(403, "confirm_needed")}
    log = cafe.call("GET", "/v1/audit", query={"what": "key.created"}).json["items"]
    assert (log[0]["who"]["kind"], log[0]["from"]["device"]) == ("owner", device["device_id"])


def test_signing_out_ends_it(service: Service, cafe: Merchant) -> None:
    browser = Browser(service)
    browser.ask("anna@example.com")
    browser.go("POST", mailed(service, "anna@example.com")[0])
    copy = Browser(service)
    copy.cookies = dict(browser.cookies)
    assert copy.is_in()
    browser.go("POST", "/staff/sign-out", form={})
    assert not copy.is_in()


def test_no_other_site_asks_or_signs_in(service: Service, cafe: Merchant) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    for path in ("/console/sign-in", "/console/sign-in/code"):
        reply = service.request("POST", path, form={"email": "anna@example.com"}, headers=headers)
        assert reply.status == 403


def test_cookies_of_a_browser_that_asked_are_not_readable_by_scripts(service: Service) -> None:
    (line,) = Browser(service).ask("x@example.com").cookies
    assert cookies_of([line])
    assert {"HttpOnly", "Secure", "SameSite=Strict", "Path=/"} <= set(line.split("; "))


def test_who_has_no_name_yet_is_called_owner_in_the_language_of_the_shop(service: Service) -> None:
    shop = service.new_merchant(languages=["hu", "en"])
    assert "Tulajdonos" in [one["name"] for one in shop.call("GET", "/v1/staff").json["items"]]
