"""The formats of items: which one is written, and which are read.

Every item carries the number of its format. Format 0 is what was written before there were
numbers. A number changes only when what a field means changes. That takes two releases: the
first reads the new format and writes the old one, the second writes the new one. So a version and
the one before it can work on one table, and a deployment can be taken back.

A new field needs no new number. Whoever does not know it keeps it: what is read into a value keeps
the fields that it does not know under `rest`, and writes them again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from regulars.store.errors import Unavailable
from regulars.store.marshal import Attribute, Item, from_item, to_attribute, to_item

FORMAT: Final = 1
"""The format in which items are written."""

NEWEST: Final = 1
"""The newest format that is read; all before it are read, too."""

NAME: Final = "fmt"
"""The attribute that holds the number."""

WRITTEN: Final = to_attribute(FORMAT)


class NewerFormat(Unavailable):
    """An item is in a format that this version cannot read: a newer version wrote it. Once that
    version is deployed everywhere, the same request goes well."""

    def __init__(self, item: Item) -> None:
        super().__init__(f"reading {item.get('SK')} of format {item[NAME]}", 1)


def stored(item: Item) -> dict[str, Attribute]:
    """Return an item as it is stored, with the number of its format."""
    return {**to_item(item), NAME: WRITTEN}


def read(attributes: Mapping[str, Attribute]) -> Item:
    """Return a stored item without its number. Raises NewerFormat for one that this version cannot
    read."""
    item: dict[str, Any] = from_item(attributes)
    if item.get(NAME, 0) > NEWEST:
        raise NewerFormat(item)
    item.pop(NAME, None)
    return item


def taken(item: Item) -> tuple[Callable[..., Any], Item]:
    """Return what takes a field out of an item by its name, and the item itself: at the end it
    holds the fields that were not asked for, to be written again."""
    rest = {name: value for name, value in item.items() if name not in _PLACE}

    def take(name: str, *otherwise: Any) -> Any:
        return item[name] if name in _PLACE else rest.pop(name, *otherwise)

    return take, rest


_PLACE = frozenset({"PK", "SK", "GSI1PK", "GSI1SK"})
"""Where an item stands is no field of it."""
