"""Previews, versions, and the review of everybody after a change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from regulars.jobs import cards, recompute
from regulars.program.shop import Shop
from tests.conftest import Clock
from tests.functional.engine import BARE, GIFT, WRITES, spent, tier, verified
from tests.functional.test_earning import published
from tests.service import Merchant, Service
from tests.unit.domain.shop import reward


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    made = service.new_merchant()
    published(made, **BARE)
    return made


def recomputed(cafe: Merchant, version: int) -> dict[str, Any]:
    """What the stream brings after a programme was published."""
    result: dict[str, Any] = cafe.service.publish_follows(cafe.id, version)
    return result


class TestPreview:
    def members(self, cafe: Merchant) -> list[str]:
        """Eight who have spent 0, 20.00, 40.00, ... 140.00 this year."""
        published(cafe, tiers=[tier("all"), tier("gold", spent(10_000))])
        ids = [cafe.join(name=f"Member {number}")["member_id"] for number in range(8)]
        for number, member_id in enumerate(ids):
            if number:
                cafe.earn(member_id, spend_minor=2000 * number)
        return ids

    def other(self, cafe: Merchant) -> dict[str, Any]:
        """Gold from 60.00 with a gift a month, silver from 30.00, three mugs at 130 points."""
        document = cafe.call("GET", "/v1/program").json["program"]
        gold = tier("gold", spent(6_000),
                    benefits=[{"id": "monthly", "reward": "gift", "every": "month"}])  # fmt: skip
        mug = reward("mug", 40, auto=True, stock=3, cost_minor=500)
        silver = tier("silver", spent(3_000))
        return {**document, "tiers": [tier("all"), silver, gold], "rewards": [GIFT, mug]}

    def test_says_how_many_go_where_and_what_it_costs(self, cafe: Merchant) -> None:
        """40.00 goes to silver, 60.00 and 80.00 to gold; 100.00 to 140.00 are gold already.
        Five gifts at 0.70 and all three mugs at 5.00 are 18.50."""
        self.members(cafe)
        reply = cafe.call("POST", "/v1/program/preview", self.other(cafe))
        sentence = reply.json
        assert (reply.status, sentence["members"], sentence["unchanged"]) == (200, 8, 5)
        assert {it["tier"]: it["count"] for it in sentence["up"]} == {"gold": 2, "silver": 1}
        assert sentence["down"] == []
        assert sentence["cost_minor_estimate"] == 5 * 70 + 3 * 500

    def test_is_what_publishing_then_does_member_by_member(self, cafe: Merchant) -> None:
        ids = self.members(cafe)
        document = self.other(cafe)
        sentence = cafe.call("POST", "/v1/program/preview", document).json
        before = {one: cafe.card(one) for one in ids}
        reply = cafe.call("PUT", "/v1/program", document, headers={"if-match": "3"})
        assert recomputed(cafe, reply.json["version"]) == {"batchItemFailures": []}
        after = {one: cafe.card(one) for one in ids}
        done = {
            one: (
                before[one]["tier"]["id"], after[one]["tier"]["id"],
                sorted(voucher["reward_id"] for voucher in after[one]["vouchers"]),
            )
            for one in ids
            if (before[one]["tier"]["id"], before[one]["vouchers"])
            != (after[one]["tier"]["id"], after[one]["vouchers"])
        }  # fmt: skip
        assert done == {
            it["member_id"]: (it["tier_from"], it["tier_to"], sorted(it["rewards"]))
            for it in sentence["examples"]
        }
        given = [voucher["reward_id"] for card in after.values() for voucher in card["vouchers"]]
        assert (given.count("gift"), given.count("mug")) == (5, 3)
        assert sentence["newly_rewarded"] == sum(bool(card["vouchers"]) for card in after.values())
        assert verified(cafe, *ids)

    def test_down_is_told_too_and_done_too(self, cafe: Merchant) -> None:
        """Without gold the three who have it are in `all` again."""
        ids = self.members(cafe)
        document = {**cafe.call("GET", "/v1/program").json["program"], "tiers": [tier("all")]}
        sentence = cafe.call("POST", "/v1/program/preview", document).json
        assert (sentence["up"], sentence["down"]) == ([], [{"tier": "all", "count": 3}])
        published(cafe, tiers=[tier("all")])
        recomputed(cafe, 4)
        assert {cafe.card(one)["tier"]["id"] for one in ids} == {"all"}
        for one in ids:
            cafe.service.deliver_entries(cafe.id, one)
        reported = cafe.service.aws_services.receive(cafe.service.queues["messages"])
        kinds = [json.loads(record["body"])["kind"] for record in reported]
        assert kinds.count("tier_up") == 0, "nobody is congratulated on a tier that was lost"

    def test_writes_nothing_but_how_far_it_came(self, cafe: Merchant) -> None:
        ids = self.members(cafe)
        before = [cafe.card(one) for one in ids]
        cafe.service.spy.calls.clear()
        assert cafe.call("POST", "/v1/program/preview", self.other(cafe)).status == 200
        written = [params for name, params, _ in cafe.service.spy.calls if name in WRITES]
        assert [put["Item"]["SK"]["S"].partition("#")[0] for put in written] == ["PREVIEW"]
        assert [cafe.card(one) for one in ids] == before
        assert cafe.call("GET", "/v1/program").json["version"] == 3

    def test_of_a_mistaken_document_names_the_mistake(self, cafe: Merchant) -> None:
        reply = cafe.call("POST", "/v1/program/preview", {**self.other(cafe), "currency": "XXQ"})
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, "currency")


class TestVersions:
    def test_every_version_can_be_read_and_published_again(self, cafe: Merchant) -> None:
        published(cafe, name="Second")
        old = cafe.call("GET", "/v1/program", query={"version": "2"}).json
        assert (old["version"], old["program"]["name"]) == (2, "Corner Café")
        assert cafe.call("GET", "/v1/program").json["program"]["name"] == "Second"
        stale = cafe.call("PUT", "/v1/program", old["program"], headers={"if-match": "2"})
        assert (stale.status, stale.code) == (412, "stale_version")
        back = cafe.call("PUT", "/v1/program", old["program"], headers={"if-match": "3"})
        assert back.json == {"version": 4}
        assert cafe.call("GET", "/v1/program").json["program"] == old["program"]

    @pytest.mark.parametrize(
        ("version", "status"), [("9", 404), ("0", 404), ("two", 422), ("-1", 422), ("1" * 9, 422)]
    )
    def test_none_that_there_is_not(self, cafe: Merchant, version: str, status: int) -> None:
        assert cafe.call("GET", "/v1/program", query={"version": version}).status == status

    def test_going_back_restores_tiers_and_leaves_the_ledger(self, cafe: Merchant) -> None:
        """Gold from 50.00; then from 80.00; then the first again."""
        published(cafe, tiers=[tier("all"), tier("gold", spent(5_000))])
        member_id = cafe.join()["member_id"]
        cafe.earn(member_id, spend_minor=6_000)
        document = cafe.call("GET", "/v1/program").json["program"]
        published(cafe, tiers=[tier("all")])
        recomputed(cafe, 4)
        assert cafe.card(member_id)["tier"]["id"] == "all"
        cafe.call("PUT", "/v1/program", document, headers={"if-match": "4"})
        recomputed(cafe, 5)
        assert cafe.card(member_id)["tier"]["id"] == "gold"
        entries = cafe.call("GET", f"/v1/members/{member_id}/entries").json["items"]
        assert [(it["kind"], it["program_version"]) for it in entries] == [
            ("tier", 5), ("tier", 4), ("earn", 3), ("join", 3),
        ]  # fmt: skip
        assert verified(cafe, member_id)

    def test_the_schema_accepts_what_is_published(self, cafe: Merchant) -> None:
        schema = cafe.call("GET", "/v1/program/schema").json
        assert schema["title"] == "ProgramDocument"
        assert set(cafe.call("GET", "/v1/program").json["program"]) <= set(schema["properties"])

    def test_a_review_of_everybody_goes_on_where_it_was_stopped(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Seven members in pages of three; the function dies at the fifth."""
        published(cafe, tiers=[tier("all")])
        ids = [cafe.join()["member_id"] for _ in range(7)]
        for member_id in ids:
            cafe.earn(member_id, spend_minor=5_000)
        published(cafe, tiers=[tier("all"), tier("gold", spent(5_000))])
        reviewed: list[str] = []
        real = cards.review_if_changed

        def dying(shop: Shop, member_id: str) -> None:
            if len(reviewed) == 4:
                raise MemoryError("the function is gone")
            reviewed.append(member_id)
            real(shop, member_id)

        def going_on(shop: Shop, member_id: str) -> None:
            reviewed.append(member_id)
            real(shop, member_id)

        monkeypatch.setattr(recompute, "PAGE", 3)
        monkeypatch.setattr(recompute, "review_if_changed", dying)
        with pytest.raises(MemoryError):
            recompute.recompute(cafe.service.table, cafe.id, 4)
        tiers = [cafe.card(one)["tier"]["id"] for one in ids]
        assert sorted(tiers) == ["all"] * 3 + ["gold"] * 4
        monkeypatch.setattr(recompute, "review_if_changed", going_on)
        assert recompute.recompute(cafe.service.table, cafe.id, 4) == 7
        assert len(reviewed) == 4 + 4, "the fourth twice, because its page was not finished"
        assert {cafe.card(one)["tier"]["id"] for one in ids} == {"gold"}
        assert {cafe.card(one)["seq"] for one in ids} == {3}, "nobody was moved up twice"
        assert recompute.recompute(cafe.service.table, cafe.id, 4) == 7
        assert len(reviewed) == 8, "what is done is done"
