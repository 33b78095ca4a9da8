"""The contract of the HTTP API as pydantic models: answers about the ledger's own health."""

from __future__ import annotations

from typing import Any, Literal

from regulars.api.answers import View


class AttentionView(View):
    """Something that needs a person."""

    id: str
    kind: Literal["damaged_card", "unbooked", "failed_message", "stuck_job"]
    at: str
    """When it was first met."""
    why: str
    about: dict[str, Any]
    """Ids of what it is about: `member_id`, `order_id`, `job` ..."""
    can: list[Literal["retry", "dismiss", "repair", "move"]]
    state: Literal["open", "closed"]


class AttentionList(View):
    items: list[AttentionView]
    next: str | None
