"""Keep a card on hold: it earns, and redeems nothing, until every hold on it is released.

The operations stand here, too, because a stamp does not wait for what is rare.
"""

from __future__ import annotations

from typing import NamedTuple

from regulars.domain.draft import Draft
from regulars.domain.operations import Origin


class Hold(NamedTuple):
    """Somebody keeps the card on hold because of a signal of fraud."""

    origin: Origin
    signal_id: str
    note: str = ""


class Release(NamedTuple):
    """The hold because of a signal is over."""

    origin: Origin
    signal_id: str
    note: str = ""


def hold(draft: Draft, operation: Hold) -> None:
    """Put the card on hold; the entry says because of which signal."""
    holds = {**draft.card.holds, operation.signal_id: draft.now_ms}
    draft.card = draft.card._replace(holds=holds)
    _say(draft, "hold", operation)


def release(draft: Draft, operation: Release) -> None:
    """End the hold of one signal; others stay."""
    signal_id = operation.signal_id
    holds = {name: since for name, since in draft.card.holds.items() if name != signal_id}
    draft.card = draft.card._replace(holds=holds)
    _say(draft, "release", operation)


def _say(draft: Draft, what: str, operation: Hold | Release) -> None:
    draft.facts[what] = operation.signal_id
    if operation.note:
        draft.facts["note"] = operation.note
