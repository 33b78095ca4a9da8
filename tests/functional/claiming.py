"""Members who join on the page with contacts that are only claimed, and what is mailed to them."""

from __future__ import annotations

import re
from typing import Any

from tests.functional import tills
from tests.functional.test_messages import Mails
from tests.service import Merchant, Reply

EMAIL, PHONE = "anna@example.com", "+36301234567"
STAFF = {"x-regulars": "staff"}


def joined(cafe: Merchant, **form: str) -> str:
    """The member who joins on the page."""
    reply = cafe.service.request("POST", f"/j/{cafe.created['slug']}", form=form)
    assert reply.status == 303, reply.text
    card: dict[str, Any] = cafe.call("GET", "/v1/members").json["items"][0]
    assert card["card_url"].endswith(reply.headers["location"])
    return str(card["member_id"])


def contacts(cafe: Merchant, member_id: str) -> list[tuple[str, str | None]]:
    """The contacts of a member with how each was confirmed."""
    found = cafe.call("GET", f"/v1/members/{member_id}/profile").json["contacts"]
    assert all((one["confirmed_at"] is None) == (one["confirmed_by"] is None) for one in found)
    return [(one["value"], one["confirmed_by"]) for one in found]


def delivered(cafe: Merchant, mails: Mails) -> list[dict[str, Any]]:
    """The mails that leave when the queue is brought."""
    before = len(mails.new())
    assert cafe.service.deliver("messages", "notify") == {"batchItemFailures": []}
    return mails.new()[before:]


def mailed_link(cafe: Merchant, mails: Mails) -> str:
    """The path of the link in the only mail on its way."""
    (mail,) = delivered(cafe, mails)
    (path,) = set(re.findall(r"https://cards\.example(/m/[0-9a-z]+)", mail["text"]))
    return str(path)


def sold(cafe: Merchant, order_id: str = "bill-1", **who: Any) -> None:
    """A till reports a sale, and it is dealt with."""
    contact = who or {"email": EMAIL}
    sale = tills.sale(order_id, contact=contact)
    assert tills.post_generic(cafe, sale).status == 200
    assert tills.book(cafe.service) == []


def ask(cafe: Merchant, member: str, contact: str, code: str | None = None, **more: Any) -> Reply:
    """Ask for a code at the counter, or enter one."""
    body = {"contact": contact, **({"code": code} if code else {})}
    more = more or {"cookies": cafe.staff_cookies(), "headers": STAFF}
    return cafe.service.request("POST", f"/v1/members/{member}/confirm", body=body, **more)
