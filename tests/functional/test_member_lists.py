"""The lists that members stand in follow every change; a stamp that changes none writes none."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from regulars.actions.relist import LISTS, relist
from regulars.core import folding
from regulars.domain import calendar, segments
from regulars.program.shop import load_shop
from regulars.store import keys, list_keys, places
from regulars.store.member_lists import all_members
from tests.conftest import Clock
from tests.functional.test_earning import published
from tests.service import Merchant, Service

NAMES = ("Anna Kovács", "Kovács Réka", "Béla", "Nagy Anna Mária", "Łukasz Żak", "Дана Ким", "")
SHORT = {"at_risk_days": 10, "lapsed_days": 20}


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    cafe = service.new_merchant().without_digest()
    published(cafe, segments=SHORT)
    return cafe


def listed(cafe: Merchant, **query: Any) -> list[str]:
    """The members that a list has, over pages of three."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = cafe.call("GET", "/v1/members", query={"limit": "3", **query, **cursor}).json
        found += [card["member_id"] for card in page["items"]]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


def in_lists(cafe: Merchant, *members: str) -> dict[str, Counter[str]]:
    """Who stands in which list, as the index has it."""
    found: dict[str, Counter[str]] = {}
    for one in members:
        for item in cafe.service.table.items(
            keys.card(cafe.id, one), prefix=list_keys.PLACE_PREFIX, consistent=True
        ):
            if "GSI1PK" in item:
                found.setdefault(item["GSI1PK"], Counter())[one] += 1
            else:
                assert set(item) == {"PK", "SK", "n", "ttl"}, "nothing of a person stays"
    return found


def expected(cafe: Merchant) -> dict[str, Counter[str]]:
    """The same from a walk along all members."""
    shop = load_shop(cafe.service.table, cafe.id)
    zone = shop.program.timezone
    today = calendar.local_date(shop.now, zone)
    found: dict[str, Counter[str]] = {}

    def put(name: str, member_id: str, times: int = 1) -> None:
        found.setdefault(list_keys.members_in(cafe.id, name), Counter())[member_id] += times

    def fail(member_id: str, error: Exception) -> None:
        raise error

    for profile, card in all_members(cafe.service.table, cafe.id, fail):
        put(f"segment#{segments.segment(shop.program, card, today)}", card.member_id)
        put(f"tier#{card.tier.id if card.tier else ''}", card.member_id)
        if words := folding.folded(profile.name).split():
            put("name", card.member_id, len(words))
        if profile.phone:
            put("phone", card.member_id)
        if profile.birthday:
            put(f"birthday#{profile.birthday[-5:-3]}", card.member_id)
        if card.last_visit_ms:
            put("seen", card.member_id)
    return found


def carry(cafe: Merchant, *members: str) -> None:
    """Carry what the stream has of members: their entries, and their profiles as they are."""
    for one in members:
        cafe.service.deliver_entries(cafe.id, one)
    cafe.service.list_members(cafe.id)


@pytest.mark.parametrize(
    ("seed", "steps"),
    [(4, 15), *(pytest.param(seed, 40, marks=pytest.mark.long) for seed in (1, 2, 3))],
)
def test_lists_are_what_a_walk_along_all_members_finds(
    service: Service, cafe: Merchant, frozen: Clock, seed: int, steps: int
) -> None:
    """Random lives: joins, sales, other names, merges, erasures, days that pass."""
    _live(service, cafe, frozen, Random(seed), steps)  # noqa: S311 - it is to be the same again


def _live(service: Service, cafe: Merchant, frozen: Clock, chance: Random, steps: int) -> None:
    ever: list[str] = []
    there: list[str] = []
    for step in range(steps):
        doing = chance.choice(("join", "join", "sale", "sale", "change", "days", "merge", "erase"))
        touched: list[str] = []
        if doing == "join" or len(there) < 2:
            fields: dict[str, Any] = {
                "name": chance.choice(NAMES) or None,
                "phone": f"+3630{chance.randrange(10**7):07}" if chance.random() < 0.5 else None,
                "birthday": f"{chance.randint(1, 12):02}-11",
            }
            card = cafe.join(**{name: value for name, value in fields.items() if value})
            touched = [card["member_id"]]
            if card["member_id"] not in ever:
                ever += touched
                there += touched
        elif doing == "sale":
            touched = [chance.choice(there)]
            cafe.earn(touched[0], spend_minor=chance.choice((300, 20_000)))
        elif doing == "change":
            touched = [chance.choice(there)]
            body = {
                "name": chance.choice(NAMES) or None,
                "birthday": chance.choice((None, "02-29")),
            }
            assert cafe.call("PATCH", f"/v1/members/{touched[0]}", body).status == 200
        elif doing == "days":
            frozen.now += timedelta(days=chance.choice((1, 5, 11, 25)), hours=1)
            service.run_job("tiers")
        elif doing == "merge":
            touched = chance.sample(there, 2)
            path = f"/v1/members/{touched[0]}/merge"
            if cafe.call("POST", path, {"from": touched[1]}).status == 200:
                there.remove(touched[1])
        else:
            gone = chance.choice(there)
            assert cafe.call("DELETE", f"/v1/members/{gone}").status == 202
            there.remove(gone)
        carry(cafe, *touched)
        wanted = expected(cafe)
        assert in_lists(cafe, *ever) == wanted, (step, doing)
        _holds(cafe, wanted, step == steps - 1)


def _holds(cafe: Merchant, wanted: dict[str, Counter[str]], whole: bool) -> None:
    """The counts are what the lists have, and the API finds whom they have."""
    counted = cafe.call("GET", "/v1/members/counts").json
    prefix = list_keys.members_in(cafe.id, "")
    sizes = {name.removeprefix(prefix): len(it) for name, it in wanted.items()}
    assert {f"segment#{one}": n for one, n in counted["segments"].items() if n} == {
        name: n for name, n in sizes.items() if name.startswith("segment#")
    }
    assert counted["members"] == sum(counted["segments"].values())
    assert {f"birthday#{one}": n for one, n in counted["birthdays"].items() if n} == {
        name: n for name, n in sizes.items() if name.startswith("birthday#")
    }
    if not whole:
        return
    for name, members in wanted.items():
        kind, _, one = name.removeprefix(prefix).partition("#")
        if kind in {"segment", "tier"}:
            found = listed(cafe, **{kind: one})
        elif kind == "birthday":
            found = listed(cafe, birthday_month=str(int(one)))
        else:
            continue
        assert (len(found), set(found)) == (len(members), set(members)), name


def test_a_stamp_that_changes_no_list_writes_none(
    service: Service, cafe: Merchant, frozen: Clock
) -> None:
    member_id = cafe.join(name="Anna Kovács")["member_id"]
    for _ in range(9):
        cafe.earn(member_id)
        frozen.now += timedelta(hours=12)
    service.deliver_entries(cafe.id, member_id)
    written = [call for call in service.spy.calls if call[0] in {"PutItem", "TransactWriteItems"}]
    service.spy.calls.clear()
    cafe.earn(member_id)
    stamped = len([one for one in service.spy.calls if one[0] == "TransactWriteItems"])
    service.spy.calls.clear()
    service.deliver_entries(cafe.id, member_id)
    assert written
    assert stamped
    lists = [one for one in service.spy.calls if "LIST#" in str(one[1]) and one[0] != "Query"]
    assert lists == []


@pytest.mark.long
def test_who_stays_away_gets_into_other_segments(
    service: Service, cafe: Merchant, frozen: Clock
) -> None:
    member_id = cafe.join(name="Anna")["member_id"]
    cafe.earn(member_id)
    carry(cafe, member_id)
    seen = []
    for _ in range(25):
        (there,) = [one for one in segments.SEGMENTS if listed(cafe, segment=one)]
        (mine,) = [one for one in in_lists(cafe, member_id) if "#segment#" in one]
        assert mine.endswith(f"#{there}")
        seen.append(there)
        frozen.now += timedelta(days=1)
        service.run_job("tiers")
    assert seen == ["new"] * 11 + ["at_risk"] * 10 + ["lapsed"] * 4
    (mark,) = service.table.get(keys.due_mark(cafe.id, member_id, LISTS))
    assert mark is not None
    assert "GSI1PK" not in mark, "nothing changes by time any more"
    cafe.earn(member_id)
    carry(cafe, member_id)
    assert listed(cafe, segment="returning") == [member_id]
    (mark,) = service.table.get(keys.due_mark(cafe.id, member_id, LISTS))
    assert mark is not None
    assert "GSI1PK" in mark


def test_a_mark_of_before_is_not_moved_by_a_stamp(
    service: Service, cafe: Merchant, frozen: Clock
) -> None:
    member_id = cafe.join()["member_id"]
    carry(cafe, member_id)
    (first,) = service.table.get(keys.due_mark(cafe.id, member_id, LISTS))
    frozen.now += timedelta(days=4)
    cafe.earn(member_id)
    carry(cafe, member_id)
    assert service.table.get(keys.due_mark(cafe.id, member_id, LISTS)) == [first]
    frozen.now += timedelta(days=8)
    service.run_job("tiers")
    assert listed(cafe, segment="new") == [member_id]
    assert listed(cafe, segment="at_risk") == []


def test_names_are_found_by_each_part_and_telephones_by_their_end(cafe: Merchant) -> None:
    anna = cafe.join(name="Nagy Anna Annabella", phone="+36301234567")["member_id"]
    reka = cafe.join(name="Kovács Réka", phone="+36301114567")["member_id"]
    table = cafe.join(name="Table 4567")["member_id"]
    cafe.service.list_members(cafe.id)
    assert listed(cafe, q="ann") == [anna], "once, though two parts begin so"
    assert listed(cafe, q="kov re") == listed(cafe, q="REKA") == [reka]
    assert set(listed(cafe, q="4567")) == {anna, reka}
    assert listed(cafe, q="14567") == [reka]
    assert listed(cafe, q="table 4567") == [table]
    assert listed(cafe, q="'") == []


def test_by_the_last_visit(cafe: Merchant, frozen: Clock) -> None:
    came = []
    for day in (datetime(2026, 11, 30, 12, tzinfo=UTC), datetime(2026, 12, 1, 12, tzinfo=UTC),
                datetime(2026, 12, 15, 12, tzinfo=UTC)):  # fmt: skip
        frozen.now = day
        came.append(cafe.join()["member_id"])
        cafe.earn(came[-1])
    cafe.join()
    cafe.service.list_members(cafe.id)
    first, second, third = came
    assert set(listed(cafe, last_visit_before="2026-12-02")) == {first, second}
    assert listed(cafe, last_visit_before="2026-12-01") == [first]
    assert listed(cafe, last_visit_from="2026-12-02") == [third]
    assert listed(cafe, last_visit_from="2026-12-01", last_visit_before="2026-12-15") == [second]
    assert listed(cafe, last_visit_from="2026-12-16", last_visit_before="2026-11-01") == []


@pytest.mark.parametrize(
    ("query", "path"),
    [({"birthday_month": "13"}, "birthday_month"), ({"last_visit_from": "x"}, "last_visit_from"),
     ({"last_visit_before": "2026-02-30"}, "last_visit_before"), ({"cursor": "x"}, "cursor"),
     ({"cursor": "WzEsMiwzXQ"}, "cursor"), ({"q": "ann", "cursor": "WyJhIiwiTElTVCMiLCJ6Il0"},
     "cursor")],
)  # fmt: skip
def test_what_is_no_filter_is_refused(cafe: Merchant, query: dict[str, str], path: str) -> None:
    reply = cafe.call("GET", "/v1/members", query=query)
    assert (reply.status, [it["path"] for it in reply.json["errors"]]) == (422, [path])


def test_members_of_before_are_listed_once(service: Service, cafe: Merchant) -> None:
    """By the hourly run of `tiers`, for live merchants and sandboxes, in small messages."""
    members = [cafe.join(name=f"Anna {number}")["member_id"] for number in range(60)]
    tested = cafe.join(name="Anna", test=True)["member_id"]
    assert in_lists(cafe, *members) == {}
    service.run_job("tiers")
    assert in_lists(cafe, *members) == expected(cafe)
    assert cafe.call("GET", "/v1/members/counts").json["members"] == 60
    found = cafe.call("GET", "/v1/members", query={"q": "anna"}, test=True).json["items"]
    assert [one["member_id"] for one in found] == [tested]
    service.spy.calls.clear()
    service.run_job("tiers")
    assert not [one for one in service.spy.calls if "LIST#" in str(one[1])]


def test_two_at_once_leave_the_lists_as_the_later_state_asks(
    service: Service, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One who read before a change writes after the other who saw it."""
    member_id = cafe.join(name="Anna")["member_id"]
    carry(cafe, member_id)
    cafe.call("PATCH", f"/v1/members/{member_id}", {"name": "Béla"})
    inside = places.changes

    def slow(*args: Any) -> Any:
        writes = inside(*args)
        monkeypatch.setattr(places, "changes", inside)
        cafe.call("PATCH", f"/v1/members/{member_id}", {"name": "Réka"})
        relist(load_shop(service.table, cafe.id), member_id)
        return writes

    monkeypatch.setattr(places, "changes", slow)
    relist(load_shop(service.table, cafe.id), member_id)
    assert listed(cafe, q="reka") == [member_id]
    assert in_lists(cafe, member_id) == expected(cafe)


def test_a_new_program_moves_members_between_lists(
    service: Service, cafe: Merchant, frozen: Clock
) -> None:
    member_id = cafe.join(name="Anna")["member_id"]
    carry(cafe, member_id)
    frozen.now += timedelta(days=5)
    assert listed(cafe, segment="new") == [member_id]
    published(cafe, segments={"at_risk_days": 3, "lapsed_days": 4})
    service.publish_follows(cafe.id, cafe.call("GET", "/v1/program").json["version"])
    assert in_lists(cafe, member_id) == expected(cafe)
    assert listed(cafe, segment="lapsed") == [member_id]
