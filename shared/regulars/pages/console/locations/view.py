"""The views of locations."""

from __future__ import annotations

from typing import NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/locations/locations.html", CSS)
ONE = Template("pages/console/locations/location.html", (*CSS, "pages/console/locations/hours.css"))


class Place(NamedTuple):
    """One location, with its hours in words."""

    location_id: str
    name: str
    hours: tuple[str, ...]


class LocationsPage(NamedTuple):
    """`GET /console/locations`."""

    brand: Brand
    places: tuple[Place, ...]


class Day(NamedTuple):
    """One weekday of the form: up to two times."""

    number: int
    name: str
    spans: tuple[tuple[str, str], ...]


class LocationPage(NamedTuple):
    """`GET /console/locations/new` and `GET /console/locations/{id}`."""

    brand: Brand
    location_id: str
    name: str
    days: tuple[Day, ...]
    version: int
    """The version of the programme that the form was made from."""
    form: Form
    others: int
    """How many other locations there are."""
