"""What may be sent about sources: where members come from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from regulars.api.models import Body
from regulars.program.fields import Printable

Kind = Literal["poster", "table", "receipt", "influencer", "partner", "counter"]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True), Printable
]


class NewSource(Body):
    """A source to be added."""

    name: Name
    kind: Kind


class SourceChange(Body):
    """What changes about a source."""

    name: Name | None = None
    archived: Annotated[bool, Field(strict=True)] | None = None
