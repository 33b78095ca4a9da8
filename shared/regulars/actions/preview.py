"""What a programme would do to the members as they are now, by really deciding it for each.

Publishing has every card reviewed (`jobs/recompute.py`); the preview makes the same decision on the
same cards and throws it away. Members are read a page at a time, so memory stays small.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from regulars.actions import aside
from regulars.domain import rewards
from regulars.domain.card import Card
from regulars.domain.decide import decide
from regulars.domain.operations import Decision, Origin, ReviewTier
from regulars.domain.program import Program
from regulars.program.shop import Shop
from regulars.store import keys
from regulars.store.members import all_members
from regulars.store.table import Table

EXAMPLES = 10


def preview(shop: Shop, program: Program) -> dict[str, Any]:
    """Counts by resulting tier, what it gives away, and a few examples."""
    table, m = shop.table, shop.merchant_id
    up: Counter[str | None] = Counter()
    down: Counter[str | None] = Counter()
    members = unchanged = rewarded = cost_minor = 0
    examples: list[dict[str, Any]] = []
    left = _left(table, m, program)
    away = aside.of(shop, "preview")
    for profile, card in all_members(table, m, away):
        members += 1
        try:
            decision = _decide(shop, program, card, left)
        except Exception as error:  # whatever it is, the others are previewed
            away(profile.member_id, error)
            continue
        for name, by, _ in decision.counts:
            left[name] -= by
        before, after = _tier(card), _tier(decision.card)
        gained = [program.rewards[one.reward_id] for one in decision.unlocked]
        rewarded += bool(gained)
        cost_minor += sum(reward.cost_minor for reward in gained)
        climbed = _climbed(shop.program, program, before, after)
        up[after] += climbed > 0
        down[after] += climbed < 0
        unchanged += climbed == 0
        if (after != before or gained) and len(examples) < EXAMPLES:
            examples.append(
                {
                    "member_id": profile.member_id,
                    "name": profile.name or None,
                    "tier_from": before,
                    "tier_to": after,
                    "rewards": [reward.id for reward in gained],
                }
            )
    return {
        "members": members,
        "up": _counts(up),
        "down": _counts(down),
        "unchanged": unchanged,
        "newly_rewarded": rewarded,
        "cost_minor_estimate": cost_minor,
        "examples": examples,
    }


def _left(table: Table, m: str, program: Program) -> dict[str, int]:
    """What is left of every reward with a stock, by the name of its counter."""
    limits = {rewards.stock_name(one): one.stock for one in program.rewards.values() if one.stock}
    if not limits:
        return {}
    items = table.get(*(keys.count(m, name) for name in limits))
    return {
        name: max(0, limit - (item["n"] if item else 0))
        for (name, limit), item in zip(limits.items(), items, strict=True)
    }


def _decide(shop: Shop, program: Program, card: Card, left: dict[str, int]) -> Decision:
    operation = ReviewTier(Origin("preview", "job", entropy=bytes(16), left=dict(left)))
    return decide(program, card, operation, shop.now)


def _tier(card: Card) -> str | None:
    return card.tier.id if card.tier else None


def _climbed(old: Program, new: Program, before: str | None, after: str | None) -> int:
    """How many steps up (or, negative, down). Tiers are compared within the new programme; one
    that it no longer has by where it stood in the old one."""
    if before is None or new.tier_rank(before) >= 0:
        return new.tier_rank(after) - new.tier_rank(before)
    known = old if old.tier_rank(after) >= 0 else new
    return known.tier_rank(after) - old.tier_rank(before)


def _counts(counter: Counter[str | None]) -> list[dict[str, Any]]:
    return [{"tier": tier, "count": count} for tier, count in counter.most_common() if count]
