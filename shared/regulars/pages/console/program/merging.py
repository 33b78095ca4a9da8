"""Two people change one draft: what both have done is put together, and what they disagree on is
found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple


class _Gone:
    """Stands for what is not there."""


GONE: Final = _Gone()


class Conflict(NamedTuple):
    """A value that both have changed: its path, and what each made of it (GONE for taken out)."""

    path: tuple[str, ...]
    mine: Any
    theirs: Any


class Merged(NamedTuple):
    """Both documents in one. Where they disagree it is as `theirs`."""

    document: dict[str, Any]
    conflicts: tuple[Conflict, ...]


def merge(seen: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """Put together what `mine` and `theirs` have made of `seen`: objects by name, lists of parts
    by id, anything else as a whole."""
    conflicts: list[Conflict] = []
    merged = _merge(seen, mine, theirs, (), conflicts)
    return Merged(dict(merged), tuple(conflicts))


def _merge(seen: Any, mine: Any, theirs: Any, path: tuple[str, ...], found: list[Conflict]) -> Any:
    if mine in (theirs, seen):
        return theirs
    if theirs == seen:
        return mine
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        return _by_name(seen if isinstance(seen, Mapping) else {}, mine, theirs, path, found)
    known = seen if isinstance(seen, list) else []
    if all(_have_ids(one) for one in (known, mine, theirs)):
        was, my, their = ({one["id"]: one for one in parts} for parts in (known, mine, theirs))
        merged = _by_name(was, my, their, path, found)
        order = _order(list(was), list(my), list(their))
        return [merged[name] for name in order if name in merged]
    found.append(Conflict(path, mine, theirs))
    return theirs


def _by_name(
    seen: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any],
    path: tuple[str, ...], found: list[Conflict],
) -> dict[str, Any]:  # fmt: skip
    merged = {}
    for name in dict.fromkeys((*theirs, *mine, *seen)):
        was, my, their = (one.get(name, GONE) for one in (seen, mine, theirs))
        made = _merge(was, my, their, (*path, name), found)
        if made is not GONE:
            merged[name] = made
    return merged


def _have_ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(it, Mapping) and "id" in it for it in value)


def _order(seen: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """The order of a list: theirs, unless only mine is another; with what is new in either."""
    kept = [name for name in mine if name in theirs]
    moved = kept != [name for name in seen if name in kept]
    first, other = (mine, theirs) if moved else (theirs, mine)
    order = list(first)
    for place, name in enumerate(other):
        if name not in order:
            before = next((one for one in reversed(other[:place]) if one in order), None)
            at = order.index(before) + 1 if before else 0
            while at < len(order) and order[at] not in (*seen, *other):
                at += 1  # after what the other one has put there, too
            order.insert(at, name)
    return order
