"""The books are closed: every item of the merchant is held against the replays of its ledgers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

from local.memory import Memory
from regulars.domain.card import Card, expired
from regulars.store import cards, keys
from regulars.store.marshal import from_item
from regulars.store.table import Table
from tests.concurrency import audit
from tests.concurrency.counter import Counter as Shop
from tests.simulation import programs
from tests.simulation.checker import Checker
from tests.simulation.rates import period
from tests.simulation.replay import OPEN_MAX
from tests.simulation.requests import Asks


def everything_fits(
    checker: Checker, memory: Memory, table: Table, gone: list[dict[str, Any]]
) -> None:
    """Assert that all items belong together, down to the shared counters and parked refunds.

    `gone` are the items whose time was over; what they stood for still holds.
    """
    there = [*memory.everything(), *(item for item in gone if "#OP#" in item["PK"]["S"])]
    found = [from_item(item) for item in there if "lease" not in item]
    document = programs.version(checker.shop, 1)[0]
    shop = cast(Shop, SimpleNamespace(m=checker.m, table=table, document=document))
    audit.audit(shop, found, checker.replays)
    for item in found:
        if item["SK"] == "STATE":
            card = cards.card_of(item)
            checker.compare_windows(card, checker.replays[card.member_id])
    _counters(checker, found)
    _nothing_stays_parked(checker, found)


def _counters(checker: Checker, found: list[dict[str, Any]]) -> None:
    """A shared counter is the number of what is out or was used."""
    counted = {
        item["PK"].partition("#COUNT#")[2]: item["n"] for item in found if item["SK"] == "COUNT"
    }
    rewards = Counter(
        reward
        for _, reward, status in checker.vouchers.values()
        if status in {"issued", "redeemed"}
    )
    for name in programs.limits(checker.shop):
        kind, _, one = name.partition(":")
        used = sum(replay.current("campaigns", one) for replay in checker.replays.values())
        expected = rewards[one] if kind == "stock" else used
        assert counted.get(name, 0) == expected, f"{name} is not what was given"
    spent: Counter[str] = Counter()
    for replay in checker.replays.values():
        for given in replay.surprised.values():
            spent[given.budget] += given.cost
    budgets = {name: n for name, n in counted.items() if name.startswith("surprise:") and n}
    assert budgets == dict(spent), "a budget is not what was spent"


def _nothing_stays_parked(checker: Checker, found: list[dict[str, Any]]) -> None:
    """A refund that waited for a sale was applied, or nothing was left of it."""
    booked = {item["PK"] for item in found if item["SK"] == "OP"}
    parked = {
        (item["PK"], item["SK"])
        for item in found
        if "#PARKED#" in item["PK"] and item["SK"].startswith("REFUND#")
    }
    for order, (member, seq) in checker.orders.items():
        pk = keys.parked(checker.m, f"order:{order}")
        sale = checker.replays[member].sales[seq]
        for where, sk in parked:
            if where != pk:
                continue
            op = f"refund:{sk.removeprefix('REFUND#')}"
            applied = keys.operation(checker.m, op)[0] in booked
            assert applied or sale.whole, f"{op} was forgotten"


def sales_are_booked(checker: Checker, queued: list[str], asked: list[tuple[Asks, int]]) -> None:
    """Every sale whose event has come is on the card of who bought."""
    sales = {asks.content[4]: asks.content[0] for asks, _ in asked if asks.what == "sale"}
    for order in {*queued, *sales}:
        assert order in checker.orders, f"the sale {order} was not booked"
    for order, member in sales.items():
        assert checker.orders[order][0] == member, f"the sale {order} is on another card"


def referrals_are_rewarded(checker: Checker) -> None:
    """Whoever brought a friend who bought was rewarded once, and so was the friend."""
    handles = {handle: member for member, handle in checker.handles.items()}
    booked = checker.booked
    for friend, replay in checker.replays.items():
        named = checker.profiles[friend]["referred_by"]
        referrer = handles.get(named, named)
        ops = [f"referral:{friend}:{replay.first}:{side}" for side in ("referrer", "friend")]
        sides = [booked.get(op) for op in ops]
        given = {op for op in booked if op.startswith(f"referral:{friend}:") and op[-5:] != ":back"}
        assert all(f"{op}:back" in booked for op in given - {*ops}), "not taken back"
        if not (referrer and replay.first):
            assert sides == [None, None], "a referral was rewarded that came to nothing"
        elif sides == [None, None]:
            brought = checker.replays[referrer]
            assert brought.referred_most == brought.referrals_max(), (
                f"{referrer} was not rewarded for {friend}"
            )
        else:
            assert sides == [referrer, friend], f"the referral of {friend} rewarded {sides}"


def everybody_was_reviewed(checker: Checker) -> None:
    """A new programme has reviewed the tier of everybody who was a member."""
    for member in checker.to_review:
        assert checker.reviewed.get(member) == checker.version, f"{member} was not reviewed"


def tiers_are_right(checker: Checker, today: date) -> None:
    """Everybody is in the highest tier that they have a right to, and has what it brings now."""
    for member, replay in checker.replays.items():
        best = replay._best(today)
        assert (replay.tier and replay.tier[0]) == (best and best[0]), f"the tier of {member}"
        for benefit in replay._tier(best[0]).get("benefits", ()) if best else ():
            key = benefit["reward"], period(benefit["every"], today)
            seqs = [seq for seq, given in replay.gift_of.values() if given == key]
            full = len(replay.open_vouchers()) >= OPEN_MAX
            assert seqs or full, f"{member} was not given {benefit['id']}"


def raffles_are_drawn(checker: Checker, now: datetime) -> None:
    """Each raffle that is over was drawn from all tickets, and its winners have their prize."""
    document = programs.version(checker.shop, checker.version)[0]
    prizes = {op for op in checker.booked if op.startswith("raffle:")}
    current = {raffle["id"] for raffle in document.get("raffles", ())}
    for raffle in programs.raffles(checker.shop).values():
        name, last = raffle["id"], date.fromisoformat(raffle["until"])
        noon = datetime.combine(last + timedelta(days=1), time(12), ZoneInfo(document["timezone"]))
        drawn = checker.drawn.get(name)
        due = now >= noon + timedelta(hours=1) and last >= checker.began
        if due and name in current:
            assert drawn, f"{name} was not drawn"
        if not drawn:
            continue
        for member, replay in checker.replays.items():
            if member in checker.drawn_without[name]:
                continue
            held = drawn["tickets"].get(member, 0)
            most = replay.marks.tickets_ever[name]
            assert replay.marks.tickets[name] <= held <= most, f"the tickets of {member}"
        winners = _winners(drawn["seed"], drawn["tickets"], raffle.get("winners", 1))
        assert drawn["winners"] == winners, f"{name} cannot be drawn again like this"
        won = {f"raffle:{name}:{member}": member for member in winners}
        assert {op: checker.booked.get(op) for op in won} == won, f"prizes of {name} are missing"
        prizes -= set(won)
    assert not prizes, f"prizes for nobody: {prizes}"


def _winners(seed: str, tickets: Mapping[str, int], places: int) -> list[str]:
    """As it is published how a draw goes: all tickets in a row, one after the other drawn."""
    row = [member for member in sorted(tickets) for _ in range(tickets[member])]
    won: list[str] = []
    while row and len(won) < places:
        digest = sha256(f"{seed}:{len(won)}".encode()).digest()
        won.append(row[int.from_bytes(digest) % len(row)])
        row = [member for member in row if member != won[-1]]
    return won


def nothing_expired_is_left(card: Card, today: str) -> None:
    """When all jobs have run, nothing is held that has expired."""
    for unit, lots in card.lots.items():
        assert card.inactive_after.get(unit, today) >= today, (
            f"{unit} was left alone and is still there"
        )
        assert not [lot for lot in lots if expired(lot, today)], "an expired lot is still there"
    for voucher in card.open.values():
        assert not (voucher.expires_on and voucher.expires_on < today), "an expired voucher is open"
