"""What is answered about sources, where members come from, and about uploaded pictures."""

from __future__ import annotations

from typing import Literal

from regulars.api.answers import Cursor, Instant, View


class SourceView(View):
    """A source and what it has brought."""

    source_id: str
    """Its id, as it stands in its links and on members."""
    name: str
    """What the owner calls it."""
    kind: Literal["poster", "table", "receipt", "influencer", "partner", "counter"]
    """What it is."""
    created_at: Instant
    """Since when there is this source: who joined before is not counted."""
    archived: bool
    """Whether it is no longer offered; its code works and counts all the same."""
    join_url: str
    """The join page, with the source in the address."""
    qr_url: str
    """Its code as a picture."""
    figures_url: str
    """A page with the figures of this source alone, for whoever has the link."""
    joins: int
    """Members who joined by it."""
    activated: int
    """... who came on the day of joining or one of the 30 days after."""
    spend_minor: int
    """What they have spent until now, less refunds."""


class Asset(View):
    """A picture as it is kept."""

    asset_id: str
    """Its id, for `branding.logo`."""
    url: str
    """Where it is shown."""
    width: int
    """Pixels, at most 512."""
    height: int
    """Pixels, at most 512."""
    colors: list[str]
    """Its most frequent colours, each moved until white text can be read on it."""


class SourceList(View):
    """The sources of a merchant, the newest first."""

    items: list[SourceView]
    """All of them."""
    next: Cursor
