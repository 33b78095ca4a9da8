"""What people do with phones, at the counter and with the till: the requests of their pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from regulars.tills.providers import generic
from tests.fraud.shops import ORIGIN, Person, Shop, Tablet
from tests.fraud.world import World
from tests.service import Reply, cookies_of

FORM_S, SCAN_S, TAP_S = 20, 3, 2
"""How long it takes to fill in a form, to show and scan a code, to tap."""

SESSION = timedelta(hours=11)


class Phone:
    """A guest's phone with a card of one shop; `source` is the address it comes from."""

    def __init__(self, world: World, shop: Shop, source: str = "192.0.2.1") -> None:
        self.world, self.shop, self.source = world, shop, source
        self.cookies: dict[str, str] = {}
        self.member_id = ""

    def join(self, form: Mapping[str, str], seconds: float = FORM_S) -> Reply:
        """Fill in the join page; afterwards the card lives here, if it was not refused."""
        self.world.wait(seconds)
        reply = self._ask("POST", f"/j/{self.shop.slug}", form=form)
        if reply.status == 303:
            self.cookies = cookies_of(reply.cookies)
            self.member_id = self.cookies[self.shop.code].partition(".")[0]
        return reply

    def code(self, voucher_id: str = "") -> str:
        """What the card shows, or a voucher on it; empty when it shows nothing."""
        query = {"voucher": voucher_id} if voucher_id else {}
        reply = self._ask("GET", f"/card/{self.shop.slug}/code", query=query)
        return str(reply.json["code"]) if reply.status == 200 else ""

    def take(self, reward_id: str) -> Reply:
        """Take a reward on the card's page."""
        self.world.wait(TAP_S)
        form = {"once": uuid4().hex, "reward_id": reward_id}
        return self._ask("POST", f"/card/{self.shop.slug}/vouchers", form=form)

    def follow(self, path: str) -> Reply:
        """Open a link and keep what it sets."""
        reply = self._ask("GET", path.removeprefix(ORIGIN))
        self.cookies |= cookies_of(reply.cookies)
        return reply

    def _ask(self, method: str, path: str, **more: Any) -> Reply:
        return self.world.request(
            method, path, cookies=self.cookies, source=self.source,
            headers={"accept": "application/json"}, **more,
        )  # fmt: skip


class Found(NamedTuple):
    """A guest on the screen of the counter."""

    member: Mapping[str, Any]
    seen: str = ""
    voucher: Mapping[str, Any] | None = None

    @property
    def member_id(self) -> str:
        return str(self.member["member_id"])

    def open_vouchers(self) -> list[dict[str, Any]]:
        return [one for one in self.member["vouchers"] if one["status"] == "issued"]

    def available(self, unit: str) -> int:
        return int(self.member["balances"].get(unit, {"available": 0})["available"])


class Counter:
    """Somebody at a device of the counter."""

    def __init__(self, shop: Shop, tablet: Tablet) -> None:
        self.shop, self.tablet, self.world = shop, tablet, shop.world

    def sign_in(self, person: Person, pin: str = "") -> Reply | None:
        """Sign in by name and PIN; None when they are signed in already."""
        tablet = self.tablet
        if tablet.who is person and tablet.until and self.world.now < tablet.until:
            return None
        self.world.wait(TAP_S)
        body = {"staff_id": person.staff_id, "pin": pin or person.pin}
        reply = self._ask("POST", "/staff/api/who", body)
        if reply.status == 200:
            tablet.cookies |= cookies_of(reply.cookies)
            tablet.who, tablet.until = person, self.world.now + SESSION
        return reply

    def scan(self, code: str) -> Found | Reply:
        """Read a code; the answer when it finds nobody."""
        self.world.wait(SCAN_S)
        reply = self._ask("GET", "/staff/api/member", query={"code": code})
        if reply.status != 200:
            return reply
        body = reply.json
        return Found(body["member"], body.get("seen", ""), body.get("voucher"))

    def by_name(self, name: str) -> list[Found]:
        """Look for a guest by name."""
        self.world.wait(SCAN_S)
        reply = self._ask("GET", "/staff/api/member", query={"q": name})
        return [Found(one) for one in reply.json["members"]] if reply.status == 200 else []

    def stamp(self, member_id: str, visits: int = 1, **more: Any) -> Reply:
        """Book visits."""
        self.world.wait(TAP_S)
        return self._ask("POST", "/v1/earn", {"member_id": member_id, "visits": visits, **more})

    def redeem(self, code: str, found: Found) -> Reply:
        """Redeem a voucher of a guest; one whose card is on hold asks why."""
        self.world.wait(TAP_S)
        body = {"seen": found.seen} if found.seen else {}
        reply = self._ask("POST", f"/v1/vouchers/{code}/redeem", body)
        if reply.status != 200 and reply.code == "held" and found.seen and self.tablet.who:
            self.shop.asked.append((found.member_id, self.tablet.who.staff_id))
        return reply

    def _ask(self, method: str, path: str, body: Any = None, **more: Any) -> Reply:
        return self.world.request(
            method, path, body=body, cookies=self.tablet.cookies,
            headers={"x-regulars": "staff"}, **more,
        )  # fmt: skip


class Delivery(NamedTuple):
    """An event of the till as it was sent."""

    raw: bytes
    headers: dict[str, str]


class Till:
    """The shop's till, which signs what it reports."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.world = shop, shop.world
        self.path = str(shop.made["webhook_urls"]["generic"]).removeprefix(ORIGIN)
        self.secret = str(shop.made["webhook_secrets"]["generic"])

    def sale(self, order_id: str, total_minor: int, **named: str) -> Delivery:
        """A sale, of whom the code on the card names."""
        data = {"order_id": order_id, "total_minor": total_minor, "currency": "EUR", **named}
        return self._signed("sale.completed", data)

    def refund(self, order_id: str, refund_id: str, total_minor: int) -> Delivery:
        """A refund, of all or of a part."""
        data = {"order_id": order_id, "refund_id": refund_id, "total_minor": total_minor}
        return self._signed("sale.refunded", data)

    def send(self, delivery: Delivery) -> Reply:
        """Send an event."""
        self.world.wait(TAP_S)
        return self.world.request("POST", self.path, raw=delivery.raw, headers=delivery.headers)

    def _signed(self, kind: str, data: Mapping[str, Any]) -> Delivery:
        raw = json.dumps({"type": kind, "data": data}).encode()
        event_id, now = uuid4().hex, str(int(self.world.now.timestamp()))
        signature = generic.sign(self.secret, event_id, now, raw)
        return Delivery(raw, {
            "content-type": "application/json", "webhook-id": event_id,
            "webhook-timestamp": now, "webhook-signature": f"v1,{signature}",
        })  # fmt: skip
