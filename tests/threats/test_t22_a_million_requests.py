"""T22: so many requests that they cost money or keep others waiting."""

from __future__ import annotations

from uuid import uuid4

from regulars.http import limits
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against


@against(removal.of(limits, "admit", lambda *_: []))
def test_a_key_over_its_limit_is_refused_without_the_table(removed: None, cafe: Merchant) -> None:
    path = f"/v1/merchants/{cafe.id}"
    headers = {"authorization": f"Bearer {cafe.service.platform_key}"}
    body = {"rate_per_second": 1, "burst": 20}
    assert cafe.service.request("PATCH", path, body=body, headers=headers).status == 200
    limits.clear()
    answers = [cafe.call("GET", "/v1/members").status for _ in range(40)]
    assert answers[-1] == 429
    cafe.service.spy.calls.clear()
    assert cafe.call("GET", "/v1/members").status == 429
    assert cafe.service.spy.calls == []


def test_who_has_no_credential_costs_two_calls_at_most(cafe: Merchant) -> None:
    unknown = f"rk_live_{cafe.id[1:]}0000_{uuid4().hex}"
    for key in ("", "nonsense", unknown):
        cafe.service.spy.calls.clear()
        headers = {"authorization": f"Bearer {key}"}
        assert cafe.call("POST", "/v1/earn", {}, headers=headers).status == 401
        assert len(cafe.service.spy.calls) <= 2
