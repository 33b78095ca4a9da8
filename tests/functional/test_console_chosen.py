"""Members who were chosen in the list: looked at, done once for each, taken back; and the search
by a code or an order."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from regulars.core import clock, tokens
from regulars.domain.calendar import to_ms
from regulars.store.members import Members
from tests.functional.console import Browser, on, send
from tests.functional.test_console_members import key_of, send_get, with_gift
from tests.service import Merchant, Reply, Service

PATH = "/console/members"
HERE = f"{PATH}/chosen"


@pytest.fixture
def three(cafe: Merchant) -> dict[str, str]:
    """Anna, Ben and Cleo by their ids."""
    return {cafe.join(name=name)["member_id"]: name for name in ("Anna", "Ben", "Cleo")}


def boxes(ids: Any) -> dict[str, str]:
    return {f"m.{one}": "1" for one in ids}


def stamps(cafe: Merchant, ids: Any) -> list[int]:
    return [cafe.card(one)["balances"]["stamp"]["available"] for one in ids]


def look(owner: Browser, ids: Any, doing: str, **fields: str) -> Reply:
    return owner.go("POST", HERE, form={**boxes(ids), "doing": doing, **fields})


ADJUST = {"amount": "+2", "unit": "stamp", "reason": "The rain"}


def test_chosen_in_the_list_and_shown_before_anything_is_done(
    cafe: Merchant, owner: Browser, three: dict[str, str]
) -> None:
    page = on(owner, PATH)
    assert all(f'name="m.{one}"' in page for one in three)
    ids = list(three)[:2]
    page = on(owner, f"{HERE}?{urlencode(boxes(ids))}")
    assert "2 members are chosen" in page
    assert ("Anna" in page, "Ben" in page, "Cleo" in page) == (True, True, False)
    before = stamps(cafe, three)
    shown = look(owner, ids, "adjust", **ADJUST)
    assert "2 members: +2\N{NO-BREAK SPACE}stamps for each" in shown.text.replace(
        " stamps", "\N{NO-BREAK SPACE}stamps"
    )
    assert "Nothing is done yet." in shown.text
    assert stamps(cafe, three) == before


def test_each_is_done_once_and_taken_back_whole(
    cafe: Merchant, owner: Browser, three: dict[str, str]
) -> None:
    before = stamps(cafe, three)
    key = key_of(look(owner, three, "adjust", **ADJUST).text)
    form = {**boxes(three), "doing": "adjust", **ADJUST, "key": key}
    pages = [owner.go("POST", f"{HERE}/do", form=form) for _ in range(2)]
    assert [page.status for page in pages] == [200, 200]
    assert all("Adjusted for 3 members" in page.text for page in pages)
    assert stamps(cafe, three) == [one + 2 for one in before]
    undo = dict(re.findall(r'name="(m\.[^"]+)" value="(\d+)"', pages[1].text))
    assert len(undo) == 3
    for _ in range(2):
        done = owner.go("POST", f"{HERE}/undo", form=undo)
        assert "Taken back from 3 members" in done.text
        assert stamps(cafe, three) == before


def test_who_is_refused_is_named_with_the_reason_and_the_others_are_done(
    cafe: Merchant, owner: Browser, three: dict[str, str]
) -> None:
    anna, ben, cleo = three
    cafe.earn(anna, visits=3)
    cafe.earn(cleo, visits=3)
    key = key_of(look(owner, three, "adjust", amount="-3", unit="stamp", reason="x").text)
    form = {**boxes(three), "doing": "adjust", "amount": "-3", "unit": "stamp", "reason": "x"}
    page = owner.go("POST", f"{HERE}/do", form={**form, "key": key}).text
    assert "Adjusted for 2 members" in page
    refused = page[page.index("Not for one member") : page.index("<h2>Done")]
    assert ("Ben" in refused, "There is not enough on the card." in refused) == (True, True)
    assert stamps(cafe, (anna, ben, cleo)) == [1, 1, 1]


def test_gifts_for_several(cafe: Merchant, owner: Browser, three: dict[str, str]) -> None:
    with_gift(cafe)
    shown = look(owner, three, "gift", surprise="warm", note="It rained")
    assert "3 members get: Warm welcome" in shown.text
    form = {**boxes(three), "doing": "gift", "surprise": "warm", "note": "It rained"}
    page = owner.go("POST", f"{HERE}/do", form={**form, "key": key_of(shown.text)})
    assert "Given to 3 members" in page.text
    assert all(len(cafe.card(one)["vouchers"]) == 1 for one in three)


@pytest.mark.parametrize(
    ("doing", "wrong", "worded"),
    [
        ("adjust", {"amount": "many"}, "Type a number."),
        ("adjust", {"amount": "0"}, "Type a number."),
        ("adjust", {"reason": " "}, "This is needed."),
        ("adjust", {"unit": "coin"}, "Choose one of these."),
        ("gift", {"surprise": "nothing"}, "Choose one of these."),
    ],
)
def test_what_is_wrong_is_said_before_anybody_is_asked(
    cafe: Merchant, owner: Browser, three: dict[str, str], doing: str, wrong: dict[str, str],
    worded: str,
) -> None:  # fmt: skip
    with_gift(cafe)
    reply = look(owner, three, doing, **{**ADJUST, **wrong})
    assert (reply.status, worded in reply.text) == (422, True)


def test_nobody_chosen_and_strange_fields_lead_back(cafe: Merchant, owner: Browser) -> None:
    for path, form in (
        (HERE, {"doing": "gift"}), (HERE, {"m.x": "1", "doing": "erase"}),
        (f"{HERE}/do", {"m.x#y": "1", "doing": "adjust"}),
    ):  # fmt: skip
        assert owner.go("POST", path, form=form).headers["location"] == PATH
    assert owner.go("GET", f"{HERE}?m.nobody=1").headers["location"] == PATH
    assert "Nothing was taken back" in owner.go("POST", f"{HERE}/undo", form={}).text


def test_a_member_of_another_shop_is_nobody(
    service: Service, cafe: Merchant, owner: Browser, three: dict[str, str]
) -> None:
    other = service.new_merchant(owner_email="other@example.com")
    theirs = other.join(name="Zoe")["member_id"]
    page = on(owner, f"{HERE}?{urlencode(boxes([theirs, *three]))}")
    assert ("3 members are chosen" in page, "Zoe" in page) == (True, False)
    assert theirs not in send_get(owner, f"{HERE}/export?m.{theirs}=1").text
    assert owner.go("GET", f"{HERE}?m.{theirs}=1").headers["location"] == PATH


def test_the_chosen_are_exported_by_the_owner_alone(
    service: Service, cafe: Merchant, owner: Browser, three: dict[str, str]
) -> None:
    anna, ben, _ = three
    table = send_get(owner, f"{HERE}/export?{urlencode(boxes([anna, ben]))}")
    assert ("Anna" in table.text, "Ben" in table.text, "Cleo" in table.text) == (True, True, False)
    cafe.call("POST", "/v1/staff", {"name": "Max", "role": "manager", "email": "m@example.com"})
    manager = Browser(service).sign_in("m@example.com")
    assert "Download the list" not in on(manager, f"{HERE}?m.{anna}=1")
    led = manager.go("GET", f"{HERE}/export?m.{anna}=1").headers["location"]
    path, _, query = led.partition("?")
    assert manager.go("GET", path, query={"member_ids": query.partition("=")[2]}).status == 403
    many = ",".join(f"c{n}" for n in range(101))
    reply = cafe.call("GET", "/v1/export/members.json", query={"member_ids": many})
    assert (reply.status, reply.json["errors"][0]["path"]) == (422, "member_ids")


def test_anything_that_names_a_member_finds_them(
    service: Service, cafe: Merchant, owner: Browser
) -> None:
    card = cafe.join(name="Anna")
    member_id = card["member_id"]
    other = service.new_merchant(owner_email="other@example.com")
    theirs = other.join(name="Zoe")["member_id"]
    other.earn(theirs, spend_minor=500, order_id="their-order")
    for n in range(9):
        cafe.earn(member_id, spend_minor=500, order_id=f"order-{n}")
    (voucher,) = cafe.card(member_id)["vouchers"]
    handle = Members(service.table, cafe.id).profile(member_id)
    assert handle is not None
    code = tokens.card_code(cafe.id, handle.handle, to_ms(clock.now()) // 1000)
    for q, worded in (
        ("order-3", "number of an order"), (voucher["code"].lower(), "code of a voucher"),
        (member_id, "id of a member"), (code, "code of a card"),
    ):  # fmt: skip
        page = on(owner, f"{PATH}?{urlencode({'q': q})}")
        assert (f'name="m.{member_id}"' in page, worded in page) == (True, True), q
    for q in ("their-order", theirs, "order-99", "#", "x" * 300):
        assert "Nobody is meant by this." in on(owner, f"{PATH}?{urlencode({'q': q})}")


def test_an_order_of_a_till_and_a_merged_card(cafe: Merchant, owner: Browser) -> None:
    anna, ben = (cafe.join(name=name)["member_id"] for name in ("Anna", "Ben"))
    cafe.earn(anna, spend_minor=500, order_id="square:77-A")
    cafe.call("POST", f"/v1/members/{ben}/merge", {"from": anna})
    for q in ("77-A", "square:77-A"):
        page = on(owner, f"{PATH}?{urlencode({'q': q})}")
        assert (f'name="m.{ben}"' in page, "number of an order" in page) == (True, True)


def test_it_is_for_who_manages_members(service: Service, cafe: Merchant) -> None:
    cafe.person(name="Kata", email="kata@example.com")
    reply = service.request("GET", HERE, cookies=cafe.counter(name="Zed"))
    assert reply.status in {303, 403}
    assert send(Browser(service), f"{HERE}/do", doing="gift").status == 200  # the sign-in


def test_a_number_of_somebody_who_was_erased_finds_nobody(cafe: Merchant, owner: Browser) -> None:
    anna = cafe.join(name="Anna")["member_id"]
    cafe.earn(anna, spend_minor=500, order_id="order-1")
    assert cafe.call("DELETE", f"/v1/members/{anna}").status == 202
    for number in (anna, "order-1"):
        page = on(owner, f"{PATH}?q={number}")
        assert f"{PATH}/{anna}" not in page
        assert "number of an order" not in page
