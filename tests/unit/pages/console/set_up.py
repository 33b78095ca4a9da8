"""The first merchant of an installation."""

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.set_up.view import TEMPLATE, SetUpPage

PAGE = SetUpPage(
    Form(), (("EUR", "EUR"), ("HUF", "HUF")), "HUF", (("Europe/Budapest", "Europe/Budapest"),),
    "Europe/Budapest", (("en", "English"), ("hu", "Magyar")), "hu", (("mug-club", "Kávézó"),),
)  # fmt: skip
PAGES = {
    "": PAGE,
    "wrong": PAGE._replace(
        form=Form({"code": "x"}, {"code": "Ez nem az a kód."}, "Ez nem sikerült.")
    ),
}
TEMPLATES = {SetUpPage: TEMPLATE}
