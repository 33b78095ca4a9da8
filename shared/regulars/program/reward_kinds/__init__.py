"""What kinds of rewards there are: one module for each kind, found by its name.

A module has `KIND`, a `RewardKind`. Modules are imported when they are needed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from regulars.core import folders
from regulars.domain.program import Reward
from regulars.i18n.words import Words


def no_worth(reward: Reward, currency: str, words: Words) -> str:
    """Say nothing: the reward's name says it all."""
    return ""


class RewardKind(NamedTuple):
    """One kind of reward."""

    fields: tuple[str, ...] = ()
    """The fields of a reward in the document that belong to this kind, and that it needs."""
    worth: Callable[[Reward, str, Words], str] = no_worth
    """What a voucher takes off a bill, in words; money is in the currency given."""


@cache
def names() -> tuple[str, ...]:
    """Return the names of all kinds, in alphabetical order."""
    return folders.modules(Path(__file__).parent)


@cache
def kind(name: str) -> RewardKind:
    """Return a kind by its name; raises ModuleNotFoundError when there is none."""
    found: RewardKind = import_module(f"{__name__}.{name}").KIND
    return found
