"""Who is here: with passkeys, without, with as many as there can be."""

from regulars.pages.console.you.view import TEMPLATE, PasskeyRow, PasskeysPanel, YouPage
from tests.unit.pages.card_samples import BRAND, LONG_BRAND, LONG_NAME, NOW

YOU = YouPage(BRAND, "Europe/Budapest", (("en", "English"), ("hu", "Magyar")))
TWO = (PasskeyRow("1" * 16, LONG_NAME[:60], NOW, NOW), PasskeyRow("2" * 16, "", NOW, None))

PAGES = {
    "": YOU,
    "long": YOU._replace(brand=LONG_BRAND, passkeys=PasskeysPanel(TWO)),
    "no-passkeys": YOU._replace(passkeys=PasskeysPanel()),
    "ten-passkeys": YOU._replace(
        passkeys=PasskeysPanel((PasskeyRow("1" * 16, "Kata telefonja", NOW, NOW),) * 10, False)
    ),
}
TEMPLATES = {YouPage: TEMPLATE}
