"""What may be sent about codes that guests scan, and about actions that wait for the owner."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from regulars.api import bodies
from regulars.api.models import Body, Instant, Money, Note, SoldItem, Text
from regulars.core import checks
from regulars.program.fields import Printable
from regulars.program.mistakes import at


class NewCode(Body):
    """A code that guests scan, and what it gives."""

    kind: Literal["once", "event", "printed", "receipt"]
    visits: Annotated[int, Field(ge=0, le=checks.VISITS_MAX)] | None = None
    spend_minor: Money | None = None
    items: Annotated[list[SoldItem], Field(max_length=checks.ITEMS_MAX)] | None = None
    action: Annotated[str, Field(min_length=1, max_length=40), Printable] | None = None
    order_id: Text | None = None
    location: Text | None = None
    valid_until: Instant | None = None
    uses: Annotated[int, Field(ge=1, le=bodies.USES_MAX)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> NewCode:
        body = self.model_dump()
        if checks.too_much(body):
            raise at("spend_minor", checks.TOO_MUCH)
        if wrong := bodies.no_code(body):
            raise at(*wrong)
        return self


class ActionDecision(Body):
    """What the owner decides about something that a member says they did."""

    decide: Literal["grant", "refuse"]
    note: Note | None = None
