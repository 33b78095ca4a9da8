"""New parts: the smallest valid ones, to be changed in the editor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from regulars.i18n import words as words_of
from regulars.i18n.words import Words
from regulars.pages.console.program import choices, kinds
from regulars.pages.console.program.kinds import Kind
from regulars.program.document import EarnRule
from regulars.program.tiers import Entry

Document = Mapping[str, Any]
T = Callable[[str], str]
DAYS = 30


class NeededFirstError(Exception):
    """A new part names one of another section, which is empty; its argument is that section."""


def offers(field: str, words: Words) -> dict[str, str]:
    """What can be added to a section: variants with their words; one without for the others."""
    t = words.t
    if field == "earn":
        return choices.worded("EarnRule", kinds.of(EarnRule)["on"], words)
    new = {
        "units": {"stamps": t("stamps"), "points": t("points")},
        "rewards": {"item": t("a reward")},
        "tiers": {"": t("a tier")},
        "campaigns": {"multiplier": t("more than usual"), "bonus": t("something on top")},
        "milestones": {"": t("a milestone")},
        "raffles": {"": t("a raffle")},
        "leaderboards": {"": t("a leaderboard")},
        "surprises": {"staff": t("by staff"), "rule": t("by a draw")},
    }
    return new.get(field, {})


def below(kind: Kind, words: Words) -> dict[str, str]:
    """What can be added to a list inside of a part."""
    if kind.below is Entry:
        return choices.worded("Entry", kinds.of(Entry)["metric"], words)
    return {"": words.t("Add one")}


def new(document: Document, field: str, variant: str, words: Words, today: date) -> dict[str, Any]:
    """A new part of a section. Raises NeededFirstError for one that needs another section first."""
    t = words.t
    first, last = today.isoformat(), (today + timedelta(days=DAYS)).isoformat()
    made: dict[str, Callable[[], dict[str, Any]]] = {
        "units": lambda: {
            "name": _plurals(document, variant or "points"),
            "kind": variant or "points",
        },
        "earn": lambda: {
            "on": variant,
            "unit": _first(document, "units"),
            "amount": 1,
            **_rule(variant),
        },
        "rewards": lambda: {"name": t("New reward"), "kind": "item"},
        "tiers": lambda: {"name": t("New tier"), "enter": [_way("visits", {})]},
        "campaigns": lambda: _campaign(document, variant),
        "milestones": lambda: {
            "name": t("New milestone"),
            "metric": "visits",
            "at": 10,
            "badge": True,
        },
        "raffles": lambda: {
            "name": t("New raffle"),
            "from": first,
            "until": last,
            "reward": _first(document, "rewards"),
        },
        "leaderboards": lambda: {"name": t("Most visits"), "metric": "visits", "window": "month"},
        "surprises": lambda: _surprise(document, variant or "staff", t),
    }
    part = made[field]()
    return {"id": fresh_id(document, field, _stem(field, variant)), **part}


def new_below(
    kind: Kind, variant: str, part: Mapping[str, Any], document: Document
) -> dict[str, Any]:
    """A new part of a list inside of a part."""
    made: dict[str, Callable[[], dict[str, Any]]] = {
        "Entry": lambda: _way(variant or "visits", document),
        "Benefit": lambda: {"reward": _first(document, "rewards"), "every": "month"},
        "Discount": lambda: {"name": "10 %", "percent": 10},
        "Expiry": lambda: {"type": "months", "months": 12},
        "Opening": lambda: {
            "days": ["mon", "tue", "wed", "thu", "fri"],
            "from": "08:00",
            "until": "18:00",
        },
    }
    found = made[kind.below.__name__]()
    if "id" in kinds.of(kind.below):
        taken = {one.get("id") for one in part.get(kind.name, ())}
        found = {"id": _free(kind.name[:-1], taken), **found}
    return found


def fresh_id(document: Document, field: str, stem: str) -> str:
    """An id that no part of a section has."""
    return _free(stem, {one["id"] for one in document.get(field, ())})


def _free(stem: str, taken: set[Any]) -> str:
    if stem not in taken:
        return stem
    return next(f"{stem}-{n}" for n in range(2, len(taken) + 3) if f"{stem}-{n}" not in taken)


def _stem(field: str, variant: str) -> str:
    return variant if field in {"earn", "units"} and variant else field.rstrip("s")


def _first(document: Document, section: str) -> str:
    parts = document.get(section, ())
    if not parts:
        raise NeededFirstError(section)
    return str(parts[0]["id"])


_RULES: Mapping[str, dict[str, Any]] = {
    "spend": {"per_minor": 100},
    "item": {"categories": ["main"]},
    "action": {"action": "review"},
}


def _rule(variant: str) -> dict[str, Any]:
    return _RULES.get(variant, {})


def _way(metric: str, document: Document) -> dict[str, Any]:
    way: dict[str, Any] = {"metric": metric}
    if metric in {"spend", "visits", "points"}:
        return {**way, "window": "year", "at_least": 50_000 if metric == "spend" else 10}
    if metric == "membership":
        return {**way, "period": "year", "price_minor": 5000}
    return {**way, "categories": ["membership"]} if metric == "purchase" else way


def _campaign(document: Document, variant: str) -> dict[str, Any]:
    if variant == "bonus":
        return {"bonus": {"unit": _first(document, "units"), "amount": 1}}
    return {"multiplier": "2"}


def _surprise(document: Document, by: str, t: T) -> dict[str, Any]:
    drawn = {"one_in": 50} if by == "rule" else {}
    budget = {"amount_minor": 2000, "window": "month"}
    return {
        "name": t("A treat"),
        "reward": _first(document, "rewards"),
        "by": by,
        **drawn,
        "budget": budget,
    }


def _plurals(document: Document, kind: str) -> dict[str, dict[str, str]]:
    found = {}
    for lang in document["languages"]:
        words = words_of(lang)
        forms = (
            words.forms("stamp", "stamps") if kind == "stamps" else words.forms("point", "points")
        )
        found[lang] = forms
    return found
