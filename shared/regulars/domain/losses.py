"""Compare a new version of a programme with what a member holds: what it would take from them.

Taken means: a right to a tier that was paid, bought, given or invited sleeps; held units end, are
worth another number of units, or have no unit any more; an open voucher is for something the
programme no longer has; a remainder is dropped. Earned rights and changed costs are no loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from math import gcd
from typing import Literal, NamedTuple

from regulars.domain import carryover, tiering
from regulars.domain.card import Card, expired
from regulars.domain.program import Program, Rate, Reward

Kind = Literal[
    "right", "balance_ended", "balance_mapped", "balance_stranded", "voucher", "remainder"
]


class Loss(NamedTuple):
    """Something of one member; `what` is the id of a tier, unit, reward or rule.

    `amount` counts rights, units, vouchers, or minor units of money that were carried.
    """

    kind: Kind
    what: str
    amount: int


class Threat(NamedTuple):
    """What a new version does that can take something from a member."""

    tiers: frozenset[str]
    stranded: frozenset[str]
    """Units that go, and that no other replaces."""
    ended: frozenset[str]
    """Units that end, or end sooner."""
    mapped: frozenset[str]
    """Units of which one becomes another number than one."""
    rewards: frozenset[str]
    rules: frozenset[str]

    def __bool__(self) -> bool:
        return any(self[place] for place in range(len(self)))


def threat(old: Program, new: Program, today: date) -> Threat:
    """Find what of a programme is gone or changed in its next version."""
    rates = {unit.replaces: unit.rate for unit in new.units.values() if unit.replaces}
    gone = [unit for unit in old.units if unit not in new.units]
    left = [unit for unit in gone if not carryover.is_over(old, unit, today)]
    tiers = {tier.id for tier in new.tiers}
    rules = {rule.id for rule in new.earn if rule.on == "spend"}
    return Threat(
        tiers=frozenset(tier.id for tier in old.tiers if tier.id not in tiers),
        stranded=frozenset(unit for unit in left if unit not in rates),
        ended=frozenset(
            unit.id
            for unit in new.units.values()
            if unit.ends_on
            and unit.id in old.units
            and (not old.units[unit.id].ends_on or unit.ends_on < old.units[unit.id].ends_on)
        ),
        mapped=frozenset(unit for unit in left if rates.get(unit, 0) not in {0, carryover.MILLION}),
        rewards=frozenset(
            reward.id
            for reward in old.rewards.values()
            if _look(reward) != _look(new.rewards.get(reward.id))
        ),
        rules=frozenset(
            rule.id for rule in old.earn if rule.on == "spend" and rule.id not in rules
        ),
    )


def of_card(old: Program, new: Program, of: Threat, card: Card, today: date) -> Iterator[Loss]:
    """List what a member would lose, one line for each thing."""
    card = carryover.of(old, card, today)
    yield from _rights(old, of.tiers, card, today)
    yield from _units(old, new, of, card, today)
    for reward_id in sorted(of.rewards):
        if count := _vouchers(old, reward_id, card, today):
            yield Loss("voucher", reward_id, count)
    for rule in sorted(of.rules):
        if card.carry.get(rule, 0) > 0:
            yield Loss("remainder", rule, card.carry[rule])


def held(card: Card, unit: str, today: str) -> int:
    """Sum the units of a card that can be used now or later."""
    return sum(lot.amount for lot in card.valid_lots(unit, today) if not expired(lot, today))


def locked(program: Program, card: Card, unit: str) -> int:
    """Sum the units that lie in open vouchers."""
    total = 0
    for opened in card.open.values():
        if reward := program.terms(opened.reward_id, opened.version):
            of, cost = carryover.amount_now(program, reward.unit, opened.locked, opened.version)
            total += cost if of == unit else 0
    return total


def _rights(old: Program, gone: frozenset[str], card: Card, today: date) -> Iterator[Loss]:
    earned = tiering.earned(old, card, today) if gone else {}
    for tier in old.tiers:
        if tier.id not in gone:
            continue
        sold = any(way.metric == "purchase" for way in tier.enter)
        count = sum(
            right.id == tier.id
            and tiering.is_held(right, tier, today)
            and (name != tier.id or (sold and tier.id not in earned))
            for name, right in card.held.items()
        )
        if count:
            yield Loss("right", tier.id, count)


def _units(old: Program, new: Program, of: Threat, card: Card, today: date) -> Iterator[Loss]:
    day = today.isoformat()
    for unit in old.units:
        has = held(card, unit, day)
        if unit in of.stranded:
            amount = has + card.debt.get(unit, 0) + locked(old, card, unit)
            if amount:
                yield Loss("balance_stranded", unit, amount)
        elif unit in of.mapped:
            if has:
                yield Loss("balance_mapped", unit, has)
        elif unit in of.ended:
            end = new.units[unit].ends_on
            last = card.inactive_after.get(unit, "") or end
            later = sum(
                lot.amount
                for lot in card.valid_lots(unit, day)
                if not expired(lot, day) and min(lot.expires_on or last, last) >= end
            )
            if later:
                yield Loss("balance_ended", unit, later)


def _vouchers(old: Program, reward_id: str, card: Card, today: date) -> int:
    """Count the open vouchers that are for what the programme still has."""
    now = _look(old.rewards.get(reward_id))
    return sum(
        opened.reward_id == reward_id
        and not (opened.expires_on and opened.expires_on < today.isoformat())
        and _look(old.terms(reward_id, opened.version)) == now
        for opened in card.open.values()
    )


def _look(reward: Reward | None) -> tuple[object, ...] | None:
    """What a voucher promises."""
    return reward and (
        reward.name,
        reward.kind,
        reward.percent,
        reward.amount_minor,
        _least(reward.rate),
    )


def _least(rate: Rate | None) -> tuple[int, int] | None:
    """The rate of a credit in its least figures: 100 for 5.00 is 20 for 1.00."""
    if rate is None:
        return None
    least = gcd(*rate)
    return rate.units // least, rate.amount_minor // least


class Sums:
    """Losses of many members: how many members, and how much in all."""

    def __init__(self, known: Iterable[tuple[Kind, str, int, int]] = ()) -> None:
        self._sums = {(kind, what): (members, amount) for kind, what, members, amount in known}

    def add(self, lost: Iterable[Loss]) -> None:
        """Take in what one member would lose."""
        for kind, what, amount in lost:
            members, total = self._sums.get((kind, what), (0, 0))
            self._sums[kind, what] = (members + 1, total + amount)

    def rows(self) -> list[tuple[Kind, str, int, int]]:
        """List (kind, what, members, amount), in a fixed order."""
        return [(kind, what, *sums) for (kind, what), sums in sorted(self._sums.items())]
