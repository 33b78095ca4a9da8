"""Messages."""

from regulars.pages.console.messages.view import TEMPLATE, KindRow, MessagesPage, SentRow
from regulars.render.mail import MailBlock
from tests.unit.pages.card_samples import BRAND, LONG_NAME, NOW

BLOCKS = (
    MailBlock("title", "Szép napot!"), MailBlock("text", "Még 2 bélyeg."),
    MailBlock("rows", rows=(("Kávé", ""),)), MailBlock("stamps", have=8, need=10),
)  # fmt: skip
KIND = KindRow("welcome", "Üdvözlet", "az első látogatás után", "aki beleegyezett", "Szia!", BLOCKS)
PAGE = MessagesPage(
    BRAND, "Europe/Budapest", NOW, (KIND, KIND._replace(subject="", blocks=())), ("hu", "en"), "hu",
    LONG_NAME[:60], ("21:00", "08:00"), "Kávéház", 2, None,
)  # fmt: skip
PAGES = {
    "": PAGE,
    "sandbox": PAGE._replace(
        sent=(SentRow(NOW, "anna@example.com", "Szia!"),), failed=0, member=""
    ),
    "sandbox-empty": PAGE._replace(sent=(), languages=("hu",)),
}
TEMPLATES = {MessagesPage: TEMPLATE}
