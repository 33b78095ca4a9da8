"""T18: programs open every link in a mail or a chat before people do."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.actions import claimed
from regulars.core import tokens
from regulars.pages.customer.mailed import handlers as mailed
from regulars.pages.customer.unsubscribe import handlers as unsubscribe
from tests.functional.claiming import contacts, joined, mailed_link
from tests.functional.test_messages import Mails
from tests.service import Merchant, Service
from tests.threats import removal
from tests.threats.removal import against

really_opened = mailed._open


@pytest.fixture
def mails(service: Service) -> Mails:
    return Mails(service)


def used_by_opening(request: Any) -> Any:
    """A mailed link that confirms as soon as it is looked at."""
    one = really_opened(request)
    claimed.follow_link(one.shop, one.profile)
    return one


@against(removal.of(mailed, "_open", used_by_opening))
def test_looking_at_a_mailed_link_confirms_nothing(
    removed: None, cafe: Merchant, mails: Mails
) -> None:
    member = joined(cafe, email="anna@example.com")
    link = mailed_link(cafe, mails)
    for _ in range(3):
        assert cafe.service.request("GET", link).status == 200
    assert contacts(cafe, member) == [("anna@example.com", None)]


def test_looking_at_the_other_links_writes_nothing(cafe: Merchant) -> None:
    member = cafe.join(email="anna@example.com", consents={"email": True})["member_id"]
    paths = [
        f"/u/{tokens.unsubscribe_token(cafe.id, member)}",
        cafe.created["staff_url"].removeprefix("https://cards.example"),
    ]
    for path in paths:
        cafe.service.spy.calls.clear()
        for _ in range(2):
            assert cafe.service.request("GET", path).status == 200
        wrote = [one for one, *_ in cafe.service.spy.calls if one not in READS]
        assert wrote == []
    assert unsubscribe.ROUTES


READS = {"GetItem", "BatchGetItem", "Query"}
