"""T19: a counter without a connection reports wrong times."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.api import bookings
from regulars.http import counter_devices
from tests.conftest import Clock
from tests.functional.offline import Counter, statuses
from tests.functional.test_card_devices import as_script, joined, own
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against

HOUR = timedelta(hours=1)


@pytest.fixture
def counter(cafe: Merchant, frozen: Clock) -> Counter:
    return Counter(cafe)


@against(removal.of(bookings, "_require_in_time", lambda *_: None))
def test_last_week_is_not_filled_up_today(removed: None, cafe: Merchant, counter: Counter) -> None:
    """Stamps for days on which nobody came, past every limit of a day."""
    member = cafe.join()["member_id"]
    sent = [counter.booking(24 * HOUR * day, member_id=member) for day in range(7, 1, -1)]
    assert set(statuses(counter.send(*sent))) == {422}
    assert cafe.card(member)["visits"] == 0


@against(removal.of(bookings, "_require_new", lambda *_: None))
def test_a_time_cannot_be_put_in_later(removed: None, cafe: Merchant, counter: Counter) -> None:
    """What was sent closes the time before it: nobody adds a visit of this morning at night."""
    member = cafe.join()["member_id"]
    assert statuses(counter.send(counter.booking(HOUR, member_id=member))) == [200]
    assert statuses(counter.send(counter.booking(9 * HOUR, member_id=member))) == [422]


@against(removal.of(counter_devices, "is_signed", lambda *_: True))
def test_a_time_is_signed_with_what_was_booked(
    removed: None, cafe: Merchant, counter: Counter
) -> None:
    member = cafe.join()["member_id"]
    booking = counter.booking(HOUR, member_id=member)
    moved = {**booking, "at": counter.booking(3 * HOUR, member_id=member)["at"]}
    assert statuses(counter.send(moved)) == [403]


@against(removal.of(counter_devices.Known, "was_revoked", lambda *_: False))
def test_a_stolen_counter_books_nothing_after_it_was_taken_off(
    removed: None, cafe: Merchant, counter: Counter, frozen: Clock
) -> None:
    member = cafe.join()["member_id"]
    assert cafe.call("DELETE", f"/v1/devices/{counter.device_id}").status == 204
    frozen.now += HOUR
    assert statuses(counter.send(counter.booking(member_id=member))) == [401]


def shown_now(known: object, body: dict[str, str], at_ms: int) -> object:
    """The member of a code, whenever it was shown."""
    return REAL(known, body, bookings.to_ms(known.shop.now))  # type: ignore[attr-defined,arg-type]


REAL = bookings._member


@against(removal.of(bookings, "_member", shown_now))
def test_a_code_is_not_read_at_another_time(
    removed: None, cafe: Merchant, counter: Counter
) -> None:
    """Who has the code of this moment cannot say that it was read hours ago."""
    phone, _ = joined(cafe, name="Anna")
    code = as_script(cafe, phone, f"{own(cafe)}/code").json["code"]
    assert statuses(counter.send(counter.booking(3 * HOUR, code=code))) == [404]
