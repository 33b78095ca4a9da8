"""A member is erased: the person leaves the table, the ledger of the card stays whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zlib import decompress
from zlib import error as CompressionError  # noqa: N812 - as other errors are named

import pytest

from regulars.actions import erase, repair
from regulars.core import tokens
from regulars.domain.operations import Adjust, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import load_shop
from regulars.store import keys
from regulars.store.marshal import Item, from_item
from regulars.store.members import Members
from tests.conftest import Clock
from tests.functional import tills
from tests.functional.test_jobs import catch_up
from tests.functional.test_messages import Mails, announce
from tests.service import Browser, Merchant, Reply, Service

ANNA: dict[str, Any] = {
    "name": "Anna Canary", "email": "canary@example.com", "phone": "+36301234567",
    "birthday": "1990-05-21", "language": "hu", "source": "canary-poster",
    "referred_by": "canaryfriend", "consents": {"email": True, "leaderboard": True},
}  # fmt: skip
CANARIES = (
    "Canary", "canary@example.com", "+36301234567", "05-21", "canary-poster", "canaryfriend",
)  # fmt: skip
UNKNOWN = "m" + "x" * 13


def gone(cafe: Merchant, member_id: str, *, test: bool = False) -> Reply:
    """The answer to erasing a member."""
    reply = cafe.call("DELETE", f"/v1/members/{member_id}", test=test)
    assert reply.status == 202, reply.text
    return reply


def everything(service: Service) -> Iterator[Item]:
    """Every item of the table, as nobody at run time may read it."""
    start: dict[str, Any] = {}
    while True:
        answer = service.table._transport("Scan", {"TableName": service.table.name, **start})
        yield from map(from_item, answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def kept(service: Service) -> dict[tuple[str, str], Item]:
    """Every item of the table by its key, without what a later run may move."""
    return {
        (item["PK"], item["SK"]): {**item, "ttl": 0}
        for item in everything(service)
        if not item["PK"].startswith("JOB#")
    }


def readable(value: Any) -> Any:
    """A value of an item as text, what is compressed unpacked; hashes are not."""
    if isinstance(value, bytes):
        try:
            return decompress(value).decode()
        except CompressionError:
            return value.hex()
    if isinstance(value, dict):
        return {name: readable(one) for name, one in value.items()}
    return value


def found_in(service: Service, *words: str) -> list[tuple[str, str]]:
    """The items in which any of the words stands."""
    texts = (
        (item["PK"], item["SK"], json.dumps(readable(item), ensure_ascii=False, default=str))
        for item in everything(service)
    )
    return [(pk, sk) for pk, sk, text in texts if any(word in text for word in words)]


class TestFromThenOn:
    def test_the_card_is_as_unknown_as_one_that_never_was(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        card = cafe.join(**ANNA)
        member = card["member_id"]
        voucher = cafe.earn(member, visits=9)["unlocked"][0]["code"]
        link = card["card_url"].removeprefix("https://cards.example")
        code = cafe.service.request("GET", f"{link}/code").json["code"]
        frozen.now += timedelta(seconds=1)
        erased_by = gone(cafe, member).json["erased_by"]
        assert erased_by == "2026-11-23T09:00:01Z"
        for method, path, body in (
            ("GET", "", None), ("GET", "/profile", None), ("GET", "/rewards", None),
            ("GET", "/entries", None), ("GET", "/verify", None), ("GET", "/export", None),
            ("GET", "/proof", None), ("PATCH", "", {"name": "Again"}), ("DELETE", "", None),
            ("POST", "/repair", {"dry_run": True}), ("POST", "/tier", {"tier": "x"}),
        ):  # fmt: skip
            reply = cafe.call(method, f"/v1/members/{member}{path}", body)
            never = cafe.call(method, f"/v1/members/{UNKNOWN}{path}", body)
            assert (reply.status, reply.text) == (404, never.text), path
        for named in ({"member_id": member}, {"contact": "canary@example.com"}, {"code": code}):
            assert cafe.call("POST", "/v1/earn", named).status == 404
        assert cafe.call("POST", f"/v1/vouchers/{voucher}/redeem").status == 404
        assert cafe.call("POST", f"/v1/vouchers/{voucher}/cancel").status == 404
        other = cafe.join()["member_id"]
        give = {"to": member, "unit": "stamp", "amount": 1}
        assert cafe.call("POST", f"/v1/members/{other}/give", give).status == 404
        never = cafe.service.request("GET", "/c/nothing")
        for path in ("", "/code", "/state"):
            assert cafe.service.request("GET", f"{link}{path}").status == 404
        assert cafe.service.request("GET", link).text == never.text

    def test_no_list_and_no_search_has_it(self, cafe: Merchant) -> None:
        member = cafe.join(**ANNA)["member_id"]
        other = cafe.join(name="Ben Canary")["member_id"]
        cafe.service.list_members(cafe.id)
        gone(cafe, member)
        for query in ({}, {"q": "Canary"}, {"q": ""}, {"segment": "new"}):
            items = cafe.call("GET", "/v1/members", query=query).json["items"]
            assert [one["member_id"] for one in items] == [other], query
        for q in ("canary@example.com", "+36301234567"):
            assert cafe.call("GET", "/v1/members", query={"q": q}).json["items"] == []
        document = cafe.call("GET", "/v1/program").json["program"]
        assert cafe.call("POST", "/v1/program/preview", document).json["members"] == 1

    def test_another_merchant_erases_nobody(self, service: Service, cafe: Merchant) -> None:
        member = cafe.join(**ANNA)["member_id"]
        path = f"/v1/members/{member}"
        assert service.new_merchant().call("DELETE", path).status == 404
        assert cafe.call("DELETE", path, test=True).status == 404
        assert service.request("DELETE", path, cookies=cafe.staff_cookies()).status == 403
        assert cafe.card(member)["name"] == "Anna Canary"

    def test_what_was_under_way_is_not_booked(self, cafe: Merchant) -> None:
        member = cafe.join(**ANNA)["member_id"]
        shop = load_shop(cafe.service.table, cafe.id)
        card = shop.ledger.card(member)
        assert card is not None
        gone(cafe, member)
        late = Adjust(Origin("late", "api", entropy=bytes(16)), "stamp", 1, "late")
        with pytest.raises(Refused) as refused:
            shop.ledger.perform(shop.program, card, late, shop.now)
        assert refused.value.code is RefusalCode.NOT_FOUND
        assert shop.ledger.card(member) is None


class TestThePerson:
    @pytest.mark.parametrize("test", [False, True], ids=["live", "sandbox"])
    def test_nothing_of_it_is_left_in_the_table(self, cafe: Merchant, *, test: bool) -> None:
        other = cafe.join(test=test, name="Ben", email="ben@example.com")["member_id"]
        member = cafe.join(test=test, **ANNA)["member_id"]
        cafe.earn(member, test=test, visits=9)
        merchant_id = cafe.sandbox_id if test else cafe.id
        cafe.service.deliver_entries(merchant_id, member)
        assert found_in(cafe.service, *CANARIES)
        gone(cafe, member, test=test)
        assert found_in(cafe.service, *CANARIES) == []
        about = [item for item in everything(cafe.service) if item.get("c") == member]
        assert {item["SK"] for item in about} == {"OP"}
        marks = [it for it in everything(cafe.service) if member in it.get("GSI1SK", "")]
        assert {it["SK"].partition("#")[0] for it in marks} == {"ENTRY", "PROFILE"}
        assert cafe.card(other, test=test)["name"] == "Ben"

    def test_its_birthday_is_not_told_by_when_something_is_due(self, cafe: Merchant) -> None:
        document = cafe.call("GET", "/v1/program").json["program"]
        wish = {"id": "wish", "on": "birthday", "unit": "stamp", "amount": 1}
        changed = {**document, "earn": [*document["earn"], wish]}
        assert cafe.call("PUT", "/v1/program", changed, headers={"if-match": "1"}).status == 200
        member = cafe.join(**ANNA)["member_id"]
        shop = load_shop(cafe.service.table, cafe.id)
        card = shop.ledger.card(member)
        assert card is not None
        assert "birthday" in card.due
        gone(cafe, member)
        card = shop.ledger.stored_card(member)
        assert card is not None
        assert card.due == {}
        assert found_in(cafe.service, "05-21", card.member_id + "#birthday") == []

    def test_a_message_that_waits_in_the_queue_is_not_sent(self, cafe: Merchant) -> None:
        mails = Mails(cafe.service)
        member = cafe.join(**ANNA)["member_id"]
        cafe.service.deliver_entries(cafe.id, member)
        gone(cafe, member)
        assert cafe.service.deliver("messages", "notify") == {"batchItemFailures": []}
        announce(cafe, member)
        assert mails.new() == []

    def test_a_card_that_cannot_be_read_is_forgotten_all_the_same(self, cafe: Merchant) -> None:
        member = cafe.join(**ANNA)["member_id"]
        pk, sk = keys.state(cafe.id, member)
        cafe.service.table.put({"PK": pk, "SK": sk, "ver": 3, "s": "{"})
        gone(cafe, member)
        assert found_in(cafe.service, *CANARIES) == []
        assert cafe.call("GET", f"/v1/members/{member}").status == 404
        assert cafe.call("GET", "/v1/members").json["items"] == []


class TestTheLedger:
    def test_it_stays_whole_and_ends_with_the_erasure(self, cafe: Merchant) -> None:
        member = cafe.join(**ANNA)["member_id"]
        cafe.earn(member, visits=4, spend_minor=1200)
        before = cafe.call("GET", f"/v1/members/{member}/entries").json["items"]
        balances = cafe.card(member)["balances"]
        gone(cafe, member)
        shop = load_shop(cafe.service.table, cafe.id)
        found = repair.check(shop, member)
        assert found.ok, found.words
        assert found.card is not None
        assert found.card.balance("stamp") == balances["stamp"]["available"] == 5
        assert found.card.lifetime.spend_minor == 1200
        stored = [*shop.ledger.entries(member)]
        assert [one.hash for one in stored[:-1]] == [one["hash"] for one in reversed(before)]
        last = json.loads(stored[-1].text)
        assert (last["kind"], last["lines"], last["facts"]) == ("erase", [], {})

    def test_its_head_still_is_in_the_root_of_the_day(self, cafe: Merchant) -> None:
        member = cafe.join(test=True, **ANNA)["member_id"]
        cafe.join(test=True)
        gone(cafe, member, test=True)
        cafe.call("POST", "/v1/test/clock", {"advance": "P2D"}, test=True)
        roots = cafe.call("GET", "/v1/ledger/roots", test=True).json["items"]
        assert roots[-1]["cards"] == 2

    def test_no_job_touches_it(self, cafe: Merchant) -> None:
        member = cafe.join(test=True, **ANNA)["member_id"]
        gone(cafe, member, test=True)
        shop = load_shop(cafe.service.table, cafe.sandbox_id)
        before = shop.ledger.stored_card(member)
        cafe.call("POST", "/v1/test/clock", {"advance": "P400D"}, test=True)
        assert shop.ledger.stored_card(member) == before
        assert cafe.call("GET", "/v1/attention", test=True).json["items"] == []

    def test_a_till_finds_nobody(self, cafe: Merchant) -> None:
        member = cafe.join(**ANNA)["member_id"]
        gone(cafe, member)
        sale = tills.sale(contact={"email": "canary@example.com"})
        assert tills.post_generic(cafe, sale).status == 200
        assert tills.book(cafe.service) == []
        shop = load_shop(cafe.service.table, cafe.id)
        assert len([*shop.ledger.entries(member)]) == 2
        assert cafe.call("GET", "/v1/attention").json["items"] == []


class TestJoiningAgain:
    def test_is_another_member_who_gets_nothing_twice(self, cafe: Merchant) -> None:
        first = cafe.join(**ANNA)
        assert first["balances"]["stamp"]["available"] == 1
        gone(cafe, first["member_id"])
        for kind, contact in (("email", "Canary@example.com"), ("phone", "+36301234567")):
            known: dict[str, Any] = {kind: contact, "referred_by": "canaryfriend"}
            again = cafe.join(**known)
            assert again["member_id"] != first["member_id"]
            assert again["balances"]["stamp"]["available"] == 0
            profile = Members(cafe.service.table, cafe.id).profile(again["member_id"])
            assert profile is not None
            assert profile.referred_by == ""
            assert cafe.call("POST", "/v1/earn", {"contact": contact}).status == 200
            assert cafe.card(again["member_id"])["visits"] == 1
            assert cafe.call("GET", f"/v1/members/{again['member_id']}/verify").json["ok"] is True
        other = cafe.join(name="Ben", email="ben@example.com")
        assert other["balances"]["stamp"]["available"] == 1

    def test_by_the_page_is_the_same(self, cafe: Merchant) -> None:
        gone(cafe, cafe.join(**ANNA)["member_id"])
        form = {"once": "once0001", "email": "canary@example.com"}
        reply = cafe.service.request("POST", f"/j/{cafe.created['slug']}", form=form)
        assert reply.status == 303
        (card,) = cafe.call("GET", "/v1/members").json["items"]
        assert card["balances"]["stamp"]["available"] == 0
        assert cafe.service.deliver("messages", "notify") == {"batchItemFailures": []}

    def test_a_second_time_finds_the_new_card(self, cafe: Merchant) -> None:
        gone(cafe, cafe.join(**ANNA)["member_id"])
        again = cafe.join(**ANNA)
        assert cafe.join(**ANNA)["member_id"] == again["member_id"]
        gone(cafe, again["member_id"])
        third = cafe.join(**ANNA)
        assert third["member_id"] != again["member_id"]
        assert third["balances"]["stamp"]["available"] == 0

    def test_a_member_can_take_the_contact_of_one_who_was_erased(self, cafe: Merchant) -> None:
        gone(cafe, cafe.join(**ANNA)["member_id"])
        other = cafe.join(name="Ben")["member_id"]
        reply = cafe.call("PATCH", f"/v1/members/{other}", {"email": "canary@example.com"})
        assert reply.status == 200
        assert cafe.join(email="canary@example.com")["member_id"] == other

    def test_somewhere_else_is_joining_for_the_first_time(
        self, service: Service, cafe: Merchant
    ) -> None:
        gone(cafe, cafe.join(**ANNA)["member_id"])
        assert service.new_merchant().join(**ANNA)["balances"]["stamp"]["available"] == 1
        assert cafe.join(test=True, **ANNA)["balances"]["stamp"]["available"] == 1


class TestACrashInTheMiddle:
    def test_a_job_goes_on_and_running_it_twice_changes_nothing(
        self, cafe: Merchant, frozen: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        member = cafe.join(**ANNA)["member_id"]
        voucher = cafe.earn(member, visits=9)["unlocked"][0]["code"]

        def dies(*_: Any) -> None:
            raise Refused(RefusalCode.UNAVAILABLE)

        with monkeypatch.context() as broken:
            broken.setattr(erase, "clean_up", dies)
            assert cafe.call("DELETE", f"/v1/members/{member}").status == 503
        assert found_in(cafe.service, *CANARIES) == []
        assert cafe.call("GET", f"/v1/members/{member}").status == 404
        code = keys.code(cafe.id, voucher)
        assert (cafe.service.table.get(code)[0] or {}).get("c") == member
        catch_up(cafe.service, "expiry", frozen.now + timedelta(hours=1))
        frozen.now += timedelta(hours=2)
        assert cafe.service.run_job("expiry") == {"cards": 1}
        assert "c" not in (cafe.service.table.get(code)[0] or {})
        left = kept(cafe.service)
        shop = load_shop(cafe.service.table, cafe.id)
        erase.clean_up(shop, member)
        cafe.service.run_job("expiry")
        assert kept(cafe.service) == left
        assert cafe.call("DELETE", f"/v1/members/{member}").status == 404

    def test_in_a_sandbox_the_job_empties_the_messages(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        member = cafe.join(test=True, **ANNA)["member_id"]
        cafe.service.deliver_entries(cafe.sandbox_id, member)
        with monkeypatch.context() as broken:
            broken.setattr(erase, "clean_up", lambda *_: None)
            gone(cafe, member, test=True)
        assert found_in(cafe.service, *CANARIES) != []
        cafe.call("POST", "/v1/test/clock", {"advance": "PT2H"}, test=True)
        assert found_in(cafe.service, *CANARIES) == []

    def test_a_profile_that_changes_meanwhile_is_read_again(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        member = cafe.join(**ANNA)["member_id"]
        read = Members.profile
        moved: list[bool] = []

        def late(members: Members, member_id: str) -> Any:
            found = read(members, member_id)
            if not moved:
                moved.append(True)
                body = {"email": "second.canary@example.com"}
                assert cafe.call("PATCH", f"/v1/members/{member_id}", body).status == 200
            return found

        monkeypatch.setattr(Members, "profile", late)
        gone(cafe, member)
        assert found_in(cafe.service, *CANARIES, "second.canary") == []


def test_a_link_of_before_tokens_were_plain_letters_leads_nowhere_either(
    service: Service, cafe: Merchant
) -> None:
    member_id = str(cafe.join(name="Anna")["member_id"])
    old = tokens.earlier_card_token(tokens.card_token(cafe.id, member_id, 1, ""))
    assert old
    pk, sk = keys.link(tokens.digest(old))
    service.table.put({"PK": pk, "SK": sk, "m": cafe.id, "c": member_id})
    assert Browser(service).get(f"/c/{old}").status == 200
    gone(cafe, member_id)
    assert service.request("GET", f"/c/{old}").status == 404
    (item,) = service.table.get((pk, sk))
    assert item
    assert member_id not in str(item)
