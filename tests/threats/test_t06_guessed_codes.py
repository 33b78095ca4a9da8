"""T6: a PIN, a sign-in code or a short code is guessed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from regulars.http import limits as by_request
from regulars.store import limits
from tests.conftest import Clock
from tests.service import Merchant, Reply
from tests.threats import removal
from tests.threats.removal import against

STAFF = {"x-regulars": "staff"}


def enter(cafe: Merchant, device: dict[str, str], staff_id: str, pin: str) -> Reply:
    body = {"staff_id": staff_id, "pin": pin}
    return cafe.service.request("POST", "/staff/api/who", body=body, cookies=device, headers=STAFF)


@against(removal.of(limits, "begin", lambda *_: None))
def test_after_five_wrong_pins_the_right_one_waits(
    removed: None, cafe: Merchant, frozen: Clock
) -> None:
    device = cafe.counter(name="Kata", pin="4711")
    bela = cafe.person(name="Bela", pin="0815")["staff_id"]
    assert [enter(cafe, device, bela, f"000{n}").status for n in range(5)] == [403] * 5
    assert enter(cafe, device, bela, "0815").status == 429
    frozen.now += timedelta(minutes=15, seconds=1)
    assert enter(cafe, device, bela, "0815").status == 200


@against(removal.of(limits, "begin", lambda *_: None))
def test_guesses_at_once_are_no_more_than_one_after_the_other(
    removed: None, cafe: Merchant
) -> None:
    device = cafe.counter(name="Kata", pin="4711")
    bela = cafe.person(name="Bela", pin="0815")["staff_id"]
    with ThreadPoolExecutor(8) as threads:
        answers = [*threads.map(lambda n: enter(cafe, device, bela, f"10{n:02}").status, range(40))]
    assert answers.count(403) <= 5
    assert set(answers) <= {403, 429, 409}


@against(removal.of(by_request, "wrong", lambda *_: None))
def test_a_device_that_types_codes_nobody_has_is_locked(removed: None, cafe: Merchant) -> None:
    counter = cafe.counter()
    found = [
        cafe.service.request(
            "GET", "/staff/api/member", query={"code": f"AAAA{n:04}"}, cookies=counter
        ).status
        for n in range(1000, 1025)
    ]
    assert found[:20] == [404] * 20
    assert found[-1] == 429
