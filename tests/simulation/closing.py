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
from tests.simulation.rates import period
from tests.simulation.replay import OPEN_MAX
from tests.simulation.requests import Asks
from tests.simulation.witness import Witness


def everything_fits(
    witness: Witness, memory: Memory, table: Table, gone: list[dict[str, Any]]
) -> None:
    """Assert that all items belong together, down to the shared counters and parked refunds.

    `gone` are the items whose time was over; what they stood for still holds.
    """
    there = [*memory.everything(), *(item for item in gone if "#OP#" in item["PK"]["S"])]
    found = [from_item(item) for item in there if "lease" not in item]
    document = programs.version(witness.shop, 1)[0]
    shop = cast(Shop, SimpleNamespace(m=witness.m, table=table, document=document))
    audit.audit(shop, found, witness.replays)
    for item in found:
        if item["SK"] == "STATE":
            card = cards.card_of(item)
            witness.compare_windows(card, witness.replays[card.member_id])
    _counters(witness, found)
    _nothing_stays_parked(witness, found)


def _counters(witness: Witness, found: list[dict[str, Any]]) -> None:
    """A shared counter is the number of what is out or was used."""
    counted = {
        item["PK"].partition("#COUNT#")[2]: item["n"] for item in found if item["SK"] == "COUNT"
    }
    rewards = Counter(
        reward
        for _, reward, status in witness.vouchers.values()
        if status in {"issued", "redeemed"}
    )
    for name in programs.limits(witness.shop):
        kind, _, one = name.partition(":")
        used = sum(replay.standing("campaigns", one) for replay in witness.replays.values())
        expected = rewards[one] if kind == "stock" else used
        assert counted.get(name, 0) == expected, f"{name} is not what was given"
    spent: Counter[str] = Counter()
    for replay in witness.replays.values():
        for given in replay.surprised.values():
            spent[given.budget] += given.cost
    budgets = {name: n for name, n in counted.items() if name.startswith("surprise:") and n}
    assert budgets == dict(spent), "a budget is not what was spent"


def _nothing_stays_parked(witness: Witness, found: list[dict[str, Any]]) -> None:
    """A refund that waited for a sale was applied, or is more than was left of it."""
    booked = {item["PK"] for item in found if item["SK"] == "OP"}
    parked = {(item["PK"], item["SK"]): item for item in found if "#PARKED#" in item["PK"]}
    for order, (member, seq) in witness.orders.items():
        pk = keys.parked(witness.m, f"order:{order}")
        sale = witness.replays[member].sales[seq]
        for (where, sk), item in parked.items():
            if where != pk:
                continue
            op = f"refund:order:{order}:{sk.removeprefix('REFUND#')}"
            applied = keys.operation(witness.m, op)[0] in booked
            left = sale.paid - sale.refunded
            assert applied or sale.whole or item.get("amount", 0) > left, f"{op} was forgotten"


def sales_are_booked(witness: Witness, queued: list[str], asked: list[tuple[Asks, int]]) -> None:
    """Every sale whose event has come is on the card of who bought."""
    sales = {asks.content[4]: asks.content[0] for asks, _ in asked if asks.what == "sale"}
    for order in {*queued, *sales}:
        assert order in witness.orders, f"the sale {order} was not booked"
    for order, member in sales.items():
        assert witness.orders[order][0] == member, f"the sale {order} is on another card"


def referrals_are_rewarded(witness: Witness) -> None:
    """Whoever brought a friend who bought was rewarded once, and so was the friend."""
    handles = {handle: member for member, handle in witness.handles.items()}
    booked = witness.booked
    for friend, replay in witness.replays.items():
        named = witness.profiles[friend]["referred_by"]
        referrer = handles.get(named, named)
        ops = [f"referral:{friend}:{replay.first}:{side}" for side in ("referrer", "friend")]
        sides = [booked.get(op) for op in ops]
        given = {op for op in booked if op.startswith(f"referral:{friend}:") and op[-5:] != ":back"}
        assert all(f"{op}:back" in booked for op in given - {*ops}), "not taken back"
        if not (referrer and replay.first):
            assert sides == [None, None], "a referral was rewarded that came to nothing"
        elif sides == [None, None]:
            brought = witness.replays[referrer]
            assert brought.referred_most == brought.referrals_max(), (
                f"{referrer} was not rewarded for {friend}"
            )
        else:
            assert sides == [referrer, friend], f"the referral of {friend} rewarded {sides}"


def everybody_was_reviewed(witness: Witness) -> None:
    """A new programme has reviewed the tier of everybody who was a member."""
    for member in witness.to_review:
        assert witness.reviewed.get(member) == witness.version, f"{member} was not reviewed"


def tiers_are_right(witness: Witness, today: date) -> None:
    """Everybody is in the highest tier that they have a right to, and has what it brings now."""
    for member, replay in witness.replays.items():
        best = replay._best(today)
        assert (replay.tier and replay.tier[0]) == (best and best[0]), f"the tier of {member}"
        for benefit in replay._tier(best[0]).get("benefits", ()) if best else ():
            key = benefit["reward"], period(benefit["every"], today)
            seqs = [seq for seq, given in replay.gift_of.values() if given == key]
            full = len(replay.open_vouchers()) >= OPEN_MAX
            assert seqs or full, f"{member} was not given {benefit['id']}"


def raffles_are_drawn(witness: Witness, now: datetime) -> None:
    """Each raffle that is over was drawn from all tickets, and its winners have their prize."""
    document = programs.version(witness.shop, witness.version)[0]
    prizes = {op for op in witness.booked if op.startswith("raffle:")}
    current = {raffle["id"] for raffle in document.get("raffles", ())}
    for raffle in programs.raffles(witness.shop).values():
        name, last = raffle["id"], date.fromisoformat(raffle["until"])
        noon = datetime.combine(last + timedelta(days=1), time(12), ZoneInfo(document["timezone"]))
        drawn = witness.drawn.get(name)
        due = now >= noon + timedelta(hours=1) and last >= witness.began
        if due and name in current:
            assert drawn, f"{name} was not drawn"
        if not drawn:
            continue
        for member, replay in witness.replays.items():
            held = drawn["tickets"].get(member, 0)
            most = replay.marks.tickets_ever[name]
            assert replay.marks.tickets[name] <= held <= most, f"the tickets of {member}"
        winners = _winners(drawn["seed"], drawn["tickets"], raffle.get("winners", 1))
        assert drawn["winners"] == winners, f"{name} cannot be drawn again like this"
        won = {f"raffle:{name}:{member}": member for member in winners}
        assert {op: witness.booked.get(op) for op in won} == won, f"prizes of {name} are missing"
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
        assert card.idle.get(unit, today) >= today, f"{unit} was left alone and is still there"
        assert not [lot for lot in lots if expired(lot, today)], "an expired lot is still there"
    for voucher in card.open.values():
        assert not (voucher.expires_on and voucher.expires_on < today), "an expired voucher is open"
