"""A shop changes its name in links, and its owner."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from regulars.core import clock
from tests.functional.console import Browser
from tests.service import Merchant, Service

OWNER, NEXT = "owner@example.com", "next@example.com"


def link(service: Service, address: str) -> str:
    """The link in the newest mail to an address about handing over."""
    service.deliver("messages", "notify")
    sent = [json.dumps(mail) for mail in service.aws_services.mails()]
    found = [
        re.search(r"https://cards.example(/console/hand-over/[0-9a-z]+)", mail)
        for mail in sent
        if f'"{address}"' in mail
    ]
    newest = [one for one in found if one][-1]
    assert newest
    return newest[1]


class TestRenaming:
    def test_the_old_name_leads_on_for_ever(self, service: Service, cafe: Merchant) -> None:
        old = cafe.created["slug"]
        answer = cafe.call("PATCH", "/v1/merchant", {"slug": "new-corner"})
        assert (answer.status, answer.json["slug"]) == (200, "new-corner")
        for slug in (old, "new-corner"):
            assert service.request("GET", f"/j/{slug}").status == 200
        owner = Browser(service).sign_in(OWNER)
        assert "/j/new-corner" in owner.go("GET", "/console/shop").text

    def test_a_name_of_another_shop_is_taken_also_an_old_one(
        self, service: Service, cafe: Merchant
    ) -> None:
        other = service.new_merchant()
        wanted = {"slug": cafe.created["slug"]}
        answer = other.call("PATCH", "/v1/merchant", wanted)
        assert (answer.status, answer.json["code"]) == (409, "slug_taken")
        assert cafe.call("PATCH", "/v1/merchant", {"slug": "new-corner"}).status == 200
        assert other.call("PATCH", "/v1/merchant", wanted).status == 409
        assert cafe.call("PATCH", "/v1/merchant", wanted).status == 200

    def test_a_sandbox_has_none_of_its_own(self, cafe: Merchant) -> None:
        answer = cafe.call("PATCH", "/v1/merchant", {"slug": "new-corner"}, test=True)
        assert answer.status == 422


class TestHandingOver:
    def ask(self, service: Service, email: str = NEXT) -> Browser:
        owner = Browser(service).sign_in(OWNER)
        assert owner.go("POST", "/console/shop/owner", form={"email": email}).status == 303
        return owner

    @pytest.mark.parametrize("first", [OWNER, NEXT])
    def test_is_done_when_both_have_agreed(
        self, service: Service, cafe: Merchant, first: str
    ) -> None:
        owner = self.ask(service)
        second = NEXT if first == OWNER else OWNER
        anybody = Browser(service)
        assert "agree" in anybody.go("GET", link(service, first)).text
        assert cafe.call("GET", "/v1/merchant").json["owner_email"] == OWNER
        assert "One has agreed" in anybody.go("POST", link(service, first), form={}).text
        assert "One has agreed" in anybody.go("POST", link(service, first), form={}).text
        assert cafe.call("GET", "/v1/merchant").json["owner_email"] == OWNER
        assert "has a new owner" in anybody.go("POST", link(service, second), form={}).text
        assert cafe.call("GET", "/v1/merchant").json["owner_email"] == NEXT
        assert not owner.is_in()
        assert Browser(service).sign_in(NEXT).is_in()
        assert anybody.go("POST", link(service, second), form={}).status == 410

    def test_a_day_later_or_asked_again_it_is_over(
        self, service: Service, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.ask(service)
        first = link(service, OWNER)
        self.ask(service, "third@example.com")
        anybody = Browser(service)
        assert anybody.go("POST", first, form={}).status == 410
        second = link(service, OWNER)
        later = clock.now() + timedelta(hours=25)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert anybody.go("POST", second, form={}).status == 410
        assert cafe.call("GET", "/v1/merchant").json["owner_email"] == OWNER

    def test_nobody_makes_up_a_link_and_no_manager_asks(
        self, service: Service, cafe: Merchant
    ) -> None:
        self.ask(service)
        real = link(service, OWNER)
        forged = real[:-4] + ("aaaa" if not real.endswith("aaaa") else "bbbb")
        assert Browser(service).go("POST", forged, form={}).status == 404
        body = {"name": "Mara", "role": "manager", "email": "mara@example.com"}
        assert cafe.call("POST", "/v1/staff", body).status == 201
        mara = Browser(service).sign_in("mara@example.com")
        assert mara.go("POST", "/console/shop/owner", form={"email": NEXT}).status == 403

    def test_an_address_that_is_none_is_said_at_its_field(
        self, service: Service, cafe: Merchant
    ) -> None:
        owner = Browser(service).sign_in(OWNER)
        for typed in ("nobody", OWNER, ""):
            assert owner.go("POST", "/console/shop/owner", form={"email": typed}).status == 422
