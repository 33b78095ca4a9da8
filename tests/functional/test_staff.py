"""The counter screen: signing in, finding, undoing, and who may not."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.test_earning import balance
from tests.service import Merchant, Reply, Service, cookies_of

STAFF = {"x-regulars": "staff"}


def find(cafe: Merchant, **query: str) -> Reply:
    return cafe.service.request(
        "GET", "/staff/api/member", query=query, cookies=cafe.staff_cookies(), acting_as=cafe.id
    )


def stamp(cafe: Merchant, member_id: str, key: str = "stamp", **body: Any) -> Reply:
    return cafe.service.request(
        "POST", "/v1/earn", body={"member_id": member_id, **body}, cookies=cafe.staff_cookies(),
        headers={**STAFF, "idempotency-key": key}, acting_as=cafe.id,
    )  # fmt: skip


def undo(cafe: Merchant, member_id: Any, seq: Any, key: str = "undo") -> Reply:
    return cafe.service.request(
        "POST", "/staff/api/undo", body={"member_id": member_id, "seq": seq},
        cookies=cafe.staff_cookies(), headers={**STAFF, "idempotency-key": key}, acting_as=cafe.id,
    )  # fmt: skip


class TestSigningIn:
    def test_the_first_link_makes_a_device_that_is_signed_in_for_a_working_day(
        self, cafe: Merchant
    ) -> None:
        path = cafe.created["staff_url"].removeprefix("https://cards.example")
        reply = cafe.service.request("POST", path)
        assert (reply.status, reply.headers["location"]) == (303, "/staff/counter")
        kinds = {"__Host-regulars_device": 400 * 24 * 3600, "__Host-regulars_staff": 43200}
        for line, (name, max_age) in zip(reply.cookies, kinds.items(), strict=True):
            assert line.startswith(f"{name}=")
            assert set(line.split("; ")[1:]) == {
                f"Max-Age={max_age}", "Path=/", "HttpOnly", "SameSite=Strict", "Secure",
            }  # fmt: skip
        cookies = cookies_of(reply.cookies)
        shown = cafe.service.request("GET", "/staff/counter", cookies=cookies)
        assert shown.status == 200
        assert "camera=(self)" in shown.headers["permissions-policy"]

    @pytest.mark.parametrize("token", ["x", "a" * 26, "x" * 400, "é", "%00"])
    def test_no_other_link_does(self, service: Service, token: str) -> None:
        reply = service.request("GET", f"/staff/{token}")
        assert (reply.status, reply.cookies) == (404, [])

    def test_a_cards_link_is_not_a_device(self, cafe: Merchant) -> None:
        token = cafe.join()["card_url"].rpartition("/")[2]
        assert cafe.service.request("GET", f"/staff/{token}").status == 404

    def test_without_a_session_there_is_a_page_that_says_so(self, service: Service) -> None:
        reply = service.request("GET", "/staff/counter")
        assert (reply.status, reply.headers["content-type"]) == (401, "text/html; charset=utf-8")


class TestSessions:
    def test_end_after_twelve_hours(self, service: Service, frozen: Any) -> None:
        cafe = service.new_merchant()
        member_id = cafe.join()["member_id"]
        cookies = cafe.staff_cookies()
        for more, status in ((timedelta(hours=12, seconds=-1), 200), (timedelta(seconds=1), 401)):
            frozen.now += more
            reply = service.request(
                "GET", "/staff/api/member", query={"id": member_id}, cookies=cookies
            )
            assert reply.status == status

    @pytest.mark.parametrize("change", ["", "x", "{}", "a.b.c", "a.b.c.d", "a.b.c.d.e", "é.é.é.é"])
    def test_cannot_be_made_up(self, cafe: Merchant, change: str) -> None:
        cookies = {"__Host-regulars_staff": change}
        reply = cafe.service.request("GET", "/staff/api/member", cookies=cookies)
        assert reply.status == 401

    def test_cannot_be_changed(self, service: Service, cafe: Merchant) -> None:
        name = "__Host-regulars_staff"
        value = cafe.staff_cookies()[name]
        for place in range(0, len(value), 7):
            flipped = value[:place] + ("a" if value[place] != "a" else "b") + value[place + 1 :]
            reply = service.request("GET", "/staff/api/member", cookies={name: flipped})
            assert reply.status == 401, place

    def test_are_of_one_merchant_only(self, service: Service, cafe: Merchant) -> None:
        stranger = service.new_merchant().join()["member_id"]
        assert find(cafe, id=stranger).status == 404
        assert stamp(cafe, stranger).status == 404
        assert undo(cafe, stranger, 1).status == 404

    @pytest.mark.parametrize(
        ("path", "body"),
        [("/v1/earn", {"member_id": "c"}), ("/v1/vouchers/ABC/redeem", {}),
         ("/staff/api/undo", {"member_id": "c", "seq": 1})],
    )  # fmt: skip
    def test_do_not_act_for_other_sites(
        self, cafe: Merchant, path: str, body: dict[str, Any]
    ) -> None:
        """A form on another site can send the cookie, but no header of its own."""
        for headers in ({}, {"x-regulars": "other"}):
            reply = cafe.service.request(
                "POST", path, body=body, cookies=cafe.staff_cookies(),
                headers={**headers, "idempotency-key": "k"},
            )  # fmt: skip
            assert (reply.status, reply.code) == (403, "forbidden")

    def test_do_not_open_the_owners_api(self, cafe: Merchant) -> None:
        member_id = cafe.join()["member_id"]
        for path in (
            "/v1/program", "/v1/hooks", "/v1/keys", "/v1/audit", "/v1/merchant",
            f"/v1/members/{member_id}/export",
        ):  # fmt: skip
            reply = cafe.service.request("GET", path, cookies=cafe.staff_cookies(), headers=STAFF)
            assert (reply.status, reply.code) == (403, "forbidden"), path


class TestFinding:
    def test_by_id_name_contact_and_codes(self, cafe: Merchant) -> None:
        card = cafe.join(name="Anna Kovács", email="anna@example.com")
        (voucher,) = cafe.earn(card["member_id"], visits=9)["unlocked"]
        path = card["card_url"].removeprefix("https://cards.example")
        code = cafe.service.request("GET", f"{path}/code").json["code"]
        asked = {"voucher": voucher["voucher_id"]}
        shown = cafe.service.request("GET", f"{path}/code", query=asked).json["code"]
        for query in ({"id": card["member_id"]}, {"code": code}, {"code": shown}):
            assert find(cafe, **query).json["member"]["member_id"] == card["member_id"]
        found = find(cafe, code=shown).json["voucher"]
        assert (found["code"], found["status"]) == (voucher["code"], "issued")
        assert find(cafe, code=voucher["code"]).code == "not_found", "it may be on a picture"
        cafe.service.list_members(cafe.id)
        for q in ("kov", "ANNA@example.com"):
            (found,) = find(cafe, q=q).json["members"]
            assert (found["member_id"], found["card_url"]) == (card["member_id"], None)

    def test_what_is_not_there(self, cafe: Merchant) -> None:
        assert find(cafe, code="ABCDEFGH").code == "not_found"
        assert find(cafe, code="ABCDEFGHJK").code == "not_found"
        assert find(cafe, id="c" * 300).code == "not_found"
        assert find(cafe, q="nobody").json == {"members": []}

    def test_at_most_eight_are_shown(self, cafe: Merchant) -> None:
        for number in range(10):
            cafe.join(name=f"Anna {number}")
        cafe.service.list_members(cafe.id)
        assert len(find(cafe, q="anna").json["members"]) == 8
        assert find(cafe).json["members"] == []


class TestUndoing:
    def test_takes_a_stamp_back_within_five_minutes(self, service: Service, frozen: Any) -> None:
        cafe = service.new_merchant()
        member_id = cafe.join()["member_id"]
        first, second = (stamp(cafe, member_id, key).json["entry"]["seq"] for key in ("a", "b"))
        frozen.now += timedelta(minutes=5)
        done = undo(cafe, member_id, second)
        again = undo(cafe, member_id, second)
        frozen.now += timedelta(seconds=1)
        late = undo(cafe, member_id, first, "late")
        assert done.status == 200, done.text
        assert balance(done.json["card"]) == 2
        assert (again.text, again.replayed) == (done.text, True)
        assert (late.status, late.code) == (409, "undo_expired")

    def test_a_counter_stamps_now_and_at_no_other_time(self, cafe: Merchant) -> None:
        """Else yesterday's visits would be a way round the limits of today."""
        member_id = cafe.join()["member_id"]
        reply = stamp(cafe, member_id, effective_at="2026-01-31T12:00:00Z")
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, "effective_at")

    def test_takes_back_once(self, cafe: Merchant) -> None:
        member_id = cafe.join()["member_id"]
        seq = stamp(cafe, member_id).json["entry"]["seq"]
        assert undo(cafe, member_id, seq).status == 200
        other = undo(cafe, member_id, seq, "other")
        assert (other.status, other.code) == (409, "already_reversed")

    def test_only_stamps_are_undone(self, cafe: Merchant) -> None:
        member_id = cafe.join()["member_id"]
        assert undo(cafe, member_id, 1).code == "not_found"  # joining
        assert undo(cafe, member_id, 99).code == "not_found"

    @pytest.mark.parametrize(
        ("member_id", "seq"),
        [(None, 1), ("", 1), (7, 1), ("c", None), ("c", 0), ("c", "1"), ("c", 1.0), ("c", True),
         ("c", 10**10), ("c" * 201, 1), ("\x00", 1)],
    )  # fmt: skip
    def test_what_is_wrong_is_refused(self, cafe: Merchant, member_id: Any, seq: Any) -> None:
        reply = undo(cafe, member_id, seq)
        assert (reply.status, reply.code) == (422, "invalid")


class TestToday:
    @pytest.mark.parametrize(
        ("zone", "midnight"),
        [("Europe/Budapest", (22, 23, 0)), ("Asia/Kolkata", (22, 18, 30)), ("UTC", (23, 0, 0)),
         ("America/St_Johns", (22, 3, 30))],
    )  # fmt: skip
    def test_the_stamps_of_the_day_are_those_since_the_merchants_midnight(
        self, service: Service, frozen: Any, zone: str, midnight: tuple[int, int, int]
    ) -> None:
        day, hour, minute = midnight
        midnight_at = frozen.now.replace(day=day, hour=hour, minute=minute)
        frozen.now = midnight_at - timedelta(hours=1)
        cafe = service.new_merchant(timezone=zone)
        member_id = cafe.join()["member_id"]
        for number, minutes in enumerate((-20, -1, 0, 1, 45, 100)):
            frozen.now = midnight_at + timedelta(minutes=minutes)
            assert stamp(cafe, member_id, f"s{number}").status == 200
        page = service.request("GET", "/staff/counter", cookies=cafe.staff_cookies()).text
        assert re.search(r'id="today">4\D', page), page
