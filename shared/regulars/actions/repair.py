"""Checks a card against its entries, and rebuilds from them what is not as they say.

The entries are what happened; state and vouchers follow from them. A repair writes what follows,
under the condition that nobody has changed the card since it was read. It books no entry: nothing
has happened to the member, and a ledger that says otherwise would be wrong for ever. Its trace is
an item on the list of what needs a person, closed by the repair, and a line in the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from regulars.actions import attention
from regulars.actions.relist import LISTS
from regulars.core.observability import logger
from regulars.domain import replay
from regulars.domain.calendar import hour_of, to_ms
from regulars.domain.card import Card
from regulars.domain.due import newly_due
from regulars.domain.ledger import Chain, Recorded
from regulars.domain.operations import Voucher
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.replay import Difference, Fold
from regulars.program.shop import Shop
from regulars.store import cards, keys, repairs, reversals
from regulars.store.marshal import Item
from regulars.store.profiles import profile_of

TRIES_MAX = 5


_LISTS = f"{keys.DUE_PREFIX}{LISTS}"
"""The mark of a card that the card does not know of."""


class CardCheck(NamedTuple):
    """A card as it lies in the table, held against its entries."""

    member_id: str
    state: Item | None
    card: Card | None
    """The card in the state; None when it is missing or cannot be read."""
    fold: Fold
    """The card of the entries."""
    problems: tuple[str, ...]
    """What is wrong with the entries themselves: it cannot be repaired."""
    entries: int
    head: str
    """The hash of the newest entry."""
    differences: tuple[Difference, ...]
    """What is not as the entries say: it can be repaired."""
    vouchers: Mapping[str, Item]
    refunds: tuple[Item, ...]
    """What the entries say has been refunded, where something else is stored."""
    due: Mapping[str, str]
    """By job the hour of the card's due mark."""
    aside: tuple[str, ...]
    """Jobs that could not be done and were put off: a repair makes them due at once."""
    profile: Item | None

    @property
    def ok(self) -> bool:
        return not self.problems and not self.differences

    @property
    def words(self) -> list[str]:
        """Everything that is wrong, in words."""
        return [
            *self.problems,
            *(
                f"{it.path}: {it.stored} is stored, the entries say {it.replayed}"
                for it in self.differences
            ),
        ]


def check(shop: Shop, member_id: str) -> CardCheck:
    """Read everything of a card and hold it against its entries; raises NOT_FOUND.

    A card that is written to meanwhile is read again.
    """
    for _ in range(TRIES_MAX):
        found = _checked(shop, member_id)
        if found.ok or not _moved_on(shop, found):
            return found
    raise Refused(RefusalCode.CONFLICT, "The card is being changed by others; try again.")


def repair(shop: Shop, found: CardCheck) -> bool:
    """Write what the entries say; False when the card was changed since it was checked.

    Vouchers and refunds come first and the state last: a repair that stops half way is found again.
    Raises CONFLICT when the entries themselves are damaged: nothing can be rebuilt from them.
    """
    if found.problems:
        raise Refused(RefusalCode.CONFLICT, f"The entries are damaged: {found.problems[0]}.")
    m, c, known = shop.merchant_id, found.member_id, found.card.seq if found.card else 0
    card, dues = _rebuilt(shop, found)
    written = (
        repairs.put_vouchers(shop.table, m, c, list(_vouchers(shop, found)))
        and repairs.put_refunds(shop.table, m, found.state, c, found.refunds)
        and repairs.put_state(shop.table, m, found.state, card, dues)
    )
    if not written:
        return False
    # Entries that the state did not know came with operations that may be lost like it: without
    # them a till that sends again would be booked again.
    lost = {seq: ids for seq, ids in found.fold.ops.items() if seq > known}
    repairs.put_operations(shop.table, m, c, lost)
    _leave_trace(shop, found)
    return True


def _checked(shop: Shop, member_id: str) -> CardCheck:
    m = shop.merchant_id
    others: list[Item] = []
    chain, fold = Chain(), Fold(member_id, shop.program.timezone)
    for stored in fold.watching(_entries(shop, member_id, others)):
        chain.add(stored)
    parts = {item["SK"]: item for item in others}
    state, profile = (
        parts.get(keys.state(m, member_id)[1]),
        parts.get(keys.profile(m, member_id)[1]),
    )
    if state is None and profile is None and not chain.seq:
        raise Refused(RefusalCode.NOT_FOUND)
    vouchers = {
        sk.removeprefix(keys.VOUCHER_PREFIX): item
        for sk, item in parts.items()
        if sk.startswith(keys.VOUCHER_PREFIX)
    }
    due = {
        sk.removeprefix(keys.DUE_PREFIX): item["hour"]
        for sk, item in parts.items()
        if sk.startswith(keys.DUE_PREFIX) and "hour" in item and sk != _LISTS
    }
    aside = tuple(
        sk.removeprefix(keys.DUE_PREFIX)
        for sk, item in parts.items()
        if sk.startswith(keys.DUE_PREFIX) and item.get("tries")
    )
    card = _readable(state)
    refunds = {}
    for seq, refunded in fold.refunded.items():
        there = parts.get(keys.refunded(m, member_id, seq)[1])
        rest = reversals.refunded_of(there, shop.program).rest
        item = reversals.refunded_item(m, member_id, seq, refunded._replace(rest=rest))
        if there != item:
            refunds[seq] = item
    differences = [
        *_state_differences(state, card, fold),
        *_voucher_differences(vouchers, fold),
        *(_refund_difference(seq, parts.get(it["SK"]), it) for seq, it in refunds.items()),
    ]
    return CardCheck(
        member_id=member_id,
        state=state,
        card=card,
        fold=fold,
        problems=tuple(chain.problems),
        entries=chain.seq,
        head=chain.head,
        differences=tuple(differences),
        vouchers=vouchers,
        refunds=tuple(refunds.values()),
        due=due,
        aside=aside,
        profile=profile,
    )


def _entries(shop: Shop, member_id: str, others: list[Item]) -> Iterator[Recorded]:
    """The entries of a card in order, a page at a time; its other items are put into `others`."""
    for item in shop.table.items(keys.card(shop.merchant_id, member_id), consistent=True):
        if item["SK"].startswith(keys.ENTRY_PREFIX):
            yield cards.recorded_of(item)
        else:
            others.append(item)


def _moved_on(shop: Shop, found: CardCheck) -> bool:
    """Whether the state was written since it was read: then what was read is torn."""
    (now,) = shop.table.get(keys.state(shop.merchant_id, found.member_id))
    return now != found.state


def _readable(state: Item | None) -> Card | None:
    try:
        return cards.card_of(state) if state else None
    except cards.DamagedError:
        return None


def _state_differences(state: Item | None, card: Card | None, fold: Fold) -> list[Difference]:
    if card is not None:
        return replay.differences(card, fold)
    if not fold.card.seq:
        return []
    return [Difference("state", None if state is None else "unreadable", "as the entries say")]


def _voucher_differences(stored: Mapping[str, Item], fold: Fold) -> Iterator[Difference]:
    for voucher_id in sorted({*stored, *fold.vouchers}):
        item, replayed = stored.get(voucher_id), fold.vouchers.get(voucher_id)
        was = item.get("status") if item else None
        # An issued voucher without an entry is not good; a closed one does no harm.
        now = replayed.status if replayed else "cancelled"
        if was != now:
            yield Difference(f"vouchers.{voucher_id}.status", was, now)
        elif replayed and replayed.value_minor:
            kept, replays = (item or {}).get("credit"), cards.credit_text(replayed)
            if kept != replays:
                yield Difference(f"vouchers.{voucher_id}.credit", kept, replays)


def _refund_difference(seq: int, stored: Item | None, item: Item) -> Difference:
    kept = ("refunded", "rules", "listed", "vouchers", "gone", "revised")
    was = [stored.get(name) for name in kept] if stored else None
    return Difference(f"refunded.{seq}", was, [item[name] for name in kept])


def _rebuilt(shop: Shop, found: CardCheck) -> tuple[Card, tuple[tuple[str, str], ...]]:
    """The card as its entries say, and the due marks that it lacks."""
    version = found.state.get("ver") if found.state else None
    known = version if isinstance(version, int) else 0
    card = replay.rebuilt(found.card, found.fold)
    card = card._replace(version=max(known, card.seq) + 1, due=dict(found.due))
    birthday = profile_of(found.profile).birthday[-5:] if found.profile else ""
    again = tuple((job, hour_of(shop.now)) for job in found.aside)
    of_card = tuple((job, hour) for job, hour in again if job != LISTS)
    card = card._replace(due={**card.due, **dict(of_card)})
    new = tuple(newly_due(shop.program, card, shop.now, birthday))
    card = card._replace(due={**card.due, **dict(new)})
    return card, tuple(dict((*again, *new)).items())


def _vouchers(shop: Shop, found: CardCheck) -> Iterator[tuple[Item | None, Voucher]]:
    """Each voucher that is not as the entries say: its item, if any, and how it should be."""
    for difference in found.differences:
        if not difference.path.startswith("vouchers."):
            continue
        voucher_id = difference.path.split(".")[1]
        item, replayed = found.vouchers.get(voucher_id), found.fold.vouchers.get(voucher_id)
        if replayed is not None:
            yield item, _with_unit(shop, replayed)
        elif item is not None:
            now_ms = to_ms(shop.now)
            yield item, Voucher(voucher_id, "", "", "cancelled", "", (), 0, "", 0, now_ms)


def _with_unit(shop: Shop, voucher: Voucher) -> Voucher:
    """A voucher with the unit of its reward; a gift's lines do not say it."""
    reward = shop.program.terms(voucher.reward_id, voucher.version)
    return voucher if voucher.unit or reward is None else voucher._replace(unit=reward.unit)


def _leave_trace(shop: Shop, found: CardCheck) -> None:
    """What was repaired: in the log, and as a closed item on the list of what needs a person."""
    paths = [it.path for it in found.differences]
    logger().info(
        "a card was repaired",
        extra={"merchant": shop.merchant_id, "member": found.member_id, "paths": paths},
    )
    now_ms = to_ms(shop.now)
    item_id = attention.raise_(
        shop.table, shop.merchant_id, "damaged_card", found.member_id,
        why=f"Rebuilt from its entries: {', '.join(paths)}"[:500],
        about={"member_id": found.member_id}, at_ms=now_ms,
    )  # fmt: skip
    if item := attention.find(shop.table, shop.merchant_id, item_id):
        attention.close(shop.table, shop.merchant_id, item, "repair", now_ms)


def as_json(found: CardCheck) -> dict[str, Any]:
    """What was found, as the API and the audit answer it."""
    return {
        "differences": [it._asdict() for it in found.differences],
        "unknown": sorted(found.fold.unknown),
        "problems": list(found.problems),
    }
