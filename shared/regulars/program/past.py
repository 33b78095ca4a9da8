"""What earlier versions of a programme leave behind, as it is kept with the one in force.

It lies beside the document, so that a card, a voucher or a page needs no other version to be read:
- `rewards`: by id the earlier definitions, each with the last version that had it. A voucher is
  read by the definition of the version it was issued under;
- `units`: the units that left, for their names and last days;
- `steps`: what a version does once to every card (see `domain/standing.py`);
- `zones`: the time zone before, the one after, and the instant (ms) from which on it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]
Past = Mapping[str, Any]


def after(past: Past, old: Document, new: Document, version: int) -> dict[str, Any]:
    """Return what is left behind once document `new` is published as a version over `old`, with
    what was left behind before."""
    kept: dict[str, Any] = {
        "rewards": _rewards(past.get("rewards", {}), old, new, version - 1),
        "units": _units(past.get("units", ()), old, new),
        "steps": [*past.get("steps", ()), *_steps(old, new, version)],
    }
    return {name: value for name, value in kept.items() if value}


def _rewards(
    known: Mapping[str, Any], old: Document, new: Document, version: int
) -> dict[str, Any]:
    rewards = dict(known)
    now = _by_id(new, "rewards")
    for reward_id, reward in _by_id(old, "rewards").items():
        if reward != now.get(reward_id):
            rewards[reward_id] = [*rewards.get(reward_id, ()), [version, reward]]
    return rewards


def _units(known: Any, old: Document, new: Document) -> list[Any]:
    now = _by_id(new, "units")
    units = {unit["id"]: unit for unit in known} | _by_id(old, "units")
    return [unit for unit_id, unit in units.items() if unit_id not in now]


def _steps(old: Document, new: Document, version: int) -> list[Any]:
    """List the step that a version needs, if any: [version, {old unit: [new, rate]}, [rules]].

    A `replaces` that the version before had already, and has done its work there, is no new step.
    """
    done = {_replaces(unit) for unit in old.get("units", ())}
    there = _by_id(old, "units")
    replaced = {}
    for unit in new.get("units", ()):
        found = _replaces(unit)
        if found and (found not in done or found[0] in there):
            replaced[found[0]] = [found[1], found[2]]
    now = {rule["id"] for rule in new.get("earn", ()) if rule["on"] == "spend"}
    dropped = [
        rule["id"]
        for rule in old.get("earn", ())
        if rule["on"] == "spend" and rule["id"] not in now
    ]
    return [[version, replaced, dropped]] if replaced or dropped else []


def _replaces(unit: Mapping[str, Any]) -> tuple[str, str, str] | None:
    replaces = unit.get("replaces")
    return (replaces["unit"], unit["id"], replaces["rate"]) if replaces else None


def _by_id(document: Document, section: str) -> dict[str, Any]:
    return {part["id"]: part for part in document.get(section, ())}
