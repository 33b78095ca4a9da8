"""What may be sent about who may do what: API keys, people, devices."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from regulars.api.models import Body, Instant, PastedText, Text
from regulars.program.fields import Shaped, Short
from regulars.program.limits import StaffLimits

Origin = Annotated[
    str,
    Shaped(
        r"^https://[a-z0-9.-]{1,200}(?::[0-9]{1,5})?$",
        "must be an origin such as https://shop.example",
    ),
]


class NewApiKey(Body):
    """A key with a name, and what it may be used for."""

    name: Text
    scopes: Annotated[
        list[Literal["full", "read", "till", "export", "publishable"]],
        Field(min_length=1, max_length=5),
    ]
    origins: Annotated[list[Origin], Field(min_length=1, max_length=20)] | None = None
    expires_at: Instant | None = None


class RollBody(Body):
    """For how many hours the old key goes on."""

    overlap_hours: Annotated[int, Field(ge=0, le=720)] = 24


Role = Literal["staff", "manager", "owner"]
Pin = Annotated[str, Shaped(r"^[0-9]{4}$", "must be four digits")]
PLACES_MAX = 100
Places = Annotated[list[Text], Field(max_length=PLACES_MAX)]


class NewPerson(Body):
    """Somebody who works at the merchant."""

    name: Short
    role: Role = "staff"
    locations: Places = Field(default_factory=list)
    limits: StaffLimits | None = None
    email: PastedText | None = None
    pin: Pin | None = None
    active: bool = True


class PersonChange(Body):
    """What is to be changed of a person. Fields that are left out stay."""

    name: Short | None = None
    role: Role | None = None
    locations: Places | None = None
    limits: StaffLimits | None = None
    email: PastedText | None = None
    pin: Pin | None = None
    active: bool | None = None


class NewDevice(Body):
    """A device to be enrolled for a person."""

    name: Short
    location: Text | None = None


class FraudBody(Body):
    """What to do about a signal of fraud, or only to decide what it would do."""

    do: Literal["dismiss", "hold", "reverse"]
    dry_run: bool = False
    note: Text | None = None
