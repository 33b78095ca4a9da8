"""The views of staff and devices."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/staff/staff.html", CSS)
PERSON = Template("pages/console/staff/person.html", CSS)
LINK = Template("pages/console/staff/link.html", CSS)

Choices = tuple[tuple[str, str], ...]
"""(id, name) of each."""


class PersonRow(NamedTuple):
    """Somebody who works here."""

    staff_id: str
    name: str
    role: str
    places: str
    visits: int
    """What they booked today."""
    limit: str
    is_active: bool
    may: bool
    """Whether who is here may change them."""


class DeviceRow(NamedTuple):
    """A device of the counter."""

    device_id: str
    name: str
    place: str
    seen: datetime
    people: str
    is_here: bool
    """Whether it is the browser that looks."""


class StaffPage(NamedTuple):
    """`GET /console/staff`."""

    brand: Brand
    zone: str
    now: datetime
    people: tuple[PersonRow, ...]
    devices: tuple[DeviceRow, ...]
    form: Form


class PersonPage(NamedTuple):
    """`GET /console/staff/new` and `GET /console/staff/{id}`: one person's form."""

    brand: Brand
    staff_id: str
    """Empty for somebody new."""
    name: str
    role: str
    email: str
    has_pin: bool
    is_active: bool
    places: tuple[str, ...]
    limits: tuple[tuple[str, str, str, str], ...]
    """(field, label, what holds for the person alone, what holds for everybody)."""
    all_places: Choices
    roles: Choices
    form: Form
    enrolling: Form


class LinkPage(NamedTuple):
    """What enrols a device, once."""

    brand: Brand
    zone: str
    person: str
    staff_id: str
    url: str
    picture: Markup
    expires: datetime
