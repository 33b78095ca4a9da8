"""Checking a programme document: mistakes by path, in words an owner can act on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.document import ProgramDocument
from regulars.program.fields import Part, Reference
from regulars.program.mistakes import invalid


def check(document: Any) -> dict[str, Any]:
    """The document, validated and with defaults left as they were written.

    Raises INVALID with one message per mistake, by path.
    """
    try:
        parsed = ProgramDocument.model_validate(document)
    except ValidationError as error:
        raise invalid(error, document) from error
    if mistakes := [
        *_repeated(parsed),
        *_dangling(parsed),
        *_unaffordable(parsed),
        *_replaced(parsed),
        *_proved(parsed),
    ]:
        raise Refused(
            RefusalCode.INVALID, "The programme is not valid; see errors.", tuple(mistakes)
        )
    return parsed.model_dump(mode="json", exclude_unset=True, by_alias=True)


SECTIONS = (
    "units",
    "earn",
    "rewards",
    "tiers",
    "campaigns",
    "milestones",
    "raffles",
    "leaderboards",
    "surprises",
    "locations",
)


def _repeated(document: ProgramDocument) -> Iterable[tuple[str, str]]:
    """Ids must be unique within their section."""
    for section in SECTIONS:
        ids = Counter(part.id for part in getattr(document, section))
        for repeated in (name for name, count in ids.items() if count > 1):
            yield section, f"the id {repeated!r} is used more than once"


def _dangling(document: ProgramDocument) -> Iterable[tuple[str, str]]:
    """Every reference must lead to a part that is there."""
    known = {section: [part.id for part in getattr(document, section)] for section in SECTIONS}
    for path, reference, name in _references(document, ""):
        if name not in known[reference.section]:
            there = ", ".join(known[reference.section]) or "none yet"
            yield path, f"there is no {reference.singular} {name!r}; there are: {there}"


def _references(part: Part, path: str) -> Iterator[tuple[str, Reference, str]]:
    """Every reference in a part and those below it: its path, its kind, the id it names."""
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        reference = reference_of(field)
        for place, one in _each(value):
            below = f"{path}{field.alias or name}{place}"
            if isinstance(one, Part):
                yield from _references(one, f"{below}.")
            elif reference and one is not None:
                yield below, reference, one


def reference_of(field: FieldInfo) -> Reference | None:
    """Return what a field refers to, also where it is optional or a list; None for others."""
    found = [*field.metadata, *_marks(field.annotation)]
    return next((mark for mark in found if isinstance(mark, Reference)), None)


def _marks(annotation: Any) -> Iterator[Any]:
    for inner in get_args(annotation):
        yield inner
        yield from _marks(inner)


def _each(value: Any) -> Iterator[tuple[str, Any]]:
    """A list's members with their places in a path, any other value by itself."""
    if isinstance(value, list):
        yield from ((f".{place}", one) for place, one in enumerate(value))
    else:
        yield "", value


def _proved(document: ProgramDocument) -> Iterable[tuple[str, str]]:
    """Whatever an action brings, it is proved in one way."""
    proofs: dict[str, str] = {}
    for place, rule in enumerate(document.earn):
        if rule.action and proofs.setdefault(rule.action, rule.proof) != rule.proof:
            remedy = f"must be {proofs[rule.action]!r}, as for the other rules on {rule.action!r}"
            yield f"earn.{place}.proof", remedy


def _replaced(document: ProgramDocument) -> Iterable[tuple[str, str]]:
    """A unit that is replaced is not there any more, and one other stands for it."""
    there, stands_for = {unit.id for unit in document.units}, set[str]()
    for place, unit in enumerate(document.units):
        if unit.replaces is None:
            continue
        path, old = f"units.{place}.replaces.unit", unit.replaces.unit
        if old in there:
            yield path, f"{old!r} is a unit of this document; take one of the two out"
        if old in stands_for:
            yield path, f"{old!r} is replaced by another unit already"
        stands_for.add(old)


def _unaffordable(document: ProgramDocument) -> Iterable[tuple[str, str]]:
    """A budget is counted in what a gift costs, and must be good for one at least."""
    costs = {reward.id: reward.cost_minor for reward in document.rewards}
    for place, surprise in enumerate(document.surprises):
        cost = costs.get(surprise.reward)
        if cost == 0:
            yield f"surprises.{place}.reward", "the reward needs a `cost_minor`"
        elif cost is not None and cost > surprise.budget.amount_minor:
            remedy = f"must be at least the {cost} that one costs"
            yield f"surprises.{place}.budget.amount_minor", remedy
