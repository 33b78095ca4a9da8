"""Signing in to the console with a passkey, and being asked again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from tests.authenticator import PRESENT, VERIFIED, Authenticator, encode
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
from tests.service import Merchant, Service

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


class TestSigningIn:
    def test_it_is_the_session_that_a_mail_gives(
        self, service: Service, cafe: Merchant, device: Authenticator
    ) -> None:
        browser = Browser(service)
        page = browser.go("GET", "/console/sign-in").text
        assert 'id="passkey-sign-in"' in page
        reply = show(browser, device)
        assert (reply.status, reply.json) == (200, {"location": "/console/"})
        page = browser.go("GET", "/console/you").text
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
            page = browser.go("GET", "/console/you").text
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
