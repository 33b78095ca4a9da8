"""A new version of a programme against what members hold, over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.jobs import recompute
from tests.conftest import Clock
from tests.functional.engine import BARE, give_tier, spent, tier, verified
from tests.functional.test_earning import balance, published
from tests.service import Merchant, Reply, Service
from tests.unit.domain.shop import reward, spend_rule, unit

NAME = {"en": {"one": "bean", "other": "beans"}}
BEAN = {"id": "bean", "name": NAME, "kind": "points"}
CAKE = reward("cake", 5, conditions=["Not on Sundays"])


def document(cafe: Merchant) -> dict[str, Any]:
    found: dict[str, Any] = cafe.call("GET", "/v1/program").json["program"]
    return found


def put(cafe: Merchant, changes: dict[str, Any], **query: str) -> Reply:
    """Publish the programme in force with other sections."""
    body = {**document(cafe), **changes}
    return cafe.call("PUT", "/v1/program", body, headers={"if-match": "*"}, query=query)


def recomputed(cafe: Merchant) -> None:
    """What the stream brings after the newest version."""
    version = cafe.call("GET", "/v1/program").json["version"]
    recompute.recompute(cafe.service.table, cafe.id, version)


def losses(cafe: Merchant, changes: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    """What a preview says members would lose; publishing refuses with the very same list."""
    reply = cafe.call("POST", "/v1/program/preview", {**document(cafe), **changes})
    assert reply.status == 200, reply.text
    found = reply.json["losses"]
    refused = put(cafe, changes)
    if found:
        assert (refused.status, refused.code) == (422, "losses")
        assert refused.json["losses"] == found
    else:
        assert refused.status == 200
    return [(it["kind"], it["what"], it["members"], it["amount"]) for it in found]


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    made = service.new_merchant()
    published(made, **BARE | {"rewards": [CAKE]})
    return made


def member(cafe: Merchant, points: int = 12) -> str:
    member_id: str = cafe.join()["member_id"]
    cafe.earn(member_id, spend_minor=points * 100)
    return member_id


class TestVouchers:
    def issued(self, cafe: Merchant) -> tuple[str, dict[str, Any]]:
        member_id = member(cafe)
        reply = cafe.call("POST", "/v1/vouchers", {"member_id": member_id, "reward_id": "cake"})
        voucher: dict[str, Any] = reply.json
        assert (voucher["name"], voucher["conditions"]) == ("cake", ["Not on Sundays"])
        return member_id, voucher

    @pytest.mark.parametrize(
        "rewards",
        [[], [reward("cake", 5, kind="percent", percent=1) | {"name": "Sticker"}]],
        ids=["gone", "changed"],
    )
    def test_keep_their_terms_everywhere(
        self, cafe: Merchant, rewards: list[dict[str, Any]]
    ) -> None:
        member_id, voucher = self.issued(cafe)
        assert losses(cafe, {"rewards": rewards}) == [("voucher", "cake", 1, 1)]
        assert put(cafe, {"rewards": rewards}, confirm_losses="true").status == 200
        recomputed(cafe)
        (held,) = cafe.card(member_id)["vouchers"]
        same = ("name", "kind", "percent", "value_minor", "conditions", "expires_at")
        assert {name: held[name] for name in same} == {name: voucher[name] for name in same}
        page = self.page(cafe, member_id)
        assert "Not on Sundays" in page
        assert "Waiting for you: Sticker" not in page
        found = cafe.service.request(
            "GET", "/staff/api/member", query={"id": member_id},
            cookies=cafe.staff_cookies(), headers={"x-regulars": "staff"},
        ).json  # fmt: skip
        assert found["member"]["vouchers"][0]["says"] == {"en": "cake", "hu": "cake"}
        done = cafe.call("POST", f"/v1/vouchers/{voucher['code']}/redeem", {}).json
        assert {name: done[name] for name in same} == {name: voucher[name] for name in same}
        history = self.page(cafe, member_id)
        assert "Redeemed: cake" in history

    def page(self, cafe: Merchant, member_id: str) -> str:
        return cafe.service.card_page(cafe.card(member_id)["card_url"]).text

    def test_a_changed_cost_is_no_loss(self, cafe: Merchant) -> None:
        self.issued(cafe)
        assert losses(cafe, {"rewards": [CAKE | {"cost": {"unit": "point", "amount": 9}}]}) == []

    def test_the_message_names_what_was_issued(self, cafe: Merchant) -> None:
        published(cafe, rewards=[reward("cake", 5, auto=True)])
        member_id = cafe.join(
            name="Ann", email="ann@example.com", consents={"email": True}
        )["member_id"]  # fmt: skip
        cafe.earn(member_id, spend_minor=500)
        assert put(cafe, {"rewards": []}, confirm_losses="true").status == 200
        cafe.service.deliver_entries(cafe.id, member_id)
        cafe.service.deliver("messages", "notify")
        sent = "".join(str(mail) for mail in cafe.service.aws_services.mails())
        assert "cake" in sent


class TestUnits:
    def test_one_that_is_held_cannot_vanish_even_when_confirmed(self, cafe: Merchant) -> None:
        one, two = member(cafe, 12), member(cafe, 3)
        cafe.call("POST", "/v1/vouchers", {"member_id": one, "reward_id": "cake"})
        bare: dict[str, Any] = {"units": [], "earn": [], "rewards": []}
        for query in ({}, {"confirm_losses": "true"}):
            reply = put(cafe, bare, **query)
            assert (reply.status, reply.code) == (422, "invalid")
            (error,) = reply.json["errors"]
            assert error["path"] == "units"
            assert "2 members" in error["message"]
            assert "15" in error["message"], "12 and 3, five of them locked in a voucher"
        assert cafe.card(two)["balances"]["point"]["available"] == 3

    @pytest.mark.parametrize("how", ["owed", "pending", "locked"])
    def test_nor_one_that_is_only(self, cafe: Merchant, how: str) -> None:
        if how == "pending":
            published(cafe, units=[unit(hold_days=30)])
        member_id = member(cafe, 5)
        if how == "owed":
            body = {"member_id": member_id, "unit": "point", "amount": -9, "reason": "r",
                    "allow_debt": True}  # fmt: skip
            assert cafe.call("POST", "/v1/adjust", body).status == 200
        if how == "locked":
            cafe.call("POST", "/v1/vouchers", {"member_id": member_id, "reward_id": "cake"})
        reply = put(cafe, {"units": [], "earn": [], "rewards": []}, confirm_losses="true")
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, "units")
        assert f"of {4 if how == 'owed' else 5}" not in reply.text
        assert f"locked {4 if how == 'owed' else 5} of it" in reply.text

    def test_renamed_and_back_nothing_is_lost_and_nothing_asked(self, cafe: Merchant) -> None:
        """One member comes in between, the other sleeps through both."""
        awake, asleep = member(cafe, 12), member(cafe, 7)
        beans = {"units": [BEAN | {"replaces": {"unit": "point", "rate": "1"}}],
                 "earn": [spend_rule() | {"unit": "bean"}],
                 "rewards": [reward("cake", 5, "bean")]}  # fmt: skip
        assert losses(cafe, beans) == []
        assert balance(cafe.card(awake), "bean") == 12, "shown mapped before any job has run"
        assert list(cafe.card(asleep)["balances"]) == ["bean"]
        assert balance(cafe.earn(awake, spend_minor=100)["card"], "bean") == 13
        back = {"units": [unit(replaces={"unit": "bean", "rate": "1"})],
                "earn": [spend_rule()], "rewards": [CAKE]}  # fmt: skip
        assert losses(cafe, back) == []
        assert [balance(cafe.card(one), "point") for one in (awake, asleep)] == [13, 7]
        recomputed(cafe)
        assert [balance(cafe.card(one), "point") for one in (awake, asleep)] == [13, 7]
        assert [list(cafe.card(one)["balances"]) for one in (awake, asleep)] == [["point"]] * 2
        assert verified(cafe, awake, asleep)
        newest = cafe.call("GET", f"/v1/members/{asleep}/entries").json["items"][0]
        assert [(line["unit"], line["amount"]) for line in newest["lines"]] == [
            ("point", -7), ("bean", 7), ("bean", -7), ("point", 7),
        ]  # fmt: skip

    @pytest.mark.parametrize("comes", ["awake", "asleep"])
    def test_a_sale_from_before_moves_in_the_unit_that_counts_now(
        self, cafe: Merchant, comes: str
    ) -> None:
        """Its refund on the other card takes that unit, too; a lost remainder stays lost."""
        wrong, right = cafe.join()["member_id"], cafe.join()["member_id"]
        sold = cafe.earn(wrong, spend_minor=1250, order_id="o-1")["entry"]
        half = BEAN | {"replaces": {"unit": "point", "rate": "0.5"}}
        earn = [spend_rule() | {"unit": "bean", "id": "other"}]
        beans = {"units": [half], "earn": earn, "rewards": []}
        assert put(cafe, beans, confirm_losses="true").status == 200
        if comes == "awake":
            recomputed(cafe)
            cafe.earn(right, spend_minor=200)
        before = balance(cafe.card(right), "bean")
        body = {"to": right, "reason": "the wrong card"}
        entry_id = f"{wrong}.{sold['seq']}"
        moved = cafe.call("POST", f"/v1/entries/{entry_id}/move", body)
        assert moved.status == 200, moved.text
        assert balance(cafe.card(wrong), "bean") == 0
        assert balance(cafe.card(right), "bean") == before + 6
        refund = {"order_id": "o-1", "refund_id": "r-1"}
        assert cafe.call("POST", "/v1/refunds", refund).status == 200
        assert cafe.card(right)["balances"]["bean"] == {
            "available": before, "pending": 0, "debt": 0,
        }  # fmt: skip
        assert verified(cafe, wrong, right)
        assert list(cafe.card(right)["balances"]) == ["bean"]

    def test_another_rate_is_asked_for(self, cafe: Merchant) -> None:
        member(cafe, 12)
        half = BEAN | {"replaces": {"unit": "point", "rate": "0.5"}}
        changes = {"units": [half], "earn": [], "rewards": []}
        assert losses(cafe, changes) == [("balance_mapped", "point", 1, 12)]

    def test_one_that_ends_is_asked_for_and_shown_as_expiring(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        member_id = member(cafe, 12)
        published(cafe, units=[unit(value={"units": 10, "amount_minor": 25})])
        last = (frozen.now + timedelta(days=40)).date().isoformat()
        ending = {"units": [unit(ends_on=last)]}
        reply = cafe.call("POST", "/v1/program/preview", {**document(cafe), **ending})
        assert reply.json["losses"] == [
            {"kind": "balance_ended", "what": "point", "members": 1, "amount": 12,
             "value_minor": 30}
        ]  # fmt: skip
        assert losses(cafe, ending) == [("balance_ended", "point", 1, 12)]
        assert put(cafe, ending, confirm_losses="true").status == 200
        assert cafe.card(member_id)["expiring"] == [{"unit": "point", "amount": 12, "on": last}]
        frozen.now += timedelta(days=41)
        assert balance(cafe.card(member_id), "point") == 0
        gone = put(cafe, {"units": [], "earn": [], "rewards": []})
        assert gone.status == 200, "what has ended is held by nobody"
        assert (
            cafe.card(member_id)["balances"] == {"point": {"available": 0, "pending": 0, "debt": 0}}
            or not cafe.card(member_id)["balances"]
        )
        assert verified(cafe, member_id)

    def test_a_unit_is_replaced_once_and_not_by_one_that_is_there(self, cafe: Merchant) -> None:
        stands_for = {"unit": "point", "rate": "1"}
        for units, path in (
            ([unit(), BEAN | {"replaces": stands_for}], "units.1.replaces.unit"),
            ([BEAN | {"replaces": stands_for},
              BEAN | {"id": "nut", "replaces": stands_for}], "units.1.replaces.unit"),
            ([BEAN | {"replaces": stands_for | {"rate": "0"}}], "units.0.replaces.rate"),
            ([BEAN | {"replaces": stands_for | {"rate": "1e3"}}], "units.0.replaces.rate"),
        ):  # fmt: skip
            reply = put(cafe, {"units": units, "earn": [], "rewards": []})
            assert (reply.status, reply.json["errors"][0]["path"]) == (422, path)


GOLD: dict[str, dict[str, Any]] = {
    "membership": tier("gold", [{"metric": "membership", "period": "year"}]),
    "invitation": tier("gold", [{"metric": "invitation"}]),
    "hand": tier("gold", [{"metric": "membership", "period": "year"}]),
    "purchase": tier("gold", [{"metric": "purchase", "categories": ["pass"], "window": "year"}]),
    "spend": tier("gold", spent(500)),
}


class TestRights:
    @pytest.mark.parametrize("way", GOLD)
    def test_sleep_while_the_tier_is_away(self, cafe: Merchant, way: str) -> None:
        """What was paid, bought, given or invited is asked for; what was earned is not."""
        published(cafe, tiers=[GOLD[way]])
        member_id = cafe.join()["member_id"]
        if way in {"purchase", "spend"}:
            items = [{"category": "pass", "quantity": 1, "amount_minor": 500}]
            cafe.earn(member_id, items=items)
        else:
            until: dict[str, Any] = {} if way == "membership" else {"until": "2027-12-31"}
            give_tier(cafe, member_id, tier="gold", by=way, **until)
        before = cafe.card(member_id)["tier"]
        assert before["id"] == "gold"
        expected = [] if way == "spend" else [("right", "gold", 1, 1)]
        assert losses(cafe, {"tiers": []}) == expected
        if expected:
            assert put(cafe, {"tiers": []}, confirm_losses="true").status == 200
        recomputed(cafe)
        assert cafe.card(member_id)["tier"] is None
        assert put(cafe, {"tiers": [GOLD[way]]}).status == 200
        assert cafe.card(member_id)["tier"]["id"] == "gold", "before any job has run"
        recomputed(cafe)
        assert cafe.card(member_id)["tier"]["until"] == before["until"]
        assert verified(cafe, member_id)


class TestRemainders:
    def test_above_nothing_are_asked_for(self, cafe: Merchant) -> None:
        member_id = cafe.join()["member_id"]
        cafe.earn(member_id, spend_minor=1250)
        member(cafe, 3)
        without = {"earn": [spend_rule() | {"id": "other"}]}
        assert losses(cafe, without) == [("remainder", "spend", 1, 50)]


class TestWhatIsFixed:
    @pytest.mark.parametrize(
        ("change", "path"),
        [({"currency": "HUF"}, "currency"), ({"units": [unit(kind="stamps")]}, "units.0.kind")],
    )
    def test_once_an_entry_exists(self, cafe: Merchant, change: dict[str, Any], path: str) -> None:
        free = put(cafe, change)
        assert free.status == 200, "nobody has joined yet"
        back = {"currency": "EUR", "units": [unit()]}
        assert put(cafe, back).status == 200
        cafe.join()
        for method, where in (("PUT", "/v1/program"), ("POST", "/v1/program/preview")):
            reply = cafe.call(
                method, where, {**document(cafe), **change}, headers={"if-match": "*"}
            )
            assert (reply.status, reply.json["errors"][0]["path"]) == (422, path)
        if path == "currency":
            assert "new merchant" in reply.text

    @pytest.mark.parametrize("day", ["9999-12-31", "3000-01-01", "1999-12-31", "2027-02-29"])
    @pytest.mark.parametrize(
        ("path", "section"),
        [("units.0.ends_on", lambda day: {"units": [unit(ends_on=day)]}),
         ("campaigns.0.until", lambda day: {"campaigns": [
             {"id": "c", "from": "2026-01-01", "until": day, "multiplier": "2"}]}),
         ("milestones.0.until", lambda day: {"milestones": [
             {"id": "m", "name": "M", "metric": "visits", "at": 1, "badge": True, "until": day}]}),
         ("raffles.0.until", lambda day: {"raffles": [
             {"id": "r", "name": "R", "from": "2026-01-01", "until": day, "reward": "cake"}]}),
         ("raffles.0.from", lambda day: {"raffles": [
             {"id": "r", "name": "R", "from": day, "until": "2999-01-01", "reward": "cake"}]})],
    )  # fmt: skip
    def test_a_day_that_cannot_be_computed_with_is_refused_by_path(
        self, cafe: Merchant, day: str, path: str, section: Callable[[str], dict[str, Any]]
    ) -> None:
        for method, where in (("PUT", "/v1/program"), ("POST", "/v1/program/preview")):
            body = {**document(cafe), **section(day)}
            reply = cafe.call(method, where, body, headers={"if-match": "*"})
            assert (reply.status, reply.json["errors"][0]["path"]) == (422, path)

    def test_the_last_day_that_can_is_published_and_lived_with(self, cafe: Merchant) -> None:
        last = "2999-12-31"
        raffle = {"id": "r", "name": "R", "from": "2026-01-01", "until": last, "reward": "cake"}
        campaign = {"id": "c", "from": "2026-01-01", "until": last, "multiplier": "2"}
        changes = {"raffles": [raffle], "campaigns": [campaign], "units": [unit(ends_on=last)]}
        assert put(cafe, changes).status == 200
        member_id = member(cafe, 2)
        assert cafe.service.card_page(cafe.card(member_id)["card_url"]).status == 200
        assert cafe.call("GET", "/v1/raffles/r").status == 200


class TestTheTimeZone:
    @pytest.mark.parametrize(
        ("zone", "holds_from"),
        [("America/New_York", "2026-03-11T04:00:00Z"), ("Asia/Tokyo", "2026-03-10T23:00:00Z")],
    )
    def test_changes_from_the_next_day_on_and_says_so(
        self, cafe: Merchant, frozen: Clock, zone: str, holds_from: str
    ) -> None:
        """In Budapest it is 23:30 on 10 March. The day after begins when it has in both zones."""
        frozen.now = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)
        member_id = member(cafe, 1)
        reply = put(cafe, {"timezone": zone})
        assert reply.json["timezone_from"] == holds_from
        begins = datetime.fromisoformat(holds_from)
        for moment, held in ((begins - timedelta(minutes=1), "Europe/Budapest"), (begins, zone)):
            frozen.now = moment
            assert self.zone_of(cafe) == held
        assert document(cafe)["timezone"] == zone
        assert cafe.earn(member_id, spend_minor=100)["card"]["balances"]["point"]["available"] == 2
        assert verified(cafe, member_id)

    def test_one_that_stays_is_not_spoken_of(self, cafe: Merchant, frozen: Clock) -> None:
        put(cafe, {"timezone": "Asia/Tokyo"})
        assert "timezone_from" in put(cafe, {"name": "Again"}).json, "not yet"
        frozen.now += timedelta(days=2)
        assert "timezone_from" not in put(cafe, {"name": "Later"}).json

    def zone_of(self, cafe: Merchant) -> str:
        from regulars.program.shop import load_shop

        return load_shop(cafe.service.table, cafe.id).program.timezone
