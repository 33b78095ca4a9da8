"""The worked examples over HTTP: a shop with a member, and what happens to the card.

All goes through the handlers of the API and the hourly jobs, on a real engine. What no answer of
the API shows (lots, remainders, months) is read from the stored card.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from regulars.domain import calendar, due
from regulars.domain.card import Card
from regulars.jobs import recompute
from regulars.store import keys
from regulars.store.ledger import Ledger
from tests.conftest import Clock
from tests.service import Merchant, Reply, Service
from tests.unit.domain.rules.words import NOTHING, POINTS, ZONE, Script, in_lots, minor, noon

VISITS_MAX = 50
"""The most visits that one call may tell."""


class RefusedError(Exception):
    """The API refused a step."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text)
        self.code = reply.code


class House:
    """The service and its clock: shops are opened in it."""

    def __init__(self, service: Service, clock: Clock) -> None:
        self.service = service
        self.clock = clock
        self._shops: dict[str, Merchant] = {}
        """By the day on which it was opened and its programme: every row has its own member."""

    def opened(self, now: str = "2026-11-22", *, alone: bool = False, **sections: Any) -> Story:
        """A shop with this programme and a member who has just joined.

        It is `alone` where a row counts what all members share, or publishes something else.
        """
        self.clock.now = noon(now).astimezone(UTC)
        name = json.dumps([now, sections], sort_keys=True)
        if not alone and name in self._shops:
            story = Story(self._shops[name], self.clock)
            story.unit = document_of(sections)["units"][0]["id"]
        else:
            story = Story(self.service.new_merchant(timezone=ZONE), self.clock)
            story.publish(**sections)
        if not alone:
            self._shops[name] = story.cafe
        story.member_id = story.join()
        return story


class Story(Script):
    """A card of a shop and what happens to it."""

    def __init__(self, cafe: Merchant, clock: Clock) -> None:
        self.cafe = cafe
        self.clock = clock
        self.member_id = ""
        self.unit = ""
        """The first unit of the programme: what is corrected."""
        self.sales: list[dict[str, Any]] = []
        """The answers of what was sold, one for each step."""
        self.taken: list[str] = []
        """The codes of vouchers that were taken or issued."""
        self.last: Mapping[str, Any] = {}
        self.refunds = 0

    def publish(self, **sections: Any) -> None:
        """Publish a programme of these sections and nothing else."""
        document = document_of(sections)
        self.unit = document["units"][0]["id"]
        query = {"confirm_losses": "true"}  # a row says what is lost, and nobody asks again
        headers = {"if-match": "*"}
        self._asked("PUT", "/v1/program", document, headers=headers, query=query)

    def preview(self, **sections: Any) -> Any:
        """What another programme would do."""
        return self._asked("POST", "/v1/program/preview", document_of(sections))

    def join(self, **fields: Any) -> str:
        """Another member of the shop."""
        return str(self.cafe.join(**fields)["member_id"])

    def of(self, member_id: str) -> Story:
        """The story of another member of the same shop."""
        other = Story(self.cafe, self.clock)
        other.member_id, other.unit = member_id, self.unit
        return other

    def stand_on(self, day: str) -> None:
        self.clock.now = noon(day).astimezone(UTC)

    def later(self, **delta: float) -> Story:
        self.clock.now += timedelta(**delta)
        return self

    def heard(self, answer: Mapping[str, Any]) -> None:
        self.last = answer
        self.taken += [voucher["code"] for voucher in answer.get("unlocked", ())]

    def pay(self, amount: str, category: str | None = None, visits: str | None = None) -> Any:
        line = {"category": category, "quantity": 1, "amount_minor": minor(amount)}
        bought = {"items": [line]} if category else {}
        return self.sell(spend_minor=minor(amount), visits=int(visits or 1), **bought)

    def visit(self, visits: str | None = None) -> Any:
        """Visits; of very many the last call is the sale of this step."""
        many = int(visits or 1)
        while many > VISITS_MAX:
            self.heard(self.cafe.earn(self.member_id, visits=VISITS_MAX))
            many -= VISITS_MAX
        return self.sell(visits=many)

    def sell(self, **what: Any) -> dict[str, Any]:
        """A sale as an order of its own."""
        order = f"{self.member_id}-{len(self.sales)}"
        body = {"member_id": self.member_id, "order_id": order, **what}
        self.sales.append(self._asked("POST", "/v1/earn", body))
        return self.sales[-1]

    def at_the_counter(self, **what: Any) -> Any:
        """A sale that staff tell."""
        reply = self.cafe.service.request(
            "POST", "/v1/earn", body={"member_id": self.member_id, **what},
            cookies=self.cafe.staff_cookies(), acting_as=self.cafe.id,
            headers={"idempotency-key": f"counter-{self.member_id}", "x-regulars": "staff"},
        )  # fmt: skip
        return _answered(reply)

    def refund(self, amount: str | None = None, number: str | None = None) -> Any:
        sale = self.sales[int(number) - 1 if number else -1]
        return self._refund(sale, amount)

    def take_it_back(self) -> Any:
        """Refund the last step."""
        return self._refund(self.last)

    def _refund(self, sale: Mapping[str, Any], amount: str | None = None) -> Any:
        return self.give_back_of(sale, **({"amount_minor": minor(amount)} if amount else {}))

    def give_back_of(self, sale: Mapping[str, Any], **measure: Any) -> Any:
        """Refund an amount or items of a sale, or all that is left of it."""
        self.refunds += 1
        body = {"order_id": sale["entry"]["order_id"], "refund_id": self._refund_id(self.refunds)}
        return self._asked("POST", "/v1/refunds", {**body, **measure})

    def _refund_id(self, number: int) -> str:
        return f"{self.member_id}-r{number}"

    def take_refund_back(self, number: str | None = None) -> Any:
        """Take a refund back, the newest if none is named."""
        refund = self._refund_id(int(number) if number else self.refunds)
        return self._asked("POST", f"/v1/refunds/{refund}/void")

    def confirm(self, number: str) -> Any:
        """End the hold on a sale."""
        seq = self.sales[int(number) - 1]["entry"]["seq"]
        return self._asked("POST", f"/v1/entries/{self.member_id}.{seq}/confirm")

    def send_again(self, amount: str) -> Any:
        """Send the newest sale again with another amount."""
        order = self.sales[-1]["entry"]["order_id"]
        body = {"member_id": self.member_id, "order_id": order, "spend_minor": minor(amount)}
        return self._asked("POST", "/v1/earn", body)

    def correct(self, amount: str, **more: Any) -> Any:
        body = {
            "member_id": self.member_id, "unit": self.unit, "amount": int(amount),
            "reason": "because", **more,
        }  # fmt: skip
        return self._asked("POST", "/v1/adjust", body)

    def act(self) -> Any:
        body = {"member_id": self.member_id, "action": "review"}
        return self._asked("POST", "/v1/actions", body)

    def befriend(self) -> Any:
        """A friend joins and buys; the stream tells of it."""
        friend = self.of(self.join(referred_by=self.member_id))
        friend.pay("10.00")
        self.cafe.service.deliver_entries(self.cafe.id, friend.member_id)
        return {}

    def buy_membership(self) -> Any:
        """Pay 9.00 for a membership of gold, as an order of its own."""
        return self.give_tier("gold", "membership", paid_minor=900)

    def give_tier(self, tier: str, by: str, **more: Any) -> Any:
        """Give a right to a tier, as an order of its own."""
        order = f"{self.member_id}-m{self.card()['seq']}"
        body = {"tier": tier, "by": by, "order_id": order, **more}
        return self._asked("POST", f"/v1/members/{self.member_id}/tier", body)

    def take(self, reward: str) -> Any:
        body = {"member_id": self.member_id, "reward_id": reward}
        voucher = self._asked("POST", "/v1/vouchers", body)
        self.taken.append(voucher["code"])
        return voucher

    def give_back(self, number: str | None = None) -> Any:
        code = self.taken[int(number) - 1 if number else -1]
        return self._asked("POST", f"/v1/vouchers/{code}/cancel", {})

    def redeem(self) -> Any:
        """Redeem the newest voucher that is open, else the newest, to see it refused."""
        open_now = [one["code"] for one in self.card()["vouchers"]]
        still_open = [code for code in self.taken if code in open_now]
        return self._asked("POST", f"/v1/vouchers/{(still_open or self.taken)[-1]}/redeem", {})

    def expire(self) -> Any:
        """The hourly job in every hour in which the card was due, and in this one."""
        now = self.clock.now
        while (hour := self.stored().due.get(due.EXPIRE, "~")) <= calendar.hour_of(now):
            self.clock.now = datetime.fromisoformat(hour).replace(tzinfo=UTC)
            self.run_job("expiry")
            assert self.stored().due.get(due.EXPIRE) != hour, "it is done"
        self.clock.now = now
        return self.run_job("expiry")

    def look_again(self) -> Any:
        """What the stream brings after the newest version: all members are reviewed."""
        version = self.cafe.call("GET", "/v1/program").json["version"]
        recompute.recompute(self.cafe.service.table, self.cafe.id, version)
        return {}

    def run_job(self, function: str) -> Any:
        """Run an hourly job in this hour; it has run until the one before."""
        pk, sk = keys.cursor(function)
        before = calendar.hour_of(self.clock.now - timedelta(hours=1))
        self.cafe.service.table.put({"PK": pk, "SK": sk, "hour": before})
        return self.cafe.service.run_job(function)

    def _asked(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """What the API answers to its key; raises RefusedError when it refuses."""
        return _answered(self.cafe.call(method, path, body, **more))

    def card(self) -> dict[str, Any]:
        """The card as the API shows it."""
        return self.cafe.card(self.member_id)

    def stored(self) -> Card:
        """The card as it lies in the table."""
        card = Ledger(self.cafe.service.table, self.cafe.id).card(self.member_id)
        assert card
        return card

    def entry(self) -> dict[str, Any]:
        """The newest entry of the ledger."""
        path = f"/v1/members/{self.member_id}/entries"
        entry: dict[str, Any] = self.cafe.call("GET", path, query={"limit": "1"}).json["items"][0]
        return entry

    def count(self, name: str) -> int:
        """A counter that all cards share."""
        (item,) = self.cafe.service.table.get(keys.count(self.cafe.id, name))
        return int(item["n"]) if item else 0

    @property
    def today(self) -> date:
        return calendar.local_date(self.clock.now, ZONE)

    def available(self, unit_id: str = "point") -> int:
        return int(self.card()["balances"][unit_id]["available"])

    def pending(self, unit_id: str = "point") -> int:
        return int(self.card()["balances"][unit_id]["pending"])

    def owed(self, unit_id: str = "point") -> int:
        return int(self.card()["balances"][unit_id]["debt"])

    def tier(self) -> str:
        held = self.card()["tier"]
        return (held["id"] if held else None) or NOTHING

    def tier_until(self) -> str:
        held = self.card()["tier"]
        return (held["until"] or "for ever") if held and held["id"] else NOTHING

    def vouchers(self, reward: str) -> set[str]:
        """The open vouchers for a reward."""
        shown = self.card()["vouchers"]
        return {one["code"] for one in shown if one["reward_id"] == reward}

    def gifts(self) -> str:
        return str(len(self.vouchers("gift")))

    def lots(self, unit_id: str = "point") -> str:
        return in_lots(self.stored(), unit_id, self.today.isoformat())

    def last_day_of(self, units: int) -> date:
        """The last day on which so many points are there, if nothing else happens.

        Half of the days in question are ruled out at each look.
        """
        start, first, beyond = self.clock.now, 0, 500
        while beyond - first > 1:
            middle = (first + beyond) // 2
            self.clock.now = start + timedelta(days=middle)
            first, beyond = (middle, beyond) if self.available() >= units else (first, middle)
        self.clock.now = start + timedelta(days=first)
        return self.today


def document_of(sections: Mapping[str, Any]) -> dict[str, Any]:
    """A programme of these sections; points and stamps unless it names its own units."""
    return {
        "name": "Shop", "currency": "EUR", "timezone": ZONE, "languages": ["en"],
        "units": POINTS, **sections,
    }  # fmt: skip


def _answered(reply: Reply) -> Any:
    if reply.status == 409:
        raise RefusedError(reply)
    assert reply.status in {200, 201}, reply.text
    return reply.json


def instant(when: datetime) -> str:
    """A moment as the API reads it."""
    return when.isoformat()
