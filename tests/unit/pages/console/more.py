"""All sections."""

from regulars.pages.console.more.view import TEMPLATE, MorePage
from tests.unit.pages.card_samples import BRAND, LONG_BRAND

PAGES = {"": MorePage(BRAND), "long": MorePage(LONG_BRAND)}
TEMPLATES = {MorePage: TEMPLATE}
