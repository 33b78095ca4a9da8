"""T6: a PIN, a sign-in code or a short code is guessed; a passkey is copied or sent again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from regulars.http import limits as by_request
from regulars.http import passkeys as of_host
from regulars.store import limits, passkeys
from tests.authenticator import Authenticator
from tests.conftest import Clock
from tests.functional.console import Browser
from tests.functional.passkeys.calls import LOGIN, OWNER, add, finish, options, show
from tests.service import Merchant, Reply, Service
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


@against(removal.of(of_host, "goes_back", lambda *_: False))
def test_a_copied_passkey_is_seen_by_its_count(removed: None, service: Service) -> None:
    service.new_merchant(owner_email=OWNER)
    device = Authenticator()
    add(Browser(service).sign_in(OWNER), device)
    for _ in range(3):
        assert show(Browser(service), device).status == 200
    copy = Browser(service)
    assert show(copy, device, uses=2).status == 403
    assert not copy.is_in()


@against(removal.of(passkeys, "finish", lambda *_: None))
def test_what_a_passkey_signed_is_good_once_and_where_it_was_asked_for(
    removed: None, service: Service
) -> None:
    service.new_merchant(owner_email=OWNER)
    device, browser = Authenticator(counts=False), Browser(service)
    add(Browser(service).sign_in(OWNER), device)
    shown = device.get(options(browser))
    thief = Browser(service)
    thief.cookies = dict(browser.cookies)
    assert finish(browser, LOGIN, shown).status == 200
    assert finish(thief, LOGIN, shown).status == 410
    assert not thief.is_in()


@against(removal.of(passkeys.Passkeys, "of", lambda there, _: there.all))
def test_a_passkey_of_a_lost_mailbox_is_over_once_another_is_named(
    removed: None, service: Service
) -> None:
    cafe = service.new_merchant(owner_email="lost@example.com")
    device, thief = Authenticator(), Browser(service)
    add(Browser(service).sign_in("lost@example.com"), device)
    service.request(
        "POST", f"/v1/merchants/{cafe.id}/owner", body={"email": "found@example.com"},
        headers={"authorization": f"Bearer {service.platform_key}"},
    )  # fmt: skip
    assert show(thief, device).status == 403
    assert not thief.is_in()
