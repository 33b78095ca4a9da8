"""What needs a person: much of it, and nothing."""

from regulars.pages.console.attention.view import TEMPLATE, AttentionPage, Item
from regulars.pages.console.frame.forms import Form
from tests.unit.pages.card_samples import BRAND, LONG_BRAND, NOW

ITEM = Item(
    "a1", "Kilenc bélyeg egy kártyán, mind ugyanattól", "9 stamps", NOW,
    (("reverse", "Visszaveszem"), ("dismiss", "Rendben van így")),
    (("/console/members/c1", "A kártya"),),
)  # fmt: skip
PAGE = AttentionPage(
    BRAND, "Europe/Budapest", NOW, (ITEM,) * 3, Form(), "/console/attention?cursor=1"
)

PAGES = {
    "": PAGE,
    "empty": PAGE._replace(items=(), older="", brand=LONG_BRAND),
    "refused": PAGE._replace(form=Form({"id": "a1"}, {}, "Még mindig nem megy.")),
}
TEMPLATES = {AttentionPage: TEMPLATE}
