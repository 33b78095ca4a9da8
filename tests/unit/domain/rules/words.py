"""The words of the worked examples: rules, rewards, and what happens to a card."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from regulars.domain import program
from regulars.domain.card import Card
from regulars.domain.decision import Decision
from regulars.domain.operations import (
    Celebrate,
    Earn,
    GrantBonus,
    GrantTier,
    Issue,
    Item,
    RewardAction,
)
from tests.unit.domain.shop import Shop, make_program, unit

ZONE = "Europe/Budapest"
NOTHING = "–"
"""What a cell says in which there is nothing."""
POINTS = [unit("point"), unit("stamp", "stamps")]

_RULE = re.compile(
    r"(\d+) (stamp|point)s? per ([\w.]+)(?: of (\w+))?(?: except (\w+))?(?: from ([\d.]+))?"
)
_REWARD = re.compile(r"(\w+) for (\d+)(?: of which (\d+) is left)?")


def minor(text: str) -> int:
    """`12.50` as 1250."""
    match = re.fullmatch(r"(\d+)\.(\d\d)", text)
    assert match, f"no sum: {text}"
    whole, cents = match.groups()
    return int(whole) * 100 + int(cents)


def money(amount: int) -> str:
    """1250 as `12.50`."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02}"


def parts(text: str, between: str = ";") -> list[str]:
    """What a cell says one after the other; nothing for a dash."""
    return [] if text == NOTHING else [part.strip() for part in text.split(between)]


def earn(text: str) -> list[dict[str, Any]]:
    """`1 point per 1.00; 2 stamps per main` as rules of a programme."""
    return [_rule(part, f"rule-{number}") for number, part in enumerate(parts(text))]


def _rule(text: str, rule_id: str) -> dict[str, Any]:
    match = _RULE.fullmatch(text)
    assert match, f"no rule: {text}"
    amount, kind, what, only, without, least = match.groups()
    rule: dict[str, Any] = {"id": rule_id, "unit": kind, "amount": int(amount)}
    if what == "visit":
        rule["on"] = "visit"
    elif what[0].isdigit():
        rule |= {"on": "spend", "per_minor": minor(what)}
    else:
        rule |= {"on": "item", "categories": [what]}
    if only:
        rule["categories"] = [only]
    if without:
        rule["exclude"] = [without]
    if least:
        rule["min_spend_minor"] = minor(least)
    return rule


def rewards(text: str, unit_id: str, **more: Any) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """`meal for 3; cup for 2 of which 1 is left` as rewards, and what is left of their stock."""
    found, left = [], {}
    for part in parts(text):
        match = _REWARD.fullmatch(part)
        assert match, f"no reward: {part}"
        name, cost, there = match.groups()
        one = {"id": name, "name": name, "cost": {"unit": unit_id, "amount": int(cost)}, **more}
        if there:
            one["stock"] = 100
            left[f"stock:{name}"] = int(there)
        found.append(one)
    return found, left


def items(text: str) -> tuple[Item, ...]:
    """`2 main 18.00 + 1 drink 3.00 - 1.00` as lines of a sale, with an order discount; none for a
    mere sum."""
    text, _, off = text.partition(" - ")
    if off:
        return (*items(text), Item(1000, -minor(off), kind="discount"))
    found = [re.fullmatch(r"(\d+) (\w+) ([\d.]+)", part) for part in parts(text, "+")]
    return tuple(Item(1000 * int(one[1]), minor(one[3]), category=one[2]) for one in found if one)


def rung_up(text: str) -> tuple[tuple[Item, ...], int]:
    """`2 mug 20.00 + gift card 50.00 + off 5.00 + tip 1.00` as lines of a sale, and its tip."""
    lines, tip = [], 0
    kinds = {"gift card": "gift_card", "delivery": "delivery", "fee": "fee", "off": "discount"}
    for part in parts(text, "+"):
        match = re.fullmatch(r"(?:([\d.]+) )?([a-z ]+) (-?)([\d.]+)", part)
        assert match, f"no line: {part}"
        pieces, what, sign, amount = match.groups()
        milli, price = int(float(pieces or 1) * 1000), minor(amount) * (-1 if sign else 1)
        if what == "tip":
            tip = price
        elif what in kinds:
            off = -1 if what == "off" else 1
            lines.append(Item(milli, off * price, kind=kinds[what]))  # type: ignore[arg-type]
        else:
            lines.append(Item(milli, price, category=what))
    return tuple(lines), tip


def noon(day: str) -> datetime:
    """Noon of a day, on the merchant's wall."""
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=ZoneInfo(ZONE))


def opened(now: str = "2026-11-22", **sections: Any) -> Shop:
    """A shop with a member who has just joined."""
    shop = Shop(make_points_program(**sections), noon(now))
    shop.join()
    return shop


def make_points_program(**sections: Any) -> program.Program:
    return make_program(**{"units": POINTS, "timezone": ZONE, **sections})


def in_lots(card: Card, unit_id: str, today: str) -> str:
    """`5 until 2026-12-31; 2`: the valid lots of a card, first to expire first."""
    valid = [
        lot
        for lot in card.valid_lots(unit_id, today)
        if not lot.expires_on or lot.expires_on >= today
    ]
    return "; ".join(
        f"{lot.amount}"
        + (f" until {lot.expires_on}" if lot.expires_on else "")
        + (f" from {lot.available_on}" if lot.available_on > today else "")
        for lot in valid
    ) or NOTHING  # fmt: skip


STEPS = (
    (r"pays (?P<amount>[\d.]+)", "pay"),
    (r"pays (?P<amount>[\d.]+) for 1 (?P<category>\w+)", "pay"),
    (r"pays (?P<amount>[\d.]+) with (?P<visits>\d+) visits", "pay"),
    (r"visit", "visit"),
    (r"(?P<visits>\d+) visits", "visit"),
    (r"refund", "refund"),
    (r"refund (?P<amount>[\d.]+)", "refund"),
    (r"refund of sale (?P<number>\d+)", "refund"),
    (r"refund (?P<amount>[\d.]+) of sale (?P<number>\d+)", "refund"),
    (r"confirms sale (?P<number>\d+)", "confirm"),
    (r"refund of it", "take_it_back"),
    (r"expires", "expire"),
    (r"correction (?P<amount>[+-]\d+)", "correct"),
    (r"review", "act"),
    (r"friend", "befriend"),
    (r"membership", "buy_membership"),
    (r"takes the refund back", "take_refund_back"),
    (r"takes refund (?P<number>\d+) back", "take_refund_back"),
    (r"the order is now (?P<amount>[\d.]+)", "send_again"),
    (r"is reviewed", "look_again"),
    (r"birthday", "celebrate"),
    (r"takes (?P<reward>\w+)", "take"),
    (r"gives (?:it )?back", "give_back"),
    (r"gives voucher (?P<number>\d+) back", "give_back"),
    (r"redeems", "redeem"),
)
"""What a step looks like, and the method that does it with what was named in it."""


class Script(ABC):
    """A card and what happens to it, step by step, in the document's words."""

    def run(self, text: str) -> Self:
        for step in parts(text):
            self.step(step)
        return self

    def step(self, text: str) -> None:
        """Do one step; raises AssertionError for a step that has no pattern."""
        if dated := re.fullmatch(r"on ([\d-]{10}) (.+)", text):
            self.stand_on(dated[1])
            return self.step(dated[2])
        if often := re.fullmatch(r"(\d+) times (.+)", text):
            for _ in range(int(often[1])):
                self.step(often[2])
            return None
        for pattern, name in STEPS:
            if match := re.fullmatch(pattern, text):
                self.heard(getattr(self, name)(**match.groupdict()))
                return None
        raise AssertionError(f"nobody knows how to: {text}")

    @abstractmethod
    def stand_on(self, day: str) -> None:
        """From now on it is noon of this day."""

    @abstractmethod
    def heard(self, answer: Any) -> None:
        """Remember what a step answered."""


class Story(Script):
    """A card of the pure core and what happens to it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.sales: list[Decision] = []
        self.taken: list[str] = []
        """The ids of vouchers that were taken or issued."""
        self.last: Decision | None = None
        self.refunds: list[tuple[Decision, Decision]] = []
        """Every refund, and its sale."""
        self.left: dict[str, int] = {}
        """What is left of shared counters."""

    def stand_on(self, day: str) -> None:
        self.shop.now = noon(day)

    def heard(self, decision: Decision) -> None:
        self.last = decision
        self.taken += [voucher.voucher_id for voucher in decision.unlocked]

    def pay(self, amount: str, category: str | None = None, visits: str | None = None) -> Decision:
        bought = (Item(1000, minor(amount), category=category),) if category else ()
        return self._earn(spend_minor=minor(amount), items=bought, visits=int(visits or 1))

    def visit(self, visits: str | None = None) -> Decision:
        return self._earn(visits=int(visits or 1))

    def _earn(self, **what: Any) -> Decision:
        origin = self.shop.origin(left=self.left)
        self.sales.append(self.shop.do(Earn(origin, **what, order_id=f"o{len(self.sales)}")))
        return self.sales[-1]

    def refund(self, amount: str | None = None, number: str | None = None) -> Decision:
        sale = self.sales[int(number) - 1 if number else -1]
        self.refunds.append((self.shop.refund(sale, minor(amount) if amount else None), sale))
        return self.refunds[-1][0]

    def confirm(self, number: str) -> Decision:
        """End the hold on a sale."""
        return self.shop.confirm(self.sales[int(number) - 1])

    def take_it_back(self) -> Decision:
        """Refund the last step."""
        assert self.last is not None
        return self.shop.refund(self.last)

    def expire(self) -> Decision:
        return self.shop.expire()

    def correct(self, amount: str) -> Decision:
        return self.shop.adjust(next(iter(self.shop.program.units)), int(amount))

    def act(self) -> Decision:
        return self.shop.do(RewardAction(self.shop.origin(), "review"))

    def befriend(self) -> Decision:
        """Reward a referral of this member."""
        return self.shop.do(GrantBonus(self.shop.origin(), "referral", referral=True))

    def look_again(self) -> Decision:
        return self.shop.review()

    def celebrate(self) -> Decision:
        self.shop.later(days=40)
        return self.shop.do(Celebrate(self.shop.origin(), "birthday"))

    def buy_membership(self) -> Decision:
        """Pay 9.00 for a membership of gold."""
        return self.shop.do(GrantTier(self.shop.origin(), "gold", "", "membership", paid_minor=900))

    def take_refund_back(self, number: str | None = None) -> Decision:
        """Take a refund back, the newest if none is named."""
        return self.shop.void(*self.refunds[int(number) - 1 if number else -1])

    def send_again(self, amount: str) -> Decision:
        """Send the newest sale again with another amount."""
        return self.shop.revise(self.sales[-1], minor(amount))

    def take(self, reward: str) -> Decision:
        origin = self.shop.origin(left=self.left)
        decision = self.shop.do(Issue(origin, reward))
        self.taken += [voucher.voucher_id for voucher in decision.vouchers]
        return decision

    def give_back(self, number: str | None = None) -> Decision:
        voucher_id = self.taken[int(number) - 1 if number else -1]
        return self.shop.cancel(self.shop.vouchers[voucher_id])

    def redeem(self) -> Decision:
        """The newest voucher that is open, else the newest, to see it refused."""
        still_open = [one for one in self.taken if one in self.shop.card.open]
        return self.shop.redeem(self.shop.vouchers[(still_open or self.taken)[-1]])

    def tier(self) -> str:
        return self.shop.card.tier.id if self.shop.card.tier else NOTHING

    def gifts(self) -> str:
        return str(sum(held.reward_id == "gift" for held in self.shop.card.open.values()))

    def lots(self, unit_id: str = "point") -> str:
        return in_lots(self.shop.card, unit_id, self.shop.today)

    @property
    def day(self) -> date:
        return date.fromisoformat(self.shop.today)
