"""The programme engine over the API: actions, tiers given, previews, versions, referrals, jobs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from regulars.jobs import recompute
from regulars.jobs.context import Shop
from regulars.store import keys
from tests.conftest import Clock
from tests.functional.test_earning import balance, published
from tests.functional.test_sandbox import messages, moved
from tests.service import Merchant, Reply, Service, context, handler, stream_record
from tests.unit.domain.shop import reward, spend_rule, unit

GIFT = {"id": "gift", "name": "Gift", "kind": "item", "cost_minor": 70}
MAIL = {"email": "anna@example.com", "consents": {"email": True}}
WRITES = {"PutItem", "TransactWriteItems"}
BARE: dict[str, Any] = {
    "units": [unit()], "earn": [spend_rule()], "rewards": [GIFT], "tiers": [], "campaigns": [],
    "milestones": [], "messages": {}, "limits": {},
}  # fmt: skip
"""A point per 1.00 and a gift, and nothing else."""


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    made = service.new_merchant()
    published(made, **BARE)
    return made


def spent(at_least: int, window: str = "year") -> list[dict[str, Any]]:
    return [{"metric": "spend", "window": window, "at_least": at_least}]


def tier(tier_id: str, enter: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    return {"id": tier_id, "name": tier_id, "enter": enter or [], **more}


def act(cafe: Merchant, member_id: str, action: str = "review", **more: Any) -> Reply:
    key = more.pop("key", None)
    return cafe.call("POST", "/v1/actions", {"member_id": member_id, "action": action, **more},
                     key=key)  # fmt: skip


def give_tier(cafe: Merchant, member_id: str, *, test: bool = False, **body: Any) -> Reply:
    return cafe.call("POST", f"/v1/members/{member_id}/tier", body, test=test)


def recomputed(cafe: Merchant, version: int) -> dict[str, Any]:
    """What the stream brings after a programme was published."""
    (item,) = cafe.service.table.get(keys.program_version(cafe.id, version))
    assert item is not None
    event = {"Records": [stream_record(item, 1)]}
    result: dict[str, Any] = handler("tiers")(event, context())
    return result


def verified(cafe: Merchant, *ids: str) -> bool:
    return all(cafe.call("GET", f"/v1/members/{one}/verify").json["ok"] for one in ids)


class TestActions:
    REVIEW: ClassVar[dict[str, Any]] = {
        "id": "review",
        "on": "action",
        "action": "review",
        "unit": "point",
        "amount": 500,
    }

    def test_a_review_is_500_points_and_the_same_one_counts_once_whatever_the_key(
        self, cafe: Merchant
    ) -> None:
        published(cafe, earn=[self.REVIEW])
        member_id = cafe.join()["member_id"]
        first = act(cafe, member_id, ref="google-1")
        assert (first.status, balance(first.json["card"], "point")) == (200, 500)
        again = act(cafe, member_id, ref="google-1")
        assert (again.status, again.replayed) == (200, True)
        assert again.json["entry"]["seq"] == first.json["entry"]["seq"]
        assert balance(cafe.card(member_id), "point") == 500
        other = act(cafe, member_id, ref="google-2")
        assert balance(other.json["card"], "point") == 1000
        assert verified(cafe, member_id)

    def test_no_more_often_than_the_programme_says(self, cafe: Merchant) -> None:
        published(cafe, earn=[{**self.REVIEW, "per_member": {"times": 1}}])
        member_id = cafe.join()["member_id"]
        assert act(cafe, member_id, ref="a").status == 200
        refused = act(cafe, member_id, ref="b", key="k")
        assert (refused.status, refused.code) == (409, "limit_reached")
        assert act(cafe, member_id, ref="b", key="k").code == "limit_reached"
        assert act(cafe, member_id, ref="a").status == 200, "the first one is still the first one"
        assert balance(cafe.card(member_id), "point") == 500

    def test_an_unknown_one_is_answered_with_those_there_are(self, cafe: Merchant) -> None:
        published(cafe, earn=[self.REVIEW])
        reply = act(cafe, cafe.join()["member_id"], "dance")
        assert (reply.status, reply.json["errors"]) == (
            422, [{"path": "action", "message": "must be one of: review"}],
        )  # fmt: skip

    def test_of_a_stranger_is_not_found(self, cafe: Merchant) -> None:
        published(cafe, earn=[self.REVIEW])
        assert act(cafe, "cnobody").code == "not_found"


class TestTiersGiven:
    TIERS: ClassVar[list[dict[str, Any]]] = [tier("all"), tier("gold", spent(10_000)),
             tier("club", [{"metric": "membership", "period": "month", "price_minor": 1500}],
                  benefits=[{"id": "weekly", "reward": "gift", "every": "week"}])]  # fmt: skip

    def test_a_membership_counts_at_once_with_what_it_brings(self, cafe: Merchant) -> None:
        """22 November 2026 is a Sunday: the week's gift lasts until tonight."""
        published(cafe, tiers=self.TIERS)
        member_id = cafe.join()["member_id"]
        reply = give_tier(cafe, member_id, tier="club", until="2026-12-21", by="membership")
        assert reply.status == 200
        assert reply.json["tier_change"] == {"from": "all", "to": "club"}
        assert reply.json["card"]["tier"]["until"] == "2026-12-21"
        assert [voucher["reward_id"] for voucher in reply.json["unlocked"]] == ["gift"]
        assert verified(cafe, member_id)

    def test_ended_it_leaves_what_was_earned(self, cafe: Merchant) -> None:
        published(cafe, tiers=self.TIERS)
        member_id = cafe.join()["member_id"]
        cafe.earn(member_id, spend_minor=10_000)
        give_tier(cafe, member_id, tier="club", by="membership")
        reply = give_tier(cafe, member_id, tier="club", until="2026-11-21")
        assert reply.json["tier_change"] == {"from": "club", "to": "gold"}

    @pytest.mark.parametrize(
        ("body", "path"),
        [({"tier": "none"}, "tier"), ({"tier": "club", "until": "2026-02-30"}, "until"),
         ({"tier": "club", "until": "soon"}, "until"), ({"tier": "club", "by": "luck"}, "by"),
         ({}, "tier")],
    )  # fmt: skip
    def test_what_cannot_be_given_is_said_by_path(
        self, cafe: Merchant, body: dict[str, Any], path: str
    ) -> None:
        published(cafe, tiers=self.TIERS)
        reply = give_tier(cafe, cafe.join()["member_id"], **body)
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, path)


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
        said = reply.json
        assert (reply.status, said["members"], said["unchanged"]) == (200, 8, 5)
        assert {it["tier"]: it["count"] for it in said["up"]} == {"gold": 2, "silver": 1}
        assert said["down"] == []
        assert said["cost_minor_estimate"] == 5 * 70 + 3 * 500

    def test_is_what_publishing_then_does_member_by_member(self, cafe: Merchant) -> None:
        ids = self.members(cafe)
        document = self.other(cafe)
        said = cafe.call("POST", "/v1/program/preview", document).json
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
            for it in said["examples"]
        }
        given = [voucher["reward_id"] for card in after.values() for voucher in card["vouchers"]]
        assert (given.count("gift"), given.count("mug")) == (5, 3)
        assert said["newly_rewarded"] == sum(bool(card["vouchers"]) for card in after.values())
        assert verified(cafe, *ids)

    def test_down_is_told_too_and_done_too(self, cafe: Merchant) -> None:
        """Without gold the three who have it are in `all` again."""
        ids = self.members(cafe)
        document = {**cafe.call("GET", "/v1/program").json["program"], "tiers": [tier("all")]}
        said = cafe.call("POST", "/v1/program/preview", document).json
        assert (said["up"], said["down"]) == ([], [{"tier": "all", "count": 3}])
        published(cafe, tiers=[tier("all")])
        recomputed(cafe, 4)
        assert {cafe.card(one)["tier"]["id"] for one in ids} == {"all"}
        for one in ids:
            cafe.service.deliver_entries(cafe.id, one)
        told = cafe.service.neighbours.receive(cafe.service.queues["messages"])
        kinds = [json.loads(record["body"])["kind"] for record in told]
        assert kinds.count("tier_up") == 0, "nobody is congratulated on a tier that was lost"

    def test_writes_nothing(self, cafe: Merchant) -> None:
        ids = self.members(cafe)
        before = [cafe.card(one) for one in ids]
        cafe.service.spy.calls.clear()
        assert cafe.call("POST", "/v1/program/preview", self.other(cafe)).status == 200
        assert not WRITES & {operation for operation, _, _ in cafe.service.spy.calls}
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
        real = recompute.review_tier

        def dying(shop: Shop, member_id: str) -> None:
            if len(reviewed) == 4:
                raise MemoryError("the function is gone")
            reviewed.append(member_id)
            real(shop, member_id)

        def going_on(shop: Shop, member_id: str) -> None:
            reviewed.append(member_id)
            real(shop, member_id)

        monkeypatch.setattr(recompute, "PAGE", 3)
        monkeypatch.setattr(recompute, "review_tier", dying)
        with pytest.raises(MemoryError):
            recompute.recompute(cafe.service.table, cafe.id, 4)
        tiers = [cafe.card(one)["tier"]["id"] for one in ids]
        assert sorted(tiers) == ["all"] * 3 + ["gold"] * 4
        monkeypatch.setattr(recompute, "review_tier", going_on)
        assert recompute.recompute(cafe.service.table, cafe.id, 4) == 7
        assert len(reviewed) == 4 + 4, "the fourth twice, because its page was not finished"
        assert {cafe.card(one)["tier"]["id"] for one in ids} == {"gold"}
        assert {cafe.card(one)["seq"] for one in ids} == {3}, "nobody was moved up twice"
        assert recompute.recompute(cafe.service.table, cafe.id, 4) == 7
        assert len(reviewed) == 8, "what is done is done"


class TestReferral:
    TERMS: ClassVar[dict[str, Any]] = {
        "friend": {"unit": "point", "amount": 50},
        "referrer": {"reward": "gift"},
        "min_spend_minor": 500,
    }

    def friend_of(self, cafe: Merchant, referrer_id: str, spend_minor: int = 500) -> str:
        """Joins by the referrer's link, buys, and the stream brings it twice."""
        friend_id = str(cafe.join(referred_by=referrer_id)["member_id"])
        cafe.earn(friend_id, spend_minor=spend_minor)
        for _ in range(2):
            cafe.service.deliver_entries(cafe.id, friend_id)
        return friend_id

    def gifts(self, cafe: Merchant, member_id: str) -> int:
        return len(cafe.card(member_id)["vouchers"])

    def test_both_sides_are_rewarded_once_however_often_the_stream_brings_it(
        self, cafe: Merchant
    ) -> None:
        """50 points for the friend on top of 5 for 5.00, a gift for the referrer."""
        published(cafe, referral=self.TERMS)
        anna = cafe.join()["member_id"]
        friend = self.friend_of(cafe, anna)
        assert balance(cafe.card(friend), "point") == 55
        assert self.gifts(cafe, anna) == 1
        cafe.earn(friend, spend_minor=500)
        cafe.service.deliver_entries(cafe.id, friend)
        assert (balance(cafe.card(friend), "point"), self.gifts(cafe, anna)) == (60, 1)
        assert verified(cafe, anna, friend)

    def test_a_small_purchase_does_not_count_and_the_next_real_one_does(
        self, cafe: Merchant
    ) -> None:
        published(cafe, referral=self.TERMS)
        anna = cafe.join()["member_id"]
        friend = self.friend_of(cafe, anna, spend_minor=499)
        assert (balance(cafe.card(friend), "point"), self.gifts(cafe, anna)) == (4, 0)
        cafe.earn(friend, spend_minor=501)
        cafe.service.deliver_entries(cafe.id, friend)
        assert (balance(cafe.card(friend), "point"), self.gifts(cafe, anna)) == (60, 1)

    def test_of_three_friends_two_are_rewarded_where_two_is_the_most(self, cafe: Merchant) -> None:
        published(cafe, referral={**self.TERMS, "max_per_member": 2})
        anna = cafe.join()["member_id"]
        friends = [self.friend_of(cafe, anna) for _ in range(3)]
        assert [balance(cafe.card(one), "point") for one in friends] == [55, 55, 5]
        assert self.gifts(cafe, anna) == 2

    def test_a_friend_whose_side_was_lost_gets_it_when_the_stream_comes_again(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The most is one, the referrer has it, the function dies before the friend has theirs."""
        from regulars.jobs import referrals

        published(cafe, referral={**self.TERMS, "max_per_member": 1})
        anna = cafe.join()["member_id"]
        friend = cafe.join(referred_by=anna)["member_id"]
        cafe.earn(friend, spend_minor=500)
        real = referrals._give

        def dying(shop: Shop, member_id: str, *rest: Any, **more: Any) -> bool:
            if member_id == friend:
                raise ConnectionError("gone")
            return real(shop, member_id, *rest, **more)

        with monkeypatch.context() as broken:
            broken.setattr(referrals, "_give", dying)
            failed = cafe.service.deliver_entries(cafe.id, friend)
        assert len(failed["batchItemFailures"]) == 1
        assert (balance(cafe.card(friend), "point"), self.gifts(cafe, anna)) == (5, 1)
        cafe.service.deliver_entries(cafe.id, friend)
        assert (balance(cafe.card(friend), "point"), self.gifts(cafe, anna)) == (55, 1)

    def test_nobody_is_their_own_friend_and_strangers_bring_nobody(self, cafe: Merchant) -> None:
        published(cafe, referral=self.TERMS)
        friend = self.friend_of(cafe, "cnobody")
        assert balance(cafe.card(friend), "point") == 5


class TestJobs:
    """The sandbox's clock is moved; what falls due is done and told."""

    @pytest.fixture
    def sandbox(self, service: Service, frozen: Clock) -> Merchant:
        frozen.now = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)  # a Wednesday
        return service.new_merchant()

    def publish(self, cafe: Merchant, **changes: Any) -> None:
        version = cafe.call("GET", "/v1/program", test=True).json["version"]
        document = cafe.call("GET", "/v1/program", test=True).json["program"]
        reply = cafe.call("PUT", "/v1/program", {**document, **BARE, **changes}, test=True,
                          headers={"if-match": str(version)})  # fmt: skip
        assert reply.status == 200, reply.text
        (item,) = cafe.service.table.get(keys.program_version(cafe.sandbox_id, version + 1))
        assert item is not None
        handler("tiers")({"Records": [stream_record(item, 1)]}, context())

    def ran(self, cafe: Merchant, job: str, **to: str) -> list[str]:
        return [it["at"] for it in moved(cafe, **to).json["jobs"] if it["name"] == job]

    def test_a_weekly_benefit_comes_every_monday_and_one_at_a_time(self, sandbox: Merchant) -> None:
        """Midnight in Budapest is 23:00 UTC; last week's is gone when this week's comes."""
        weekly = [{"id": "weekly", "reward": "gift", "every": "week"}]
        self.publish(sandbox, tiers=[tier("all", benefits=weekly)])
        member_id = sandbox.join(test=True, **MAIL)["member_id"]
        assert self.ran(sandbox, "benefits", advance="P14D") == [
            "2026-11-22T23:00:00Z", "2026-11-29T23:00:00Z",
        ]  # fmt: skip
        (voucher,) = sandbox.card(member_id, test=True)["vouchers"]
        assert voucher["expires_at"][:10] == "2026-12-06"
        sandbox.service.deliver_entries(sandbox.sandbox_id, member_id)
        kinds = [it["kind"] for it in messages(sandbox)]
        assert kinds.count("reward_unlocked") >= 1

    def test_a_birthday_at_seven_in_the_morning_with_a_mail(self, sandbox: Merchant) -> None:
        birthday = [{"id": "b", "reward": "gift", "every": "birthday"}]
        self.publish(sandbox, tiers=[tier("all", benefits=birthday)])
        member_id = sandbox.join(test=True, birthday="1990-03-01", **MAIL)["member_id"]
        assert self.ran(sandbox, "birthday", now="2027-03-02T00:00:00Z") == ["2027-03-01T06:00:00Z"]
        (voucher,) = sandbox.card(member_id, test=True)["vouchers"]
        assert (voucher["reward_id"], voucher["expires_at"][:10]) == ("gift", "2027-03-31")
        assert self.ran(sandbox, "birthday", now="2028-03-02T00:00:00Z") == ["2028-03-01T06:00:00Z"]

    def test_a_birthday_told_later_is_celebrated_and_one_taken_back_is_not(
        self, sandbox: Merchant
    ) -> None:
        rule = {"id": "b", "on": "birthday", "unit": "point", "amount": 50}
        self.publish(sandbox, earn=[rule])
        told, taken_back = (sandbox.join(test=True)["member_id"] for _ in range(2))
        for member_id, days in ((told, ["1990-03-01"]), (taken_back, ["1990-03-01", None])):
            for day in days:
                path = f"/v1/members/{member_id}"
                assert sandbox.call("PATCH", path, {"birthday": day}, test=True).status == 200
        moved(sandbox, now="2027-03-02T00:00:00Z")
        assert balance(sandbox.card(told, test=True), "point") == 50
        assert sandbox.card(taken_back, test=True)["balances"].get("point", {}).get(
            "available", 0) == 0  # fmt: skip

    def test_a_programme_that_begins_to_celebrate_reaches_those_who_were_there_before(
        self, sandbox: Merchant
    ) -> None:
        self.publish(sandbox)
        member_id = sandbox.join(test=True, birthday="1990-03-01")["member_id"]
        rules = [{"id": "b", "on": "birthday", "unit": "point", "amount": 50},
                 {"id": "a", "on": "anniversary", "unit": "point", "amount": 20}]  # fmt: skip
        self.publish(sandbox, earn=rules)
        moved(sandbox, now="2027-11-19T00:00:00Z")
        assert balance(sandbox.card(member_id, test=True), "point") == 70

    def test_notice_is_given_once_unless_the_tier_is_kept_meanwhile(
        self, sandbox: Merchant
    ) -> None:
        """Earned in 2026, until 31 December 2027, told on 1 December; Béla earns it again."""
        self.publish(sandbox, tiers=[tier("all"), tier("gold", spent(10_000), notice_days=30)])
        anna = sandbox.join(test=True, **MAIL)["member_id"]
        bela = sandbox.join(test=True, email="bela@example.com",
                            consents={"email": True})["member_id"]  # fmt: skip
        for member_id in (anna, bela):
            sandbox.earn(member_id, test=True, spend_minor=10_000)
        moved(sandbox, now="2027-06-01T09:00:00Z")
        sandbox.earn(bela, test=True, spend_minor=10_000)
        moved(sandbox, now="2027-12-02T00:00:00Z")
        at_risk = [it for it in messages(sandbox) if it["kind"] == "tier_at_risk"]
        assert [(it["to"], it["at"]) for it in at_risk] == [
            ("anna@example.com", "2027-12-01T09:00:00Z")
        ]
        moved(sandbox, now="2028-01-02T00:00:00Z")
        standing = [sandbox.card(one, test=True)["tier"]["id"] for one in (anna, bela)]
        assert standing == ["all", "gold"]
