"""Staff and devices."""

from markupsafe import Markup

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.staff.view import (
    LINK,
    PERSON,
    TEMPLATE,
    DeviceRow,
    LinkPage,
    PersonPage,
    PersonRow,
    StaffPage,
)
from tests.unit.pages.card_samples import BRAND, LONG_BRAND, LONG_NAME, NOW

PERSON_ROW = PersonRow("s1", LONG_NAME[:60], "pultos", "Fő utca", 41, "120", True, True)
DEVICE = DeviceRow("d1", "Pulti táblagép", "Fő utca", NOW, "Kata, Gergő", False)
LIST = StaffPage(
    BRAND, "Europe/Budapest", NOW,
    (PERSON_ROW, PERSON_ROW._replace(is_active=False, may=False, places="", limit="")),
    (DEVICE, DEVICE._replace(is_here=True)), Form(),
)  # fmt: skip
ROLES = (("staff", "munkatárs"), ("manager", "vezető"), ("owner", "tulajdonos"))
PLACES = (("main", "Fő utca"), ("market", "Piac tér"))
ONE = PersonPage(
    BRAND, "s1", "Kata", "manager", "kata@example.com", True, True, ("main",),
    (("visits_per_day", "Látogatás", "120", "300"), ("spend_minor_per_day", "Eladás", "", "")),
    PLACES, ROLES, Form(), Form(),
)  # fmt: skip
NEW = ONE._replace(staff_id="", name="", email="", has_pin=False, all_places=())
WRONG = Form({"name": "", "pin": "12"}, {"name": "Ezt meg kell adni.", "pin": "Négy számjegy."})

PAGES = {
    "": LIST,
    "alone": LIST._replace(people=LIST.people[:1], devices=(), brand=LONG_BRAND),
    "person": ONE,
    "new": NEW,
    "wrong": NEW._replace(form=WRONG),
    "link": LinkPage(
        BRAND, "Europe/Budapest", LONG_NAME[:60], "s1", "https://cards.example/staff/" + "a" * 40,
        Markup('<svg viewBox="0 0 8 8"></svg>'), NOW,
    ),
}  # fmt: skip
TEMPLATES = {StaffPage: TEMPLATE, PersonPage: PERSON, LinkPage: LINK}
