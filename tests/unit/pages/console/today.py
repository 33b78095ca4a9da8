"""Today: busy, empty, and of who works at the counter."""

from regulars.pages.console.today.view import TEMPLATE, Figure, Happened, TodayPage, Waiting
from tests.unit.pages.card_samples import BRAND, LONG_BRAND, LONG_NAME, NOW

FIGURE = Figure("Látogatás", "1 412", "+38", 1, "1 374")
BUSY = TodayPage(
    BRAND, "Europe/Budapest", NOW,
    (FIGURE, FIGURE._replace(change="−2", sign=-1), FIGURE._replace(change="", sign=0), FIGURE),
    (Waiting("Kilenc bélyeg egy kártyán.", "Megnézem", "/console/attention"),) * 3, True,
    (Happened(NOW, "Anna", "/console/members/c1", "+1 bélyeg", "látogatásért"),) * 10,
    (("Plakát", "/console/posters", True), ("Első vendég", "/console/members/new", False)),
)  # fmt: skip
EMPTY = TodayPage(LONG_BRAND, "UTC", NOW, (FIGURE,) * 4, (), False, ())

PAGES = {
    "": BUSY,
    "empty": EMPTY,
    "long": BUSY._replace(
        brand=LONG_BRAND, happened=(Happened(NOW, LONG_NAME, "/", "", "w" * 60),) * 2
    ),
    "counter": EMPTY._replace(figures=(), is_staff=True),
}
TEMPLATES = {TodayPage: TEMPLATE}
