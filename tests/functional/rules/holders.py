"""The functions that run sections of `docs/rules.md` over HTTP, by the titles of the sections."""

from __future__ import annotations

from collections.abc import Callable

from tests.functional.rules.story import House
from tests.unit.domain.rules.document import Cells, holding

Holder = Callable[[House, Cells], Cells]

HOLDERS: dict[str, Holder] = {}


def holds(*sections: str) -> Callable[[Holder], Holder]:
    """Register a function that runs the rows of these sections over HTTP."""
    return holding(HOLDERS, sections)
