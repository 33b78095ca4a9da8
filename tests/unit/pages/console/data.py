"""Data, and the sandbox."""

from regulars.pages.console.data.view import SANDBOX, TEMPLATE, DataPage, SandboxPage
from regulars.pages.console.frame.forms import Form
from tests.unit.pages.card_samples import BRAND, LONG_BRAND

PAGE = DataPage(BRAND, "Kávéház a sarkon", Form())
PAGES = {
    "": PAGE,
    "wrong": PAGE._replace(brand=LONG_BRAND, form=Form({"name": "x"}, {"name": "Pontosan így."})),
    "sandbox": SandboxPage(BRAND, "2027. március 1., 9:00", Form()),
    "live": SandboxPage(BRAND, "", Form()),
}
TEMPLATES = {DataPage: TEMPLATE, SandboxPage: SANDBOX}
