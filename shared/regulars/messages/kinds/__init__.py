"""What notifications there are: one module for each kind, found by its name.

A module has `KIND`, a `Kind`. Modules are imported when they are needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, NamedTuple

from regulars.core import folders
from regulars.domain.card import Card
from regulars.domain.ledger import Entry
from regulars.domain.program import Program
from regulars.i18n.words import Words
from regulars.program.shop import Shop
from regulars.render.mail import MailBlock

Facts = Mapping[str, Any]


class Content(NamedTuple):
    """What a mail says: its subject and its blocks, in the reader's language."""

    subject: str
    blocks: tuple[MailBlock, ...]
    preview: str = ""


class Kind(NamedTuple):
    """One kind of notification."""

    audience: Literal["member", "owner"]
    consent: bool
    """Whether the member must have agreed to mails; what a person has asked for needs none."""
    channels: tuple[Literal["email"], ...]
    compose: Callable[[Shop, Card | None, Facts, Words], Content | None]
    """What it says; None when there is nothing (any more) to say. The card is the member's."""
    when: Callable[[Program, Entry], Facts | None] | None = None
    """The facts of a new entry that gives occasion to it; None for kinds that a job asks for."""
    to_claim: bool = False
    """Whether it goes to the address that a card claims, not to the one that is confirmed."""
    after_closing: bool = False
    """Whether it is sent also for a merchant that was closed."""


@cache
def names() -> tuple[str, ...]:
    """Return the names of all kinds, in alphabetical order."""
    return folders.modules(Path(__file__).parent)


@cache
def kind(name: str) -> Kind:
    """Return a kind by its name; raises ModuleNotFoundError when there is none."""
    found: Kind = import_module(f"{__name__}.{name}").KIND
    return found


def occasioned_by(program: Program, entry: Entry) -> Iterator[tuple[str, Facts]]:
    """Yield the kinds that a new entry gives occasion to, each with its facts."""
    for name in names():
        when = kind(name).when
        facts = when(program, entry) if when else None
        if facts is not None:
            yield name, facts
