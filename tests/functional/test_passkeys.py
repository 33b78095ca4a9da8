"""Passkeys: adding and removing them, signing in with one, and being asked again.

Every passkey here is real: `tests/authenticator.py` makes keys and signs as a device does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import cbor2
import pytest

from regulars.core import config
from regulars.store import keys
from regulars.store import passkeys as stored
from regulars.store.table import Table
from tests.authenticator import ATTESTED, PRESENT, VERIFIED, Authenticator, decode, encode
from tests.conftest import PLATFORM_KEY, Clock
from tests.functional.console import STAFF, Browser
from tests.functional.passkeys import LOGIN, REGISTER, add, finish, options, show
from tests.service import Merchant, Reply, Service

OWNER = "anna@example.com"

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

BAD_SHOWN: dict[str, dict[str, Any]] = {
    "another site": {"origin": "https://evil.example"},
    "a longer host": {"origin": "https://cards.example.evil.example"},
    "in a frame": {"cross_origin": True},
    "another challenge": {"challenge": encode(b"another" * 5)},
    "an adding": {"type": "webauthn.create"},
    "for another host": {"host": "evil.example"},
    "nobody seen": {"flags": PRESENT},
    "nobody there": {"flags": VERIFIED},
    "no signature": {"signature": b"no signature"},
    "nobody's": {"user_handle": b"mxxxxxxxxxxx.xxxxxxxx"},
}


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return service.new_merchant(owner_email=OWNER)


@pytest.fixture
def owner(service: Service, cafe: Merchant) -> Browser:
    """Somebody who has just signed in by mail."""
    return Browser(service).sign_in(OWNER)


@pytest.fixture
def device(owner: Browser) -> Authenticator:
    """An authenticator with a passkey of the owner."""
    made = Authenticator()
    assert add(owner, made, "Phone").status == 201
    return made


def staff_id(cafe: Merchant, role: str = "owner") -> str:
    people = cafe.call("GET", "/v1/staff").json["items"]
    return next(str(one["staff_id"]) for one in people if one["role"] == role)


def log(cafe: Merchant, what: str = "passkey") -> list[dict[str, Any]]:
    """The lines of the audit log, the newest first."""
    found: list[dict[str, Any]] = cafe.call("GET", "/v1/audit", query={"what": what}).json["items"]
    return found


@contextmanager
def between(service: Service, key: keys.Key) -> Iterator[list[Callable[[], object]]]:
    """Within it, the last of the list happens right after an item was read, then the one before."""
    happen: list[Callable[[], object]] = []

    def see(operation: str, params: dict[str, Any], _: object) -> None:
        if happen and operation == "BatchGetItem" and key[1] in str(params):
            happen.pop()()

    service.table.on_call.append(see)
    yield happen
    service.table.on_call.remove(see)


def wrong(reply: Reply) -> tuple[int, str]:
    """Status of a refusal, and the one field that it names."""
    (error,) = reply.json["errors"]
    return reply.status, error["path"]


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
        page = owner.go("GET", "/console/").text
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
        page = owner.go("GET", "/console/").text
        assert page.count('action="/console/passkey/remove"') == 10
        assert 'id="passkey-add"' not in page

    def test_what_is_not_as_it_should_be_is_refused(self, owner: Browser) -> None:
        replies = {name: add(owner, Authenticator(), **one) for name, (one, _) in BAD_MADE.items()}
        for name, reply in replies.items():
            assert (name, *wrong(reply)) == (name, 422, "credential.response")
            assert BAD_MADE[name][1] in reply.json["errors"][0]["message"]
        assert "passkey/remove" not in owner.go("GET", "/console/").text

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


class TestSigningIn:
    def test_it_is_the_session_that_a_mail_gives(
        self, service: Service, cafe: Merchant, device: Authenticator
    ) -> None:
        browser = Browser(service)
        page = browser.go("GET", "/console/sign-in").text
        assert 'id="passkey-sign-in"' in page
        reply = show(browser, device)
        assert (reply.status, reply.json) == (200, {"location": "/console/"})
        page = browser.go("GET", "/console/").text
        assert "Owner" in page
        assert "last used on" in page
        by_mail = Browser(service).sign_in(OWNER)
        assert set(browser.cookies) == set(by_mail.cookies)
        (line,) = log(cafe, "passkey.signed_in")
        (newest, *_) = cafe.call("GET", "/v1/devices").json["items"]
        assert line["who"] == {"kind": "owner", "id": staff_id(cafe), "name": "Owner"}
        assert line["from"]["device"]
        assert newest["staff"] == [staff_id(cafe)]

    def test_nobody_needs_to_say_who_they_are(self, service: Service) -> None:
        given = options(Browser(service))
        assert given["allowCredentials"] == []
        assert (given["rpId"], given["userVerification"]) == ("cards.example", "required")

    def test_what_is_not_as_it_should_be_signs_nobody_in(
        self, service: Service, cafe: Merchant, owner: Browser, frozen: Clock
    ) -> None:
        device = Authenticator()
        add(owner, device)
        for name, changed in BAD_SHOWN.items():
            browser = Browser(service)
            reply = show(browser, device, **changed)
            detail = "This passkey does not sign in here."
            assert (name, reply.status, reply.json["detail"]) == (name, 403, detail)
            assert not browser.is_in()
            frozen.now += timedelta(minutes=4)  # five in a quarter of an hour would lock it
        assert log(cafe, "passkey.signed_in") == []
        assert show(Browser(service), device).status == 200

    def test_a_signature_by_another_key_is_none(
        self, service: Service, owner: Browser, device: Authenticator
    ) -> None:
        other = Authenticator()
        add(owner, other)
        forged = other.credentials[0]
        forged.credential_id = device.credentials[0].credential_id
        assert show(Browser(service), other, credential=forged).status == 403

    def test_one_that_was_never_added_signs_nobody_in(
        self, service: Service, cafe: Merchant
    ) -> None:
        owner, stranger = Browser(service).sign_in(OWNER), Authenticator()
        stranger.create(options(owner, REGISTER))
        assert show(Browser(service), stranger).status == 403

    def test_one_of_another_shop_or_person_is_no_other_ones(
        self, service: Service, cafe: Merchant, device: Authenticator
    ) -> None:
        """The passkey is good, and shown as if it were somebody else's."""
        other = service.new_merchant(owner_email="ben@example.com")
        boss = cafe.person(email="boss@example.com", role="manager")["staff_id"]
        own = staff_id(cafe)
        for handle in (
            f"{other.id}.{staff_id(other)}", f"{cafe.id}.{boss}", f"{other.id}.{own}",
            f"{cafe.sandbox_id}.{own}",
        ):  # fmt: skip
            browser = Browser(service)
            reply = show(browser, device, user_handle=handle.encode())
            sandbox = handle.startswith("t")
            assert reply.status == (422 if sandbox else 403)
            assert not browser.is_in()

    def test_a_handle_that_is_none_of_ours_is_told(
        self, service: Service, device: Authenticator
    ) -> None:
        for handle in (b"", b"x", b"m#x.y", b"m" + b"a" * 11, b"\xff" * 30):
            reply = show(Browser(service), device, user_handle=handle)
            assert wrong(reply) == (422, "credential.response.userHandle")

    def test_what_was_shown_once_is_not_taken_again(
        self, service: Service, device: Authenticator
    ) -> None:
        browser = Browser(service)
        shown = device.get(options(browser))
        before = dict(browser.cookies)
        assert finish(browser, LOGIN, shown).status == 200
        thief = Browser(service)
        assert finish(thief, LOGIN, shown).code == "code_expired"
        thief.cookies = before
        assert finish(thief, LOGIN, shown).code == "code_used"
        options(thief)
        assert finish(thief, LOGIN, shown).status == 403  # another challenge
        assert not thief.is_in()

    def test_a_try_that_failed_uses_its_options_up(
        self, service: Service, device: Authenticator
    ) -> None:
        browser = Browser(service)
        given = options(browser)
        assert finish(browser, LOGIN, device.get(given, signature=b"wrong")).status == 403
        assert finish(browser, LOGIN, device.get(given)).code == "code_used"

    def test_of_many_at_once_one_is_taken(self, service: Service, device: Authenticator) -> None:
        browser = Browser(service)
        shown = device.get(options(browser))

        def attempt(_: int) -> int:
            copy = Browser(service)
            copy.cookies = dict(browser.cookies)
            return finish(copy, LOGIN, shown).status

        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(attempt, range(8)))
        assert statuses == [200] + [410] * 7

    def test_a_count_that_goes_back_is_refused_and_on_audit(
        self, service: Service, cafe: Merchant, device: Authenticator
    ) -> None:
        for _ in range(3):
            assert show(Browser(service), device).status == 200
        for uses in (3, 2, 0):
            copy = Browser(service)
            assert show(copy, device, uses=uses).status == 403
            assert not copy.is_in()
        lines = log(cafe, "passkey.refused")
        assert [line["after"] for line in lines] == [{"uses": 0}, {"uses": 2}, {"uses": 3}]
        assert {line["before"]["uses"] for line in lines} == {3}
        assert show(Browser(service), device, uses=7).status == 200

    def test_a_count_nobody_signed_is_not_on_audit(
        self, service: Service, cafe: Merchant, device: Authenticator
    ) -> None:
        show(Browser(service), device)
        show(Browser(service), device, uses=0, signature=b"wrong")
        assert log(cafe, "passkey.refused") == []

    def test_a_device_that_does_not_count_goes_on(self, service: Service, owner: Browser) -> None:
        device = Authenticator(counts=False)
        add(owner, device)
        assert [show(Browser(service), device).status for _ in range(3)] == [200] * 3

    def test_of_two_copies_at_once_one_signs_in(
        self, service: Service, cafe: Merchant, device: Authenticator
    ) -> None:
        """Both claim the same count, each with options of its own."""
        begun = []
        for _ in range(2):
            browser = Browser(service)
            begun.append((browser, device.get(options(browser), uses=5)))
        with ThreadPoolExecutor(2) as pool:
            replies = list(pool.map(lambda it: finish(it[0], LOGIN, it[1]).status, begun))
        assert sorted(replies) == [200, 403]
        assert len(log(cafe, "passkey.signed_in")) == len(log(cafe, "passkey.refused")) == 1

    def test_who_has_several_shops_is_in_that_of_the_passkey(self, service: Service) -> None:
        shops = [service.new_merchant(owner_email="two@x.example", name=n) for n in ("A1", "B2")]
        device = Authenticator()
        for shop in shops:
            assert (
                add(Browser(service).sign_in("two@x.example", shop=shop.id), device).status == 201
            )
        for shop, credential in zip(shops, device.credentials, strict=True):
            browser = Browser(service)
            show(browser, device, credential=credential)
            page = browser.go("GET", "/console/").text
            assert (shop.created["merchant_id"], "A1" in page) == (shop.id, shop is shops[0])

    def test_asked_again_a_passkey_is_enough(self, service: Service, frozen: Clock) -> None:
        cafe = service.new_merchant(owner_email=OWNER)
        owner, device = Browser(service).sign_in(OWNER), Authenticator()
        add(owner, device)
        frozen.now += timedelta(minutes=10)
        key = {"name": "K", "scopes": ["read"]}

        def keys_are_made() -> tuple[int, str]:
            reply = owner.go("POST", "/v1/keys", body=key, headers=STAFF)
            return reply.status, reply.json.get("code", "")

        assert keys_are_made() == (403, "confirm_needed")
        before = cafe.call("GET", "/v1/devices").json["items"]
        assert show(owner, device).status == 200
        assert keys_are_made() == (201, "")
        after = cafe.call("GET", "/v1/devices").json["items"]
        assert len(after) == len(before)  # the same browser stays the same device
        frozen.now += timedelta(minutes=10)
        assert keys_are_made() == (403, "confirm_needed")

    def test_no_other_site_begins_or_ends_it(self, service: Service, device: Authenticator) -> None:
        headers = {"sec-fetch-site": "cross-site"}
        browser = Browser(service)
        shown = {"credential": device.get(options(browser))}
        for end, body in (("options", {}), ("finish", shown)):
            reply = browser.go("POST", f"{LOGIN}/{end}", body=body, headers=headers)
            assert reply.status == 403
        assert browser.go("POST", f"{LOGIN}/finish", body=shown).status == 200

    def test_its_cookie_is_bound_to_the_host_and_read_by_no_script(self, service: Service) -> None:
        (line,) = Browser(service).go("POST", f"{LOGIN}/options").cookies
        assert line.startswith("__Host-regulars_passkey=")
        wanted = {"HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age=300"}
        assert wanted <= set(line.split("; "))


class TestLimits:
    def test_five_wrong_tries_lock_a_passkey_for_a_quarter_of_an_hour(
        self, service: Service, frozen: Clock
    ) -> None:
        service.new_merchant(owner_email=OWNER)
        owner, device, other = Browser(service).sign_in(OWNER), Authenticator(), Authenticator()
        add(owner, device)
        add(owner, other)
        for number in range(5):
            source = f"198.51.100.{number}"
            assert show(Browser(service), device, source, signature=b"wrong").status == 403
        locked = show(Browser(service), device)
        assert (locked.status, locked.code) == (429, "rate_limited")
        assert 0 < int(locked.headers["retry-after"]) <= 900
        assert show(Browser(service), other).status == 200
        frozen.now += timedelta(minutes=15)
        assert show(Browser(service), device).status == 200

    def test_twenty_from_one_address_lock_it(self, service: Service, cafe: Merchant) -> None:
        begun = []
        for number in range(21):
            browser, stranger = Browser(service), Authenticator()
            given = options(browser, source=f"203.0.113.{number}")
            stranger.create({**given, "rp": {"id": given["rpId"]}, "user": {"id": encode(
                f"{cafe.id}.{staff_id(cafe)}".encode())}})  # fmt: skip
            begun.append((browser, stranger.get(given)))
        statuses = [finish(*it[:1], LOGIN, it[1], source="203.0.113.99").status for it in begun]
        assert statuses == [403] * 20 + [429]

    def test_right_ones_are_not_counted(self, service: Service, device: Authenticator) -> None:
        for number in range(24):
            assert show(Browser(service), device, f"198.51.100.{number}").status == 200

    def test_twenty_options_from_one_address(self, service: Service) -> None:
        asks = [Browser(service).go("POST", f"{LOGIN}/options").status for _ in range(21)]
        assert asks == [200] * 20 + [429]


class TestPeople:
    """What becomes of passkeys when something becomes of their people."""

    def test_who_may_not_work_cannot_sign_in_until_they_may(
        self, service: Service, cafe: Merchant
    ) -> None:
        boss = cafe.person(email="boss@example.com", role="manager")["staff_id"]
        browser, device = Browser(service).sign_in("boss@example.com"), Authenticator()
        add(browser, device)
        for change, status in (
            ({"active": False}, 403), ({"active": True}, 200),
            ({"role": "staff"}, 403), ({"role": "manager"}, 200),
            ({"email": "other@example.com"}, 200), ({"email": None}, 200),
        ):  # fmt: skip
            cafe.call("PATCH", f"/v1/staff/{boss}", change)
            assert (change, show(Browser(service), device).status) == (change, status)

    def test_of_who_is_taken_off_nothing_is_left(
        self, service: Service, cafe: Merchant, table: Table
    ) -> None:
        boss = cafe.person(email="boss@example.com", role="manager")["staff_id"]
        browser, device = Browser(service).sign_in("boss@example.com"), Authenticator()
        add(browser, device, "Boss's phone")
        half_way = device.create(options(browser, REGISTER))
        assert cafe.call("DELETE", f"/v1/staff/{boss}").status == 204
        assert show(Browser(service), device, credential=device.credentials[0]).status == 403
        assert finish(browser, REGISTER, half_way).status == 401
        (item,) = table.get(keys.passkeys(cafe.id, boss))
        assert item is not None
        assert (item["list"], item["ttl"] > 0) == ([], True)

    def test_when_the_platform_names_another_owner_those_of_before_are_over(
        self, service: Service
    ) -> None:
        cafe = service.new_merchant(owner_email="lost@example.com")
        thief, device = Browser(service).sign_in("lost@example.com"), Authenticator()
        add(thief, device)
        half_way = Authenticator().create(options(thief, REGISTER))
        cafe.call("PATCH", f"/v1/staff/{staff_id(cafe)}", {"pin": "4711"})
        self._name_owner(cafe, "found@example.com")
        assert show(Browser(service), device).status == 403
        assert finish(thief, REGISTER, half_way).status == 401
        assert not thief.is_in()
        who = thief.go("GET", "/staff/counter").text
        assert "Owner" not in who  # neither by a PIN nor as who enrolled this browser
        owner, own = Browser(service).sign_in("found@example.com"), Authenticator()
        assert "passkey/remove" not in owner.go("GET", "/console/").text
        assert options(owner, REGISTER)["excludeCredentials"] == []
        assert add(owner, own).status == 201
        assert show(Browser(service), own).status == 200
        assert show(Browser(service), device).status == 403

    def test_a_session_that_another_process_still_knows_adds_none(self, service: Service) -> None:
        """A process may go on with a person's record for some seconds; a passkey would last."""
        cafe = service.new_merchant(owner_email="lost@example.com")
        thief = Browser(service).sign_in("lost@example.com")
        made = Authenticator().create(options(thief, REGISTER))
        self._name_owner(cafe, "found@example.com")
        reply = service.request(  # not by `go`, which forgets what is known
            "POST", f"{REGISTER}/finish", body={"credential": made}, headers=STAFF,
            cookies=thief.cookies,
        )  # fmt: skip
        assert reply.status == 401
        assert stored.read(service.table, cafe.id, staff_id(cafe))[1].all == ()

    def test_the_same_mailbox_named_again_changes_nothing(
        self, service: Service, cafe: Merchant, device: Authenticator
    ) -> None:
        self._name_owner(cafe, OWNER)
        assert show(Browser(service), device).status == 200

    @pytest.mark.parametrize("path", [REGISTER, LOGIN])
    def test_who_is_taken_off_while_it_is_finished_is_off(
        self, service: Service, cafe: Merchant, path: str
    ) -> None:
        boss = cafe.person(email="boss@example.com", role="manager")["staff_id"]
        browser, device = Browser(service).sign_in("boss@example.com"), Authenticator()
        add(browser, device)
        given = options(browser, path)
        answer = device.create(given) if path == REGISTER else device.get(given)
        with between(service, keys.passkeys(cafe.id, boss)) as happen:
            happen.append(lambda: cafe.call("DELETE", f"/v1/staff/{boss}"))
            reply = finish(browser, path, answer)
        assert reply.status == (401 if path == REGISTER else 403)
        assert happen == []
        assert stored.read(service.table, cafe.id, boss) == (None, stored.Passkeys(cafe.id, boss))

    def test_who_may_not_work_any_more_at_the_last_moment_is_not_in(
        self, service: Service, cafe: Merchant
    ) -> None:
        boss = cafe.person(email="boss@example.com", role="manager")["staff_id"]
        browser, device = Browser(service).sign_in("boss@example.com"), Authenticator()
        add(browser, device)
        shown = device.get(options(browser))
        with between(service, keys.passkeys(cafe.id, boss)) as happen:
            stop = partial(cafe.call, "PATCH", f"/v1/staff/{boss}", {"active": False})
            happen += [stop, lambda: None]  # after it was read for the second time
            assert finish(browser, LOGIN, shown).status == 403
        assert (happen, log(cafe, "passkey.signed_in")) == ([], [])

    def test_who_signs_out_while_one_is_added_adds_none(
        self, service: Service, cafe: Merchant, owner: Browser
    ) -> None:
        made = Authenticator().create(options(owner, REGISTER))
        copy = Browser(service)
        copy.cookies = dict(owner.cookies)
        with between(service, keys.passkeys(cafe.id, staff_id(cafe))) as happen:
            happen.append(lambda: copy.go("POST", "/staff/sign-out", form={}))
            reply = finish(owner, REGISTER, made)
        assert (reply.status, happen) == (409, [])
        assert finish(owner, REGISTER, made).status == 401
        assert stored.read(service.table, cafe.id, staff_id(cafe))[1].all == ()

    @staticmethod
    def _name_owner(cafe: Merchant, email: str) -> None:
        reply = cafe.service.request(
            "POST", f"/v1/merchants/{cafe.id}/owner", body={"email": email},
            headers={"authorization": f"Bearer {PLATFORM_KEY}"},
        )  # fmt: skip
        assert reply.status == 200


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
            assert (reply.status, reply.headers["location"]) == (303, "/console/")
        (removed,) = log(cafe, "passkey.removed")
        assert (removed["target"], removed["before"]) == (line["target"], {"name": "Phone"})
        page = owner.go("GET", "/console/").text
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
        assert self.remove(owner, passkey_id).headers["location"] == "/console/"
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
        assert "passkey" in owner.go("GET", "/console/").text

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
