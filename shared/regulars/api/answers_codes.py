"""What is answered about codes that guests scan, and about actions that wait for the owner."""

from __future__ import annotations

from typing import Literal

from regulars.api.answers import Cursor, Instant, View


class CodeView(View):
    """A code that guests scan."""

    code_id: str
    """Its id."""
    kind: Literal["once", "event", "printed", "receipt"]
    """What it is for."""
    url: str
    """Where it leads; this is what the picture holds. It is shown this once."""
    svg: str
    """The code as a picture, with the margin that scanners need."""
    expires_at: Instant | None
    """When it ends; null for one without an end."""
    uses: int | None
    """How many cards can use it; null for any number."""


class WaitingAction(View):
    """Something that a member says they did."""

    id: str
    """Its id, for the decision."""
    member_id: str
    """Who did it."""
    action: str
    """What they did, as the programme calls it."""
    ref: str | None
    """What they wrote about it: a link, a name; null once it is decided."""
    claimed_at: Instant
    """When they said so."""
    status: Literal["waiting", "granted", "refused"]
    """Whether it was decided, and how."""
    note: str | None
    """What the owner wrote to the member."""
    decided_at: Instant | None
    """When it was decided."""


class WaitingActionList(View):
    """What members say they did, newest first."""

    items: list[WaitingAction]
    """Those of this page."""
    next: Cursor


class DecidedAction(WaitingAction):
    """What was decided."""

    entry_id: str | None
    """The entry that rewards it; null for one that was refused."""
