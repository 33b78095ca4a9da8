"""Members from a file: looked at, brought in, sent again, taken back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from regulars.store import import_keys, keys
from tests.service import Merchant, Reply, Service

CSV = """external_id;Név;E-mail;Telefon;Születésnap;Bélyeg;Szint;Hírlevél;Hozzájárulás ideje;Proof
A1;Kovács Réka;reka@example.com;+36 30 123 4567;05-21;5;;igen;2025-03-01;Papíron, a pultnál
A2;Nagy Anna;anna@example.com;;1990.05.21.;0;regular;igen;;
;Béla;;06 30 123 4568;;3;;;;
"""


def send(cafe: Merchant, text: str | bytes, key: str = "file", **query: str) -> Reply:
    data = text.encode() if isinstance(text, str) else text
    return cafe.service.request(
        "POST", "/v1/imports", raw=data, query=query, acting_as=cafe.id,
        headers={"authorization": f"Bearer {cafe.created['api_key']}", "idempotency-key": key,
                 "content-type": "text/csv"},
    )  # fmt: skip


def brought_in(
    cafe: Merchant, text: str | bytes, key: str = "file", **query: str
) -> dict[str, Any]:
    reply = send(cafe, text, key, **query)
    assert reply.status == 202, reply.text
    assert cafe.service.work() == 0
    return read(cafe, reply.json["import_id"])


def read(cafe: Merchant, import_id: str) -> dict[str, Any]:
    found: dict[str, Any] = cafe.call("GET", f"/v1/imports/{import_id}").json
    return found


def do(cafe: Merchant, import_id: str, what: str, body: Any = None) -> dict[str, Any]:
    reply = cafe.call("POST", f"/v1/imports/{import_id}/{what}", body)
    assert reply.status == 200, reply.text
    assert cafe.service.work() == 0
    return read(cafe, import_id)


def found(cafe: Merchant, q: str) -> dict[str, Any] | None:
    items = cafe.call("GET", "/v1/members", query={"q": q}).json["items"]
    return items[0] if items else None


def everybody(cafe: Merchant) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in card.items() if name != "card_url"}
        for card in cafe.call("GET", "/v1/members").json["items"]
    ]


def test_a_file_is_brought_in_as_it_says(cafe: Merchant) -> None:
    done = brought_in(cafe, CSV)
    assert (done["state"], done["doubts"], done["errors"]) == ("done", [], [])
    assert done["counts"] == {"lines": 3, "new": 3, "changed": 0, "same": 0, "refused": 0}
    assert done["mapping"]["Bélyeg"] == "stamp"
    reka, anna, bela = (found(cafe, q) for q in ("reka@example.com", "anna@example.com",
                                                 "+36301234568"))  # fmt: skip
    assert reka
    assert anna
    assert bela
    assert reka["name"] == "Kovács Réka"
    assert [one["balances"]["stamp"]["available"] for one in (reka, anna, bela)] == [5, 1, 3], (
        "what joining gives is part of it"
    )
    assert anna["tier"]["id"] == "regular"
    profile = cafe.call("GET", f"/v1/members/{reka['member_id']}/profile").json
    assert [(it["kind"], it["confirmed_by"]) for it in profile["contacts"]] == [
        ("email", "merchant"), ("phone", "merchant")]  # fmt: skip
    (consent,) = profile["consents"]
    assert (consent["channel"], consent["given"], consent["wording"]) == (
        "email", True, "Papíron, a pultnál")  # fmt: skip
    assert consent["at"] == "2025-02-28T23:00:00Z"
    of_anna = cafe.call("GET", f"/v1/members/{anna['member_id']}/profile").json
    assert of_anna["consents"] == [], "a consent without proof is none"
    assert of_anna["birthday"] == "1990-05-21"
    for one in (reka, anna, bela):
        assert cafe.call("GET", f"/v1/members/{one['member_id']}/verify").json["ok"]
    service = cafe.service
    for one in (reka, anna, bela):
        service.deliver_entries(cafe.id, one["member_id"])
    assert service.aws_services.receive(service.queues["messages"]) == [], "nobody is welcomed"


def test_the_same_file_twice_changes_nothing(cafe: Merchant) -> None:
    brought_in(cafe, CSV)
    before = everybody(cafe)
    again = brought_in(cafe, CSV, "again")
    assert again["counts"] == {"lines": 3, "new": 0, "changed": 0, "same": 3, "refused": 0}
    assert everybody(cafe) == before


def test_the_same_request_twice_is_one_import(cafe: Merchant) -> None:
    first = send(cafe, CSV)
    second = send(cafe, CSV)
    assert (second.json["import_id"], second.replayed) == (first.json["import_id"], True)
    assert send(cafe, f"{CSV}x").code == "idempotency_mismatch"


def test_a_dry_run_writes_nobody_and_says_what_would_be(cafe: Merchant) -> None:
    cafe.join(name="Réka", email="reka@example.com")
    asks = brought_in(cafe, CSV, dry_run="true")
    assert asks["state"] == "asks"
    assert asks["counts"] == {"lines": 3, "new": 2, "changed": 1, "same": 0, "refused": 0}
    assert len(everybody(cafe)) == 1
    done = do(cafe, asks["import_id"], "start")
    assert (done["state"], done["counts"]["new"], done["counts"]["changed"]) == ("done", 2, 1)
    assert len(everybody(cafe)) == 3


def test_a_later_file_gives_the_difference(cafe: Merchant) -> None:
    brought_in(cafe, "id,email,stamps\nA1,anna@example.com,5\n")
    done = brought_in(cafe, "id,email,stamps,name\nA1,anna@example.com,7,Anna\n", "later")
    assert done["counts"]["changed"] == 1
    card = found(cafe, "anna@example.com")
    assert card
    assert (card["name"], card["balances"]["stamp"]["available"]) == ("Anna", 7)
    cafe.earn(card["member_id"])
    brought_in(cafe, "id,email,stamps,name\nA1,anna@example.com,7,Anna\n", "third")
    card = found(cafe, "anna@example.com")
    assert card
    assert card["balances"]["stamp"]["available"] == 8, "what was earned here stays"


def test_what_the_file_means_is_asked_where_it_is_in_doubt(cafe: Merchant) -> None:
    text = "Who,Where,What\nAnna,anna@example.com,3\n"
    asks = brought_in(cafe, text)
    assert (asks["state"], len(asks["doubts"])) == ("asks", 1)
    assert cafe.call("POST", f"/v1/imports/{asks['import_id']}/start").code == "invalid"
    mapping = {"Who": "name", "Where": "email", "What": "stamp"}
    looked = do(cafe, asks["import_id"], "start", {"mapping": mapping})
    assert (looked["state"], looked["counts"]["new"], looked["doubts"]) == ("asks", 1, [])
    assert do(cafe, asks["import_id"], "start")["state"] == "done"
    card = found(cafe, "anna@example.com")
    assert card
    assert (card["name"], card["balances"]["stamp"]["available"]) == ("Anna", 3)
    direct = brought_in(cafe, text, "direct", mapping=json.dumps(mapping))
    assert (direct["state"], direct["counts"]["same"]) == ("done", 1)


def test_mistakes_name_line_and_column(cafe: Merchant) -> None:
    gone = cafe.join(email="gone@example.com")["member_id"]
    cafe.join(email="one@example.com")
    cafe.join(phone="+36301112222")
    cafe.call("DELETE", f"/v1/members/{gone}")
    text = (
        "name,email,phone,stamps,tier\n"
        "A,nowhere,,1,\n"
        "B,,3.63E+10,1,\n"
        "C,c@example.com,,1.5,\n"
        "D,d@example.com,,1,emperor\n"
        "E,,,1,\n"
        "F,f@example.com,,1,\n"
        "G,F@example.com,,1,\n"
        "H,gone@example.com,,1,\n"
        "I,one@example.com,+36301112222,1,\n"
        "J,j@example.com,,1,,too,many\n"
        '"K\nover two lines",k@example.com,,-1,\n'
        "L,l@example.com,,1,\n"
    )
    done = brought_in(cafe, text)
    assert [(it["line"], it["column"], it["code"]) for it in done["errors"]] == [
        (2, "email", "email"), (3, "phone", "rounded"), (4, "stamps", "amount"),
        (5, "tier", "tier"), (6, "external_id", "key"), (8, None, "twice"), (9, None, "erased"),
        (10, None, "two"), (11, None, "cells"), (12, "stamps", "amount"),
    ]  # fmt: skip
    assert done["counts"] == {"lines": 12, "new": 2, "changed": 0, "same": 0, "refused": 10}


def test_a_broken_file_is_read_as_far_as_it_goes(cafe: Merchant) -> None:
    done = brought_in(cafe, 'name,email\nA,a@example.com\n"B,b@example.com\nC,c@example.com\n')
    assert done["counts"]["new"] == 1
    assert [(it["line"], it["code"]) for it in done["errors"]] == [(3, "broken")]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"name,email\n", b"\x00\x01\x02"])
def test_what_is_no_table_is_refused(cafe: Merchant, data: bytes) -> None:
    reply = send(cafe, data)
    assert (reply.status, reply.code) == (422, "invalid")


def test_a_file_that_is_too_large_or_no_csv_is_refused(cafe: Merchant) -> None:
    assert send(cafe, b"name,email\n" + b"a" * 5 * 1024 * 1024).status == 413
    assert cafe.call("POST", "/v1/imports", {"format": "free"}).status == 415
    reply = send(cafe, CSV, format="smile")
    assert (reply.status, reply.json["errors"][0]["path"]) == (422, "format")
    assert "free" in reply.json["errors"][0]["message"]
    for mapping in ("[", "[]", '{"Nobody": "email"}', '{"Név": "shoe"}'):
        assert send(cafe, CSV, mapping=mapping).status == 422


def test_undo_takes_out_who_is_new_and_gives_back_what_was(cafe: Merchant) -> None:
    old = cafe.join(name="Réka", email="reka@example.com")["member_id"]
    before = cafe.card(old)
    done = brought_in(cafe, CSV)
    used = found(cafe, "+36301234568")
    assert used
    cafe.earn(used["member_id"])
    undone = do(cafe, done["import_id"], "undo")
    assert (undone["state"], undone["counts"]["undone"], undone["counts"]["kept"]) == (
        "undone",
        2,
        1,
    )
    assert found(cafe, "anna@example.com") is None
    after = cafe.card(old)
    assert (after["name"], after["balances"]) == (before["name"], before["balances"])
    profile = cafe.call("GET", f"/v1/members/{old}/profile").json
    assert [it["kind"] for it in profile["contacts"]] == ["email"]
    assert found(cafe, "+36301234568"), "who has used the card stays"
    again = brought_in(cafe, CSV, "again")
    assert again["counts"] == {"lines": 3, "new": 1, "changed": 1, "same": 1, "refused": 0}


def test_an_erased_member_leaves_nothing_of_the_import(service: Service, cafe: Merchant) -> None:
    brought_in(cafe, CSV)
    card = found(cafe, "reka@example.com")
    assert card
    cafe.call("DELETE", f"/v1/members/{card['member_id']}")
    rest = service.table.items(keys.card(cafe.id, card["member_id"]), prefix=import_keys.PREFIX)
    assert all(set(item) == {"PK", "SK", "ttl"} for item in rest)
    again = brought_in(cafe, CSV, "again")
    assert (again["counts"]["refused"], again["counts"]["same"]) == (1, 2)


@pytest.mark.parametrize("members", [120, pytest.param(500, marks=pytest.mark.long)])
def test_many_members_in_pages(cafe: Merchant, members: int) -> None:
    rows = "".join(f"Member {n},member{n}@example.com,{n % 9}\n" for n in range(members))
    done = brought_in(cafe, f"name,email,stamps\n{rows}")
    counts = {"lines": members, "new": members, "changed": 0, "same": 0, "refused": 0}
    assert done["counts"] == counts
    assert done["progress"] == {"done": members, "of": members}


def test_what_stops_in_the_middle_goes_on(cafe: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that dies after any of its writes leaves what the next one ends."""
    from regulars.store.table import Table, Unavailable

    left = [0]
    inside = Table._call

    def dying(table: Table, operation: str, params: Any) -> Any:
        answer = inside(table, operation, params)
        if operation in {"PutItem", "TransactWriteItems"}:
            left[0] -= 1
            if left[0] == 0:
                raise Unavailable(operation, 1)
        return answer

    import_id = send(cafe, CSV).json["import_id"]
    monkeypatch.setattr(Table, "_call", dying)
    for stop in range(1, 40):
        left[0] = stop
        failed = cafe.service.work()
        left[0] = 0
        if not failed and read(cafe, import_id)["state"] == "done":
            break
    done = read(cafe, import_id)
    assert done["counts"] == {"lines": 3, "new": 3, "changed": 0, "same": 0, "refused": 0}
    stamps = [card["balances"]["stamp"]["available"] for card in everybody(cafe)]
    assert sorted(stamps) == [1, 3, 5]


def test_another_merchant_sees_no_import(service: Service, cafe: Merchant) -> None:
    import_id = send(cafe, CSV).json["import_id"]
    other = service.new_merchant()
    for method, path in (("GET", ""), ("POST", "/start"), ("POST", "/undo")):
        assert other.call(method, f"/v1/imports/{import_id}{path}").status == 404
    assert other.call("GET", "/v1/imports").json["items"] == []


def test_an_export_is_read_by_spreadsheets_and_by_ourselves(cafe: Merchant) -> None:
    brought_in(cafe, CSV)
    cafe.join(name='=HYPERLINK("x")', email="formula@example.com")
    reply = cafe.call("GET", "/v1/export/members.csv")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.text.startswith("\ufeffmember_id,name,email,phone")
    assert reply.text.count("\r\n") == 5
    assert '"\'=HYPERLINK(""x"")"' in reply.text
    assert "'+36301234567" in reply.text
    again = brought_in(cafe, reply.text.replace("member_id", "shoes", 1).encode(), "export")
    assert (again["errors"], again["counts"]["new"]) == ([], 0)
    items = cafe.call("GET", "/v1/export/members.json").json["items"]
    assert {one["email"] for one in items} >= {"reka@example.com", "formula@example.com"}


def test_an_export_of_more_than_an_answer_holds_is_a_link(
    cafe: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    from regulars.api import exports

    cafe.join(name="Anna")
    monkeypatch.setattr(exports, "ANSWER_MAX", 100)
    for name in ("members.csv", "members.json"):
        reply = cafe.call("GET", f"/v1/export/{name}")
        assert reply.status == 303
        link = reply.headers["location"].removeprefix("https://cards.example")
        got = cafe.service.request("GET", link)
        assert (got.status, "Anna" in got.text) == (200, True)
        assert cafe.service.request("GET", f"{link}x").status == 404
