"""T16: one merchant, or somebody with too small a key or role, reaches what is not theirs."""

from __future__ import annotations

import pytest

from regulars.http import credentials
from regulars.store import keys
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against


def without_merchant(m: str, c: str) -> str:
    """A key of a card that does not name its merchant."""
    return f"M#everybody#C#{c}"


@against(removal.of(keys, "card", without_merchant))
@pytest.mark.parametrize("path", ["", "/entries", "/rewards", "/profile", "/export"])
def test_a_foreign_card_is_not_found(removed: None, cafe: Merchant, path: str) -> None:
    foreign = cafe.service.new_merchant().join(name="Foreign")["member_id"]
    reply = cafe.call("GET", f"/v1/members/{foreign}{path}")
    assert (reply.status, "Foreign" in reply.text) == (404, False)


@against(removal.of(credentials, "_require_allowed", lambda *_: None))
def test_a_till_s_key_and_staff_do_no_more_than_they_may(removed: None, cafe: Merchant) -> None:
    body = {"name": "Till", "scopes": ["till"]}
    till = {"authorization": f"Bearer {cafe.call('POST', '/v1/keys', body).json['key']}"}
    counter = cafe.counter()
    for path in ("/v1/keys", "/v1/audit", "/v1/fraud"):
        assert cafe.service.request("GET", path, headers=till).status == 403
        assert cafe.service.request("GET", path, cookies=counter).status == 403
