"""The link of a card, replaced by a new one."""

from __future__ import annotations

from regulars.actions import find
from regulars.core import checks, tokens
from regulars.core.config import settings
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.store import audit, connect
from regulars.store.members import Members, card_url
from regulars.store.table import Cancelled


def renew(request: protocol.Request) -> protocol.Response:
    """POST /v1/members/{id}/link: a new link; the one before is as unknown as any other."""
    member_id = request.param("id")
    gathered = credentials.gather(connect.table(), request, *find.card_keys(member_id))
    shop = gathered.shop
    profile = find.holder(shop, gathered.items, member_id).profile
    checks.require(checks.fields(request.json if request.body else {}, {}))
    changed = profile._replace(
        link=profile.link + 1, link_key=tokens.key_name(), version=profile.version + 1
    )
    actor, now_ms = credentials.actor(gathered.caller, request), calendar.to_ms(gathered.now)
    noted = audit.put(shop.merchant_id, now_ms, actor, "card.link_renewed", member_id)
    try:
        Members(shop.table, shop.merchant_id).renew_link(profile, changed, now_ms, noted)
    except Cancelled as cancelled:
        raise Refused(
            RefusalCode.CONFLICT, "The profile is being changed by others."
        ) from cancelled
    view = {"card_url": card_url(settings().base_url, shop.merchant_id, changed)}
    return protocol.json_answer(200, view)


ROUTES: dict[str, protocol.Handler] = {"POST /v1/members/{id}/link": renew}
