"""Nobody reaches anything of another merchant, whatever id they know, and cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from regulars.api.routes import API
from tests.service import Merchant, Reply, Service

NOBODY = "rk_live_aaaaaaaaaaaaaaa_" + "0" * 32


@dataclass(frozen=True)
class Things:
    """What one merchant has: ids of every kind."""

    member: str
    voucher: str
    staff: str
    device: str


def things(merchant: Merchant, *, test: bool = False) -> Things:
    member_id = merchant.join(test=test, email="anna@example.com")["member_id"]
    answer = merchant.earn(member_id, visits=9, order_id="o", spend_minor=900, test=test)
    staff = merchant.person(test=test)["staff_id"]
    link = merchant.call("POST", f"/v1/staff/{staff}/devices", {"name": "Tablet"}, test=test)
    merchant.enroll(link.json["enrol_url"])
    (device,) = merchant.call("GET", "/v1/devices", test=test).json["items"]
    return Things(member_id, answer["unlocked"][0]["code"], staff, device["device_id"])


def naming(member: str, code: str, staff: str, device: str) -> list[tuple[str, str, Any]]:
    """Every call that names something of a merchant, in the path or in the body."""
    return [
        ("GET", f"/v1/members/{member}", None),
        ("GET", f"/v1/members/{member}/entries", None),
        ("GET", f"/v1/members/{member}/profile", None),
        ("GET", f"/v1/members/{member}/export", None),
        ("DELETE", f"/v1/members/{member}", None),
        ("POST", f"/v1/members/{member}/confirm", {"contact": "anna@example.com"}),
        ("POST", f"/v1/members/{member}/link", None),
        ("GET", f"/v1/members/{member}/verify", None),
        ("POST", f"/v1/members/{member}/repair", {}),
        ("GET", f"/v1/members/{member}/proof", None),
        ("POST", f"/v1/attention/{member}", {"do": "dismiss"}),
        ("POST", f"/v1/fraud/{member}", {"do": "dismiss"}),
        ("GET", f"/v1/members/{member}/rewards", None),
        ("PATCH", f"/v1/members/{member}", {"name": "Mine"}),
        ("POST", f"/v1/members/{member}/tier", {"tier": "friend"}),
        ("POST", "/v1/earn", {"member_id": member}),
        ("POST", "/v1/adjust", {"member_id": member, "unit": "stamp", "amount": 9, "reason": "r"}),
        ("POST", "/v1/actions", {"member_id": member, "action": "review"}),
        ("POST", "/v1/gifts", {"member_id": member, "surprise": "warm"}),
        ("POST", "/v1/vouchers", {"member_id": member, "reward_id": "free-coffee"}),
        ("POST", f"/v1/vouchers/{code}/redeem", {}),
        ("POST", f"/v1/vouchers/{code}/cancel", {}),
        ("POST", f"/v1/vouchers/{code}/reverse", {}),
        ("POST", f"/v1/members/{member}/give", {"to": "c", "unit": "stamp", "amount": 1}),
        ("POST", f"/v1/members/{member}/merge", {"from": "c"}),
        ("DELETE", f"/v1/members/{member}/merges/{member}", None),
        ("POST", f"/v1/entries/{member}/move", {"to": "c", "reason": "r"}),
        ("POST", f"/v1/entries/{member}/confirm", None),
        ("POST", f"/v1/refunds/{member}/void", None),
        ("POST", f"/v1/keys/{member}/roll", {}),
        ("DELETE", f"/v1/keys/{member}", None),
        ("PATCH", f"/v1/staff/{staff}", {"name": "Mine"}),
        ("DELETE", f"/v1/staff/{staff}", None),
        ("POST", f"/v1/staff/{staff}/devices", {"name": "Mine"}),
        ("DELETE", f"/v1/devices/{device}", None),
        ("PATCH", f"/v1/sources/{member}", {"name": "Mine"}),
        ("POST", f"/v1/actions/{member}", {"decide": "refuse"}),
    ]


def test_every_route_with_an_id_is_tried_here() -> None:
    tried = {
        path.replace("merges/{m}", "merges/{merge_id}")
        .replace("{m}", "{id}")
        .replace("{c}", "{code}")
        for _, path, _ in naming("{m}", "{c}", "{m}", "{m}")
    }
    elsewhere = {
        "/v1/merchants/{id}",
        "/v1/merchants/{id}/owner",
        "/v1/templates/{id}",
        "/v1/raffles/{id}",
        "/v1/program/versions/{n}",
        "/v1/leaderboards/{id}",
        "/v1/hooks/{provider}",
        "/v1/test/hooks/{provider}",
        "/v1/imports/{id}",
        "/v1/imports/{id}/start",
        "/v1/imports/{id}/undo",
        "/v1/sources/{id}",
    }
    assert {route.path for route in API if "{" in route.path} - elsewhere <= tried


def test_foreign_and_unknown_ids_are_answered_alike_to_the_byte(service: Service) -> None:
    mine, theirs = service.new_merchant(), service.new_merchant()
    own, foreign = things(mine), things(theirs)
    twin = things(mine, test=True)
    unknown = Things("c" + "0" * 14, "0" * 10, "0" * 8, "d" + "0" * 11)
    before = theirs.card(foreign.member)
    others = [unknown, foreign, twin, Things(*[theirs.id] * 4),
              Things(f"{own.member}#STATE", "CODE#", "STAFF#", "DEVICE#"), Things(*[".."] * 4),
              Things("%2e%2e", "%2e%2e", "%2e%2e", "%2e%2e"), Things(*["x" * 200] * 4)]  # fmt: skip
    for calls in zip(*(naming(*vars(it).values()) for it in others), strict=True):
        replies = [mine.call(*call) for call in calls]
        assert [reply.status for reply in replies] == [404] * len(others), calls[0]
        assert {reply.text for reply in replies} == {replies[0].text}
        assert all(reply.headers == replies[0].headers for reply in replies)
    longer = [mine.call(*call) for call in naming(*["x" * 5000] * 4)]
    assert {reply.status for reply in longer} == {404, 422}
    assert theirs.card(foreign.member) == before
    assert mine.card(own.member)["seq"] == 2


def test_an_order_or_contact_of_another_is_not_there(service: Service) -> None:
    mine, theirs = service.new_merchant(), service.new_merchant()
    things(theirs)
    parked = mine.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "r"})
    by_contact = mine.call("POST", "/v1/earn", {"contact": "anna@example.com"})
    found = mine.call("GET", "/v1/members", query={"q": "anna@example.com"})
    assert (parked.status, by_contact.status, found.json["items"]) == (202, 404, [])


def test_live_and_test_keys_see_two_worlds(service: Service) -> None:
    cafe = service.new_merchant()
    live, test = things(cafe), things(cafe, test=True)
    assert cafe.call("GET", f"/v1/members/{test.member}").status == 404
    assert cafe.call("GET", f"/v1/members/{live.member}", test=True).status == 404
    document = cafe.call("GET", "/v1/program", test=True).json["program"]
    changed = {**document, "name": "Tried out"}
    cafe.call("PUT", "/v1/program", changed, test=True, headers={"if-match": "1"})
    assert cafe.call("GET", "/v1/program").json["program"]["name"] == document["name"]


class TestKeys:
    def credentials(self, service: Service, cafe: Merchant) -> dict[str, str]:
        """Everything that is not a merchant's good key."""
        live, test = cafe.created["api_key"], cafe.created["test_api_key"]
        other = service.new_merchant().created["api_key"]
        return {
            "none": "", "empty": "Bearer ", "basic": f"Basic {live}", "nobody": f"Bearer {NOBODY}",
            "platform": f"Bearer {service.platform_key}", "cut": f"Bearer {live[:-1]}",
            "longer": f"Bearer {live}x", "two": f"Bearer {live}, Bearer {live}",
            "swapped": f"Bearer {live.replace('rk_live_', 'rk_test_')}",
            "swapped too": f"Bearer {test.replace('rk_test_', 'rk_live_')}",
            "id of mine, secret of another": f"Bearer {live[:24]}{other[24:]}",
            "hostile": "Bearer rk_live_ab#C#cdefghijkl_" + "0" * 32,
            "not ASCII": "Bearer rk_live_ääääääääääääääää_ä",
            "long": "Bearer rk_live_" + "a" * 9000,
        }  # fmt: skip

    def test_no_other_credential_opens_anything(self, service: Service) -> None:
        cafe = service.new_merchant()
        wrong = self.credentials(service, cafe)
        member = cafe.join()["member_id"]
        routes = [("GET", "/v1/program", None), ("GET", "/v1/hooks", None),
                  ("GET", "/v1/test/clock", None), ("GET", "/v1/members", None),
                  ("PUT", "/v1/program", {}), *naming(member, "ABCDEFGHJK", "s", "d")]  # fmt: skip
        for name, value in wrong.items():
            answers: set[str] = set()
            for method, path, body in routes:
                headers = {"idempotency-key": "k", "if-match": "1", "authorization": value}
                reply = service.request(method, path, body=body, headers=headers)
                assert (reply.status, reply.code) == (401, "unauthorized"), (name, path)
                assert reply.headers["www-authenticate"] == "Bearer"
                answers.add(reply.text)
            assert len(answers) == 1, name
        assert cafe.card(member)["seq"] == 1

    def test_a_merchants_key_creates_no_merchants(self, service: Service) -> None:
        cafe = service.new_merchant()
        for key in ("api_key", "test_api_key"):
            headers = {"authorization": f"Bearer {cafe.created[key]}"}
            reply = service.request("POST", "/v1/merchants", body={}, headers=headers)
            assert (reply.status, reply.code) == (401, "unauthorized")

    def test_a_good_key_works_however_the_scheme_is_written(self, service: Service) -> None:
        cafe = service.new_merchant()
        for scheme in ("Bearer", "bearer", "BEARER"):
            headers = {"authorization": f"{scheme} {cafe.created['api_key']}"}
            assert service.request("GET", "/v1/program", headers=headers).status == 200

    def test_only_digests_of_secrets_lie_in_the_table(self, service: Service) -> None:
        service.spy.calls.clear()
        cafe = service.new_merchant()
        card = cafe.join()
        written = repr([params for _, params, _ in service.spy.calls])
        for secret in (cafe.created["api_key"], cafe.created["test_api_key"],
                       cafe.created["staff_url"].rpartition("/")[2],
                       card["card_url"].rpartition("/")[2]):  # fmt: skip
            assert secret not in written


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", "/v1/test/clock", None), ("POST", "/v1/test/clock", {"advance": "P1D"}),
     ("GET", "/v1/test/messages", None), ("POST", "/v1/test/hooks/generic", {})],
)  # fmt: skip
def test_the_sandbox_is_not_there_for_a_live_key(
    service: Service, method: str, path: str, body: Any
) -> None:
    cafe = service.new_merchant()
    reply: Reply = cafe.call(method, path, body)
    assert (reply.status, reply.code) == (404, "not_found")
    assert reply.text == cafe.call("GET", "/v1/members/cnobody").text


def test_the_counter_of_one_shop_cannot_redeem_for_another(service: Service) -> None:
    mine, theirs = service.new_merchant(), service.new_merchant()
    code = things(theirs).voucher
    reply = service.request(
        "POST", f"/v1/vouchers/{code}/redeem", body={}, cookies=mine.staff_cookies(),
        headers={"idempotency-key": "k", "x-regulars": "staff"}, acting_as=mine.id,
    )  # fmt: skip
    assert (reply.status, reply.code) == (404, "not_found")
