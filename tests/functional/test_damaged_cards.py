"""A card whose state is old, gone or spoilt: found, named, rebuilt; nobody else waits for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.actions import repair
from regulars.actions.relist import LISTS
from regulars.jobs import recompute
from regulars.program.shop import load_shop
from regulars.store import cards, keys
from regulars.store.marshal import Item
from tests.conftest import Clock
from tests.functional.engine import BARE, tier
from tests.functional.test_earning import published
from tests.functional.test_sandbox import moved
from tests.service import Merchant, Service


def state(cafe: Merchant, member_id: str, *, test: bool = False) -> Item:
    (item,) = cafe.service.table.get(keys.state(cafe.sandbox_id if test else cafe.id, member_id))
    assert item is not None
    return item


def remove(cafe: Merchant, key: keys.Key) -> None:
    """Take an item away, as a restore that lost it would."""
    table = cafe.service.table
    item_key = {"PK": {"S": key[0]}, "SK": {"S": key[1]}}
    table._transport("DeleteItem", {"TableName": table.name, "Key": item_key})


def verified(cafe: Merchant, member_id: str) -> dict[str, Any]:
    reply = cafe.call("GET", f"/v1/members/{member_id}/verify")
    assert reply.status == 200, reply.text
    answer: dict[str, Any] = reply.json
    return answer


def repaired(cafe: Merchant, member_id: str, **body: Any) -> dict[str, Any]:
    reply = cafe.call("POST", f"/v1/members/{member_id}/repair", body)
    assert reply.status == 200, reply.text
    answer: dict[str, Any] = reply.json
    return answer


def lived(cafe: Merchant) -> str:
    """A member with an open voucher, a used one, a sale and its refund."""
    member_id: str = cafe.join(email="anna@example.com")["member_id"]
    (voucher,) = cafe.earn(member_id, visits=9)["unlocked"]
    assert cafe.call("POST", f"/v1/vouchers/{voucher['code']}/redeem", {}).status == 200
    cafe.earn(member_id, visits=10)
    cafe.earn(member_id, visits=2, spend_minor=900, order_id="o1")
    cafe.call("POST", "/v1/refunds", {"order_id": "o1", "refund_id": "r1"})
    return member_id


class TestRepair:
    def test_a_card_restored_to_an_older_state_is_read_past_its_head_and_rebuilt(
        self, cafe: Merchant
    ) -> None:
        member_id = cafe.join()["member_id"]
        cafe.earn(member_id)
        old = state(cafe, member_id)
        cafe.earn(member_id, visits=8, order_id="o9")
        cafe.earn(member_id, spend_minor=700)
        whole = cafe.card(member_id)
        cafe.service.table.put(old)

        found = verified(cafe, member_id)
        assert (found["ok"], found["entries"]) == (False, 4)
        paths = {it["path"] for it in found["differences"]}
        assert {"seq", "head", "lots.stamp", "lifetime"} <= paths
        assert any(it.startswith("open.") for it in paths)
        stuck = cafe.call("POST", "/v1/earn", {"member_id": member_id})
        assert (stuck.status, stuck.code) == (409, "conflict"), "no entry is written over"

        answer = repaired(cafe, member_id)
        assert (answer["ok"], answer["repaired"]) == (True, True)
        assert verified(cafe, member_id)["ok"]
        now = cafe.card(member_id)
        assert {**now, "version": 0} == {**whole, "version": 0}
        assert now["version"] >= whole["version"]
        cafe.earn(member_id)
        assert verified(cafe, member_id)["ok"]

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda it: {**it, "s": "no card"},
            lambda it: {**it, "s": b"no card either"},
            lambda it: {**it, "s": "{}"},
            lambda it: {name: it[name] for name in ("PK", "SK", "ver")},
            lambda it: {name: it[name] for name in ("PK", "SK", "s")},
            lambda it: None,
        ],
        ids=["text", "bytes", "empty", "no state", "no version", "no item"],
    )
    def test_a_state_that_cannot_be_read_or_is_gone_is_rebuilt(
        self, cafe: Merchant, spoil: Callable[[Item], Item | None]
    ) -> None:
        member_id = lived(cafe)
        whole = cafe.card(member_id)
        spoilt = spoil(state(cafe, member_id))
        if spoilt:
            cafe.service.table.put(spoilt)
        else:
            remove(cafe, keys.state(cafe.id, member_id))

        found = verified(cafe, member_id)
        assert (found["ok"], [it["path"] for it in found["differences"]]) == (False, ["state"])
        assert repaired(cafe, member_id)["repaired"]
        assert {**cafe.card(member_id), "version": 0} == {**whole, "version": 0}
        assert verified(cafe, member_id)["ok"]
        cafe.earn(member_id)

    def test_each_field_and_voucher_that_differs_is_named(self, cafe: Merchant) -> None:
        member_id = lived(cafe)
        card = cards.card_of(state(cafe, member_id))
        first, *_ = card.open
        wrong = card._replace(open={}, last_visit_ms=5, came={**card.came, "739617": 3})
        cafe.service.table.put(cards.state_item(cafe.id, wrong))
        key = keys.voucher(cafe.id, member_id, first)
        (voucher,) = cafe.service.table.get(key)
        assert voucher is not None
        cafe.service.table.put({**voucher, "status": "redeemed"})
        paths = [it["path"] for it in verified(cafe, member_id)["differences"]]
        assert paths == [
            "came.739617", "last_visit_ms", f"open.{first}", f"vouchers.{first}.status",
        ]  # fmt: skip
        dry = repaired(cafe, member_id, dry_run=True)
        assert (dry["ok"], dry["repaired"], len(dry["differences"])) == (False, False, 4)
        assert not verified(cafe, member_id)["ok"], "a dry run writes nothing"
        assert repaired(cafe, member_id)["repaired"]
        assert cards.card_of(state(cafe, member_id)).open == card.open
        assert cafe.call("POST", f"/v1/vouchers/{voucher['code']}/redeem", {}).status == 200
        again = repaired(cafe, member_id)
        assert (again["ok"], again["repaired"]) == (True, False)

    def test_a_voucher_that_is_gone_is_made_again_and_one_without_entry_ends(
        self, cafe: Merchant
    ) -> None:
        member_id = lived(cafe)
        (held,) = cafe.card(member_id)["vouchers"]
        key = keys.voucher(cafe.id, member_id, held["voucher_id"])
        (voucher,) = cafe.service.table.get(key)
        assert voucher is not None
        remove(cafe, key)
        remove(cafe, keys.code(cafe.id, held["code"]))
        odd = {**voucher, "SK": "VOUCHER#vou_odd", "code": "ODD"}
        cafe.service.table.put(odd)
        paths = {it["path"] for it in verified(cafe, member_id)["differences"]}
        assert paths == {f"vouchers.{held['voucher_id']}.status", "vouchers.vou_odd.status"}
        assert repaired(cafe, member_id)["repaired"]
        made, ended = cafe.service.table.get(key, (odd["PK"], odd["SK"]))
        assert made == voucher
        assert ended is not None
        assert ended["status"] == "cancelled"
        assert cafe.call("POST", f"/v1/vouchers/{held['code']}/cancel", {}).status == 200
        assert verified(cafe, member_id)["ok"]

    def test_damaged_entries_are_named_and_nothing_is_rebuilt_from_them(
        self, cafe: Merchant
    ) -> None:
        member_id = lived(cafe)
        (entry,) = cafe.service.table.get(keys.entry(cafe.id, member_id, 3))
        assert entry is not None
        cafe.service.table.put({**entry, "e": entry["e"].replace("vou_", "vou-")})
        found = verified(cafe, member_id)
        assert "entry 3 does not follow from the entry before it" in found["problems"]
        answer = repaired(cafe, member_id)
        assert (answer["ok"], answer["repaired"]) == (False, False)
        assert answer["problems"]

    @pytest.mark.parametrize("text", ["no entry", "{}", "[]", ""])
    def test_a_damaged_entry_is_listed_and_takes_the_card_from_nobody(
        self, cafe: Merchant, text: str
    ) -> None:
        member_id = lived(cafe)
        (entry,) = cafe.service.table.get(keys.entry(cafe.id, member_id, 3))
        assert entry is not None
        cafe.service.table.put({**entry, "e": text})
        reply = cafe.call("GET", f"/v1/members/{member_id}/entries")
        assert reply.status == 200
        kinds = {it["seq"]: it["kind"] for it in reply.json["items"]}
        assert kinds[3] == "damaged"
        assert set(kinds) == set(range(1, len(kinds) + 1))
        (damaged,) = [it for it in reply.json["items"] if it["seq"] == 3]
        assert (damaged["canonical"], damaged["hash"]) == (text, entry["hash"])
        card_url = cafe.card(member_id)["card_url"]
        assert cafe.service.card_page(card_url).status == 200

    def test_a_repair_gives_way_to_whoever_writes_meanwhile(self, cafe: Merchant) -> None:
        member_id = lived(cafe)
        card = cards.card_of(state(cafe, member_id))
        cafe.service.table.put(cards.state_item(cafe.id, card._replace(carry={"odd": 1})))
        shop = load_shop(cafe.service.table, cafe.id)
        found = repair.check(shop, member_id)
        assert not found.ok
        cafe.earn(member_id)
        assert not repair.repair(shop, found)
        assert repair.repair(shop, repair.check(shop, member_id))
        assert verified(cafe, member_id)["ok"]

    def test_a_sale_whose_operation_was_lost_is_not_booked_again(self, cafe: Merchant) -> None:
        member_id = cafe.join()["member_id"]
        old = state(cafe, member_id)
        cafe.earn(member_id, spend_minor=700, order_id="o1")
        cafe.service.table.put(old)
        (entry,) = cafe.service.table.get(keys.entry(cafe.id, member_id, 2))
        assert entry is not None
        op = cards.entry_of(entry).op
        remove(cafe, keys.operation(cafe.id, op))
        remove(cafe, keys.operation(cafe.id, "order:o1"))
        assert repaired(cafe, member_id)["repaired"]
        for key in (op[4:], "another"):
            again = cafe.call(
                "POST", "/v1/earn",
                {"member_id": member_id, "spend_minor": 700, "order_id": "o1"}, key=key,
            )  # fmt: skip
            assert (again.status, again.json["entry"]["seq"]) == (200, 2)
        assert cafe.card(member_id)["seq"] == 2
        refund = {"order_id": "o1", "refund_id": "r1"}
        assert cafe.call("POST", "/v1/refunds", refund).status == 200, "the order is known"

    def test_what_has_been_refunded_is_told_by_the_entries(self, cafe: Merchant) -> None:
        """A restored table that forgets a refund would let the same money be refunded twice."""
        member_id = cafe.join()["member_id"]
        cafe.earn(member_id, spend_minor=1000, order_id="o1")
        old = state(cafe, member_id)
        refund = {"order_id": "o1", "refund_id": "r1", "amount_minor": 600}
        assert cafe.call("POST", "/v1/refunds", refund).status == 200
        left = cafe.card(member_id)["balances"]
        (item,) = cafe.service.table.get(keys.refunded(cafe.id, member_id, 2))
        assert item is not None
        for stored in (None, {**item, "refunded": 100}, {**item, "gone": not item["gone"]}):
            cafe.service.table.put(old)
            remove(cafe, keys.refunded(cafe.id, member_id, 2))
            remove(cafe, keys.operation(cafe.id, "refund:r1"))
            if stored:
                cafe.service.table.put(stored)
            paths = {it["path"] for it in verified(cafe, member_id)["differences"]}
            assert "refunded.2" in paths
            assert repaired(cafe, member_id)["repaired"]
            assert cafe.service.table.get(keys.refunded(cafe.id, member_id, 2)) == [item]
            assert verified(cafe, member_id)["ok"]
        again = cafe.call("POST", "/v1/refunds", refund)
        assert (again.status, cafe.card(member_id)["balances"]) == (200, left)
        rest = {"order_id": "o1", "refund_id": "r2", "amount_minor": 1000}
        (refused,) = cafe.call("POST", "/v1/refunds", rest).json["refused"]
        assert refused["why"] == "only €4.00 was left to refund"

    def test_what_a_refund_found_and_a_repair_did_not_is_not_overwritten(
        self, cafe: Merchant
    ) -> None:
        member_id = cafe.join()["member_id"]
        cafe.earn(member_id, spend_minor=1000, order_id="o1")
        refund = {"order_id": "o1", "refund_id": "r1", "amount_minor": 600}
        assert cafe.call("POST", "/v1/refunds", refund).status == 200
        remove(cafe, keys.refunded(cafe.id, member_id, 2))
        shop = load_shop(cafe.service.table, cafe.id)
        found = repair.check(shop, member_id)
        more = {"order_id": "o1", "refund_id": "r2", "amount_minor": 300}
        assert cafe.call("POST", "/v1/refunds", more).status == 200
        (newest,) = cafe.service.table.get(keys.refunded(cafe.id, member_id, 2))
        assert not repair.repair(shop, found)
        assert cafe.service.table.get(keys.refunded(cafe.id, member_id, 2)) == [newest]

    def test_it_leaves_a_trace_and_no_entry(self, cafe: Merchant) -> None:
        member_id = lived(cafe)
        seq = cafe.card(member_id)["seq"]
        remove(cafe, keys.state(cafe.id, member_id))
        repaired(cafe, member_id)
        assert cafe.card(member_id)["seq"] == seq
        (trace,) = cafe.service.table.get(
            keys.attention(cafe.id, f"damaged_card.{member_id}")
        )  # fmt: skip
        assert trace is not None
        assert (trace["closed"], trace["open"]) == ("repair", False)
        assert cafe.call("GET", "/v1/attention").json["items"] == []

    def test_unknown_members_are_not_there(self, cafe: Merchant) -> None:
        for method, path in (("GET", "verify"), ("POST", "repair")):
            assert cafe.call(method, f"/v1/members/{'c' * 15}/{path}").status == 404


class TestOthersGoOn:
    """One of three cards cannot be read; everything else is done for the other two."""

    @pytest.fixture
    def poisoned(self, service: Service, frozen: Clock) -> tuple[Merchant, list[str]]:
        frozen.now = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
        cafe = service.new_merchant().without_digest()
        rule = {"id": "b", "on": "birthday", "unit": "point", "amount": 50}
        version = cafe.call("GET", "/v1/program", test=True).json
        document = {**version["program"], **BARE, "earn": [rule], "tiers": [tier("all")]}
        reply = cafe.call("PUT", "/v1/program", document, test=True,
                          headers={"if-match": str(version["version"])})  # fmt: skip
        assert reply.status == 200, reply.text
        who = {"birthday": "1990-03-01", "consents": {"leaderboard": True}}
        ids = [cafe.join(test=True, **who)["member_id"] for _ in range(3)]
        item = state(cafe, ids[1], test=True)
        service.table.put({**item, "s": "no card"})
        return cafe, ids

    def attention(self, cafe: Merchant) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = cafe.call("GET", "/v1/attention", test=True).json["items"]
        return items

    def test_the_clock_passes_it_and_it_is_celebrated_when_it_is_repaired(
        self, poisoned: tuple[Merchant, list[str]]
    ) -> None:
        cafe, ids = poisoned
        reply = moved(cafe, now="2027-03-02T00:00:00Z")
        assert [it["members"] for it in reply.json["jobs"] if it["name"] == "birthday"] == [2]
        (item,) = self.attention(cafe)
        assert (item["kind"], item["about"]["member_id"]) == ("damaged_card", ids[1])
        assert item["can"] == ["repair", "retry", "dismiss"]
        still = cafe.call("POST", f"/v1/attention/{item['id']}", {"do": "retry"}, test=True)
        assert (still.json["state"], still.json["why"][:5]) == ("open", "state")
        done = cafe.call("POST", f"/v1/attention/{item['id']}", {"do": "repair"}, test=True)
        assert done.json["state"] == "closed"
        assert self.attention(cafe) == []
        for member_id in (ids[0], ids[2]):
            assert cafe.card(member_id, test=True)["balances"]["point"]["available"] == 50
        moved(cafe, advance="P2D")
        assert cafe.card(ids[1], test=True)["balances"]["point"]["available"] == 50

    def test_its_lists_are_kept_again_as_soon_as_it_is_repaired(
        self, service: Service, cafe: Merchant, frozen: Clock
    ) -> None:
        """They were put off like all its jobs, for days: a card does not know of their mark."""
        published(cafe.without_digest(), segments={"at_risk_days": 5, "lapsed_days": 9})
        member_id = cafe.join()["member_id"]
        service.list_members(cafe.id)
        service.table.put({**state(cafe, member_id), "s": "no card"})
        key = keys.due_mark(cafe.id, member_id, LISTS)
        for _ in range(20):
            frozen.now += timedelta(days=2)
            service.run_job("tiers")
            (mark,) = service.table.get(key)
            if mark and "tries" in mark:
                break
        assert mark is not None
        assert mark["tries"]
        assert repaired(cafe, member_id, dry_run=False)["repaired"] is True
        (again,) = service.table.get(key)
        assert again is not None
        assert "tries" not in again
        assert again["GSI1PK"] < mark["GSI1PK"]
        service.run_job("tiers")
        (kept,) = service.table.get(key)
        assert kept is None or kept["GSI1PK"] > mark["GSI1PK"]

    def test_a_publish_a_preview_and_the_lists_pass_it(
        self, poisoned: tuple[Merchant, list[str]]
    ) -> None:
        cafe, ids = poisoned
        document = cafe.call("GET", "/v1/program", test=True).json["program"]
        preview = cafe.call("POST", "/v1/program/preview", document, test=True)
        assert (preview.status, preview.json["members"]) == (200, 2)
        reply = cafe.call("PUT", "/v1/program", document, test=True, headers={"if-match": "*"})
        assert reply.status == 200
        version = reply.json["version"]
        assert recompute.recompute(cafe.service.table, cafe.sandbox_id, version) == 3
        listed = cafe.call("GET", "/v1/members", test=True).json["items"]
        assert {it["member_id"] for it in listed} == {ids[0], ids[2]}
        (item,) = self.attention(cafe)
        assert (item["kind"], item["why"]) == ("damaged_card", "STATE cannot be read.")

    def test_digest_leaderboard_and_draw_pass_it(
        self, poisoned: tuple[Merchant, list[str]]
    ) -> None:
        cafe, ids = poisoned
        document = cafe.call("GET", "/v1/program", test=True).json["program"]
        document |= {
            "leaderboards": [{"id": "top", "name": "Top", "metric": "visits", "window": "month"}],
            "raffles": [{"id": "r", "name": "R", "from": "2026-11-18", "until": "2026-11-20",
                         "reward": document["rewards"][0]["id"], "winners": 1}],
        }  # fmt: skip
        reply = cafe.call("PUT", "/v1/program", document, test=True, headers={"if-match": "*"})
        assert reply.status == 200, reply.text
        for member_id in (ids[0], ids[2]):
            cafe.earn(member_id, test=True)
        (entry,) = cafe.service.table.get(keys.entry(cafe.sandbox_id, ids[0], 1))
        assert entry is not None
        cafe.service.table.put({**entry, "e": "no entry"})
        pk, sk = keys.due_mark(cafe.sandbox_id, keys.MERCHANT_LEVEL, "digest")
        digest_due = {"GSI1PK": keys.sandbox_due(cafe.sandbox_id), "hour": "2026-11-23T07"}
        cafe.service.table.put(
            {"PK": pk, "SK": sk, **digest_due, "GSI1SK": "2026-11-23T07#-#digest"}
        )
        ran = {it["name"] for it in moved(cafe, now="2026-11-24T00:00:00Z").json["jobs"]}
        assert {"digest", "leaderboards", "draw"} <= ran
        assert cafe.call("GET", "/v1/raffles/r", test=True).json["drawn"]
        top = cafe.call("GET", "/v1/leaderboards/top", test=True).json["running"]
        assert top["members"] == 2
        about = {it["about"]["member_id"] for it in self.attention(cafe)}
        assert about == {ids[0], ids[1]}
