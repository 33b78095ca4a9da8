"""What vouchers and rewards are good for, as `api.md` shows it. Lean: no pydantic here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.domain import calendar
from regulars.domain.card import OpenVoucher
from regulars.domain.operations import Voucher
from regulars.domain.program import Program, Reward
from regulars.i18n.words import Words

View = dict[str, Any]


def of_reward(reward: Reward, words: Words) -> View:
    """What a reward is good for; a credit, at its least."""
    return {
        "name": words.pick(reward.name),
        "kind": reward.kind,
        "percent": reward.percent or None,
        "amount_minor": reward.amount_minor or None,
        "value_minor": reward.amount_minor or reward.value_minor or None,
        "conditions": [words.pick(sentence) for sentence in reward.conditions],
    }


def of_voucher(program: Program, held: OpenVoucher | Voucher, words: Words) -> View:
    """What a voucher is good for, by the terms it was issued under; a reward that nobody knows any
    more goes by its id."""
    reward = program.terms(held.reward_id, held.version)
    nothing = ("kind", "percent", "amount_minor", "value_minor")
    view: View = {"name": held.reward_id, **dict.fromkeys(nothing), "conditions": []}
    if reward is not None:
        view = of_reward(reward, words)
    if held.value_minor:
        view["value_minor"] = held.value_minor
    return {**view, "left_minor": held.left_minor if held.value_minor else None}


def credit(reward: Reward) -> View | None:
    """How a credit is taken and used; None for other kinds."""
    if reward.rate is None:
        return None
    return {
        "rate": reward.rate._asdict(),
        "min_units": reward.cost,
        "step_units": reward.step_units,
        "max_share": _decimal(reward.max_share) if reward.max_share else None,
    }


def _decimal(thousandths: int) -> str:
    whole, rest = divmod(thousandths, 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".")


def uses(held: Voucher) -> list[View]:
    """What of a credit was used and not taken back."""
    return [
        {
            "amount_minor": one.amount_minor,
            "at": calendar.rfc3339(one.at_ms),
            "order_id": one.order_id or None,
        }
        for one in held.uses
    ]


def moved(facts: Mapping[str, Any], voucher_id: str) -> View:
    """How much money of a credit an entry used, or put back; nothing for other vouchers."""
    changes = facts.get("credit", {}).get(voucher_id)
    return {"amount_minor": abs(sum(amount for amount, _ in changes))} if changes else {}
