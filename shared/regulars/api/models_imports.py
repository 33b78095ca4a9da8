"""What is sent about imports."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from regulars.api.models import Body, Text


class StartImport(Body):
    """With a mapping the file is looked at again, without one it is brought in."""

    mapping: Annotated[dict[Annotated[str, Field(max_length=1000)], Text | None] | None,
                       Field(max_length=100)] = None  # fmt: skip
