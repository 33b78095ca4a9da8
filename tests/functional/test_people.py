"""People, their roles, their devices and sessions: who may sign in where, and when that ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from regulars.actions import attention
from regulars.http import credentials, roles, sessions
from regulars.store import keys
from regulars.store.staff import Person
from tests.conftest import Clock
from tests.service import Merchant, Reply, Service, cookies_of

STAFF = {"x-regulars": "staff"}
TWO = [{"id": "port", "name": "Port"}, {"id": "hill", "name": "Hill"}]


@pytest.fixture
def shops(cafe: Merchant) -> Merchant:
    """A merchant with two places."""
    document = cafe.call("GET", "/v1/program").json["program"] | {"locations": TWO}
    assert cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"}).status == 200
    return cafe


def by(cafe: Merchant, cookies: dict[str, str], method: str, path: str, body: Any = None) -> Reply:
    """A call by whoever is signed in; the process has just begun."""
    credentials.kept.clear()
    headers = {**STAFF, "idempotency-key": f"{method} {path} {body}".replace(" ", "-")[:100]}
    headers["idempotency-key"] = str(abs(hash(headers["idempotency-key"])))
    return cafe.service.request(
        method, path, body=body, cookies=cookies, headers=headers, acting_as=cafe.id
    )


def works(cafe: Merchant, cookies: dict[str, str]) -> bool:
    """Whether somebody is signed in."""
    return by(cafe, cookies, "GET", "/staff/api/member").status == 200


def who(cafe: Merchant, cookies: dict[str, str], staff_id: str, pin: str | None = None) -> Reply:
    body = {"staff_id": staff_id} | ({"pin": pin} if pin is not None else {})
    return by(cafe, cookies, "POST", "/staff/api/who", body)


class TestPeople:
    def test_are_listed_by_name_with_what_they_may_do(self, cafe: Merchant) -> None:
        made = cafe.person(
            name="Anna", role="manager", email="Anna@Example.com", pin="4711",
            limits={"gifts_per_day": 2},
        )  # fmt: skip
        listed = cafe.call("GET", "/v1/staff").json
        assert listed["next"] is None
        assert [one["name"] for one in listed["items"]] == ["Anna", "Corner Café", "Owner"]
        assert listed["items"][0] == made
        assert made == {
            "staff_id": made["staff_id"], "name": "Anna", "role": "manager", "locations": [],
            "limits": {"gifts_per_day": 2}, "email": "anna@example.com", "has_pin": True,
            "active": True, "created_at": made["created_at"],
        }  # fmt: skip
        assert listed["items"][2]["email"] == "owner@example.com"

    def test_change_field_by_field(self, cafe: Merchant) -> None:
        made = cafe.person(pin="4711", email="k@example.com", limits={"undos_per_day": 1})
        path = f"/v1/staff/{made['staff_id']}"
        changed = cafe.call("PATCH", path, {"name": "Kati", "limits": {"gifts_per_day": 3}}).json
        assert changed == made | {
            "name": "Kati", "limits": {"undos_per_day": 1, "gifts_per_day": 3}
        }  # fmt: skip
        bare = cafe.call("PATCH", path, {"pin": None, "email": None, "limits": None}).json
        assert (bare["has_pin"], bare["email"], bare["limits"]) == (False, None, None)

    def test_that_are_taken_off_are_not_there(self, cafe: Merchant) -> None:
        made = cafe.person()
        path = f"/v1/staff/{made['staff_id']}"
        assert cafe.call("DELETE", path).status == 204
        assert made["staff_id"] not in cafe.call("GET", "/v1/staff").text
        for method, more, body in (
            ("PATCH", "", {"name": "X"}), ("DELETE", "", None), ("POST", "/devices", {"name": "X"})
        ):  # fmt: skip
            assert cafe.call(method, path + more, body).status == 404

    @pytest.mark.parametrize(
        ("body", "path"),
        [({}, "name"), ({"name": ""}, "name"), ({"name": "K", "role": "king"}, "role"),
         ({"name": "K", "pin": "12"}, "pin"), ({"name": "K", "pin": "12345"}, "pin"),
         ({"name": "K", "email": "k@"}, "email"), ({"name": "K", "locations": ["x"]}, "locations"),
         ({"name": "K", "limits": {"visits_per_day": -1}}, "limits.visits_per_day"),
         ({"name": "K", "key": 1}, "key")],
    )  # fmt: skip
    def test_what_is_wrong_is_named(self, shops: Merchant, body: Any, path: str) -> None:
        reply = shops.call("POST", "/v1/staff", body)
        assert (reply.status, [one["path"] for one in reply.json["errors"]]) == (422, [path])

    def test_the_last_owner_stays(self, cafe: Merchant) -> None:
        owner = next(p for p in cafe.call("GET", "/v1/staff").json["items"] if p["role"] == "owner")
        path = f"/v1/staff/{owner['staff_id']}"
        for method, body in (
            ("PATCH", {"role": "staff"}), ("PATCH", {"active": False}), ("DELETE", None)
        ):  # fmt: skip
            reply = cafe.call(method, path, body)
            assert (reply.status, reply.json["errors"][0]["path"]) == (422, "role")
        cafe.person(role="owner")
        assert cafe.call("DELETE", path).status == 204

    def test_every_change_is_in_the_log(self, cafe: Merchant) -> None:
        made = cafe.person(pin="4711")
        cafe.call("PATCH", f"/v1/staff/{made['staff_id']}", {"role": "manager"})
        cafe.call("DELETE", f"/v1/staff/{made['staff_id']}")
        log = cafe.call("GET", "/v1/audit", query={"what": "staff"}).json["items"]
        assert [(one["what"], one["target"]) for one in log] == [
            (f"staff.{what}", made["staff_id"]) for what in ("removed", "changed", "created")
        ]
        assert (log[1]["before"]["role"], log[1]["after"]["role"]) == ("staff", "manager")
        assert "pin" not in str(log)


class TestLinks:
    def test_are_used_up_by_the_button_only(self, cafe: Merchant) -> None:
        staff_id = cafe.person(name="Kata")["staff_id"]
        made = cafe.call("POST", f"/v1/staff/{staff_id}/devices", {"name": "Tablet"})
        assert made.status == 201
        assert "<svg" in made.json["svg"]
        path = made.json["enrol_url"].removeprefix("https://cards.example")
        for _ in range(3):
            shown = cafe.service.request("GET", path)
            assert (shown.status, shown.cookies) == (200, [])
        assert "Kata" in shown.text
        assert "Tablet" in shown.text
        cookies = cafe.enroll(made.json["enrol_url"])
        assert works(cafe, cookies)
        for method in ("GET", "POST"):
            again = cafe.service.request(method, path)
            assert (again.status, again.cookies) == (410, [])
            here = cafe.service.request(method, path, cookies=cookies)
            assert (here.status, here.headers["location"]) == (303, "/staff/counter")

    def test_end_after_a_quarter_of_an_hour(self, service: Service, frozen: Clock) -> None:
        cafe = service.new_merchant()
        staff_id = cafe.person()["staff_id"]
        made = cafe.call("POST", f"/v1/staff/{staff_id}/devices", {"name": "Tablet"}).json
        path = made["enrol_url"].removeprefix("https://cards.example")
        frozen.now += timedelta(minutes=15)
        assert service.request("POST", path).status == 410
        assert cafe.call("GET", "/v1/devices").json["items"] == []

    def test_of_somebody_who_left_are_dead(self, cafe: Merchant) -> None:
        staff_id = cafe.person()["staff_id"]
        made = cafe.call("POST", f"/v1/staff/{staff_id}/devices", {"name": "Tablet"}).json
        cafe.call("PATCH", f"/v1/staff/{staff_id}", {"active": False})
        path = made["enrol_url"].removeprefix("https://cards.example")
        assert cafe.service.request("POST", path).status == 404

    def test_of_before_work_one_more_time(self, service: Service, cafe: Merchant) -> None:
        """Links that signed a device in for ever, and what lay in the table for them."""
        pk, sk = keys.staff(cafe.id, "old")
        service.table.put(
            {"PK": pk, "SK": sk, "name": "Pult", "role": "staff", "loc": "", "active": True}
        )
        pk, sk = keys.link("ab" * 32)
        service.table.put({"PK": pk, "SK": sk, "m": cafe.id, "s": "old"})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("regulars.core.tokens.digest", lambda _: "ab" * 32)
            first, second = (service.request("POST", "/staff/old") for _ in range(2))
        assert (first.status, second.status) == (303, 410)


class TestDevices:
    def test_are_listed_and_taken_off(self, shops: Merchant) -> None:
        cookies = shops.counter(name="Kata", location="port")
        (device,) = shops.call("GET", "/v1/devices").json["items"]
        kata = next(p for p in shops.call("GET", "/v1/staff").json["items"] if p["name"] == "Kata")
        assert device == {
            "device_id": device["device_id"], "name": "Tablet", "location": "port",
            "last_seen_at": device["last_seen_at"], "staff": [kata["staff_id"]],
        }  # fmt: skip
        assert works(shops, cookies)
        assert shops.call("DELETE", f"/v1/devices/{device['device_id']}").status == 204
        reply = shops.service.request("GET", "/staff/api/member", cookies=cookies)  # still warm
        assert reply.status == 401
        assert shops.service.request("GET", "/staff/counter", cookies=cookies).status == 401
        assert who(shops, cookies, kata["staff_id"]).status == 401
        assert shops.call("GET", "/v1/devices").json["items"] == []
        assert shops.call("DELETE", f"/v1/devices/{device['device_id']}").status == 404

    def test_stand_where_their_person_works(self, shops: Merchant) -> None:
        staff_id = shops.person(locations=["port"])["staff_id"]
        path = f"/v1/staff/{staff_id}/devices"
        for place in ("hill", "nowhere"):
            reply = shops.call("POST", path, {"name": "T", "location": place})
            assert (reply.status, reply.json["errors"][0]["path"]) == (422, "location")
        cookies = shops.enroll(shops.call("POST", path, {"name": "T"}).json["enrol_url"])
        member_id = shops.join()["member_id"]
        entry = by(shops, cookies, "POST", "/v1/earn", {"member_id": member_id}).json["entry"]
        assert (entry["staff"], entry["location"]) == (staff_id, "port")
        (listed, *_) = shops.call("GET", f"/v1/members/{member_id}/entries").json["items"]
        (device,) = shops.call("GET", "/v1/devices").json["items"]
        assert listed["facts"]["device"] == device["device_id"]


class TestSessions:
    def test_end_with_signing_out_wherever_a_copy_is(self, cafe: Merchant) -> None:
        cookies = cafe.counter()
        copy = dict(cookies)
        assert works(cafe, copy)
        reply = cafe.service.request("POST", "/staff/sign-out", cookies=cookies)
        assert (reply.status, reply.cookies[0].partition("=")[0]) == (200, "__Host-regulars_staff")
        direct = cafe.service.request("GET", "/staff/api/member", cookies=copy)  # still warm
        assert direct.status == 401

    def test_no_other_site_signs_out(self, cafe: Merchant) -> None:
        cookies = cafe.counter()
        for site in ("cross-site", "same-site"):
            reply = cafe.service.request(
                "POST", "/staff/sign-out", cookies=cookies, headers={"sec-fetch-site": site}
            )
            assert reply.status == 403
        assert works(cafe, cookies)
        own = {"sec-fetch-site": "same-origin"}
        cafe.service.request("POST", "/staff/sign-out", cookies=cookies, headers=own)
        assert not works(cafe, cookies)

    def test_end_with_the_person(self, cafe: Merchant) -> None:
        for change in ({"active": False}, None):
            staff_id = cafe.person()["staff_id"]
            link = cafe.call("POST", f"/v1/staff/{staff_id}/devices", {"name": "T"}).json
            cookies = cafe.enroll(link["enrol_url"])
            assert works(cafe, cookies)
            cafe.call("PATCH" if change else "DELETE", f"/v1/staff/{staff_id}", change)
            assert not works(cafe, cookies)

    def test_people_choose_their_name_on_a_shared_device(self, cafe: Merchant) -> None:
        cookies = cafe.counter(name="Kata")
        bela = cafe.person(name="Béla", pin="0042")["staff_id"]
        no_pin = cafe.person(name="Dóra")["staff_id"]
        cafe.service.request("POST", "/staff/sign-out", cookies=cookies)
        shown = cafe.service.request("GET", "/staff/counter", cookies=cookies)
        assert shown.status == 200
        assert ("Béla" in shown.text, "Dóra" in shown.text) == (True, False)
        assert who(cafe, cookies, no_pin).status == 404
        for wrong in (None, "0043", "42"):
            assert who(cafe, cookies, bela, wrong).code == "forbidden"
        good = who(cafe, cookies, bela, "0042")
        assert (good.status, good.json["staff"]["name"]) == (200, "Béla")
        signed_in = cookies | cookies_of(good.cookies)
        member_id = cafe.join()["member_id"]
        entry = by(cafe, signed_in, "POST", "/v1/earn", {"member_id": member_id}).json["entry"]
        assert entry["staff"] == bela
        assert not works(cafe, cookies)  # Kata's session ended with Béla's

    def test_five_wrong_pins_lock_the_person_for_the_right_one_too(self, cafe: Merchant) -> None:
        bela = cafe.person(name="Béla", pin="0042")["staff_id"]
        dora = cafe.person(name="Dóra", pin="0042")["staff_id"]
        cookies = cafe.counter(name="Kata")
        for _ in range(4):
            assert who(cafe, cookies, bela, "0043").status == 403
        assert who(cafe, cookies, bela, "0042").status == 200  # a right one is no wrong one
        assert who(cafe, cookies, bela, "0043").status == 403
        locked = who(cafe, cookies, bela, "0042")
        assert (locked.status, locked.code) == (429, "rate_limited")
        assert 0 < int(locked.headers["retry-after"]) <= 900
        assert who(cafe, cafe.counter(), bela, "0042").status == 429  # from any device
        assert who(cafe, cookies, dora, "0042").status == 200

    def test_a_device_of_ones_own_needs_no_pin(self, cafe: Merchant) -> None:
        cookies = cafe.counter(name="Kata")
        (kata,) = cafe.call("GET", "/v1/devices").json["items"][0]["staff"]
        cafe.service.request("POST", "/staff/sign-out", cookies=cookies)
        assert who(cafe, cookies, kata).status == 200
        elsewhere = cafe.counter(name="Béla")
        assert who(cafe, elsewhere, kata).status == 404
        cafe.call("PATCH", f"/v1/staff/{kata}", {"pin": "1234"})
        assert who(cafe, cookies, kata).status == 403

    def test_nobody_signs_in_in_a_browser_that_is_no_device(
        self, service: Service, cafe: Merchant
    ) -> None:
        bela = cafe.person(pin="0042")["staff_id"]
        mine = cafe.counter()
        for value in ("", "x", "a.b.c", mine["__Host-regulars_device"][:-1] + "!"):
            reply = service.request(
                "POST", "/staff/api/who", body={"staff_id": bela, "pin": "0042"},
                cookies={"__Host-regulars_device": value}, headers=STAFF,
            )  # fmt: skip
            assert (reply.status, reply.code) == (401, "unauthorized")
        no_header = cafe.service.request(
            "POST", "/staff/api/who", body={"staff_id": bela, "pin": "0042"}, cookies=mine
        )
        assert no_header.status == 403

    def test_of_one_merchant_open_no_other(self, cafe: Merchant, service: Service) -> None:
        other = service.new_merchant()
        there = other.person(pin="0042")["staff_id"]
        assert who(cafe, cafe.counter(), there, "0042").status == 404


class TestRoles:
    def test_every_route_of_a_role_is_one_of_ours(self) -> None:
        from regulars.api.routes import ROUTES

        known = {route.key for route in ROUTES}
        assert known >= roles._STAFF | roles._MANAGER

    def test_managers_look_after_staff_of_their_places(self, shops: Merchant) -> None:
        boss = shops.counter(name="Boss", role="manager", locations=["port"], location="port")
        here = shops.person(name="Here", locations=["port"])["staff_id"]
        there = shops.person(name="There", locations=["hill"])["staff_id"]
        peer = shops.person(name="Peer", role="manager", locations=["port"])["staff_id"]
        shops.counter(name="Far", locations=["hill"], location="hill")
        listed = by(shops, boss, "GET", "/v1/staff").json["items"]
        assert [one["name"] for one in listed] == ["Boss", "Corner Café", "Here", "Owner", "Peer"]
        devices = by(shops, boss, "GET", "/v1/devices").json["items"]
        assert [one["location"] for one in devices] == ["port"]
        assert by(shops, boss, "PATCH", f"/v1/staff/{here}", {"pin": "1111"}).status == 200
        assert by(shops, boss, "PATCH", f"/v1/staff/{there}", {"pin": "1111"}).status == 404
        for path, body in (
            (peer, {"pin": "1111"}), (here, {"role": "manager"}), (here, {"locations": ["hill"]}),
            (here, {"locations": []}),
        ):  # fmt: skip
            assert by(shops, boss, "PATCH", f"/v1/staff/{path}", body).status == 403, body
        new = {"name": "New", "locations": ["port"]}
        assert by(shops, boss, "POST", "/v1/staff", new).status == 201
        assert by(shops, boss, "POST", "/v1/staff", {"name": "New"}).status == 403
        assert by(shops, boss, "DELETE", f"/v1/staff/{here}").status == 204

    def test_managers_judge_signals_of_their_places(self, shops: Merchant) -> None:
        found = {
            where: attention.raise_(
                shops.service.table, shops.id, "fraud", where, why="Odd.", at_ms=1,
                about={"signal": "card_velocity", "members": [], "entries": [], "value_minor": 0,
                       "location": where or None},
            )
            for where in ("port", "hill", "")
        }  # fmt: skip
        boss = shops.counter(role="manager", locations=["port"], location="port")
        for cookies, seen in ((boss, {"port", ""}), (shops.counter(role="manager"), {*found})):
            listed = by(shops, cookies, "GET", "/v1/fraud").json["items"]
            assert {one["location"] or "" for one in listed} == seen
        for where, status in (("hill", 404), ("port", 200), ("", 200)):
            path = f"/v1/fraud/{found[where]}"
            assert by(shops, boss, "POST", path, {"do": "dismiss"}).status == status, where

    def test_links_of_cards_are_for_nobody_at_the_counter(self, shops: Merchant) -> None:
        card = shops.join(name="Anna", email="anna@example.com")
        member = card["member_id"]
        secret = card["card_url"].rpartition("/")[2]
        calls = [
            ("GET", f"/staff/api/member?id={member}", None), ("GET", "/v1/members", None),
            ("GET", f"/v1/members/{member}", None), ("GET", f"/v1/members/{member}/entries", None),
            ("GET", f"/v1/members/{member}/profile", None),
            ("GET", f"/v1/members/{member}/rewards", None),
            ("POST", "/v1/earn", {"member_id": member, "visits": 9}),
            ("POST", "/v1/vouchers", {"member_id": member, "reward_id": "free-coffee"}),
            ("PATCH", f"/v1/members/{member}", {"name": "Anna B"}),
            ("POST", "/v1/members", {"email": "anna@example.com"}),
        ]  # fmt: skip
        answered = 0
        for role in ("staff", "manager", "owner"):
            cookies = shops.counter(role=role)
            for method, path, body in calls:
                reply = by(shops, cookies, method, path, body)
                assert secret not in reply.text, (role, path)
                answered += reply.status in {200, 201}
        assert answered == 18

    def test_what_staff_type_is_claimed_and_they_write_notes_only(self, cafe: Merchant) -> None:
        cookies = cafe.counter()
        made = by(cafe, cookies, "POST", "/v1/members", {"name": "Anna", "email": "a@example.com"})
        assert (made.status, made.json["card_url"]) == (201, None)
        path = f"/v1/members/{made.json['member_id']}"
        (contact,) = cafe.call("GET", f"{path}/profile").json["contacts"]
        assert (contact["value"], contact["confirmed_at"]) == ("a@example.com", None)
        assert cafe.call("POST", "/v1/earn", {"contact": "a@example.com"}).status == 404
        assert by(cafe, cookies, "PATCH", path, {"note": "No nuts"}).status == 200
        assert cafe.call("GET", f"{path}/profile").json["note"] == "No nuts"
        for body in ({"name": "B"}, {"note": "x", "email": "b@example.com"}):
            assert by(cafe, cookies, "PATCH", path, body).code == "forbidden"
        boss = cafe.counter(role="manager")
        assert by(cafe, boss, "PATCH", path, {"name": "B"}).status == 200

    def test_a_session_is_worth_its_role_and_no_more(self, cafe: Merchant) -> None:
        least = {role: cafe.counter(role=role) for role in ("staff", "manager", "owner")}
        for path, lowest in (
            ("/staff/api/member", "staff"), ("/v1/members", "manager"), ("/v1/staff", "manager"),
            ("/v1/program", "owner"), ("/v1/keys", "owner"), ("/v1/audit", "owner"),
        ):  # fmt: skip
            for role, cookies in least.items():
                allowed = by(cafe, cookies, "GET", path).status == 200
                assert allowed == roles.reaches(role, lowest), (path, role)


def test_a_device_remembers_no_more_people_than_it_should() -> None:
    device, _ = sessions.new_device("T", None)
    for number in range(sessions.DEVICES_STAFF_MAX + 5):
        person = Person(f"s{number}", "K", "staff")
        device, _ = sessions.signed_in(device, person)
    assert (len(device.staff), device.staff[0]) == (sessions.DEVICES_STAFF_MAX, "s0")
