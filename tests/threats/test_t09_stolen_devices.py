"""T9: a device of the counter is stolen, or somebody who left still has theirs."""

from __future__ import annotations

from datetime import timedelta

from regulars.http import credentials, sessions
from regulars.store.staff import Person
from tests.conftest import Clock
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against


def stamps(cafe: Merchant, cookies: dict[str, str]) -> int:
    credentials.kept.clear()
    member = cafe.join()["member_id"]
    return cafe.service.request(
        "POST", "/v1/earn", body={"member_id": member}, cookies=cookies,
        headers={"x-regulars": "staff", "idempotency-key": f"key-{member}"},
    ).status  # fmt: skip


@against(removal.of(sessions, "_now_ms", lambda: 0))
def test_a_session_ends_with_the_working_day(removed: None, cafe: Merchant, frozen: Clock) -> None:
    cookies = cafe.counter()
    assert stamps(cafe, cookies) == 200
    frozen.now += timedelta(hours=12, seconds=1)
    assert stamps(cafe, cookies) == 401


@against(removal.of(Person, "works", property(lambda self: True)))
def test_who_is_taken_off_stamps_no_more(removed: None, cafe: Merchant) -> None:
    staff_id = cafe.person()["staff_id"]
    link = cafe.call("POST", f"/v1/staff/{staff_id}/devices", {"name": "Own"}).json["enrol_url"]
    cookies = cafe.enroll(link)
    assert stamps(cafe, cookies) == 200
    assert cafe.call("PATCH", f"/v1/staff/{staff_id}", {"active": False}).status == 200
    assert stamps(cafe, cookies) == 401


def test_a_revoked_device_stamps_no_more(cafe: Merchant) -> None:
    cookies = cafe.counter()
    assert stamps(cafe, cookies) == 200
    (device,) = cafe.call("GET", "/v1/devices").json["items"]
    assert cafe.call("DELETE", f"/v1/devices/{device['device_id']}").status in {200, 204}
    assert stamps(cafe, cookies) == 401
