"""The documents that the changing merchant publishes, each made of the one before."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from random import Random
from typing import Any, Protocol

from tests.unit.domain.shop import unit

UNITS = ("leaf", "bean", "nut")
"""What the one unit of points is called, in turn."""

RATES = ("1", "2", "0.5", "0.3", "12.5")


class Known(Protocol):
    """What making a document needs to know."""

    @property
    def unit(self) -> str:
        """The unit of points as it is called now."""


def first() -> dict[str, Any]:
    """What the merchant begins with."""
    return {
        "name": "Changing",
        "currency": "EUR",
        "timezone": "Europe/Budapest",
        "languages": ["en"],
        "units": [_points("leaf"), unit("stamp", "stamps")],
        "earn": [_spend("leaf"), {"id": "visit", "on": "visit", "unit": "stamp", "amount": 2}],
        "rewards": [_cake("leaf"), _mug()],
        "tiers": [_silver(), _gold()],
    }


def changed(document: dict[str, Any], chance: Random, known: Known, today: date) -> dict[str, Any]:
    """Return a document that differs in one or two parts."""
    new = deepcopy(document)
    for one in new["units"]:
        if chance.random() < 0.8:
            one.pop("replaces", None)  # it may go, once it has been published
    for _ in range(chance.choice((1, 1, 2))):
        chance.choice(_CHANGES)(new, chance, known.unit, today)
    now_called = new["units"][0]["id"]
    for part in (*new["earn"], *(one["cost"] for one in new["rewards"])):
        if part["unit"] in UNITS:
            part["unit"] = now_called
    return new


def _rename(new: dict[str, Any], chance: Random, old: str, today: date) -> None:
    if new["units"][0]["id"] != old:
        return  # once is enough
    name = chance.choice([one for one in UNITS if one != old])
    replaces = {"unit": old, "rate": chance.choice(RATES)}
    new["units"][0] = _points(name) | {"replaces": replaces}


def _vanish(new: dict[str, Any], chance: Random, old: str, today: date) -> None:
    """The unit is called otherwise, and nothing says that it stands for the old one."""
    if new["units"][0]["id"] == old:
        new["units"][0] = _points(chance.choice([one for one in UNITS if one != old]))


def _end(new: dict[str, Any], chance: Random, old: str, today: date) -> None:
    """Stamps end, or do not after all."""
    stamp = new["units"][1]
    if stamp.get("ends_on"):
        if stamp["ends_on"] > today.isoformat():
            del stamp["ends_on"]
    else:
        stamp["ends_on"] = (today + timedelta(days=chance.choice((5, 40)))).isoformat()


def _cake_changes(new: dict[str, Any], chance: Random, old: str, today: date) -> None:
    _replace(new["rewards"], "cake", chance.choice((None, _cake(old), *_other_cakes(old))))


def _mug_changes(new: dict[str, Any], chance: Random, old: str, today: date) -> None:
    plain = {name: it for name, it in _mug().items() if name not in {"stock", "per_member"}}
    _replace(new["rewards"], "mug", chance.choice((None, _mug(), plain, plain | {"name": "Jar"})))


def _tier_changes(new: dict[str, Any], chance: Random, old: str, today: date) -> None:
    name, part = chance.choice((("silver", _silver()), ("gold", _gold())))
    _replace(new["tiers"], name, chance.choice((None, part)))
    new["tiers"].sort(key=lambda one: one["id"] == "gold")


def _rule_changes(new: dict[str, Any], chance: Random, old: str, today: date) -> None:
    _replace(new["earn"], "spend", chance.choice((None, _spend(old), _spend(old) | {"amount": 3})))


_CHANGES = [
    _rename, _rename, _rename, _vanish, _end, _cake_changes, _cake_changes, _mug_changes,
    _tier_changes, _tier_changes, _rule_changes, _rule_changes,
]  # fmt: skip


def _replace(parts: list[dict[str, Any]], name: str, by: dict[str, Any] | None) -> None:
    """Put a part in the place of the one with the same id, or take it out."""
    parts[:] = [one for one in parts if one["id"] != name]
    if by is not None:
        parts.append(by)


def _points(name: str) -> dict[str, Any]:
    return unit(name, expiry={"type": "months", "months": 2})


def _spend(name: str) -> dict[str, Any]:
    return {"id": "spend", "on": "spend", "unit": name, "amount": 1, "per_minor": 100}


def _cake(name: str) -> dict[str, Any]:
    return {
        "id": "cake", "name": "Cake", "cost": {"unit": name, "amount": 4},
        "conditions": ["Not on Sundays"], "valid_days": 60,
    }  # fmt: skip


def _other_cakes(name: str) -> tuple[dict[str, Any], ...]:
    cake = _cake(name)
    return (
        cake | {"name": "Tart"},
        cake | {"kind": "percent", "percent": 1, "conditions": []},
        cake | {"cost": {"unit": name, "amount": 9}, "valid_days": 30},
    )


def _mug() -> dict[str, Any]:
    return {
        "id": "mug", "name": "Mug", "cost": {"unit": "stamp", "amount": 3}, "stock": 6,
        "per_member": {"times": 3, "window": "month"},
    }  # fmt: skip


def _silver() -> dict[str, Any]:
    way = {"metric": "membership", "period": "month"}
    return {"id": "silver", "name": "Silver", "enter": [way]}


def _gold() -> dict[str, Any]:
    return {"id": "gold", "name": "Gold", "enter": [{"metric": "invitation"}]}
