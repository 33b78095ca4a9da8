"""The books of a merchant where sales change and move are closed: every item is held against the
entries, and the cards against each other."""

from __future__ import annotations

from collections import Counter
from typing import Any

from local.memory import Memory
from regulars.core import tokens
from regulars.domain.ledger import verify
from regulars.store import cards, keys
from regulars.store.marshal import from_item
from tests.simulation import programs
from tests.simulation.books_checker import BooksChecker
from tests.simulation.requests import Asks


def everything_fits(checker: BooksChecker, memory: Memory, gone: list[dict[str, Any]]) -> None:
    """Assert that all items belong together; `gone` are those whose time was over."""
    there = [*memory.everything(), *(item for item in gone if "#OP#" in item["PK"]["S"])]
    found = [from_item(item) for item in there if "lease" not in item]
    by_card: dict[str, dict[str, Any]] = {}
    for item in found:
        if "#C#" in item["PK"]:
            by_card.setdefault(item["PK"].rpartition("#")[2], {})[item["SK"]] = item
    assert by_card.keys() == checker.books.cards.keys()
    for member, parts in by_card.items():
        card = cards.card_of(parts["STATE"])
        entries = [parts[sk] for sk in sorted(parts) if sk.startswith(keys.ENTRY_PREFIX)]
        assert verify(card, [cards.recorded_of(item) for item in entries]) == []
        checker.compare_windows(card, checker.books.cards[member])
        _refunded(checker, member, parts)
        if card.merged_into:
            empty = not (card.lots or card.debt or card.open or card.carry or any(card.lifetime))
            assert empty, f"{member} was merged and still holds something"
    _leads(checker, found)
    _operations(checker, found)
    _counters(checker, found)


def _refunded(checker: BooksChecker, member: str, parts: dict[str, Any]) -> None:
    """What is kept of refunds is what was refunded and not taken back, of sales that are here."""
    for sk, item in parts.items():
        if not sk.startswith("REFUNDED#"):
            continue
        booked = checker.books.sales[member, int(sk.removeprefix("REFUNDED#"))]
        if booked.holder == member:
            so_far = -1 if booked.whole_at else sum(one.amount for one in booked.parts)
            assert item["refunded"] == so_far, f"another refund of {sk} of {member}"
    voided = {pk for pk, state in checker.claims_of_refunds.items() if state == "void"}
    for booked in checker.books.of(member):
        for part in booked.parts:
            claim = keys.refund_id(checker.m, part.refund_id)[0]
            assert not part.refund_id or claim not in voided, "a refund counts that was taken back"


def _leads(checker: BooksChecker, found: list[dict[str, Any]]) -> None:
    """Codes and contacts lead to the card that is kept."""
    codes = {item["v"]: item["c"] for item in found if item["SK"] == "CODE"}
    for voucher, (member, _, status) in checker.vouchers.items():
        if status == "issued":
            assert codes[voucher] == member, f"the code of {voucher} leads to another card"
    led = {item["PK"]: item["c"] for item in found if item["SK"] == "CONTACT"}
    for member, profile in checker.profiles.items():
        if profile["email"] and member not in checker.merged:
            digest = tokens.contact_digest(checker.m, profile["email"])
            whose = checker.kept(led[keys.contact(checker.m, digest)[0]])
            assert whose == member, f"the contact of {member} leads to {whose}"


def _operations(checker: BooksChecker, found: list[dict[str, Any]]) -> None:
    """Every entry has its operation; an order leads to the sale as it counts."""
    booked = {item["PK"]: item for item in found if item["SK"] == "OP" and "seq" in item}
    for op, member in checker.booked.items():
        item = booked.get(keys.operation(checker.m, op)[0])
        moved = op.startswith("order:") and item and item["c"] != member
        assert item, f"{op} is not known"
        assert item["c"] == member or moved, f"{op} is on another card"
    for order, (member, seq) in checker.orders.items():
        item = booked.get(keys.operation(checker.m, f"order:{order}")[0])
        assert item, f"the order {order} is nowhere"
        assert (item["c"], item["seq"]) == (member, seq), f"the order {order} is somewhere else"
    for item in found:
        if "#PARKED#" not in item["PK"] or not item["SK"].startswith("REFUND#"):
            continue
        refund_id = item["SK"].removeprefix("REFUND#")
        state = checker.claims_of_refunds[keys.refund_id(checker.m, refund_id)[0]]
        if state != "parked":
            continue
        for order, where in checker.orders.items():
            if keys.parked(checker.m, f"order:{order}") == item["PK"]:
                left = checker.books.sales[where].left_minor
                assert not left, f"refund {refund_id} of {order} was forgotten"


def _counters(checker: BooksChecker, found: list[dict[str, Any]]) -> None:
    """A shared counter is the number of what is out or was used."""
    counted = {
        item["PK"].partition("#COUNT#")[2]: item["n"] for item in found if item["SK"] == "COUNT"
    }
    out = Counter(
        reward for _, reward, status in checker.vouchers.values()
        if status in {"issued", "redeemed"}
    )  # fmt: skip
    for name in programs.limits(checker.shop):
        kind, _, one = name.partition(":")
        expected = out[one] if kind == "stock" else checker.books.uses(one)
        assert counted.get(name, 0) == expected, f"{name} is not what was given"


def sales_are_booked(
    checker: BooksChecker, queued: list[str], asked: list[tuple[Asks, int]]
) -> None:
    """Every sale whose event has come is booked, once, and counts on one card that is kept."""
    sales = {one.content[4] for one, _ in asked if one.what == "sale"}
    for order in {*queued, *sales}:
        assert order in checker.orders, f"the sale {order} was not booked"
    for order, where in checker.orders.items():
        booked = checker.books.sales[where]
        assert booked.holder == checker.kept(where[0]), f"the sale {order} counts on another card"


def refunds_count(checker: BooksChecker, asked: list[tuple[Asks, int]]) -> None:
    """A refund is known, waits or was taken back, unless nothing was left of its order."""
    for one, _ in asked:
        if one.what != "refund" or one.key or one.content[0] in checker.books.ever_whole:
            continue
        order, refund_id = one.content[:2]
        known = keys.refund_id(checker.m, refund_id)[0] in checker.claims_of_refunds
        assert known, f"the refund {refund_id} of {order} was lost"
