"""How many examples a property is tried with, and whether they are the same at each run."""

from __future__ import annotations

import os

from hypothesis import settings

USUAL = 100
LONG = 20 * USUAL


def load_profiles() -> None:
    """Register the profiles and choose one: `steady` where CI is set, else `new`.

    `steady` tries the same examples at each run, `new` tries others and half as many, and `long`
    (`--hypothesis-profile=long`) tries twenty times as many.
    """
    settings.register_profile("steady", deadline=None, derandomize=True, max_examples=USUAL)
    settings.register_profile("new", deadline=None, derandomize=False, max_examples=USUAL // 2)
    settings.register_profile("long", deadline=None, derandomize=False, max_examples=LONG)
    settings.load_profile("steady" if os.environ.get("CI") else "new")


def examples(count: int) -> int:
    """Return `count`, or as many times more or less as the chosen profile tries."""
    return count * settings().max_examples // USUAL
