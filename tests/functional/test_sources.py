"""Where members come from: counted exactly, whatever comes twice and whatever is taken back."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.service import Browser, Merchant, Service

ORIGIN = "https://cards.example"


@pytest.fixture
def club(service: Service) -> Merchant:
    """A club that counts money."""
    return service.new_merchant("mug-club")


def added(
    shop: Merchant, name: str = "Table 4", kind: str = "table", test: bool = False
) -> dict[str, Any]:
    reply = shop.call("POST", "/v1/sources", {"name": name, "kind": kind}, test=test)
    assert reply.status == 201, reply.text
    return dict(reply.json)


def figures(shop: Merchant, source_id: str) -> tuple[int, int, int]:
    items = shop.call("GET", "/v1/sources").json["items"]
    (one,) = (item for item in items if item["source_id"] == source_id)
    return one["joins"], one["activated"], one["spend_minor"]


def joined(shop: Merchant, source: str) -> str:
    member_id = str(shop.join(source=source)["member_id"])
    shop.service.deliver_entries(shop.id, member_id)
    return member_id


def spent(shop: Merchant, member_id: str, minor: int, **more: Any) -> dict[str, Any]:
    answer = shop.earn(member_id, spend_minor=minor, visits=1, **more)
    shop.service.deliver_entries(shop.id, member_id)
    return answer


class TestCounting:
    def test_joins_first_visits_and_what_is_spent(self, club: Merchant) -> None:
        source = added(club)["source_id"]
        assert figures(club, source) == (0, 0, 0)
        one, other = joined(club, source), joined(club, source)
        assert figures(club, source) == (2, 0, 0)
        spent(club, one, 500)
        spent(club, one, 320)
        assert figures(club, source) == (2, 1, 820)
        spent(club, other, 100)
        assert figures(club, source) == (2, 2, 920)

    def test_an_entry_that_comes_again_counts_once(self, club: Merchant) -> None:
        source = added(club)["source_id"]
        member_id = joined(club, source)
        spent(club, member_id, 500)
        for _ in range(3):
            club.service.deliver_entries(club.id, member_id)
        assert figures(club, source) == (1, 1, 500)

    def test_entries_that_come_late_and_all_at_once_come_to_the_same(self, club: Merchant) -> None:
        source = added(club)["source_id"]
        member_id = str(club.join(source=source)["member_id"])
        for minor in (100, 200, 300):
            club.earn(member_id, spend_minor=minor, visits=1)
        club.service.deliver_entries(club.id, member_id)
        assert figures(club, source) == (1, 1, 600)

    def test_what_is_refunded_is_not_brought(self, club: Merchant) -> None:
        source = added(club)["source_id"]
        member_id = joined(club, source)
        spent(club, member_id, 500, order_id="o-1")
        spent(club, member_id, 200, order_id="o-2")
        refund = {"order_id": "o-1", "refund_id": "r-1", "amount_minor": 500}
        assert club.call("POST", "/v1/refunds", refund).status in {200, 201}
        club.service.deliver_entries(club.id, member_id)
        assert figures(club, source) == (1, 1, 200)

    def test_a_member_of_no_source_or_of_another_is_not_counted(self, club: Merchant) -> None:
        source = added(club)["source_id"]
        for other in ("a-flyer-of-before", added(club, "Door", "poster")["source_id"]):
            member_id = joined(club, other)
            spent(club, member_id, 900)
        assert figures(club, source) == (0, 0, 0)

    def test_what_was_bought_on_a_merged_card_is_on_the_one_that_stays(
        self, club: Merchant
    ) -> None:
        source, other = (added(club, name)["source_id"] for name in ("One", "Other"))
        kept, gone = joined(club, source), joined(club, other)
        spent(club, kept, 100)
        spent(club, gone, 250)
        merged = club.call("POST", f"/v1/members/{kept}/merge", {"from": gone})
        assert merged.status == 200, merged.text
        for member_id in (kept, gone):
            club.service.deliver_entries(club.id, member_id)
        assert figures(club, source) == (1, 1, 350)
        assert figures(club, other) == (1, 1, 0)

    def test_a_scan_of_the_code_joins_by_the_source(self, club: Merchant) -> None:
        source = added(club)
        page = Browser(club.service).get(source["join_url"].removeprefix(ORIGIN))
        assert f'name="source" value="{source["source_id"]}"' in page.text
        phone = Browser(club.service)
        phone.post(f"/j/{club.created['slug']}", name="Anna", source=source["source_id"])
        (member,) = club.call("GET", "/v1/members").json["items"]
        club.service.deliver_entries(club.id, member["member_id"])
        assert figures(club, source["source_id"]) == (1, 0, 0)

    def test_the_sandbox_counts_for_itself(self, club: Merchant) -> None:
        source = added(club, test=True)
        assert club.sandbox_id in source["join_url"]
        assert club.call("GET", "/v1/sources").json["items"] == []


class TestKeeping:
    def test_one_that_is_archived_still_counts(self, club: Merchant) -> None:
        source = added(club)["source_id"]
        path = f"/v1/sources/{source}"
        assert club.call("PATCH", path, {"archived": True}).json["archived"] is True
        joined(club, source)
        assert figures(club, source) == (1, 0, 0)
        assert club.call("PATCH", path, {"archived": False, "name": "T4"}).json["name"] == "T4"

    def test_two_have_no_name_in_common(self, club: Merchant) -> None:
        added(club)
        again = club.call("POST", "/v1/sources", {"name": "TABLE 4", "kind": "table"})
        assert (again.status, again.json["errors"][0]["path"]) == (422, "name")

    @pytest.mark.parametrize("body", [
        {"name": "", "kind": "table"}, {"name": "x" * 61, "kind": "table"},
        {"name": "x", "kind": "flyer"}, {"name": "x"}, {"name": "a\nb", "kind": "table"},
        {"name": "x", "kind": "table", "joins": 9},
    ])  # fmt: skip
    def test_what_is_wrong_is_named(self, club: Merchant, body: dict[str, object]) -> None:
        assert club.call("POST", "/v1/sources", body).code == "invalid"

    def test_one_of_another_merchant_is_not_there(self, club: Merchant, service: Service) -> None:
        source = added(club)["source_id"]
        other = service.new_merchant()
        assert other.call("PATCH", f"/v1/sources/{source}", {"archived": True}).status == 404
        member_id = joined(other, source)
        spent(other, member_id, 500)
        assert figures(club, source) == (0, 0, 0)


class TestFiguresPage:
    def test_shows_the_figures_of_one_source_and_nothing_else(self, club: Merchant) -> None:
        eva, other = added(club, "Éva", "influencer"), added(club, "Rival", "partner")
        spent(club, joined(club, eva["source_id"]), 4250)
        spent(club, joined(club, other["source_id"]), 777)
        page = Browser(club.service).get(eva["figures_url"].removeprefix(ORIGIN))
        assert page.status == 200
        shown = re.findall(r"<strong>([^<]+)</strong>", page.text)
        assert shown == ["1", "1", "€42.50"]
        assert "Rival" not in page.text
        assert "777" not in page.text

    def test_a_link_cannot_be_guessed_from_another(self, club: Merchant) -> None:
        one, other = added(club, "One"), added(club, "Other")
        token = one["figures_url"].rpartition("/")[2]
        secret = token[-32:]
        m = token[: -32 - len(one["source_id"])]
        for guess in (
            f"{m}{other['source_id']}{secret}", f"{m}{one['source_id']}{'0' * 32}",
            token[:-1], f"{token}0", one["source_id"], "é" * len(token), f"{token[:-1]}é",
        ):  # fmt: skip
            assert club.service.request("GET", f"/figures/{guess}").status == 404, guess
