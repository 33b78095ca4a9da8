"""Signals of fraud: found every hour, said in words, settled by a person; nothing is blocked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from regulars.actions import attention
from regulars.domain.calendar import hour_of
from regulars.store import keys
from tests.conftest import Clock
from tests.functional.test_earning import balance, published
from tests.functional.test_giving import POINT
from tests.service import Merchant, Reply, Service

VISIT = {"id": "visit", "on": "visit", "unit": "point", "amount": 1}
MUG = {"id": "mug", "name": "Mug", "cost": {"unit": "point", "amount": 5},
       "kind": "amount", "amount_minor": 500}  # fmt: skip


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    cafe = service.new_merchant()
    document = cafe.call("GET", "/v1/program", test=True).json["program"]
    document |= {"units": [POINT], "earn": [VISIT], "rewards": [MUG], "tiers": [],
                 "milestones": [], "limits": {}}  # fmt: skip
    reply = cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"}, test=True)
    assert reply.status == 200, reply.text
    return cafe


def signals(cafe: Merchant, state: str = "open", **more: Any) -> list[dict[str, Any]]:
    reply = cafe.call("GET", "/v1/fraud", query={"state": state}, test=True, **more)
    assert reply.status == 200, reply.text
    items: list[dict[str, Any]] = reply.json["items"]
    return items


def settle(cafe: Merchant, signal: Mapping[str, Any], do: str, **body: Any) -> dict[str, Any]:
    reply = post(cafe, signal["signal_id"], do, **body)
    assert reply.status == 200, reply.text
    answer: dict[str, Any] = reply.json
    return answer


def post(cafe: Merchant, signal_id: str, do: str, **body: Any) -> Reply:
    return cafe.call("POST", f"/v1/fraud/{signal_id}", {"do": do, **body}, test=True)


def walk(cafe: Merchant, duration: str = "PT1H") -> None:
    reply = cafe.call("POST", "/v1/test/clock", {"advance": duration}, test=True)
    assert reply.status == 200, reply.text


def stamped(cafe: Merchant, times: int = 6) -> str:
    """A card that somebody stamps again and again on one day."""
    member_id: str = cafe.join(test=True, name="Anna")["member_id"]
    for _ in range(times):
        cafe.earn(member_id, test=True)
    return member_id


def take(cafe: Merchant, member_id: str) -> Reply:
    return cafe.call(
        "POST", "/v1/vouchers", {"member_id": member_id, "reward_id": "mug"}, test=True
    )


def whole(cafe: Merchant, member_id: str) -> bool:
    found = cafe.call("GET", f"/v1/members/{member_id}/verify", test=True).json
    return bool(found["ok"])


def test_it_is_found_within_the_hour_said_in_words_and_found_once(cafe: Merchant) -> None:
    quiet, busy = stamped(cafe, 4), stamped(cafe)
    assert signals(cafe) == []
    walk(cafe)

    (signal,) = signals(cafe)

    assert signal["kind"] == "card_velocity"
    assert signal["why"] == "One card was booked by hand 6 times in a day."
    assert signal["members"] == [busy] != [quiet]
    assert signal["entries"] == [f"{busy}.{seq}" for seq in range(2, 8)]
    assert (signal["value_minor"], signal["state"]) == (600, "open")
    walk(cafe)
    assert signals(cafe) == [signal]
    listed = cafe.call("GET", "/v1/attention", query={"kind": "fraud"}, test=True).json["items"]
    assert [(one["id"], one["can"]) for one in listed] == [(signal["signal_id"], ["dismiss"])]


def test_the_hourly_job_finds_it_for_a_live_merchant(service: Service, frozen: Clock) -> None:
    live = service.new_merchant()
    published(live, limits={})
    pk, sk = keys.cursor("digest")
    service.table.put({"PK": pk, "SK": sk, "hour": hour_of(frozen.now - timedelta(hours=2))})
    member_id = live.join()["member_id"]
    for _ in range(6):
        live.earn(member_id)

    for _ in range(2):
        frozen.now += timedelta(hours=1)
        service.run_job("digest")

    (signal,) = live.call("GET", "/v1/fraud").json["items"]
    assert (signal["kind"], signal["members"]) == ("card_velocity", [member_id])
    item = attention.find(service.table, live.id, signal["signal_id"])
    assert item is not None
    assert item.times == 1  # met once, though it was looked for more often
    (mark,) = service.table.get(keys.due_mark(live.id, keys.MERCHANT_LEVEL, "fraud"))
    assert mark is not None
    assert mark["hour"] == hour_of(frozen.now + timedelta(hours=1))


def test_what_is_booked_since_belongs_to_it_and_what_is_dismissed_stays_so(cafe: Merchant) -> None:
    member_id = stamped(cafe)
    walk(cafe)
    (before,) = signals(cafe)
    cafe.earn(member_id, test=True)
    walk(cafe)

    (signal,) = signals(cafe)

    assert (signal["signal_id"], signal["at"]) == (before["signal_id"], before["at"])
    assert len(signal["entries"]) == 7
    assert settle(cafe, signal, "dismiss", note="The office buys for all")["state"] == "dismissed"
    cafe.earn(member_id, test=True)
    walk(cafe)
    assert signals(cafe) == []
    assert [one["state"] for one in signals(cafe, "dismissed")] == ["dismissed"]
    audit = cafe.call("GET", "/v1/audit", query={"what": "signal.dismissed"}, test=True).json
    assert [one["after"]["note"] for one in audit["items"]] == ["The office buys for all"]


def test_it_is_dismissed_from_the_list_of_attention_too(cafe: Merchant) -> None:
    stamped(cafe)
    walk(cafe)
    (signal,) = signals(cafe)

    path = f"/v1/attention/{signal['signal_id']}"
    assert cafe.call("POST", path, {"do": "dismiss"}, test=True).status == 200

    assert [one["state"] for one in signals(cafe, "dismissed")] == ["dismissed"]


def test_a_held_card_earns_and_redeems_nothing(cafe: Merchant) -> None:
    member_id = stamped(cafe, 12)
    voucher = take(cafe, member_id).json
    walk(cafe)
    (signal,) = signals(cafe)

    tried = settle(cafe, signal, "hold", dry_run=True)
    assert tried["cards"] == [{"member_id": member_id, "held": True}]
    assert (tried["state"], tried["dry_run"]) == ("open", True)
    second = take(cafe, member_id).json
    done = settle(cafe, signal, "hold", note="Who is it?")

    assert (done["state"], done["cards"]) == ("held", tried["cards"])
    assert settle(cafe, signal, "hold")["state"] == "held"  # again changes nothing
    cafe.earn(member_id, test=True)
    assert take(cafe, member_id).code == "held"
    for one in (voucher, second):
        path = f"/v1/vouchers/{one['code']}/redeem"
        assert cafe.call("POST", path, {}, test=True).code == "held"
    rewards = cafe.call("GET", f"/v1/members/{member_id}/rewards", test=True).json["items"]
    assert "held" in str(rewards)
    card_url = cafe.card(member_id, test=True)["card_url"]
    page = cafe.service.card_page(card_url)
    assert "This card is on hold" in page.text
    entries = cafe.call("GET", f"/v1/members/{member_id}/entries", test=True).json["items"]
    (hold,) = (one for one in entries if "hold" in one["facts"])
    assert (hold["kind"], hold["facts"]["note"]) == ("adjust", "Who is it?")
    assert whole(cafe, member_id)

    released = settle(cafe, signal, "dismiss")

    assert released["cards"] == [{"member_id": member_id, "held": False}]
    path = f"/v1/vouchers/{voucher['code']}/redeem"
    assert cafe.call("POST", path, {}, test=True).status == 200
    assert whole(cafe, member_id)


OPEN_AT_NIGHT = [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
                  "from": "22:00", "until": "23:00"}]  # fmt: skip


def set_hours(cafe: Merchant, opening: list[dict[str, Any]]) -> None:
    """Publish other hours; as START has it, it is Sunday, ten in the morning."""
    document = cafe.call("GET", "/v1/program", test=True).json["program"]
    document["locations"] = [{"id": "main", "name": "Main", "opening": opening}]
    reply = cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"}, test=True)
    assert reply.status == 200, reply.text


def test_every_card_of_a_signal_is_held_and_released(cafe: Merchant) -> None:
    """Cards that were made and stamped alike: the same signal holds each of them."""
    set_hours(cafe, OPEN_AT_NIGHT)
    cards = [stamped(cafe, 5) for _ in range(3)]
    walk(cafe)
    (signal,) = [one for one in signals(cafe) if one["kind"] == "off_hours"]
    assert set(signal["members"]) == set(cards)

    settle(cafe, signal, "hold")

    assert [take(cafe, one).code for one in cards] == ["held"] * 3
    settle(cafe, signal, "dismiss")
    assert [take(cafe, one).status for one in cards] == [201] * 3


def test_bookings_are_judged_by_the_hours_that_held_then(cafe: Merchant) -> None:
    """A festival is over, and the hours are as ever again, before anybody looks."""
    set_hours(cafe, [{**OPEN_AT_NIGHT[0], "from": "08:00"}])
    stamped(cafe, 1)
    set_hours(cafe, OPEN_AT_NIGHT)
    walk(cafe)
    assert signals(cafe) == []

    late = stamped(cafe, 1)
    set_hours(cafe, [{**OPEN_AT_NIGHT[0], "from": "08:00"}])
    walk(cafe)
    (signal,) = signals(cafe)
    assert (signal["kind"], signal["members"]) == ("off_hours", [late])


def test_a_hold_goes_with_the_card_into_a_merge_and_nothing_is_given_away(cafe: Merchant) -> None:
    member_id, kept = stamped(cafe), stamped(cafe, 1)
    walk(cafe)
    settle(cafe, signals(cafe)[0], "hold")
    body = {"to": kept, "unit": "point", "amount": 1}
    assert cafe.call("POST", f"/v1/members/{member_id}/give", body, test=True).code == "held"

    merged = cafe.call("POST", f"/v1/members/{kept}/merge", {"from": member_id}, test=True)

    assert merged.status == 200, merged.text
    assert take(cafe, kept).code == "held"
    path = f"/v1/members/{kept}/merges/{merged.json['merge_id']}"
    assert cafe.call("DELETE", path, test=True).status == 200
    assert take(cafe, kept).code == "insufficient_balance"
    assert take(cafe, member_id).code == "held"
    assert whole(cafe, kept)
    assert whole(cafe, member_id)


def test_its_entries_are_reversed_as_a_batch_each_once(cafe: Merchant) -> None:
    member_id = stamped(cafe)
    walk(cafe)
    (signal,) = signals(cafe)

    tried = settle(cafe, signal, "reverse", dry_run=True)
    assert [one["amounts"] for one in tried["reversed"]] == [{"point": -1}] * 6
    assert balance(cafe.card(member_id, test=True), "point") == 6
    done = settle(cafe, signal, "reverse")

    assert done["reversed"] == tried["reversed"]
    assert (done["state"], done["left"]) == ("reversed", 0)
    assert balance(cafe.card(member_id, test=True), "point") == 0
    again = settle(cafe, signal, "reverse")
    assert (again["reversed"], again["state"]) == ([], "reversed")
    assert balance(cafe.card(member_id, test=True), "point") == 0
    assert whole(cafe, member_id)


def test_a_batch_that_stopped_goes_on(cafe: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.actions.act_on_signal.AT_ONCE", 4)
    member_id = stamped(cafe)
    walk(cafe)
    (signal,) = signals(cafe)

    first = settle(cafe, signal, "reverse")
    assert (len(first["reversed"]), first["left"], first["state"]) == (4, 2, "open")
    second = settle(cafe, signal, "reverse")

    assert (len(second["reversed"]), second["left"], second["state"]) == (2, 0, "reversed")
    assert balance(cafe.card(member_id, test=True), "point") == 0


def test_who_may(cafe: Merchant) -> None:
    stamped(cafe)
    walk(cafe)
    (signal,) = signals(cafe)
    body = {"name": "report", "scopes": ["read"]}
    key = cafe.call("POST", "/v1/keys", body, test=True).json["key"]
    reads = {"authorization": f"Bearer {key}"}
    assert signals(cafe, headers=reads) == [signal]
    path, act = f"/v1/fraud/{signal['signal_id']}", {"do": "dismiss"}
    assert cafe.call("POST", path, act, headers=reads, test=True).code == "forbidden"
    for role, status in (("staff", 403), ("manager", 200)):
        cookies = cafe.counter(role=role)
        reply = cafe.service.request(
            "GET", "/v1/fraud", cookies=cookies, headers={"x-regulars": "staff"}
        )
        assert reply.status == status, reply.text
    assert post(cafe, "fraud.none", "dismiss").status == 404
    assert cafe.call("GET", "/v1/fraud", query={"state": "gone"}, test=True).status == 422
    assert signals(cafe) == [signal]


def test_staff_who_stamp_a_card_of_their_own_head_the_next_digest(cafe: Merchant) -> None:
    """T8: the card that was used again and again, in the week's mail, at rank 1."""
    walk(cafe, "P1D")  # to a Monday
    own, guest = stamped(cafe, 0), stamped(cafe, 0)
    for _ in range(4):
        for _ in range(4):  # never too many in a day
            cafe.earn(own, test=True, staff="kata")
        walk(cafe, "P1D")
    cafe.earn(guest, test=True, staff="kata")
    cafe.call("POST", "/v1/adjust", {"member_id": guest, "unit": "point", "amount": 3,
                                     "reason": "sorry"}, test=True)  # fmt: skip
    walk(cafe, "P9D")

    (signal,) = signals(cafe)
    cafe.service.deliver("messages", "notify")
    sent = cafe.call("GET", "/v1/test/messages", test=True).json["items"]
    mails = [one for one in sent if one["kind"] == "digest"]

    assert (signal["kind"], signal["members"], signal["staff"]) == ("one_card", [own], "kata")
    assert any("16 times on one card in a week" in str(mail) for mail in mails)
    assert any("1 balance was corrected by hand" in str(mail) for mail in mails)
