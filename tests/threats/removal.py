"""Takes a protection away and demands that the attack works then.

    @against(removal.of(actions.book, "allowance", lambda *_: None))
    def test_staff_stamp_their_own_cards(removed: None, cafe: Merchant) -> None: ...

The test runs once with the product as it is, and once for each protection without it. Without it
the test must fail by one of its own assertions: a test that passes holds nothing, and one that
breaks in another way shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest


class Removal(NamedTuple):
    """A protection by name, and how it is taken away."""

    name: str
    take_away: Callable[[pytest.MonkeyPatch], None]


def of(owner: Any, name: str, instead: Any) -> Removal:
    """Put something else in the place of a protection: `name` of a module or class.

    The name must be there: one that was renamed protects nothing any more, and is noticed.
    """
    where = getattr(owner, "__name__", type(owner).__name__).rpartition(".")[2]

    def take_away(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(owner, name, instead)

    return Removal(f"{where}.{name}", take_away)


def against(*removals: Removal) -> pytest.MarkDecorator:
    """Mark a test that holds these protections; it takes the fixture `removed` first."""
    params: list[Any] = [pytest.param(None, id="protected")]
    for one in removals:
        why = f"without {one.name} the attack has to work"
        mark = pytest.mark.xfail(strict=True, raises=AssertionError, reason=why)
        params.append(pytest.param(one, id=f"without {one.name}", marks=mark))
    return pytest.mark.parametrize("removed", params, indirect=True)
