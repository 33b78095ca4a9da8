"""API keys."""

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.keys.view import TEMPLATE, KeyRow, KeysPage
from tests.unit.pages.card_samples import BRAND, LONG_NAME, NOW

KEY = KeyRow("live_1", LONG_NAME[:60], "kassza", NOW, NOW, True, "él")
PAGE = KeysPage(
    BRAND, "Europe/Budapest", NOW, (KEY, KEY._replace(is_live=False, state="lejárt", made=None)),
    (("till", "egy kassza"), ("full", "minden")), Form(),
)  # fmt: skip
PAGES = {"": PAGE, "made": PAGE._replace(secret="rk_live_" + "x" * 40, secret_of="Kassza")}
TEMPLATES = {KeysPage: TEMPLATE}
