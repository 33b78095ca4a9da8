"""The tiers of a checked programme document as the rules read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.domain.program import Benefit, Discount, Keep, Tier, TierCondition
from regulars.domain.values import thousandths


def tier(section: Mapping[str, Any]) -> Tier:
    """Return a tier of a document."""
    season = section.get("season") or {}
    return Tier(
        id=section["id"],
        name=section["name"],
        enter=tuple(_condition(way) for way in section.get("enter", ())),
        multiplier=thousandths(section.get("multiplier", "1")),
        perks=tuple(section.get("perks", ())),
        benefits=tuple(
            Benefit(benefit["id"], benefit["reward"], benefit["every"], benefit.get("times", 1))
            for benefit in section.get("benefits", ())
        ),
        discounts=tuple(
            Discount(
                one["id"],
                one["name"],
                one["percent"],
                tuple(one.get("categories", ())),
                tuple(one.get("skus", ())),
            )
            for one in section.get("discounts", ())
        ),
        grace_days=section.get("grace_days", 0),
        notice_days=section.get("notice_days", 0),
        first_month=season.get("from_month", 0),
        last_month=season.get("until_month", 0),
    )


def _condition(way: Mapping[str, Any]) -> TierCondition:
    keep = way.get("keep") or {}
    return TierCondition(
        metric=way["metric"],
        at_least=way.get("at_least", 0),
        window=way.get("window", "lifetime"),
        categories=tuple(way.get("categories", ())),
        skus=tuple(way.get("skus", ())),
        percent=way.get("percent", 0),
        period=way.get("period") or "",
        price_minor=way.get("price_minor") or 0,
        keep=Keep(
            keep.get("for", "next_period"), keep.get("months") or 0, keep.get("at_least") or 0
        ),
    )
