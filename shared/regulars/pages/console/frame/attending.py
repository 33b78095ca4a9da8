"""What needs a person, in words: on Today, and on the list of all of it."""

from __future__ import annotations

from regulars.actions import attention
from regulars.actions.attention import AttentionItem
from regulars.http import roles
from regulars.i18n.signals import why
from regulars.pages.console.frame.here import Console

PATH = "/console/attention"


def page(
    here: Console, limit: int, cursor: str | None = None
) -> tuple[list[AttentionItem], str | None]:
    """What who is here may do something about, the newest first, and the cursor of what follows:
    fraud is also a manager's, of their places."""
    shop, caller = here.gathered.shop, here.gathered.caller
    kind = None if roles.allows(here.session.role, "POST /v1/attention/{id}") else "fraud"
    return attention.page(
        shop.table, shop.merchant_id, kind=kind, limit=limit, cursor=cursor, places=caller.places
    )


def title(here: Console, item: AttentionItem) -> str:
    """What it is, in one sentence."""
    t, about = here.words.t, item.about
    if item.kind == "fraud":
        return why(about["signal"], about["figures"], here.words)
    phrase = {
        "damaged_card": t("A card cannot be read as it was written."),
        "unbooked": t("A sale from the till could not be booked."),
        "failed_message": t("A message could not be sent."),
        "stuck_job": t("Something that was due could not be done."),
        "key_expiring": t("An API key is over soon. What uses it stops then."),
    }
    return phrase.get(item.kind, t("Something needs a look."))


def action(here: Console, item: AttentionItem) -> str:
    """What to do about it, as a link says it."""
    t = here.words.t
    phrase = {
        "fraud": t("Have a look"),
        "damaged_card": t("Repair the card"),
        "unbooked": t("Book it"),
        "failed_message": t("Send it again"),
        "stuck_job": t("Do it now"),
        "key_expiring": t("Renew the key"),
    }
    return phrase.get(item.kind, t("Have a look"))
