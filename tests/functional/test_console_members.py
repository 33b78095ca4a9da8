"""Members at the console, as a browser without script uses them."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.functional.console import Browser, on, send
from tests.service import Merchant, Reply, Service

PATH = "/console/members"
FILE = "Név;E-mail;Bélyeg\nAnna;anna@example.com;3\nBéla;bela@example.com;4\nCili;nowhere;1\n"


def key_of(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found[1]


def act(owner: Browser, member_id: str, what: str, **form: str) -> Reply:
    key = key_of(on(owner, f"{PATH}/{member_id}"))
    return send(owner, f"{PATH}/{member_id}/{what}", key=key, **form)


def upload(owner: Browser, text: str, key: str) -> Reply:
    body = (
        f'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\n{key}\r\n'
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="m.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{text}\r\n--x--\r\n"
    )
    headers = {"content-type": "multipart/form-data; boundary=x"}
    reply = owner.go("POST", f"{PATH}/import", raw=body.encode(), headers=headers)
    while reply.status == 303:
        reply = owner.go("GET", reply.headers["location"])
    return reply


class TestTheList:
    def test_views_filters_and_search(self, cafe: Merchant, owner: Browser) -> None:
        assert "Your first member will stand here" in on(owner, PATH)
        anna = cafe.join(name="Anna <Kovács>", phone="+36301234567", birthday="11-30")
        cafe.earn(anna["member_id"], spend_minor=15_000)
        cafe.join(name="Béla")
        cafe.service.list_members(cafe.id)
        page = on(owner, PATH)
        assert "2 members" in page
        assert "Anna &lt;Kovács&gt;" in page
        assert "+3630•••4567" in page
        assert "+36301234567" not in page, "contacts are masked in lists"
        assert "€150.00" in page
        for query, names in (
            ("q=kov", ["Anna"]), ("q=4567", ["Anna"]), ("view=new", ["Anna", "Béla"]),
            ("view=birthday", ["Anna"]), ("tier=regular", ["Anna"]), ("visit=week", ["Anna"]),
            ("visit=30", []), ("q=nobody", []), ("view=lapsed", []), ("after=x", ["Anna", "Béla"]),
        ):  # fmt: skip
            reply = send_get(owner, f"{PATH}?{query}")
            found = [name for name in ("Anna", "Béla") if f"{name}" in body_of(reply)]
            assert found == names, query
        assert "1 of 2 members has their birthday this month" in on(owner, f"{PATH}?view=birthday")

    def test_pages_follow_each_other(self, cafe: Merchant, owner: Browser) -> None:
        for number in range(30):
            cafe.join(name=f"Member {number:02}")
        page = on(owner, PATH)
        found = re.search(r'href="(/console/members\?after=[^"]+)"', page)
        assert found
        rest = on(owner, found[1].replace("&amp;", "&"))
        assert len(re.findall(r">Member \d\d", page)) + len(re.findall(r">Member \d\d", rest)) == 30

    def test_somebody_new(self, cafe: Merchant, owner: Browser) -> None:
        key = key_of(on(owner, f"{PATH}/new"))
        wrong = send(owner, f"{PATH}/new", key=key, name="Anna", email="nowhere", birthday="x")
        assert wrong.status == 422
        assert 'value="nowhere"' in wrong.text
        form = {"name": "Anna", "email": "anna@example.com", "consent_email": "1"}
        page = send(owner, f"{PATH}/new", key=key_of(on(owner, f"{PATH}/new")), **form)
        assert (page.status, "Added." in page.text) == (200, True)
        again = send(
            owner, f"{PATH}/new", key=key_of(on(owner, f"{PATH}/new")), email=form["email"]
        )
        assert again.status == 200
        assert len(cafe.call("GET", "/v1/members").json["items"]) in {1, 2}

    def test_a_manager_sees_members_and_neither_import_nor_erasing(
        self, service: Service, cafe: Merchant, owner: Browser
    ) -> None:
        cafe.call("POST", "/v1/staff", {"name": "Max", "role": "manager", "email": "m@example.com"})
        card = cafe.join(name="Anna")
        manager = Browser(service).sign_in("m@example.com")
        page = on(manager, PATH)
        assert "/console/members/import" not in page
        assert "Hand out the data" not in on(manager, f"{PATH}/{card['member_id']}")
        assert manager.go("GET", f"{PATH}/import").status == 403
        reply = send(manager, f"{PATH}/{card['member_id']}/erase", named="Anna")
        assert reply.status == 403


def with_gift(cafe: Merchant) -> None:
    """Publish the programme with a gift that staff give."""
    read = cafe.call("GET", "/v1/program").json
    gift = {
        "id": "warm", "name": "Warm welcome", "reward": read["program"]["rewards"][0]["id"],
        "by": "staff", "budget": {"amount_minor": 100_000, "window": "month"},
    }  # fmt: skip
    body = {**read["program"], "surprises": [gift]}
    reply = cafe.call("PUT", "/v1/program", body, headers={"if-match": str(read["version"])})
    assert reply.status == 200, reply.text


def send_get(owner: Browser, path: str) -> Reply:
    reply = owner.go("GET", path)
    while reply.status == 303:
        reply = owner.go("GET", reply.headers["location"])
    assert reply.status == 200, path
    return reply


def body_of(reply: Reply) -> str:
    found = re.search(r"<tbody>(.*?)</tbody>", reply.text, re.DOTALL)
    return found[1] if found else ""


class TestOne:
    @pytest.fixture
    def anna(self, cafe: Merchant) -> dict[str, Any]:
        return cafe.join(name="Anna", phone="+36301234567")

    def test_a_visit_is_booked_and_undone(
        self, cafe: Merchant, owner: Browser, anna: dict[str, Any]
    ) -> None:
        c = anna["member_id"]
        page = act(owner, c, "visit")
        assert "Booked." in page.text
        assert cafe.card(c)["visits"] == 1
        seq = re.search(r'name="seq" value="(\d+)"', page.text)
        assert seq
        assert "Taken back." in send(owner, f"{PATH}/{c}/undo", seq=seq[1]).text
        assert cafe.card(c)["visits"] == 0
        assert "That was not done" in send(owner, f"{PATH}/{c}/undo", seq="1").text

    def test_gifts_and_corrections_are_taken_back_for_five_minutes(
        self, frozen: Clock, cafe: Merchant, owner: Browser, anna: dict[str, Any]
    ) -> None:
        c = anna["member_id"]
        with_gift(cafe)
        cafe.earn(c, visits=3)
        before = {name: cafe.card(c)[name] for name in ("balances", "vouchers", "expiring")}

        def now() -> dict[str, Any]:
            return {name: cafe.card(c)[name] for name in before}

        for what, form in (
            ("gift", {"surprise": "warm"}),
            ("adjust", {"unit": "stamp", "amount": "2", "reason": "Waited long"}),
            ("adjust", {"unit": "stamp", "amount": "-3", "reason": "Typed wrong"}),
        ):  # fmt: skip
            page = act(owner, c, what, **form).text
            assert now() != before
            undo = re.search(r'class="undo".*?name="seq" value="(\d+)"', page, re.DOTALL)
            assert undo, what
            assert f'name="seq" value="{undo[1]}"' in on(owner, f"{PATH}/{c}"), "in its line, too"
            done = send(owner, f"{PATH}/{c}/undo", seq=undo[1])
            assert "Taken back." in done.text
            assert f'name="seq" value="{undo[1]}"' not in done.text
            assert now() == before
            again = send(owner, f"{PATH}/{c}/undo", seq=undo[1])
            assert (again.status, now()) == (200, before)
        act(owner, c, "gift", surprise="warm")
        frozen.now += timedelta(minutes=5, seconds=1)
        page = on(owner, f"{PATH}/{c}")
        assert 'name="seq"' not in page
        (seq,) = (one["seq"] for one in cafe.call("GET", f"/v1/members/{c}/entries").json["items"]
                  if one["kind"] == "bonus" and one["seq"] > 4)  # fmt: skip
        late = send(owner, f"{PATH}/{c}/undo", seq=str(seq))
        assert (late.status, "too late" in late.text) == (409, True)

    def test_a_gift_that_was_used_stays(
        self, cafe: Merchant, owner: Browser, anna: dict[str, Any]
    ) -> None:
        c = anna["member_id"]
        with_gift(cafe)
        page = act(owner, c, "gift", surprise="warm").text
        undo = re.search(r'name="seq" value="(\d+)"', page)
        assert undo
        (gift,) = cafe.card(c)["vouchers"]
        act(owner, c, "redeem", code=gift["code"])
        refused = send(owner, f"{PATH}/{c}/undo", seq=undo[1])
        assert (refused.status, "It was redeemed before." in refused.text) == (409, True)

    def test_who_corrected_stands_in_the_entry(
        self, cafe: Merchant, owner: Browser, anna: dict[str, Any]
    ) -> None:
        c = anna["member_id"]
        act(owner, c, "adjust", unit="stamp", amount="2", reason="Waited long")
        (entry,) = (one for one in cafe.call("GET", f"/v1/members/{c}/entries").json["items"]
                    if one["kind"] == "adjust")  # fmt: skip
        (person,) = (one for one in cafe.call("GET", "/v1/staff").json["items"]
                     if one["role"] == "owner")  # fmt: skip
        assert json.loads(entry["canonical"])["staff"] == person["staff_id"]

    def test_the_same_form_twice_books_once(
        self, cafe: Merchant, owner: Browser, anna: dict[str, Any]
    ) -> None:
        c = anna["member_id"]
        key = key_of(on(owner, f"{PATH}/{c}"))
        for _ in range(2):
            send(owner, f"{PATH}/{c}/visit", key=key)
        assert cafe.card(c)["visits"] == 1

    def test_amount_adjustment_and_tier(
        self, cafe: Merchant, owner: Browser, anna: dict[str, Any]
    ) -> None:
        c = anna["member_id"]
        assert act(owner, c, "amount", spend_minor="many").status == 422
        assert "Booked." in act(owner, c, "amount", spend_minor="12,50").text
        assert cafe.card(c)["spend_minor"] == 1250
        wrong = act(owner, c, "adjust", unit="stamp", amount="2", reason="")
        assert (wrong.status, "This is needed." in wrong.text) == (422, True)
        act(owner, c, "adjust", unit="stamp", amount="+2", reason="Waited long")
        page = on(owner, f"{PATH}/{c}")
        assert "Waited long" in page
        assert cafe.card(c)["balances"]["stamp"]["available"] == 4
        refused = act(owner, c, "adjust", unit="stamp", amount="-99", reason="x")
        assert (refused.status, "There is not enough" in refused.text) == (409, True)
        act(owner, c, "tier", tier="regular", until="2027-12-31")
        assert cafe.card(c)["tier"]["id"] == "regular"

    def test_vouchers_are_redeemed_and_taken_back(
        self, cafe: Merchant, owner: Browser, anna: dict[str, Any]
    ) -> None:
        c = anna["member_id"]
        first, second = (cafe.earn(c, visits=n)["unlocked"][0]["code"] for n in (9, 10))
        assert "waits for them" in on(owner, f"{PATH}/{c}")
        assert "Redeemed." in act(owner, c, "redeem", code=first).text
        assert "Taken back" in act(owner, c, "cancel", code=second).text
        assert [one["status"] for one in cafe.card(c)["vouchers"]] == []

    def test_note_data_and_a_contact_by_code(
        self, service: Service, cafe: Merchant, owner: Browser
    ) -> None:
        typed = {"name": "Typed", "email": "typed@example.com"}
        reply = service.request("POST", f"/j/{cafe.created['slug']}", form=typed)
        assert reply.status == 303
        card = cafe.call("GET", "/v1/members").json["items"][0]
        c = card["member_id"]
        changed = {"note": "Nuts!", "name": "Typed Tina", "birthday": "05-21", "language": "hu"}
        assert "Saved." in act(owner, c, "change", **changed).text
        assert "Nuts!" in on(owner, f"{PATH}/{c}")
        page = act(owner, c, "confirm", contact="typed@example.com")
        assert "The code that they got" in page.text
        service.deliver("messages", "notify")
        mail = str(
            [it for it in service.aws_services.mails() if "typed@example.com" in str(it)][-1]
        )
        code = re.search(r"\b(\d{3} ?\d{3})\b", mail)
        assert code
        wrong = act(owner, c, "confirm", contact="typed@example.com", code="000000")
        assert wrong.status >= 400
        right = act(owner, c, "confirm", contact="typed@example.com", code=code[1])
        assert "Confirmed." in right.text

    def test_a_merge_is_looked_at_done_and_undone(
        self, cafe: Merchant, owner: Browser, anna: dict[str, Any]
    ) -> None:
        c = anna["member_id"]
        other = cafe.join(name="Anna Second")["member_id"]
        cafe.earn(other)
        cafe.service.list_members(cafe.id)
        page = on(owner, f"{PATH}/{c}/merge?q=second")
        assert f"from={other}" in page
        preview = on(owner, f"{PATH}/{c}/merge?from={other}")
        assert "2 stamps" in preview.replace("\u00a0", " ")
        done = send(owner, f"{PATH}/{c}/merge", key=key_of(preview), **{"from": other})
        assert "Merged." in done.text
        assert cafe.card(c)["balances"]["stamp"]["available"] == 3
        merge = re.search(r'name="merge" value="([^"]+)"', done.text)
        assert merge
        assert "undone" in send(owner, f"{PATH}/{c}/unmerge", merge=merge[1]).text
        assert cafe.card(c)["balances"]["stamp"]["available"] == 1

    def test_a_merged_card_leads_to_the_kept_one_and_an_unknown_one_nowhere(
        self, cafe: Merchant, owner: Browser, anna: dict[str, Any]
    ) -> None:
        other = cafe.join(name="Other")["member_id"]
        cafe.call("POST", f"/v1/members/{anna['member_id']}/merge", {"from": other})
        assert "Anna" in send_get(owner, f"{PATH}/{other}").text
        assert owner.go("GET", f"{PATH}/nobody").status == 404

    def test_erasing_asks_for_the_name(
        self, cafe: Merchant, owner: Browser, anna: dict[str, Any]
    ) -> None:
        c = anna["member_id"]
        assert act(owner, c, "erase", named="anna").status == 422
        assert cafe.card(c)["name"] == "Anna"
        assert "Erased." in act(owner, c, "erase", named="Anna").text
        assert cafe.call("GET", f"/v1/members/{c}").status == 404

    def test_data_is_handed_out(self, cafe: Merchant, owner: Browser, anna: dict[str, Any]) -> None:
        reply = send_get(owner, f"{PATH}/{anna['member_id']}/export")
        assert reply.json["profile"]["name"] == "Anna"
        table = send_get(owner, f"{PATH}/export")
        assert "Anna" in table.text
        assert table.headers["content-type"].startswith("text/csv")


class TestImport:
    def test_a_file_is_looked_at_brought_in_and_taken_back(
        self, cafe: Merchant, owner: Browser
    ) -> None:
        page = upload(owner, FILE, key_of(on(owner, f"{PATH}/import")))
        assert "Looking at 3 lines" in page.text
        path = owner_path(page.text)
        cafe.service.work()
        page_text = on(owner, path)
        assert "2 new, 0 changed, 0 as they are, 1 left out" in page_text
        assert "This is no e-mail address." in page_text
        assert cafe.call("GET", "/v1/members").json["items"] == []
        send(owner, f"{path}/start")
        cafe.service.work()
        assert "Take it all back" in on(owner, path)
        assert len(cafe.call("GET", "/v1/members").json["items"]) == 2
        send(owner, f"{path}/undo")
        cafe.service.work()
        assert "2 taken back, 0 kept" in on(owner, path)
        assert cafe.call("GET", "/v1/members").json["items"] == []
        assert path in on(owner, f"{PATH}/import")

    def test_columns_are_chosen_where_they_are_in_doubt(
        self, cafe: Merchant, owner: Browser
    ) -> None:
        page = upload(
            owner, "Who,Where\nAnna,anna@example.com\n", key_of(on(owner, f"{PATH}/import"))
        )
        assert "What are the columns?" in page.text
        path = owner_path(page.text)
        send(owner, f"{path}/start", columns="1", c0="name", c1="email")
        cafe.service.work()
        assert "1 new" in on(owner, path)

    def test_what_is_no_table_is_said_at_the_field(self, owner: Browser) -> None:
        for text in ("", "name,email"):
            page = upload(owner, text, key_of(on(owner, f"{PATH}/import")))
            assert page.status == 422
            assert 'class="mistake"' in page.text


def owner_path(page: str) -> str:
    found = re.search(r"/console/members/import/i[0-9a-f]{20}", page)
    assert found
    return found[0]
