"""Give the right to a tier when its package is bought."""

from __future__ import annotations

from collections.abc import Iterable

from regulars.domain import tiering
from regulars.domain.draft import Draft
from regulars.domain.operations import Item
from regulars.domain.program import Program


def bought(program: Program, items: Iterable[Item]) -> list[str]:
    """List the tiers whose package is among the items, by id."""
    return [
        tier.id
        for tier in program.tiers
        if any(
            way.metric == "purchase"
            and (item.category in way.categories or (item.sku and item.sku in way.skus))
            for way in tier.enter
            for item in items
        )
    ]


def give(draft: Draft, program: Program, tier_ids: Iterable[str]) -> None:
    """Give the rights to tiers whose package was bought on the day of the draft, and note by tier
    the last day of the right, and the one it had before: a refund ends it."""
    wanted = set(tier_ids)
    for tier in program.tiers:
        for way in tier.enter:
            if tier.id not in wanted or way.metric != "purchase":
                continue
            name = tiering.right(tier.id, "purchase")
            known = draft.card.held.get(name)
            until = tiering.kept_until(way, draft.effective_day)
            draft.card = tiering.with_right(draft.card, tier.id, until, draft.today, "purchase")
            given = [draft.card.held[name].until, known.until if known else None]
            draft.facts.setdefault("bought", {})[tier.id] = given
