"""What was put right ends as if it had been so from the start, whatever has happened before.

When a run has come to its end, its table is copied, and on the copies the same thing comes about in
two ways: at once, or by a mistake and its correction. The cards must be the same then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from local.memory import Memory, Partition
from regulars.domain.calendar import from_ms
from regulars.domain.card import MONTHS_KEPT
from regulars.domain.refusals import Refused
from regulars.store import cards, keys
from regulars.store.table import Table
from tests.simulation import programs
from tests.simulation.requests import Asks, Till, do
from tests.unit.domain.tier_oracle import month_of

if TYPE_CHECKING:
    from tests.simulation.correcting import Correcting

TRIES = 3
"""How many corrections are tried at the end of a run."""

HIDDEN = ("n:", "l:")
"""Counts that tell how a card came to be: which entry, and refunded visits."""

BY_CHANCE = ("delight", "lucky")
"""A surprise and its gift: two draws are two draws."""


class Fork:
    """A copy of a run's table, on which things are done that the run knows nothing of."""

    def __init__(self, run: Correcting) -> None:
        world = run.world
        memory = Memory()
        for mine, theirs in (
            (memory.items, world.memory.items), (memory.index, world.memory.index)
        ):  # fmt: skip
            for name, partition in theirs.items():
                mine[name] = Partition()
                mine[name].update(partition)
                mine[name].order = list(partition.order)
        table = Table("regulars-ledger", memory.call)
        program = programs.version(run.checker.shop, run.checker.version)[1]
        self.m = run.m
        newest = max(page.at for page in run.checker.books.cards.values())
        now_ms = max(world.now_ms, newest + 1)  # whatever is sold now is sold at one instant
        self.till = Till(table, run.m, program, from_ms(now_ms))
        self.names = 0

    def do(self, what: str, *content: Any) -> Any:
        """Do a request; its answer."""
        self.names += 1
        answer = do(self.till, Asks(what, f"fork{self.names}", content))
        assert answer is not None
        return answer

    def tier(self, member: str) -> str | None:
        (item,) = self.till.table.get(keys.state(self.m, member))
        tier = cards.card_of(item).tier if item else None
        return tier and tier.id

    def card(self, member: str) -> dict[str, Any]:
        """A card without what tells how it came to be, when its tier was reviewed: every entry
        prolongs a right that is kept with less."""
        do(self.till, Asks("job", "", (member, "tier")))
        (item,) = self.till.table.get(keys.state(self.m, member))
        assert item is not None
        card = cards.card_of(item)
        gifts = sorted(
            (one.reward_id, one.expires_on, one.cost) for one in card.open.values()
            if one.reward_id not in BY_CHANCE
        )  # fmt: skip
        today = self.till.now.date()
        oldest = month_of(today) - MONTHS_KEPT + 1  # with the next sale older ones go
        periods = {"", today.isoformat()[:7], today.isoformat()[:4], str(month_of(today))}
        counts = {
            name: (period, count)
            for name, (period, count) in card.taken.items()
            if count and (period in periods or name.startswith("s:"))
            if not name.startswith(HIDDEN) and not any(chance in name for chance in BY_CHANCE)
        }
        return {
            "lots": dict(card.lots), "debt": dict(card.debt), "carry": dict(card.carry),
            "sums": {it: one for it, one in card.windows.items() if any(one) and it >= oldest},
            "over all": card.lifetime, "last visit": card.last_visit_ms, "days": dict(card.came),
            "tier": card.tier and card.tier[::2], "rights": {n: h[::2] for n, h in
            card.held.items()}, "open": gifts, "counts": counts,
            "first purchase": bool(card.taken.get("n:first")),
        }  # fmt: skip


def same_ever_after(run: Correcting) -> None:
    """Try some corrections on copies of the table."""
    members = [card.member_id for card in run.stored() if not card.merged_into]
    if len(members) < 2:
        return
    for _ in range(TRIES):
        way = run.world.chance.choice(_WAYS)
        one, other = run.world.chance.sample(members, 2)
        try:
            way(run, one, other)
        except Refused:
            continue  # not on this card, on this day


def _rights_tell(run: Correcting, member: str) -> bool:
    """Whether rights to tiers follow from the months: refunds of a part leave them."""
    return member not in run.checker.books.partly


def _same_card(run: Correcting, name: str, member: str, corrected: Fork, at_once: Fork) -> None:
    now, from_the_start = corrected.card(member), at_once.card(member)
    before = Fork(run).card(member)
    if before["debt"] and run.checker.waives:
        return  # what had paid a debt is not taken back then: the owner bears it
    if not _rights_tell(run, member) or before["debt"]:  # held units pay on their day
        now, from_the_start = _worth(now), _worth(from_the_start)
    _same(name, now, from_the_start)


def _same(name: str, corrected: dict[str, Any], at_once: dict[str, Any]) -> None:
    off = {part: (now, at_once[part]) for part, now in corrected.items() if now != at_once[part]}
    assert not off, f"{name}: (is, had it been so from the start) {off}"


def _worth(card: dict[str, Any]) -> dict[str, Any]:
    """What a card is worth, and what it counts; what was due on it has been done meanwhile."""
    worth: Counter[str] = Counter()
    for unit, lots in card["lots"].items():
        worth[unit] += sum(lot.amount for lot in lots)
    for unit, owed in card["debt"].items():
        worth[unit] -= owed
    for _, _, cost in card["open"]:
        worth["locked"] += cost
    total = sum(worth.values())
    parts = ("carry", "sums", "over all", "last visit", "days", "first purchase")
    return {"worth": total, **{part: card[part] for part in parts}}


def _content(run: Correcting) -> tuple[int, int, tuple[tuple[int, int, str, str], ...]]:
    chance = run.world.chance
    lines = tuple(
        (chance.choice((1, 1, 2)), chance.randrange(1, 1500), "", chance.choice(("cake", "drink")))
        for _ in range(chance.choice((0, 0, 1, 2)))
    )
    return 1, sum(line[1] for line in lines) + chance.choice((99, 400, 900, 2600, 4100)), lines


def _sent_again(run: Correcting, member: str, _: str) -> None:
    first, last = _content(run), _content(run)
    if first[1] == last[1]:
        return  # one without lines is the same then
    corrected, at_once = Fork(run), Fork(run)
    at_once.do("order", member, *last, "fork")
    corrected.do("order", member, *first, "fork")
    through = corrected.tier(member)
    corrected.do("order", member, *last, "fork")
    if through not in {None, at_once.tier(member), Fork(run).tier(member)}:
        return  # a tier that was passed on the way up has given its gift
    _same_card(run, "an order that was sent again", member, corrected, at_once)


def _taken_back(run: Correcting, member: str, _: str) -> None:
    sold = _content(run)
    corrected, at_once = Fork(run), Fork(run)
    for one in (corrected, at_once):
        one.do("order", member, *sold, "fork")
    part = run.world.chance.choice((None, sold[1], sold[1] // 2, sold[1] // 3))
    corrected.do("refund", "fork", "fork", part, ())
    corrected.do("void", "fork")
    _same_card(run, "a refund that was taken back", member, corrected, at_once)


def _moved(run: Correcting, member: str, wrong: str) -> None:
    sold = _content(run)
    corrected, at_once = Fork(run), Fork(run)
    before = Fork(run).card(wrong)
    at_once.do("order", member, *sold, "fork")
    seq = corrected.do("order", wrong, *sold, "fork").seq
    corrected.do("move", f"{wrong}.{seq}", member)
    _same_card(run, "a sale that was moved", member, corrected, at_once)
    after = corrected.card(wrong)
    _same("the card that it left", _worth(after), _worth(before))


def _parted(run: Correcting, member: str, other: str) -> None:
    fork = Fork(run)
    before = Fork(run).card(member), Fork(run).card(other)
    merge_id = fork.do("merge", member, other).body["merge_id"]
    together, as_one = sum(_worth(one)["worth"] for one in before), Fork(run)
    as_one.do("merge", member, other)  # to look at a card reviews its tier: not on the other copy
    worth = _worth(as_one.card(member))["worth"]
    assert worth == together, "two cards are worth another sum as one"
    fork.do("unmerge", member, merge_id)
    _same("a card that got another", fork.card(member), before[0])
    _same("a card that was merged", fork.card(other), before[1])


def _not_redeemed(run: Correcting, member: str, _: str) -> None:
    fork = Fork(run)
    before = Fork(run).card(member)
    known = [
        name for name, (whose, _, status) in run.checker.vouchers.items()
        if (whose, status) == (member, "issued")
    ]  # fmt: skip
    for voucher in known[:1]:
        fork.do("redeem", member, voucher)
        fork.do("reverse", member, voucher, None)
        _same("a redemption by mistake", fork.card(member), before)


def _hold_ended(run: Correcting, member: str, _: str) -> None:
    """Units are taken from where they are, held or not."""
    sold = _content(run)
    corrected, at_once = Fork(run), Fork(run)
    for one in (corrected, at_once):
        seq = one.do("order", member, *sold, "fork").seq
    corrected.do("confirm", member, seq)
    for one in (corrected, at_once):
        one.do("refund", "fork", "fork", None, ())
    _same_card(run, "a hold that was ended", member, corrected, at_once)


_WAYS: list[Callable[[Correcting, str, str], None]] = [
    _sent_again, _sent_again, _taken_back, _taken_back, _moved, _moved, _parted, _parted,
    _not_redeemed, _hold_ended, _hold_ended,
]  # fmt: skip
