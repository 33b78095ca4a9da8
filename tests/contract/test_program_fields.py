"""The schema of a programme and the values that the rules read: two lists of the same fields.

Fields are written down in `program/`; `domain/` has frozen values of its own, which `load` fills.
Here both are walked, so that a field cannot stand on one side only.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

import pytest

from regulars.domain import campaigns, games, program
from regulars.domain.refusals import Refused
from regulars.program.check import SECTIONS, check, reference_of
from regulars.program.document import ProgramDocument
from regulars.program.fields import Id, Part
from regulars.program.load import load
from tests import program_schema

OTHERWISE_NAMED = {
    "branding.color": "color",
    "branding.icon": "icon",
    "branding.logo": "logo",
    "units.expiry.type": "units.expiry.kind",
    "units.replaces.unit": "units.replaces",
    "units.replaces.rate": "units.rate",
    "units.value.units": "units.value_units",
    "units.value.amount_minor": "units.value_minor",
    "earn.per_member.times": "earn.limit",
    "earn.per_member.window": "earn.limit_window",
    "rewards.cost.unit": "rewards.unit",
    "rewards.cost.amount": "rewards.cost",
    "rewards.min_units": "rewards.cost",
    "rewards.per_member.times": "rewards.limit",
    "rewards.per_member.window": "rewards.limit_window",
    "tiers.enter.keep.for": "tiers.enter.keep.kind",
    "tiers.season.from_month": "tiers.first_month",
    "tiers.season.until_month": "tiers.last_month",
    "campaigns.from": "campaigns.first_day",
    "campaigns.until": "campaigns.last_day",
    "campaigns.hours.from": "campaigns.hours",
    "campaigns.hours.until": "campaigns.hours",
    "campaigns.bonus.unit": "campaigns.bonus_unit",
    "campaigns.bonus.amount": "campaigns.bonus",
    "milestones.from": "milestones.first_day",
    "milestones.until": "milestones.last_day",
    "milestones.grant.unit": "milestones.unit",
    "milestones.grant.amount": "milestones.amount",
    "raffles.from": "raffles.first_day",
    "raffles.until": "raffles.last_day",
    "surprises.per_member.times": "surprises.limit",
    "surprises.per_member.window": "surprises.limit_window",
    "surprises.budget.amount_minor": "surprises.budget_minor",
    "surprises.budget.window": "surprises.budget_window",
    "locations.id": "locations",
    "locations.name": "locations",
    "locations.opening.days": "opening.days",
    "locations.opening.from": "opening.starts",
    "locations.opening.until": "opening.ends",
    **{
        path: path.removeprefix("locations.").replace("limits", "place_limits", 1)
        for path in program_schema.leaves()
        if path.startswith("locations.limits.")
    },
}
"""Fields of the document, and where the rules find them."""

GIVEN_BY_PUBLISHING = {"version", "past"}
"""What a programme in force has and a document does not: its number, and what earlier versions left
behind."""

NAMES_OF_ITS_OWN = {"earn.action", "units.replaces.unit"}
"""Ids that lead to no other part: what members do is named by the rule that rewards it, and a unit
that is replaced is not there any more."""

REFERENCES = {
    field.path: found
    for field in program_schema.fields()
    if (found := reference_of(field.info)) is not None
}
"""Fields that name a part of another section, by path."""


def test_the_document_and_the_rules_know_the_same_fields() -> None:
    """What only one of them knows is never read, or is never written."""
    written = {OTHERWISE_NAMED.get(path, path) for path in program_schema.leaves()}
    read = {
        path
        for path in value_fields(program.Program)
        if path.partition(".")[0] not in GIVEN_BY_PUBLISHING
    }

    assert written - read == set()
    assert read - written == set()


def test_every_other_name_is_needed() -> None:
    """A line about a field that is gone, or that has the same name on both sides, is wrong."""
    paths, read = set(program_schema.leaves()), set(value_fields(program.Program))

    assert OTHERWISE_NAMED.keys() - paths == set()
    assert OTHERWISE_NAMED.keys() & read == set()
    assert {path.partition(".")[0] for path in read} >= GIVEN_BY_PUBLISHING


def test_every_value_of_the_rules_belongs_to_a_program() -> None:
    """A class that no programme leads to would not be compared."""
    there = {value for module in (program, games) for value in named_tuples(module)}

    assert there <= set(value_classes(program.Program))
    assert campaigns.Campaign in set(value_classes(program.Program))


def test_loading_reads_every_field() -> None:
    """A field that is published and not read would be a promise that nobody keeps."""
    read: set[str] = set()

    load(Recorder(program_schema.filled(ProgramDocument), read), 1)

    assert {field.path for field in program_schema.fields()} - read == set()


def test_loading_reads_no_field_that_is_not_there() -> None:
    """A name that the schema does not have is a mistake of writing."""
    read: set[str] = set()

    load(Recorder(program_schema.filled(ProgramDocument), read), 1)

    assert read - {field.path for field in program_schema.fields()} == set()


def test_every_id_is_its_own_or_a_reference() -> None:
    """An id that names something without saying what would never be checked."""
    (pattern,) = (mark for mark in Id.__metadata__ if hasattr(mark, "pattern"))  # type: ignore[attr-defined]  # of Annotated
    ids = {
        field.path
        for field in program_schema.fields()
        if pattern in program_schema.marks(field.info)
    }
    own = {path for path in ids if path.rpartition(".")[2] == "id"}

    assert own >= {f"{section}.id" for section in SECTIONS}
    assert ids - own - NAMES_OF_ITS_OWN == set(REFERENCES)
    assert ids >= NAMES_OF_ITS_OWN


def test_references_lead_to_sections() -> None:
    """What they name is looked for among the ids of a section."""
    assert {found.section for found in REFERENCES.values()} <= set(SECTIONS)


@pytest.mark.parametrize("path", REFERENCES)
def test_an_unknown_id_is_refused_where_it_stands(path: str) -> None:
    """The least programme that has the field; the same id is accepted once there is such a part."""
    reference = REFERENCES[path]
    document, place = document_with(path, "unknown")
    message = f"there is no {reference.singular} 'unknown'"
    known = program_schema.valid_with(section_model(reference.section), {"id": "unknown"})

    assert (place, f"{message}; there are: none yet") in mistakes(document)
    document.setdefault(reference.section, []).append(known)
    assert [wrong for wrong in mistakes(document) if wrong[1].startswith(message)] == []


def document_with(path: str, value: str) -> tuple[dict[str, Any], str]:
    """The least document with a value at a path, and the path with its places in lists."""
    steps = path.split(".")
    by_path = {field.path: field for field in program_schema.fields()}
    found: Any = value
    place = ""
    for depth in range(len(steps), 0, -1):
        field = by_path[".".join(steps[:depth])]
        above = by_path[".".join(steps[: depth - 1])].part if depth > 1 else ProgramDocument
        assert above is not None
        is_list = field.many
        place = f"{steps[depth - 1]}{'.0' if is_list else ''}{'.' if place else ''}{place}"
        found = program_schema.valid_with(above, {steps[depth - 1]: [found] if is_list else found})
    return found, place


def section_model(section: str) -> type[Part]:
    """The model of a section's parts."""
    (part,) = (field.part for field in program_schema.fields() if field.path == section)
    assert part is not None
    return part


def mistakes(document: Any) -> tuple[tuple[str, str], ...]:
    """What a check finds wrong: path and message."""
    try:
        check(document)
    except Refused as refused:
        return refused.errors
    return ()


def named_tuples(module: Any) -> Iterator[type[Any]]:
    """The value classes that a module itself has."""
    for _, found in inspect.getmembers(module, inspect.isclass):
        if found.__module__ == module.__name__ and issubclass(found, tuple):
            yield found


def value_fields(value: type[Any], above: str = "") -> Iterator[str]:
    """The paths of all leaves of a value class."""
    for name, hint in get_type_hints(value).items():
        below = _value_class(hint)
        if below is None:
            yield f"{above}{name}"
        else:
            yield from value_fields(below, f"{above}{name}.")


def value_classes(value: type[Any]) -> Iterator[type[Any]]:
    """A value class and all below it."""
    yield value
    for hint in get_type_hints(value).values():
        below = _value_class(hint)
        if below is not None:
            yield from value_classes(below)


def _value_class(hint: Any) -> type[Any] | None:
    """The value class in a type, also where it is optional or in a collection."""
    if hasattr(hint, "_fields"):
        found: type[Any] = hint
        return found
    return next((it for it in map(_value_class, get_args(hint)) if it is not None), None)


class Recorder(Mapping[str, Any]):
    """A part of a document that notes which of its fields are asked for."""

    def __init__(self, part: Mapping[str, Any], read: set[str], above: str = "") -> None:
        self._part, self._read, self._above = part, read, above

    def __getitem__(self, name: str) -> Any:
        path = f"{self._above}{name}"
        self._read.add(path)
        return self._watched(self._part[name], path)

    def __iter__(self) -> Iterator[str]:
        return iter(self._part)

    def __len__(self) -> int:
        return len(self._part)

    def _watched(self, value: Any, path: str) -> Any:
        if path in TEXTS:
            return value
        if isinstance(value, Mapping):
            return Recorder(value, self._read, f"{path}.")
        if isinstance(value, list):
            return [self._watched(one, path) for one in value]
        return value


TEXTS = frozenset(program_schema.leaves())
"""Leaves are handed over as they are: a text by language is no part."""
