"""The functions that run sections of `docs/rules.md` over HTTP, by the titles of the sections."""

from __future__ import annotations

from collections.abc import Callable

from tests.functional.rules.story import House
from tests.unit.domain.rules.document import Cells

Holder = Callable[[House, Cells], Cells]

HOLDERS: dict[str, Holder] = {}


def holds(*sections: str) -> Callable[[Holder], Holder]:
    """Register a function that runs the rows of these sections."""

    def held(holder: Holder) -> Holder:
        for section in sections:
            assert section not in HOLDERS, f"{section} is held twice"
            HOLDERS[section] = holder
        return holder

    return held
