"""T2: a photo of a live code is sent to friends, who use it where they are."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from regulars.core import display_codes
from regulars.store import earning_codes
from regulars.store.table import Count
from tests.conftest import Clock
from tests.functional.test_earning_codes import guest, made
from tests.service import Browser, Merchant
from tests.threats import removal
from tests.threats.removal import against

really_used = earning_codes.use
both_have_read = threading.Barrier(2)


def for_everybody(code: Any) -> Count:
    """A use of a code that is never used up, at once with that of another who has read it."""
    both_have_read.wait(30)
    return really_used(code)._replace(limit=10**9)


@against(removal.of(earning_codes, "use", for_everybody))
def test_of_two_who_use_it_at_the_same_moment_one_has_it(removed: None, cafe: Merchant) -> None:
    anna, ben = guest(cafe), guest(cafe)
    for _ in range(25):
        path = made(cafe)
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(lambda one, path=path: one.post(path).status, (anna, ben)))
        assert sorted(done) == [200, 410]
    cards = cafe.call("GET", "/v1/members").json["items"]
    assert sum(card["visits"] for card in cards) == 25


def shown(cafe: Merchant) -> str:
    reply = cafe.service.request("GET", "/staff/api/display", cookies=cafe.staff_cookies())
    return str(reply.json["url"]).removeprefix("https://cards.example")


@against(removal.of(display_codes.Shown, "until_s", property(lambda self: 10**12)))
def test_a_code_of_the_display_is_worth_nothing_after_a_minute(
    removed: None, cafe: Merchant, frozen: Clock
) -> None:
    path = shown(cafe)
    frozen.now += timedelta(seconds=61)
    assert guest(cafe).post(path).status == 410


def test_a_code_of_the_display_is_for_twenty(cafe: Merchant) -> None:
    path = shown(cafe)
    friends = [Browser(cafe.service) for _ in range(24)]
    statuses = [one.post(path, once=f"friend{n:06}").status for n, one in enumerate(friends)]
    assert statuses.count(200) == 20


def test_a_link_that_no_display_has_shown_is_unknown(cafe: Merchant) -> None:
    path = shown(cafe)
    for place in range(3, len(path)):
        other = "0" if path[place] != "0" else "1"
        changed = path[:place] + other + path[place + 1 :]
        assert cafe.service.request("POST", changed, form={}).status == 404
