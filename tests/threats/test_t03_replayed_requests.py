"""T3: a request or a link is sent again, at once or a day later."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from regulars.actions import enrollment
from regulars.store import keys, staff
from tests.conftest import Clock
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against

_number = itertools.count()


def nobody_finds_it_again(m: str, op: str) -> keys.Key:
    """A key of an operation that is never the same."""
    return (f"M#{m}#OP#{next(_number)}", "OP")


@against(removal.of(keys, "operation", nobody_finds_it_again))
def test_a_stamp_that_is_sent_again_is_the_first_one(
    removed: None, cafe: Merchant, frozen: Clock
) -> None:
    member = cafe.join()["member_id"]
    sent: dict[str, Any] = {"member_id": member, "order_id": "bill-1", "spend_minor": 500}
    first = cafe.call("POST", "/v1/earn", sent, key="stamp").json
    for later in (timedelta(seconds=1), timedelta(seconds=61), timedelta(hours=24)):
        frozen.now += later
        again = cafe.call("POST", "/v1/earn", sent, key="stamp")
        assert (again.json, again.replayed) == (first, True)
    assert cafe.card(member)["visits"] == 1


def never_used(table: Any, invitation: Any, device: Any, noted: Any) -> None:
    """A use of a link that leaves it as it was."""
    staff.write(table, [staff.put_device(invitation.merchant_id, device), noted])


@against(removal.of(enrollment, "use", never_used))
def test_a_link_enrolls_one_device(removed: None, cafe: Merchant) -> None:
    staff_id = cafe.person()["staff_id"]
    link = cafe.call("POST", f"/v1/staff/{staff_id}/devices", {"name": "Tablet"}).json["enrol_url"]
    path = link.removeprefix("https://cards.example")
    answered = [cafe.service.request("POST", path).status for _ in range(3)]
    assert answered == [303, 410, 410]


def test_a_removal_of_what_is_not_there_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AttributeError):
        removal.of(keys, "no_such_protection", None).take_away(monkeypatch)
