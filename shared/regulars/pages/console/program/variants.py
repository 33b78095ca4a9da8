"""Which fields belong to which variant of a part: a rule on spend has a step of money, a rule on
actions an action. When the variant is changed, what belongs to the other one is left behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from regulars.program import reward_kinds
from regulars.program.fields import Part

OF_THE_SHOP = (
    "name", "currency", "timezone", "country", "leap_birthday", "languages", "branding",
    "categories",
)  # fmt: skip
"""The fields of the document itself that are one form; all others are sections of their own."""

_COUNTED = frozenset({"spend", "visits", "points"})
_SALES = frozenset({"visit", "spend", "item"})
_CREDIT = frozenset({"credit"})
_ACTION = frozenset({"action"})


class Variants(NamedTuple):
    """The field that says which variant a part is, and by field the variants that have it."""

    by: str
    owned: Mapping[str, frozenset[str]]
    needed: Mapping[str, frozenset[str]] = {}
    """By field the variants that cannot be without it."""


@cache
def of(model: type[Part]) -> Variants | None:
    """The variants of a model; None for one that has none."""
    return _known().get(model.__name__)


@cache
def _known() -> Mapping[str, Variants]:
    rewards = {
        name: frozenset({kind})
        for kind in reward_kinds.names()
        for name in reward_kinds.kind(kind).fields
    }
    more = dict.fromkeys(("min_units", "step_units", "max_share"), _CREDIT)
    months = {"months": frozenset({"months"})}
    ways, bought = _COUNTED | {"purchase"}, frozenset({"purchase"})
    return {
        "EarnRule": Variants(
            "on",
            {"per_minor": frozenset({"spend"}), "action": _ACTION, "per_member": _ACTION,
             "proof": _ACTION, "link": _ACTION, "how": _ACTION, "categories": _SALES,
             "skus": _SALES, "exclude": _SALES, "min_spend_minor": _SALES},
            {"per_minor": frozenset({"spend"}), "action": _ACTION},
        ),
        "Reward": Variants("kind", {**rewards, **more}, rewards),
        "Entry": Variants(
            "metric",
            {"at_least": _COUNTED, "window": ways, "keep": ways,
             "price_minor": frozenset({"membership", "purchase"}),
             "period": frozenset({"membership"}), "categories": bought, "skus": bought,
             "percent": frozenset({"invitation"})},
            {"at_least": _COUNTED, "period": frozenset({"membership"})},
        ),
        "Expiry": Variants(
            "type",
            {"months": frozenset({"months", "inactivity"}), "month": frozenset({"date"}),
             "day": frozenset({"date"})},
            {"months": frozenset({"months", "inactivity"}), "month": frozenset({"date"}),
             "day": frozenset({"date"})},
        ),
        "Keep": Variants("for", months, months),
        "Surprise": Variants(
            "by",
            {name: frozenset({"rule"}) for name in ("one_in", "on", "min_spend_minor")},
            {"one_in": frozenset({"rule"})},
        ),
        "Milestone": Variants("metric", {"from": _COUNTED, "until": _COUNTED}),
    }  # fmt: skip


def left_behind(
    model: type[Part], old: Mapping[str, Any], changes: Mapping[str, Any]
) -> Iterator[str]:
    """The fields that do not belong to the variant that was chosen now."""
    known = of(model)
    if known is None or known.by not in changes or changes[known.by] == old.get(known.by):
        return
    chosen = changes[known.by]
    for name, owners in known.owned.items():
        if chosen not in owners and (name in old or name in changes):
            yield name


def belongs(model: type[Part], name: str, chosen: str) -> bool:
    """Whether a field belongs to a variant."""
    known = of(model)
    return known is None or name not in known.owned or chosen in known.owned[name]
