"""The first run, step by step."""

from markupsafe import Markup

from regulars.pages.console.first_run.view import TEMPLATE, FirstRunPage, Trade
from regulars.pages.console.frame.forms import Form
from tests.unit.pages.card_samples import BRAND, GOAL, LONG_BRAND, LONG_NAME

STEPS = (("trade", "Mit árulsz?"), ("look", "Színek és nyelvek"), ("counter", "Pult és plakát"))
TRADE = Trade("mug-club", "Kávézó", GOAL, (("Napi adag", "1 pont"), ("Ínyenc", "")))
PAGE = FirstRunPage(
    BRAND, "trade", STEPS, Form(), (TRADE, TRADE._replace(goal=None, rows=())), GOAL,
    (("cup", "csésze"), ("gift", "ajándék")), (("en", "English"), ("hu", "Magyar")), ("hu",),
    "Kávéház a sarkon", "#7a3a1c", (), "Europe/Budapest", "https://cards.example/j/kavehaz",
)  # fmt: skip
PAGES = {
    "": PAGE,
    "look": PAGE._replace(step="look", name=LONG_NAME[:60]),
    "look-found": PAGE._replace(step="look", found=("#0a7d5c", "#7a3a1c", "#123456")),
    "look-no-picture": PAGE._replace(step="look", form=Form({}, {"logo": "Ez nem kép."})),
    "look-wrong": PAGE._replace(
        brand=LONG_BRAND, step="look", goal=None, form=Form({}, {"name": "Ezt meg kell adni."})
    ),
    "counter": PAGE._replace(step="counter"),
    "device": PAGE._replace(
        step="counter", enroll_url="https://cards.example/staff/" + "a" * 40,
        enroll_code=Markup('<svg viewBox="0 0 8 8"></svg>'),
    ),
}  # fmt: skip
TEMPLATES = {FirstRunPage: TEMPLATE}
