"""Passkeys are added and removed; every one here is real (`tests/authenticator.py`)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import cbor2
import pytest

from regulars.core import config
from tests.authenticator import ATTESTED, PRESENT, VERIFIED, Authenticator, decode, encode
from tests.conftest import Clock
from tests.functional.console import STAFF, Browser
from tests.functional.passkeys.calls import (
    LOGIN,
    OWNER,
    REGISTER,
    add,
    finish,
    log,
    options,
    show,
    staff_id,
    wrong,
)
from tests.service import Merchant, Reply, Service

BAD_MADE: dict[str, tuple[dict[str, Any], str]] = {
    "another site": ({"origin": "https://evil.example"}, "origin"),
    "not encrypted": ({"origin": "http://cards.example"}, "origin"),
    "another port": ({"origin": "https://cards.example:8443"}, "origin"),
    "a host below ours": ({"origin": "https://x.cards.example"}, "origin"),
    "more than an origin": ({"origin": "https://cards.example/"}, "origin"),
    "in a frame": ({"cross_origin": True}, "frame"),
    "another challenge": ({"challenge": encode(b"another" * 5)}, "challenge"),
    "a sign-in": ({"type": "webauthn.get"}, "type"),
    "for another host": ({"host": "evil.example"}, "RP ID"),
    "nobody seen": ({"flags": PRESENT | ATTESTED}, "not verified"),
    "nobody there": ({"flags": VERIFIED | ATTESTED}, "presence"),
    "no key": ({"flags": PRESENT | VERIFIED}, "attested credential"),
    "attested by a vendor": ({"fmt": "tpm"}, "attestation"),
    "attested somehow": ({"fmt": "nothing known"}, "attestation"),
    "signed wrongly": ({"fmt": "packed", "statement": {"alg": -7, "sig": b"none"}}, "sig"),
    "with a certificate": (
        {"fmt": "packed", "statement": {"alg": -7, "sig": b"s", "x5c": [b"c"]}}, "attestation"),
    "no point of the curve": (
        {"cose": cbor2.dumps({1: 2, 3: -7, -1: 1, -2: b"x" * 32, -3: b"y" * 32})}, "is not valid"),
    "a weak algorithm": (
        {"cose": cbor2.dumps({1: 3, 3: -65535, -1: b"n" * 256, -2: b"\x01\x00\x01"})}, "alg"),
    "a long key": (
        {"cose": cbor2.dumps({1: 3, 3: -257, -1: b"\xff" * 2000, -2: b"\x01\x00\x01"})}, "long"),
    "a number for a key": ({"cose": cbor2.dumps(4)}, "is not valid"),
    "a text for a key": ({"cose": cbor2.dumps("key")}, "is not valid"),
    "a deep key": ({"cose": b"\x81" * 5000}, "CBOR"),
}  # fmt: skip
"""What may be wrong with a passkey that was made, and a word of what is answered."""


class TestAdding:
    def test_the_options_are_for_a_passkey_that_shows_who_is_there(
        self, cafe: Merchant, owner: Browser
    ) -> None:
        given = options(owner, REGISTER)
        assert given["rp"] == {"id": "cards.example", "name": "Regulars"}
        assert given["attestation"] == "none"
        assert given["authenticatorSelection"]["residentKey"] == "preferred"
        assert given["authenticatorSelection"]["userVerification"] == "required"
        assert len(decode(given["challenge"])) >= 16
        handle = decode(given["user"]["id"]).decode()
        assert handle == f"{cafe.id}.{staff_id(cafe)}"
        assert given["user"]["name"] == "Corner Café · Owner"
        assert OWNER not in str(given)

    def test_it_is_listed_and_on_audit(self, cafe: Merchant, owner: Browser) -> None:
        assert add(owner, Authenticator(), "  Anna's phone ").json["name"] == "Anna's phone"
        made = add(owner, Authenticator())
        assert (made.status, made.json["name"]) == (201, "")
        page = owner.go("GET", "/console/you").text
        assert page.count('action="/console/passkey/remove"') == 2
        assert page.count("not used yet") == 2
        assert "Anna&#39;s phone" in page
        newest, first = log(cafe, "passkey.created")
        assert (newest["target"], newest["who"]["kind"]) == (made.json["passkey_id"], "owner")
        assert first["after"] == {"name": "Anna's phone"}

    def test_a_device_is_told_which_passkeys_there_are(
        self, owner: Browser, device: Authenticator
    ) -> None:
        (there,) = options(owner, REGISTER)["excludeCredentials"]
        assert there["id"] == encode(device.credentials[0].credential_id)
        again = device.credentials[0].credential_id
        assert wrong(add(owner, device, credential_id=again)) == (422, "credential.id")

    def test_ten_are_the_most_also_at_once(self, owner: Browser, cafe: Merchant) -> None:
        for _ in range(8):
            add(owner, Authenticator())
        begun = []
        for _ in range(6):
            browser, one = Browser(owner.service), Authenticator()
            browser.cookies = dict(owner.cookies)
            begun.append((browser, one.create(options(browser, REGISTER))))
        with ThreadPoolExecutor(6) as pool:
            replies = list(pool.map(lambda it: finish(it[0], REGISTER, it[1]), begun))
        statuses = sorted(reply.status for reply in replies)
        while statuses.count(201) < 2:  # those that met others too often may try again
            statuses.append(add(owner, Authenticator()).status)
        assert statuses.count(201) == 2
        assert set(statuses) == {201, 409}
        assert owner.go("POST", f"{REGISTER}/options", headers=STAFF).code == "limit_reached"
        page = owner.go("GET", "/console/you").text
        assert page.count('action="/console/passkey/remove"') == 10
        assert 'id="passkey-add"' not in page

    def test_what_is_not_as_it_should_be_is_refused(self, owner: Browser) -> None:
        replies = {name: add(owner, Authenticator(), **one) for name, (one, _) in BAD_MADE.items()}
        for name, reply in replies.items():
            assert (name, *wrong(reply)) == (name, 422, "credential.response")
            assert BAD_MADE[name][1] in reply.json["errors"][0]["message"]
        assert "passkey/remove" not in owner.go("GET", "/console/you").text

    def test_one_that_signs_for_itself_is_taken(self, owner: Browser) -> None:
        assert add(owner, Authenticator(), fmt="packed").status == 201

    def test_one_that_is_not_kept_by_its_device_is_not_taken(self, owner: Browser) -> None:
        made = Authenticator().create(options(owner, REGISTER))
        made["clientExtensionResults"] = {"credProps": {"rk": False}}
        where = "credential.clientExtensionResults.credProps.rk"
        assert wrong(finish(owner, REGISTER, made)) == (422, where)

    def test_options_are_good_once_for_five_minutes_in_their_browser(
        self, service: Service, frozen: Clock
    ) -> None:
        service.new_merchant(owner_email=OWNER)
        owner = Browser(service).sign_in(OWNER)
        made = Authenticator().create(options(owner, REGISTER))
        before = dict(owner.cookies)
        assert finish(owner, REGISTER, made).status == 201
        owner.cookies = before  # as one who kept the cookie that was taken away
        assert finish(owner, REGISTER, made).code == "code_used"
        made = Authenticator().create(options(owner, REGISTER))
        elsewhere = Browser(service).sign_in(OWNER)
        assert finish(elsewhere, REGISTER, made).code == "code_expired"
        name = "__Host-regulars_passkey"
        for odd in ("", "x", "é.é", "a" * 3000, owner.cookies[name].partition(".")[0] + ".x"):
            elsewhere.cookies[name] = odd
            assert finish(elsewhere, REGISTER, made).code == "code_expired"
        frozen.now += timedelta(minutes=5)
        assert finish(owner, REGISTER, made).code == "code_expired"

    def test_options_are_for_one_person_and_one_purpose(self, service: Service) -> None:
        cafe = service.new_merchant(owner_email=OWNER)
        cafe.person(email="boss@example.com", role="manager")
        owner, other = Browser(service).sign_in(OWNER), Browser(service).sign_in("boss@example.com")
        made = Authenticator().create(options(owner, REGISTER))
        other.cookies["__Host-regulars_passkey"] = owner.cookies["__Host-regulars_passkey"]
        assert finish(other, REGISTER, made).code == "code_expired"
        challenge = options(owner)["challenge"]
        made = Authenticator().create(options(other, REGISTER), challenge=challenge)
        assert finish(owner, REGISTER, made).code == "code_expired"

    def test_a_bad_body_is_told_where_it_is_bad(self, owner: Browser) -> None:
        made = Authenticator().create(options(owner, REGISTER))
        response = made["response"]
        bad: list[tuple[str, Any]] = [
            ("credential", None),
            ("credential", []),
            ("credential.id", {**made, "id": "not base64url!"}),
            ("credential.rawId", {**made, "rawId": 7}),
            ("credential.type", {**made, "type": "password"}),
            ("credential.response", {**made, "response": "x"}),
            ("credential.response.attestationObject",
             {**made, "response": {"clientDataJSON": response["clientDataJSON"]}}),
            ("credential.response.clientDataJSON",
             {**made, "response": {**response, "clientDataJSON": "a" * 20_000}}),
        ]  # fmt: skip
        for path, credential in bad:
            assert wrong(finish(owner, REGISTER, credential)) == (422, path)
        for name in ("x" * 61, "\n", "a\u0000b", "\u3164"):
            assert wrong(finish(owner, REGISTER, made, name=name)) == (422, "name")
        more = {"credential": made, "counter": 1}
        reply = owner.go("POST", f"{REGISTER}/finish", body=more, headers=STAFF)
        assert wrong(reply) == (422, "counter")
        more = {"user": "x"}
        reply = owner.go("POST", f"{REGISTER}/options", body=more, headers=STAFF)
        assert wrong(reply) == (422, "user")
        assert finish(owner, REGISTER, made).status == 201  # none of these used the options up

    def test_only_who_runs_the_shop_and_has_just_shown_it(
        self, service: Service, cafe: Merchant
    ) -> None:
        path = f"{REGISTER}/options"
        assert service.request("POST", path, headers=STAFF).status == 401
        assert cafe.call("POST", path).status == 403
        for role, code in (("staff", "forbidden"), ("manager", "confirm_needed")):
            reply = service.request("POST", path, headers=STAFF, cookies=cafe.counter(role=role))
            assert (reply.status, reply.code) == (403, code)
        page = service.request("GET", "/console/", cookies=cafe.counter(role="staff")).text
        assert 'id="passkeys"' not in page

    def test_the_page_of_another_site_cannot_ask(self, owner: Browser) -> None:
        for end in ("options", "finish"):
            assert owner.go("POST", f"{REGISTER}/{end}", body={}).status == 403

    def test_after_ten_minutes_it_is_asked_again(self, service: Service, frozen: Clock) -> None:
        service.new_merchant(owner_email=OWNER)
        owner, device = Browser(service).sign_in(OWNER), Authenticator()
        frozen.now += timedelta(minutes=8)
        made = device.create(options(owner, REGISTER))
        frozen.now += timedelta(minutes=2)
        for reply in (
            owner.go("POST", f"{REGISTER}/options", headers=STAFF),
            finish(owner, REGISTER, made),
        ):
            assert (reply.status, reply.code) == (403, "confirm_needed")
        page = owner.go("GET", "/console/sign-in", query={"again": "1"}).text
        assert "Show again who you are" in page


class TestRemoving:
    @staticmethod
    def remove(browser: Browser, passkey_id: str, **more: Any) -> Reply:
        form = {"passkey_id": passkey_id}
        return browser.go("POST", "/console/passkey/remove", form=form, **more)

    def test_it_signs_nobody_in_any_more(
        self, service: Service, cafe: Merchant, owner: Browser, device: Authenticator
    ) -> None:
        other = Authenticator()
        kept = add(owner, other, "Laptop").json["passkey_id"]
        (line, *_) = log(cafe, "passkey.created")[1:]
        for _ in range(2):  # the button may be pressed twice
            reply = self.remove(owner, line["target"])
            assert (reply.status, reply.headers["location"]) == (303, "/console/you")
        (removed,) = log(cafe, "passkey.removed")
        assert (removed["target"], removed["before"]) == (line["target"], {"name": "Phone"})
        page = owner.go("GET", "/console/you").text
        assert (page.count("passkey/remove"), kept in page) == (1, True)
        assert show(Browser(service), device).status == 403
        assert show(Browser(service), other).status == 200

    def test_nobody_removes_those_of_others(
        self, service: Service, cafe: Merchant, device: Authenticator
    ) -> None:
        cafe.person(email="boss@example.com", role="manager")
        boss = Browser(service).sign_in("boss@example.com")
        (line,) = log(cafe, "passkey.created")
        assert self.remove(boss, line["target"]).status == 303
        assert show(Browser(service), device).status == 200

    def test_it_is_asked_again_by_a_page(self, service: Service, frozen: Clock) -> None:
        service.new_merchant(owner_email=OWNER)
        owner, device = Browser(service).sign_in(OWNER), Authenticator()
        passkey_id = add(owner, device).json["passkey_id"]
        frozen.now += timedelta(minutes=10)
        reply = self.remove(owner, passkey_id)
        assert (reply.status, reply.headers["location"]) == (303, "/console/sign-in?again=1")
        assert show(owner, device).status == 200
        assert self.remove(owner, passkey_id).headers["location"] == "/console/you"
        assert show(Browser(service), device).status == 403
        assert self.remove(Browser(service), "x").headers["location"] == "/console/sign-in"

    def test_no_other_site_removes_one(self, owner: Browser, device: Authenticator) -> None:
        headers = {"sec-fetch-site": "cross-site"}
        assert self.remove(owner, "x", headers=headers).status == 403


class TestAddresses:
    def test_a_number_has_no_passkeys(
        self, service: Service, owner: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in ("http://127.0.0.1:8000", "http://[::1]:8000"):
            self.at(number, monkeypatch)
            browser = Browser(service)
            assert "passkey" not in browser.go("GET", "/console/sign-in").text
            for path in (REGISTER, LOGIN):
                for end in ("options", "finish"):
                    reply = browser.go("POST", f"{path}/{end}", body={}, headers=STAFF)
                    assert (reply.status, "localhost" in reply.json["detail"]) == (403, True)
        self.at("https://cards.example", monkeypatch)
        assert "passkey" in owner.go("GET", "/console/you").text

    def test_localhost_has(
        self, service: Service, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        owner = Browser(service).sign_in(OWNER)
        owner.cookies = {
            name.removeprefix("__Host-"): value for name, value in owner.cookies.items()
        }
        self.at("http://localhost:8000", monkeypatch)
        device = Authenticator("http://localhost:8000")
        assert add(owner, device).status == 201
        browser = Browser(service)
        assert show(browser, device).status == 200
        assert browser.is_in()
        assert show(Browser(service), device, origin="http://localhost:8001").status == 403

    @staticmethod
    def at(base_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BASE_URL", base_url)
        config.settings.cache_clear()
