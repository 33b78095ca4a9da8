"""The parts of a programme document about places of business."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from regulars.program.fields import Id, LocalTime, Part, Short, Weekday
from regulars.program.limits import PlaceLimits


class Opening(Part):
    """When a place is open on some days of the week."""

    days: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    from_: Annotated[LocalTime, Field(alias="from")]
    until: LocalTime

    @model_validator(mode="after")
    def _some_time(self) -> Opening:
        if self.from_ == self.until:
            raise ValueError("`until` must be another time than `from`; a whole day ends at 24:00")
        return self


class Location(Part):
    id: Id
    name: Short
    opening: list[Opening] = Field(default_factory=list, max_length=21)
    limits: PlaceLimits = PlaceLimits()
