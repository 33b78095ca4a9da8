"""Reads parts of a checked programme document: rules that earn, limits, opening hours.

No pydantic here, as in `load.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from regulars.domain.allowances import Limits, PrintedLimits, StaffLimits
from regulars.domain.campaigns import WEEKDAYS
from regulars.domain.program import EarnRule, Opening


def earn_rule(rule: Mapping[str, Any]) -> EarnRule:
    """Read a rule that grants units."""
    return EarnRule(
        id=rule["id"],
        on=rule["on"],
        unit=rule["unit"],
        amount=rule["amount"],
        per_minor=rule.get("per_minor", 0),
        categories=tuple(rule.get("categories", ())),
        skus=tuple(rule.get("skus", ())),
        exclude=tuple(rule.get("exclude", ())),
        min_spend_minor=rule.get("min_spend_minor", 0),
        action=rule.get("action", ""),
        limit=(rule.get("per_member") or {}).get("times", 0),
        limit_window=(rule.get("per_member") or {}).get("window", "lifetime"),
        name=rule.get("name"),
        proof=rule.get("proof", "key"),
        link=rule.get("link") or "",
        how=rule.get("how"),
    )


def limits(part: Mapping[str, Any]) -> Limits:
    """Read how often something counts."""
    return Limits(
        part.get("visits_per_day", 0),
        part.get("cooldown_minutes", 0),
        StaffLimits(**(part.get("staff") or {})),
        PrintedLimits(**(part.get("printed") or {})),
    )


def limits_of_places(
    limits_of_all: Mapping[str, Any], places: Iterable[Mapping[str, Any]]
) -> dict[str, Limits]:
    """Read the limits of the places that have some of their own; those of all hold beside them."""
    return {
        place["id"]: limits(_joined(limits_of_all, place["limits"]))
        for place in places
        if place.get("limits")
    }


def _joined(of_all: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    joined = dict(of_all)
    for name, value in own.items():
        if isinstance(value, Mapping):
            joined[name] = _joined(of_all.get(name) or {}, value)
        elif value is not None:
            joined[name] = value
    return joined


def opening(places: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Opening, ...]]:
    """Read when places are open, of those that say."""
    return {
        place["id"]: tuple(_opening(part) for part in place["opening"])
        for place in places
        if place.get("opening")
    }


def _opening(part: Mapping[str, Any]) -> Opening:
    days = tuple(WEEKDAYS.index(day) for day in part["days"])
    return Opening(days, part["from"], part["until"])
