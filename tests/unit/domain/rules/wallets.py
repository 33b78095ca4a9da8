"""Points as money off: what is taken, what is used, and what comes back."""

from __future__ import annotations

import re
from typing import Any

from regulars.domain.decision import Decision
from regulars.domain.operations import Earn, Voucher
from regulars.domain.refusals import Refused
from tests.unit.domain.rules.document import Cells, holds
from tests.unit.domain.rules.words import (
    NOTHING,
    Story,
    make_points_program,
    minor,
    money,
    opened,
    parts,
)
from tests.unit.domain.shop import reward, unit

MONTH_MS = 30 * 24 * 3600 * 1000
FIVE = {"units": 100, "amount_minor": 500}
_USE = re.compile(
    r"uses (?P<amount>all|[\d.]+)(?P<other> of the other)?"
    r"(?: on (?P<order>[\d.]+))?(?: as (?P<name>\w))?"
)


def credit(rate: dict[str, int], least: int = 0, **more: Any) -> dict[str, Any]:
    return reward("money", least, kind="credit", rate=rate, **more)


def rate_of(text: str) -> dict[str, int]:
    """`100 for 5.00` as a rate."""
    units, _, amount = text.partition(" for ")
    return {"units": int(units), "amount_minor": minor(amount)}


@holds("Taking a credit")
def taking(row: Cells) -> Cells:
    least, step, units = (row[name] for name in ("least", "step", "units"))
    more = {} if step == NOTHING else {"step_units": int(step)}
    offered = credit(rate_of(row["rate"]), 0 if least == NOTHING else int(least), **more)
    shop = opened(rewards=[offered])
    shop.adjust("point", int(row["on the card"]))
    try:
        voucher = shop.issue("money", None if units == NOTHING else int(units))
    except Refused as refused:
        return {"taken": refused.code.value, "worth": NOTHING}
    return {
        "taken": str(sum(lot.amount for lot in voucher.lots)),
        "worth": money(voucher.value_minor),
    }


class Wallet(Story):
    """A card with two vouchers for credit, and what is used of the first."""

    vouchers: tuple[Voucher, Voucher]

    @property
    def voucher(self) -> Voucher:
        return self.shop.vouchers[self.vouchers[0].voucher_id]

    def step(self, text: str) -> None:
        if re.match(r"on [\d-]{10} ", text):
            super().step(text)
        elif match := _USE.fullmatch(text):
            self.last = self.use(**match.groupdict())
        elif match := re.fullmatch(r"takes (it|\w) back", text):
            order_id = None if match[1] == "it" else match[1]
            self.last = self.shop.take_back(self.voucher, order_id, MONTH_MS)
        elif match := re.fullmatch(r"pays ([\d.]+) with ([\d.]+) of it", text):
            self.last = self.shop.redeem(self.voucher, minor(match[2]), "o0")
            origin = self.shop.origin()
            self.sales.append(self.shop.do(Earn(origin, 1, minor(match[1]), order_id="o0")))
        elif text == "gives it back":
            self.last = self.shop.cancel(self.voucher)
        else:
            super().step(text)

    def use(self, amount: str, other: str | None, order: str | None, name: str | None) -> Decision:
        return self.shop.redeem(
            self.vouchers[1 if other else 0],
            None if amount == "all" else minor(amount),
            name,
            minor(order) if order else None,
        )


def wallet(**more: Any) -> Wallet:
    """Two vouchers of 10.00 that were taken for 200 points each."""
    shop = opened(rewards=[credit(FIVE, 100, **more)])
    shop.adjust("point", 400)
    story = Wallet(shop)
    story.vouchers = (shop.issue("money", 200), shop.issue("money", 200))
    return story


@holds("Using a credit")
def using(row: Cells) -> Cells:
    story = wallet(**({} if row["share"] == NOTHING else {"max_share": row["share"]}))
    *before, last = parts(row["what happens"])
    for step in before:
        story.step(step)
    try:
        story.step(last)
        assert story.last
        assert story.last.entry
        (changes,) = story.last.entry.facts["credit"].values()
        answer = money(sum(amount for amount, _ in changes))
    except Refused as refused:
        answer = refused.code.value
    held = story.shop.card.open.get(story.voucher.voucher_id)
    assert (held.left_minor if held else 0) == story.voucher.left_minor
    return {
        "answer": answer,
        "left": money(story.voucher.left_minor),
        "status": story.voucher.status,
    }


@holds("What of a credit comes back")
def comes_back(row: Cells) -> Cells:
    sections: dict[str, Any] = {
        "rewards": [credit(FIVE, 100, valid_days=30)],
        "refunds": {"voucher": row["policy"]},
    }
    ends = {"type": "date", "month": 12, "day": 31}
    shop = opened(units=[unit("point", expiry=ends)], **sections)
    shop.adjust("point", 150)
    shop.program = make_points_program(units=[unit("point")], **sections)
    shop.adjust("point", 50)
    story = Wallet(shop)
    voucher = shop.issue("money", 200)
    story.vouchers = (voucher, voucher)
    story.run(row["what happens"])
    assert shop.verify() == []
    return {
        "points": story.lots(),
        "left": money(story.voucher.left_minor),
        "status": story.voucher.status,
        "owes": str(shop.card.debt.get("point", 0)),
    }


def use_in_precedence(facts: set[str]) -> None:
    """Use a credit of which all that is true."""
    known = {
        "redeemed", "past its day", "owes", "too much for the order", "more than is left"
    }  # fmt: skip
    assert facts <= known, f"nobody knows {facts - known}"
    story = wallet(valid_days=7)
    if "redeemed" in facts:
        story.step("uses all")
    if "past its day" in facts:
        story.shop.later(days=8)
    if "owes" in facts:
        program = story.shop.program
        story.shop.program = make_points_program(
            rewards=[credit(FIVE, 100, valid_days=7)],
            earn=[{"id": "visit", "on": "visit", "unit": "point", "amount": 1}],
        )._replace(version=program.version)
        story.shop.adjust("point", -1, allow_debt=True)
    amount = "10.01" if "more than is left" in facts else "1.00"
    story.step(f"uses {amount}{' on 0.50' if 'too much for the order' in facts else ''}")
