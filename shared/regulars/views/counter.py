"""A card as the counter shows it: JSON without anything that opens the card elsewhere."""

from __future__ import annotations

from datetime import datetime

from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.program import Program
from regulars.i18n.words import Words
from regulars.views import customer, integration


def card(program: Program, held: Card, name: str, now: datetime, words: Words) -> integration.View:
    """Return a card with the next reward, and rewards by name."""
    view = integration.card(program, held, now, words)
    goal = customer.goal(program, held, calendar.local_date(now, program.timezone))
    following = None
    if goal:
        following = {"have": goal.have, "need": goal.need, "reward": words.pick(goal.reward)}
    for voucher in view["vouchers"]:
        reward = program.rewards.get(voucher["reward_id"])
        voucher["name"] = words.pick(reward.name) if reward else voucher["reward_id"]
    return {**view, "name": name or None, "next": following}
