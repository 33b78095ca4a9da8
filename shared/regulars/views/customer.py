"""What a customer sees of a card, wherever it is shown: card page, join page, counter."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, NamedTuple, cast

from regulars.domain.calendar import local_date
from regulars.domain.card import Card, OpenVoucher
from regulars.domain.decide import decide
from regulars.domain.operations import Join, Origin, Voucher
from regulars.domain.program import Program, Reward
from regulars.domain.rewards import in_debt
from regulars.i18n import Text, UnitNames
from regulars.i18n.words import Words
from regulars.program import reward_kinds
from regulars.program.shop import Shop


class GoalPanel(NamedTuple):
    """The next reward within reach, counted in its unit."""

    unit: UnitNames
    kind: Literal["stamps", "points"]
    have: int
    need: int
    reward: Text
    promise: UnitNames | None = None
    """The merchant's own sentence instead of ours, in plural forms; {n} is what is missing. None
    where a visit gives more than one stamp."""
    headline: Text | None = None
    """The merchant's own sentence for who has nothing yet."""
    owed: int = 0
    """What goes into a debt first, after a refund."""
    waiting: bool = False
    """Whether one of this reward has been unlocked and waits to be redeemed."""
    beside: bool = False
    """Whether the reward is one more beside those that are counted: nine mains and a free tenth."""


def goal(program: Program, card: Card, today: date) -> GoalPanel | None:
    """The reward to strive for, as the punch card shows it."""
    reward = goal_of(program, card, today)
    if reward is None:
        return None
    unit = program.units[reward.unit]
    have = card.available(unit.id, today.isoformat())
    ready = [held for held in usable(card, today) if held.reward_id == reward.id]
    waiting = bool(ready) and not (card.holds or in_debt(program, card))
    terms = program.terms(reward.id, ready[0].version) if waiting else reward
    is_true = _counts_visits(program, unit.id)
    return GoalPanel(
        unit=cast(Any, unit.name),
        kind=unit.kind,
        have=have,
        need=reward.cost,
        reward=(terms or reward).name,
        promise=cast(Any, reward.promise) if is_true else None,
        headline=reward.headline if is_true else None,
        owed=card.debt.get(unit.id, 0),
        waiting=waiting,
        beside=_beside(program, unit.id),
    )


def promise_in_print(goal: GoalPanel, words: Words) -> str:
    """Say what is to be had, for who has nothing yet: on a poster, on a display."""
    if goal.headline:
        return words.pick(goal.headline)
    if goal.promise:
        return words.unit(goal.promise, goal.need).replace("{n}", words.number(goal.need))
    return words.t(
        "Collect {amount} and it is yours: {reward}",
        amount=words.amount(goal.unit, goal.need),
        reward=words.pick(goal.reward),
    )


def first_goal(shop: Shop) -> GoalPanel | None:
    """Return the goal as it will stand on a new card: by really deciding the join."""
    operation = Join(Origin("preview", "join", entropy=bytes(16)), member_id="")
    card: Card = decide(shop.program, Card(""), operation, shop.now).card
    return goal(shop.program, card, local_date(shop.now, shop.program.timezone))


def _counts_visits(program: Program, unit: str) -> bool:
    """Whether a missing stamp is a missing visit or piece: else sentences of the shop that count
    those say too many, and ours, which counts stamps, is shown."""
    return program.units[unit].kind != "stamps" or all(
        rule.amount == 1
        for rule in program.earn
        if rule.unit == unit and rule.on in {"visit", "item"}
    )


def _beside(program: Program, unit_id: str) -> bool:
    """Whether a unit counts pieces alone: then the reward is the piece after the last of them."""
    rules = [rule.on for rule in program.earn if rule.unit == unit_id]
    return bool(rules) and set(rules) == {"item"}


def goal_of(program: Program, card: Card, today: date) -> Reward | None:
    """The reward to strive for: the automatic one first, else the nearest that can be had."""
    candidates = [reward for reward in program.rewards.values() if reward.cost]
    if not candidates:
        return None

    def distance(reward: Reward) -> tuple[bool, int]:
        have = card.available(reward.unit, today.isoformat())
        return not reward.auto, max(0, reward.cost - have)

    return min(candidates, key=distance)


def worth(reward: Reward, currency: str, words: Words) -> str:
    """Return what a discount takes off, in words ("15% off"); empty for other rewards."""
    return reward_kinds.kind(reward.kind).worth(reward, currency, words)


def left(program: Program, reward: Reward, held: OpenVoucher | Voucher, words: Words) -> str:
    """Return what a voucher takes off, in words; of a credit what is left, "€6.63 of €10.00 left"
    once a part is used."""
    if not held.value_minor:
        return worth(reward, program.currency, words)
    rest = words.money(held.left_minor, program.currency)
    if held.left_minor == held.value_minor:
        return words.t("{worth} off", worth=rest)
    whole = words.money(held.value_minor, program.currency)
    return words.t("{rest} of {whole} left", rest=rest, whole=whole)


def usable(card: Card, today: date) -> list[OpenVoucher]:
    """The vouchers that are not past their last day."""
    day = today.isoformat()
    return [held for held in card.open.values() if not held.expires_on or held.expires_on >= day]


def locked_words(why: str, words: Words) -> str:
    """Why a reward cannot be had now, said to its member."""
    return {
        "held": words.t("this card is on hold, please ask at the shop"),
        "debt": words.t("after a refund, the next visits come first"),
        "tier_required": words.t("for a higher tier"),
        "limit_reached": words.t("you have had it as often as it goes"),
        "out_of_stock": words.t("all gone for now"),
        "insufficient_balance": words.t("not enough for it yet"),
    }.get(why, "")
