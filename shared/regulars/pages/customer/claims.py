"""What is mailed to an address that was typed on a page."""

from __future__ import annotations

from regulars.core import tokens
from regulars.domain.calendar import hour_of
from regulars.messages.notification import Notification, card_link
from regulars.program.shop import Shop
from regulars.store.members import Members


def mail(
    shop: Shop, member_id: str, email: str, owner: str | None, *, again: bool = False
) -> Notification:
    """Return what is sent to an address that a member typed, which may not be the typist's: the
    link to the card of who has it (`owner`), or else a link that confirms it; with `again` another
    one each hour. The page answers alike in any case."""
    if owner:
        profile = Members(shop.table, shop.merchant_id).profile(owner)
        return card_link(owner, shop.now, profile.recovered_ms if profile else 0)
    occasion = tokens.contact_digest(shop.merchant_id, email)
    return Notification(
        member_id, "confirm", f"{occasion}:{hour_of(shop.now)}" if again else occasion
    )
