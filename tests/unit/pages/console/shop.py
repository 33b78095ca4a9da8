"""The shop's settings."""

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.shop.view import HAND_OVER, TEMPLATE, HandOverPage, ShopPage
from tests.unit.pages.card_samples import BRAND

SET = {
    "name": "Kávéház a sarkon Bt.", "postal_address": "1052 Budapest, Fő utca 1.",
    "privacy_contact": None, "privacy_url": None, "sender_name": "Kávéház", "reply_to": None,
    "quiet_hours": {"from": "21:00", "until": "08:00"}, "retention_months": 24,
    "owner_email": "eva@example.com",
}  # fmt: skip
PAGE = ShopPage(BRAND, SET, "kavehaz", "https://cards.example/j/kavehaz", Form(), Form(), Form())
ASKED = HandOverPage(BRAND, "Kávéház a sarkon", "to", "ask", "/console/hand-over/x")
PAGES = {
    "": PAGE,
    "hand-over": ASKED,
    "hand-over-from": ASKED._replace(side="from"),
    "hand-over-waits": ASKED._replace(state="waits"),
    "hand-over-done": ASKED._replace(state="done"),
    "hand-over-late": ASKED._replace(state="over"),
    "taken": PAGE._replace(address=Form({"slug": "x"}, {"slug": "Ez foglalt."})),
    "tried": PAGE._replace(would_erase="12 tag törlődne."),
    "wrong": PAGE._replace(form=Form({"name": ""}, {"name": "Ezt meg kell adni."})),
}
TEMPLATES = {ShopPage: TEMPLATE, HandOverPage: HAND_OVER}
