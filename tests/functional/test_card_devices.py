"""The devices a card lives on: what the link alone shows, and what needs the device."""

from __future__ import annotations

import pytest

from tests.service import Merchant, Service

ORIGIN = "https://cards.example"


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return service.new_merchant()


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
        assert cafe.service.request("GET", url.removeprefix(ORIGIN)).status in {200, 303}
        (noted,) = cafe.call("GET", "/v1/audit", query={"what": "card"}).json["items"]
        assert (noted["what"], noted["target"]) == ("card.link_renewed", card["member_id"])

    def test_is_for_members_of_the_merchant(self, service: Service, cafe: Merchant) -> None:
        stranger = service.new_merchant().join()["member_id"]
        for unknown in (stranger, "nobody"):
            assert cafe.call("POST", f"/v1/members/{unknown}/link").code == "not_found"
