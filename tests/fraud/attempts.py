"""What attackers tried, and what became of it: counted in the ledger, to the unit.

A unit is worth what the best reward for it costs the owner. What an attacker asked for and was
refused is *blocked*; so is what the product took back by itself before it was spent. What lies on a
card that is on hold, or was reversed because of a signal before it was spent, is *held*. What was
redeemed is *missed*, whatever happened afterwards. What lies on a card and could be redeemed
tomorrow is *open*: nobody stopped it. What is too little for any reward is *short*: it is neither
stopped nor lost.
"""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from regulars.domain.ledger import DEBT, granted
from regulars.store import cards, keys
from regulars.store.marshal import from_item
from tests.fraud.shops import Shop


class Figures(NamedTuple):
    """What became of what was tried, in minor units."""

    blocked: Fraction = Fraction()
    held: Fraction = Fraction()
    missed: Fraction = Fraction()
    open: Fraction = Fraction()
    short: Fraction = Fraction()

    @property
    def tried(self) -> Fraction:
        return self.blocked + self.held + self.missed + self.open

    @property
    def share(self) -> Fraction:
        """The part that was stopped before it was redeemed; one where nothing was tried."""
        return (self.blocked + self.held) / self.tried if self.tried else Fraction(1)

    @property
    def share_of_all(self) -> Fraction:
        """The same, as if what is short had been lost."""
        every = self.tried + self.short
        return (self.blocked + self.held) / every if every else Fraction(1)

    def plus(self, other: Figures) -> Figures:
        """The sum of both."""
        return Figures(*(one + two for one, two in zip(self, other, strict=True)))


@dataclass(eq=False)
class Attempts:
    """What one attacker tried at one shop."""

    kind: str
    shop: Shop
    blocked: Fraction = Fraction()
    stolen: Fraction = Fraction()
    """The rewards of honest guests that were redeemed for somebody else."""
    whys: Tally[str] = field(default_factory=Tally)
    paid: dict[str, set[str]] = field(default_factory=dict)
    """By card of the attacker the orders that were paid and kept: nothing is wrong with them."""
    welcome: set[str] = field(default_factory=set)
    """The first card of each person: what it was given for joining is due to everybody."""

    def refused(self, worth: Fraction, why: str) -> None:
        """Something was asked for and refused."""
        self.blocked += worth
        self.whys[why] += 1

    def card(self, member_id: str, *, first: bool = False) -> None:
        """A card is the attacker's, or of a friend who has no other."""
        if first or not self.paid:
            self.welcome.add(member_id)
        self.paid.setdefault(member_id, set())

    def figures(self) -> Figures:
        """Count in the ledger what became of it."""
        total = Figures(blocked=self.blocked, missed=self.stolen)
        for member_id, orders in self.paid.items():
            welcome = member_id in self.welcome
            total = total.plus(_of_card(self.shop, member_id, orders, welcome=welcome))
        return total


def unit_worth(shop: Shop, unit: str) -> Fraction:
    """What a unit is worth, in minor units."""
    rewards = [one for one in shop.program["rewards"] if one.get("cost", {}).get("unit") == unit]
    return max(Fraction(one["cost_minor"], one["cost"]["amount"]) for one in rewards)


def reward_worth(shop: Shop) -> Fraction:
    """What the reward that is most wanted costs the owner."""
    return Fraction(max(one["cost_minor"] for one in shop.program["rewards"] if "cost" in one))


def _of_card(shop: Shop, member_id: str, orders: set[str], *, welcome: bool) -> Figures:
    """What became of what was granted to one card; what was spent was the bad part first."""
    (unit,) = (one["id"] for one in shop.program["units"])
    bad = blocked = held = redeemed = there = locked = 0
    part = shop.world.memory.items[keys.card(shop.id, member_id)]
    on_hold, once = False, set[str]()
    for (sk,), stored in part.items():
        if sk.startswith(keys.ENTRY_PREFIX):
            entry = cards.entry_of(from_item(stored))
            order = str(entry.facts.get("order", ""))
            due = order in orders and order not in once  # each order was paid once
            if not due and not (welcome and entry.kind == "join"):
                bad += sum(line.amount for line in granted(entry.lines))
            once.add(order)
            if entry.kind == "reverse":
                back = -sum(it.amount for it in entry.lines if it.amount < 0 and it.lot != DEBT)
                if entry.op.startswith("fraud:"):
                    held += back
                else:
                    blocked += back
        elif sk.startswith(keys.VOUCHER_PREFIX):
            voucher = cards.voucher_of(from_item(stored))
            amount = sum(lot.amount for lot in voucher.lots)
            redeemed += amount * (voucher.status == "redeemed")
            locked += amount * (voucher.status == "issued")
        elif sk == "STATE":
            state = cards.card_of(from_item(stored))
            on_hold = bool(state.holds)
            there = sum(lot.amount for lot in state.lots.get(unit, ()))
    held = min(held, bad)
    blocked = min(blocked, bad - held)
    missed = min(redeemed, bad - held - blocked)
    rest = bad - held - blocked - missed
    cost = min(int(one["cost"]["amount"]) for one in shop.program["rewards"] if "cost" in one)
    left_open = min(rest, locked + there // cost * cost)
    of_rest = (rest, 0, 0) if on_hold else (0, left_open, rest - left_open)
    worth = unit_worth(shop, unit)
    amounts = (blocked, held + of_rest[0], missed, of_rest[1], of_rest[2])
    return Figures(*(amount * worth for amount in amounts))
