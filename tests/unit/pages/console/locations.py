"""Locations and hours."""

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.locations.view import (
    ONE,
    TEMPLATE,
    Day,
    LocationPage,
    LocationsPage,
    Place,
)
from tests.unit.pages.card_samples import BRAND, LONG_NAME

DAYS = tuple(Day(n, f"nap {n}", (("07:00", "19:00"), ("", ""))) for n in range(7))
FORM = LocationPage(BRAND, "main", "Fő utca", DAYS, 3, Form(), 1)
PLACES = (Place("main", "Fő utca", ("hétfő–péntek 07:00–19:00",)), Place("x", LONG_NAME[:60], ()))
PAGES = {
    "": LocationsPage(BRAND, PLACES),
    "empty": LocationsPage(BRAND, ()),
    "one": FORM,
    "new": FORM._replace(location_id="", name=""),
    "wrong": FORM._replace(form=Form({}, {"from-0-0": "Mikor nyit?"}, "Közben más módosította.")),
}
TEMPLATES = {LocationsPage: TEMPLATE, LocationPage: ONE}
