"""What earlier versions of a programme leave behind, as it is kept with the one in force.

It lies beside the document, so that a card, a voucher or a page needs no other version to be read:
- `rewards`: by id the earlier definitions, each with the last version that had it. A voucher is
  read by the definition of the version it was issued under;
- `units`: the units that left, for their names and last days;
- `steps`: what a version does once to every card (see `domain/carryover.py`);
- `zones`: the time zone before, the one after, and the instant (ms) from which on it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.domain.program import Program

Document = Mapping[str, Any]
Past = Mapping[str, Any]


def after(left: Past, old: Document, new: Document, over: int) -> dict[str, Any]:
    """Return what is left behind once document `new` is published over `old`, version `over`, with
    what was left behind before; `step` and `zones` add what is compared by its meaning."""
    kept: dict[str, Any] = {
        "rewards": _rewards(left.get("rewards", {}), old, new, over),
        "units": _units(left.get("units", ()), old, new),
        "steps": list(left.get("steps", ())),
    }
    return {name: value for name, value in kept.items() if value}


def step(old: Program, new: Program) -> list[Any] | None:
    """Make the step that a version needs, as it is stored: [version, {unit: [new, millionths]},
    [rules]]; None when it needs none.

    A `replaces` that the version before had already, and has done its work there, is no new step.
    """
    done = {(unit.replaces, unit.id, unit.rate) for unit in old.units.values()}
    replaced = {
        unit.replaces: [unit.id, unit.rate]
        for unit in new.units.values()
        if unit.replaces
        and ((unit.replaces, unit.id, unit.rate) not in done or unit.replaces in old.units)
    }
    now = {rule.id for rule in new.earn if rule.on == "spend"}
    dropped = [rule.id for rule in old.earn if rule.on == "spend" and rule.id not in now]
    return [new.version, replaced, dropped] if replaced or dropped else None


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


def _by_id(document: Document, section: str) -> dict[str, Any]:
    return {part["id"]: part for part in document.get(section, ())}
