"""What is answered about imports and exports of members."""

from __future__ import annotations

from typing import Literal

from regulars.api.answers import Cursor, Instant, View


class ImportProgress(View):
    """How far a phase has come."""

    done: int
    """Lines that were seen to."""
    of: int
    """Lines of the file."""


class LineMistake(View):
    """What is wrong with a line."""

    line: int
    """The line of the file; the headings are line 1."""
    column: str | None
    """The heading of the cell; null for the whole line."""
    code: str
    """What it is, in a word that stays the same."""
    message: str
    """What to do."""


class ImportView(View):
    """A file of members that is brought in."""

    import_id: str
    """Its id."""
    state: Literal["checks", "asks", "runs", "done", "undoes", "undone", "failed"]
    """Looked at, waits for `start`, brought in, over, taken back, or not kept any more."""
    format: Literal["free"]
    """Free columns."""
    created_at: Instant
    """When it was sent."""
    dry_run: bool
    """Whether it asks before it runs."""
    mapping: dict[str, str | None]
    """By heading of the file our column; null for one that is not used."""
    columns: list[str]
    """Our columns, those of the units among them."""
    doubts: list[str]
    """Why somebody must say what the columns are."""
    counts: dict[str, int]
    """Lines, and how many are new, changed, the same or refused; after `undo` how many members were
    taken back (`undone`) or are kept because they were used since (`kept`)."""
    progress: ImportProgress
    """How far it is."""
    errors: list[LineMistake]
    """The first hundred mistakes."""
    next: Cursor


class ImportList(View):
    """Imports, the newest first."""

    items: list[ImportView]
    """The newest ten."""
    next: Cursor


class ExportedMember(View):
    """A member as a row."""

    member_id: str
    """The id."""
    name: str | None
    """The name."""
    email: str | None
    """The confirmed e-mail address."""
    phone: str | None
    """The confirmed telephone number."""
    birthday: str | None
    """`MM-DD` or `YYYY-MM-DD`."""
    language: str | None
    """The language."""
    balances: dict[str, int]
    """What can be spent, by unit."""
    tier: str | None
    """The id of the tier."""
    tier_until: str | None
    """Its last day."""
    enrolled_on: str
    """The day of joining."""
    visits: int
    """Visits in all."""
    spend: int
    """What was spent in all, in minor units."""
    last_visit_on: str | None
    """The day of the last visit."""
    segment: str
    """The segment."""
    consent_email: bool
    """Whether mails are wanted."""
    consent_sms: bool
    """Whether SMS are wanted."""
    tags: str | None
    """The attribute `tags`."""


class ExportedMembers(View):
    """All members."""

    items: list[ExportedMember]
    """One each."""
    next: Cursor
