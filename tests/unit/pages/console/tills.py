"""Tills: connected ones, none, and the steps of one."""

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.tills.view import ONE, TEMPLATE, TillPage, TillRow, TillsPage
from tests.unit.pages.card_samples import BRAND, NOW

LIVE = TillRow("square", "Square", "kapcsolódva", NOW)
NONE = TillRow("generic", "Más kassza", "első eladásra vár", None)
LIST = TillsPage(BRAND, "Europe/Budapest", NOW, (LIVE,), (NONE,), 4)
STEPS = TillPage(
    BRAND, "Europe/Budapest", NOW, LIVE, ("Settings › Webhooks",),
    "https://cards.example/hooks/square/" + "a" * 40, "", True, "L1", Form(), False,
)  # fmt: skip
PAGES = {
    "": LIST,
    "none": LIST._replace(live=(), waiting=0),
    "one": STEPS,
    "tested": STEPS._replace(
        till=NONE, steps=(), secret="whsec_x", asks_secret=False, can_test=True, tested="Megjött."
    ),
    "wrong": STEPS._replace(form=Form({}, {"secret": "Túl rövid."})),
}
TEMPLATES = {TillsPage: TEMPLATE, TillPage: ONE}
