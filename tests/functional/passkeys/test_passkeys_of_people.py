"""What becomes of passkeys when something becomes of their people."""

from __future__ import annotations

from functools import partial

import pytest

from regulars.store import keys
from regulars.store import passkeys as stored
from regulars.store.table import Table
from tests.authenticator import Authenticator
from tests.conftest import PLATFORM_KEY
from tests.functional.console import STAFF, Browser
from tests.functional.passkeys.calls import (
    LOGIN,
    OWNER,
    REGISTER,
    add,
    between,
    finish,
    log,
    options,
    show,
    staff_id,
)
from tests.service import Merchant, Service


class TestPeople:
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
        assert "passkey/remove" not in owner.go("GET", "/console/you").text
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
        person, left = stored.read(service.table, cafe.id, boss)
        assert (person, left.all) == (None, ())

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
