"""The top share of members by yearly spend is invited, once a quarter."""

from __future__ import annotations

from datetime import UTC, datetime

from regulars.jobs.invitations import invite
from regulars.program.shop import load_shop
from tests.service import Merchant, Service


def salon(service: Service, members: int) -> tuple[Merchant, list[str]]:
    """A salon whose sandbox has members that spent 10.00, 20.00, 30.00 and so on; one nothing."""
    shop = service.new_merchant("vip-collective")
    ids = [shop.join(test=True, name=f"Guest {n}")["member_id"] for n in range(members)]
    for number, member_id in enumerate(ids):
        if number:
            shop.earn(member_id, test=True, spend_minor=number * 1000)
    return shop, ids


def new_year(shop: Merchant) -> None:
    reply = shop.call("POST", "/v1/test/clock", {"now": "2027-01-01T12:00:00Z"}, test=True)
    assert reply.status == 200, reply.text
    assert any(job["name"] == "invite" for job in reply.json["jobs"])


def tiers(shop: Merchant, ids: list[str]) -> list[str | None]:
    return [shop.card(member_id, test=True)["tier"]["id"] for member_id in ids]


def test_the_top_twentieth_by_yearly_spend_is_invited_until_the_end_of_next_year(
    service: Service,
) -> None:
    """Two of forty: those who spent 390.00 and 380.00; each has a guest pass for the quarter."""
    shop, ids = salon(service, 40)

    new_year(shop)

    assert [n for n, tier in enumerate(tiers(shop, ids)) if tier == "glow-getter"] == [38, 39]
    best = shop.card(ids[39], test=True)
    assert best["tier"]["until"] == "2027-12-31"
    passes = [it for it in best["vouchers"] if it["reward_id"] == "guest-pass"]
    assert [it["expires_at"] for it in passes] == ["2027-03-31T22:00:00Z"]
    (entry,) = shop.call(
        "GET", f"/v1/members/{ids[39]}/entries", test=True, query={"limit": "1"}
    ).json["items"]
    assert (entry["kind"], entry["tier_to"]) == ("tier", "glow-getter")


def test_there_is_one_at_least_and_nobody_who_spent_nothing(service: Service) -> None:
    """A twentieth of two is rounded up to one; who spent nothing is never the best."""
    shop, ids = salon(service, 2)
    inactive_after, guests = salon(service, 1)

    new_year(shop)
    new_year(inactive_after)

    assert tiers(shop, ids)[1] == "glow-getter"
    assert inactive_after.card(guests[0], test=True)["tier"]["id"] != "glow-getter"


def test_inviting_twice_changes_nothing(service: Service) -> None:
    """The job may run again, or beside itself: the right is there already."""
    shop, ids = salon(service, 2)
    new_year(shop)
    entries = shop.card(ids[1], test=True)["seq"]
    at = datetime(2027, 1, 1, 13, tzinfo=UTC)

    invite(load_shop(service.table, shop.sandbox_id, at), "-")

    assert shop.card(ids[1], test=True)["tier"]["id"] == "glow-getter"
    assert shop.card(ids[1], test=True)["seq"] == entries
