"""What needs a person, on its page in the console."""

from __future__ import annotations

from typing import Any, cast

import pytest

from regulars.actions import attention
from regulars.core import clock
from regulars.domain.calendar import to_ms
from tests.functional.console import Browser, on, send
from tests.service import Merchant, Service


class TestAttention:
    def test_a_sale_that_could_not_be_booked_is_tried_again_or_dismissed(
        self, service: Service, cafe: Merchant, owner: Browser
    ) -> None:
        attention.raise_(
            service.table, cafe.id, "failed_message", "m1", why="the address does not exist",
            about={"member_id": "c1"}, at_ms=to_ms(clock.now()),
        )  # fmt: skip
        page = on(owner, "/console/attention")
        assert "A message could not be sent." in page
        assert "A message could not be sent." in on(owner, "/console/")
        (item,) = cafe.call("GET", "/v1/attention").json["items"]
        done = send(owner, f"/console/attention/{item['id']}", do="dismiss")
        assert "It is off the list." in done.text
        assert cafe.call("GET", "/v1/attention").json["items"] == []

    def test_what_a_newer_version_has_put_there_has_a_plain_title(
        self, service: Service, cafe: Merchant, owner: Browser
    ) -> None:
        about: dict[str, Any] = {
            "signal": "of_next_year", "figures": {"n": 3}, "members": [], "entries": [],
            "value_minor": 0,
        }  # fmt: skip
        for kind, facts in (("fraud", about), ("of_next_year", {})):
            attention.raise_(
                service.table, cafe.id, cast(Any, kind), "x", why="", about=facts,
                at_ms=to_ms(clock.now()),
            )  # fmt: skip
        for path in ("/console/attention", "/console/"):
            page = on(owner, path)
            assert "Something unusual was booked. Have a look at it." in page
            assert "Something needs a look." in page
            assert "of_next_year" not in page.replace("fraud.of_next_year", "").replace(
                "/console/attention/of_next_year", ""
            )

    @pytest.mark.parametrize("about", [{}, {"location": "elsewhere"}, {"location": "main"}])
    def test_a_manager_sees_fraud_of_their_places_behind_what_is_not_theirs(
        self, service: Service, cafe: Merchant, about: dict[str, str]
    ) -> None:
        program = cafe.call("GET", "/v1/program").json["program"]
        places = [{"id": one, "name": one} for one in ("main", "elsewhere")]
        body: dict[str, Any] = program | {"locations": places}
        assert cafe.call("PUT", "/v1/program", body, headers={"if-match": "1"}).status == 200
        body = {"name": "Mara", "role": "manager", "email": "mara@example.com",
                "locations": ["main"]}  # fmt: skip
        assert cafe.call("POST", "/v1/staff", body).status == 201
        mara, now_ms = Browser(service).sign_in("mara@example.com"), to_ms(clock.now())
        for place in range(5):
            attention.raise_(
                service.table, cafe.id, "failed_message", f"m{place}", why="no such address",
                about={"member_id": "c1"}, at_ms=now_ms,
            )  # fmt: skip
        figures = {
            "signal": "card_velocity",
            "figures": {"n": 14},
            "members": [],
            "entries": [],
            "value_minor": 0,
        }
        attention.raise_(
            service.table, cafe.id, "fraud", "f1", why="-", about=figures | about,
            at_ms=now_ms - 1000,
        )  # fmt: skip
        is_theirs = about.get("location") != "elsewhere"
        read = mara.go("GET", "/v1/fraud", headers={"x-regulars": "staff"})
        assert len(read.json["items"]) == is_theirs
        for path in ("/console/", "/console/attention"):
            page = on(mara, path)
            assert ("booked by hand 14 times" in page) == is_theirs, path
            assert "A message could not be sent." not in page
