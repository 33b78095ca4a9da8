"""The list of what needs a person: filed once, found by its owner, settled."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.actions import attention
from tests.service import Merchant, Service

AT = 1_795_000_000_000


def filed(cafe: Merchant, ref: str = "evt_1", *, at_ms: int = AT, **more: Any) -> str:
    given: dict[str, Any] = {"kind": "unbooked", "why": "The sale is in USD.",
                             "about": {"order_id": "o1"}, **more}  # fmt: skip
    kind = given.pop("kind")
    return attention.raise_(cafe.service.table, cafe.id, kind, ref, at_ms=at_ms, **given)


def listed(cafe: Merchant, **query: str) -> list[dict[str, Any]]:
    reply = cafe.call("GET", "/v1/attention", query=query)
    assert reply.status == 200, reply.text
    items: list[dict[str, Any]] = reply.json["items"]
    return items


def test_a_cause_stands_there_once_with_what_can_be_done(cafe: Merchant) -> None:
    item_id = filed(cafe)
    assert filed(cafe, at_ms=AT + 5) == item_id
    (item,) = listed(cafe)
    assert item == {
        "id": item_id, "kind": "unbooked", "at": "2026-11-18T11:06:40Z", "state": "open",
        "why": "The sale is in USD.", "about": {"order_id": "o1"}, "can": ["retry", "dismiss"],
    }  # fmt: skip


def test_it_is_read_in_pages_newest_first_and_by_kind(cafe: Merchant) -> None:
    ids = [filed(cafe, f"e{place}", at_ms=AT + place) for place in range(5)]
    damaged = filed(cafe, "m1", kind="damaged_card", at_ms=AT + 2)
    found, query = [], {"limit": "2"}
    while True:
        page = cafe.call("GET", "/v1/attention", query=query).json
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        query = {"limit": "2", "cursor": page["next"]}
    assert sorted(found) == sorted([*ids, damaged])
    assert [one for one in found if one != damaged] == ids[::-1]
    assert [item["id"] for item in listed(cafe, kind="damaged_card")] == [damaged]
    assert cafe.call("GET", "/v1/attention", query={"kind": "gossip"}).status == 422


def test_what_is_dismissed_is_gone_until_its_cause_is_met_again(cafe: Merchant) -> None:
    item_id = filed(cafe)
    reply = cafe.call("POST", f"/v1/attention/{item_id}", {"do": "dismiss"})
    assert (reply.status, reply.json["state"], reply.json["can"]) == (200, "closed", [])
    assert listed(cafe) == []
    filed(cafe, reopen=False)
    assert listed(cafe) == []
    filed(cafe)
    assert [item["id"] for item in listed(cafe)] == [item_id]


def test_what_cannot_be_done_is_refused_with_what_can(cafe: Merchant) -> None:
    item_id = filed(cafe)
    reply = cafe.call("POST", f"/v1/attention/{item_id}", {"do": "repair"})
    assert (reply.status, reply.json["errors"][0]["path"]) == (422, "do")
    assert "retry, dismiss" in reply.json["errors"][0]["message"]
    for other in ("unbooked.none", "nothing"):
        assert cafe.call("POST", f"/v1/attention/{other}", {"do": "dismiss"}).status == 404


def test_it_is_seen_by_its_own_merchant_alone(cafe: Merchant, service: Service) -> None:
    item_id = filed(cafe)
    other = service.new_merchant()
    assert listed(other) == []
    assert other.call("POST", f"/v1/attention/{item_id}", {"do": "dismiss"}).status == 404
    assert len(listed(cafe)) == 1


def test_a_damaged_card_is_counted_for_the_alarm(
    cafe: Merchant, capsys: pytest.CaptureFixture[str]
) -> None:
    filed(cafe, "m1", kind="damaged_card")
    assert '"DamagedCards":1' in capsys.readouterr().out
