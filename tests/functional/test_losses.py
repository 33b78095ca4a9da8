"""The losses that a preview lists, and how it goes on where it stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.actions import publish as publishing
from regulars.core import deadline
from tests.conftest import Clock
from tests.functional.engine import BARE, spent, tier
from tests.functional.test_earning import published
from tests.functional.test_new_versions import CAKE, document, member, put
from tests.service import Merchant, Service
from tests.unit.domain.shop import unit


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    made = service.new_merchant()
    published(made, **BARE | {"rewards": [CAKE]})
    return made


class TestPreview:
    def test_stops_in_time_and_goes_on(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("regulars.store.member_lists.PAGE", 2)
        monkeypatch.setattr(deadline, "SECONDS", 0.0)
        ids = [member(cafe, 10) for _ in range(5)]
        changes = {"tiers": [tier("all"), tier("gold", spent(1000))],
                   "units": [unit(ends_on="2026-12-31")]}  # fmt: skip
        body = {**document(cafe), **changes}
        query: dict[str, str] = {}
        answers = []
        for _ in range(3):
            answers.append(cafe.call("POST", "/v1/program/preview", body, query=query).json)
            query = {"cursor": answers[-1]["next"] or ""}
        assert [it["members"] for it in answers] == [2, 4, 5]
        assert [it["more"] for it in answers] == [True, True, False]
        assert answers[-1]["next"] is None
        assert answers[-1]["up"] == [{"tier": "gold", "count": 5}]
        assert answers[-1]["losses"][0]["amount"] == 50
        assert {it["member_id"] for it in answers[-1]["examples"]} == set(ids)
        monkeypatch.setattr(deadline, "SECONDS", 60.0)
        whole = cafe.call("POST", "/v1/program/preview", body).json
        left_out = {"preview_id", "next"}
        assert {name: whole[name] for name in whole.keys() - left_out} == {
            name: answers[-1][name] for name in whole.keys() - left_out
        }

    def test_a_cursor_is_good_for_its_document_alone(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("regulars.store.member_lists.PAGE", 1)
        monkeypatch.setattr(deadline, "SECONDS", 0.0)
        member(cafe), member(cafe)
        body = document(cafe)
        cursor = cafe.call("POST", "/v1/program/preview", body).json["next"]
        for other, query in ((body | {"name": "Other"}, cursor), (body, "x" * 20), (body, "")):
            reply = cafe.call("POST", "/v1/program/preview", other, query={"cursor": query})
            assert (reply.status, reply.json["errors"][0]["path"]) == (422, "cursor")
        published(cafe, name="Newer")
        reply = cafe.call("POST", "/v1/program/preview", body, query={"cursor": cursor})
        assert reply.status == 422

    def test_publishing_for_many_members_wants_a_finished_one(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(publishing, "CHECKED_MAX", 2)
        for _ in range(3):
            member(cafe, 10)
        assert put(cafe, {"name": "New"}).status == 200, "it takes nothing from anybody"
        ending = {"units": [unit(ends_on="2026-12-31")]}
        refused = put(cafe, ending, confirm_losses="true")
        assert (refused.status, refused.code) == (409, "preview_needed")
        body = {**document(cafe), **ending}
        preview_id = cafe.call("POST", "/v1/program/preview", body).json["preview_id"]
        refused = put(cafe, ending, preview_id=preview_id)
        assert (refused.status, refused.code) == (422, "losses")
        for wrong in ({"name": "Another", **ending}, ending | {"earn": []}):
            reply = put(cafe, wrong, preview_id=preview_id, confirm_losses="true")
            assert (reply.status, reply.code) == (409, "preview_needed")
        agreed = put(cafe, ending, preview_id=preview_id, confirm_losses="true")
        assert agreed.status == 200

    def test_members_that_can_be_looked_at_are_though_an_old_preview_saw_nobody(
        self, cafe: Merchant
    ) -> None:
        """A unit that somebody holds by now cannot vanish by a preview of before."""
        rule = {"id": "other", "on": "visit", "unit": "other", "amount": 1}
        other = {"units": [unit("other")], "rewards": [], "earn": [rule]}
        body = {**document(cafe), **other}
        preview = cafe.call("POST", "/v1/program/preview", body).json
        assert (preview["losses"], preview["more"]) == ([], False)
        member(cafe, 10)
        refused = put(cafe, other, preview_id=preview["preview_id"], confirm_losses="true")
        assert (refused.status, refused.json["errors"][0]["path"]) == (422, "units")

    def test_one_is_good_for_a_day(self, cafe: Merchant, frozen: Clock) -> None:
        """The table forgets it some time later; until then it is not taken for one of today."""
        body = document(cafe)
        preview_id = cafe.call("POST", "/v1/program/preview", body).json["preview_id"]
        frozen.now += timedelta(days=1)
        reply = cafe.call("POST", "/v1/program/preview", body, query={"cursor": preview_id})
        assert "is not known" in reply.json["errors"][0]["message"]

    def test_no_name_is_kept_with_it(self, cafe: Merchant) -> None:
        cafe.join(name="Zebulon Quist")
        published(cafe, tiers=[tier("all")])
        body = {**document(cafe), "tiers": [tier("all"), tier("gold")]}
        answer = cafe.call("POST", "/v1/program/preview", body).json
        assert [it["name"] for it in answer["examples"]] == ["Zebulon Quist"]
        (item,) = cafe.service.table.get((f"M#{cafe.id}", f"PREVIEW#{answer['preview_id']}"))
        assert item is not None
        assert item["ttl"] > 0
        assert "Zebulon" not in str(item)
