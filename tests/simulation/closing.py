"""The books are closed: every item of the merchant is held against the replays of its ledgers."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

from local.memory import Memory
from regulars.domain.card import Card, expired
from regulars.store import cards, keys
from regulars.store.marshal import from_item
from regulars.store.table import Table
from tests.concurrency import audit
from tests.concurrency.counter import Counter as Shop
from tests.simulation import programmes
from tests.simulation.witness import LIMITS, Witness


def everything_fits(witness: Witness, memory: Memory, table: Table) -> None:
    """Assert that all items belong together, down to the shared counters and parked refunds."""
    found = [from_item(item) for item in memory.everything() if "lease" not in item]
    document = programmes.version(witness.shop, 1)[0]
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
    assert counted.keys() <= LIMITS.keys()
    rewards = Counter(
        reward
        for _, reward, status in witness.vouchers.values()
        if status in {"issued", "redeemed"}
    )
    assert counted.get("stock:mug", 0) == rewards["mug"], "the stock is not what was handed out"
    used = sum(replay.standing("campaigns", "first") for replay in witness.replays.values())
    assert counted.get("campaign:first", 0) == used, "a campaign's uses are not those that stand"


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


def referrals_are_rewarded(witness: Witness) -> None:
    """Whoever brought a friend who bought was rewarded once, and so was the friend."""
    handles = {handle: member for member, handle in witness.handles.items()}
    booked = witness.booked
    for friend, replay in witness.replays.items():
        named = witness.profiles[friend]["referred_by"]
        referrer = handles.get(named, named)
        sides = [booked.get(f"referral:{friend}:{side}") for side in ("referrer", "friend")]
        if not (referrer and replay.first):
            assert sides == [None, None], "a referral was rewarded that came to nothing"
        elif sides == [None, None]:
            brought = witness.replays[referrer]
            assert brought.referred == brought.referrals_max(), (
                f"{referrer} was not rewarded for {friend}"
            )
        else:
            assert sides == [referrer, friend], f"the referral of {friend} rewarded {sides}"


def everybody_was_reviewed(witness: Witness) -> None:
    """A new programme has reviewed the tier of everybody who was a member."""
    for member in witness.to_review:
        assert witness.reviewed.get(member) == witness.version, f"{member} was not reviewed"


def nothing_expired_is_left(card: Card, today: str) -> None:
    """When all jobs have run, nothing is held that has expired."""
    for lots in card.lots.values():
        assert not [lot for lot in lots if expired(lot, today)], "an expired lot is still there"
    for voucher in card.open.values():
        assert not (voucher.expires_on and voucher.expires_on < today), "an expired voucher is open"
