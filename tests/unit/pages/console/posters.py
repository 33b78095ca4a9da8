"""Posters and sources."""

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.posters.view import (
    TEMPLATE,
    Option,
    PostersPage,
    Sheet,
    SourceRow,
)
from tests.unit.pages.card_samples import BRAND, LONG_NAME

PICTURE = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='148mm' height='210mm'/%3E"
)
SHEET = Sheet(PICTURE, "148", "210", "57", "8,6", (("svg", "/q/a.svg"), ("pdf", "/q/a.pdf")))
ROW = SourceRow(
    "abc", LONG_NAME[:60], "Asztal", 1200, 340, "1 234 567 Ft", "/console/posters?source=abc",
    "/figures/x", True, False,
)  # fmt: skip
OPTIONS = {
    "layout": (Option("a5", "A5-ös plakát", True), Option("tent", "Asztali kártya")),
    "style": (Option("solid", "Teli", True),),
    "fill": (Option("color", "Az üzlet színében", True),),
}
PAGE = PostersPage(
    BRAND, Form({"layout": "a5"}), "A5-ös plakát", LONG_NAME[:60], "abc", OPTIONS, "#7a3a1d", SHEET,
    (ROW, ROW._replace(is_chosen=False), ROW._replace(is_chosen=False, is_archived=True)),
    (("poster", "Plakát"), ("table", "Asztal")), Form(),
    (("hu", "Magyar"), ("kk", "Қазақ тілі")), (("", "más nyelv nélkül"), ("kk", "Қазақ тілі")),
)  # fmt: skip
WRONG = Form({"color": "#d9a066"}, {"color": "Túl halvány.", "layout": "Nincs ilyen."})
PAGES = {
    "": PAGE,
    "wrong": PAGE._replace(form=WRONG, add=Form({"name": "a"}, {"name": "Foglalt."})),
    "none": PAGE._replace(sources=(), source="", source_id="", sheet=None),
}
TEMPLATES = {PostersPage: TEMPLATE}
