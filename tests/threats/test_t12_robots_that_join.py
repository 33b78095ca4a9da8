"""T12: robots join, or have mails sent to people who never asked."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.core import limits as numbers
from regulars.core.limits import Window
from regulars.messages import delivery
from regulars.pages.customer import joining
from regulars.pages.customer.join import view
from regulars.store.members import Members
from regulars.store.profiles import Profile
from tests.functional.test_messages import Mails
from tests.service import Merchant, Reply
from tests.threats import removal
from tests.threats.removal import against


def joins(cafe: Merchant, **form: str) -> Reply:
    return cafe.service.request("POST", f"/j/{cafe.created['slug']}", form=form)


def members(cafe: Merchant) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = cafe.call("GET", "/v1/members").json["items"]
    return items


@against(removal.of(view, "TRAP", "another field"))
def test_who_fills_in_everything_does_not_join(removed: None, cafe: Merchant) -> None:
    assert joins(cafe, name="Robot", left_blank="https://spam.example").status == 422
    assert members(cafe) == []


@against(removal.of(joining, "count", lambda *_: None))
def test_one_address_joins_so_often_in_a_while(
    removed: None, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "JOINS_FROM_ONE", Window(5, 600))
    assert [joins(cafe).status for _ in range(7)] == [303] * 5 + [429] * 2
    assert len(members(cafe)) == 5
    assert numbers.JOINS_FROM_ONE.most == 100


@against(removal.of(Profile, "claiming", lambda self, at_ms: self))
def test_an_address_that_was_typed_gets_no_offers(removed: None, cafe: Merchant) -> None:
    mails = Mails(cafe.service)
    joins(cafe, email="stranger@example.com", consent_email="1")
    (card,) = members(cafe)
    cafe.service.deliver_entries(cafe.id, card["member_id"])
    cafe.service.deliver("messages", "notify")
    text = " ".join(mail["subject"] for mail in mails.new())
    assert len(mails.new()) == 1, text
    profile = Members(cafe.service.table, cafe.id).profile(card["member_id"])
    assert profile is not None
    assert profile.email == ""


@against(removal.of(delivery, "_count", lambda *_: ()))
def test_one_address_gets_five_mails_a_day_of_all_shops(removed: None, cafe: Merchant) -> None:
    mails = Mails(cafe.service)
    for number in range(8):
        shop = cafe.service.new_merchant() if number else cafe
        joins(shop, email="stranger@example.com")
        cafe.service.deliver("messages", "notify")
    assert len([mail for mail in mails.new() if "stranger@example.com" in mail["to"]]) == 5
