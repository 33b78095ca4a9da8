"""What needs a person: the list, and what can be done with each thing on it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any, get_args
from zlib import compress

from regulars.actions import act_on_signal, aside, attention
from regulars.actions import repair as repairing
from regulars.actions.attention import AttentionItem, Kind
from regulars.api.models import AttentionBody
from regulars.api.reading import limit, read_body
from regulars.core.observability import logger
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.jobs import orders, outbox
from regulars.jobs.outbox import FOLLOW_UP
from regulars.jobs.schedules import JOBS
from regulars.messages.notification import Notification
from regulars.messages.notify import notify
from regulars.program.shop import Shop
from regulars.store import cards, connect, keys
from regulars.tills.events import UnreadableError

Do = Callable[[Shop, AttentionItem, Any], str]
"""Does one thing with an item; returns why it must stay on the list, "" when it is done."""


def list_items(request: protocol.Request) -> protocol.Response:
    """GET /v1/attention: newest first, of one kind or of all."""
    gathered = credentials.gather(connect.table(), request)
    kind = request.query.get("kind")
    if kind is not None and kind not in get_args(Kind):
        known = ", ".join(get_args(Kind))
        raise Refused(RefusalCode.INVALID, "", (("kind", f"must be one of: {known}"),))
    found, following = attention.page(
        connect.table(),
        gathered.shop.merchant_id,
        kind=kind,
        limit=limit(request),
        cursor=request.query.get("cursor"),
    )
    items = [_view(item) for item in found]
    return protocol.json_answer(200, {"items": items, "next": following})


def act(request: protocol.Request) -> protocol.Response:
    """POST /v1/attention/{id}: try it again, repair it, or take it off the list.

    Answers the item as it is afterwards: closed, or open with what stands in the way.
    """
    gathered = credentials.gather(connect.table(), request)
    body = read_body(request, AttentionBody)
    shop = gathered.shop
    item = attention.find(shop.table, shop.merchant_id, request.param("id"))
    if item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    done = DO[item.kind].get(body.do)
    if done is None:
        hint = f"must be one of: {', '.join(DO[item.kind])}"
        raise Refused(RefusalCode.INVALID, "", (("do", hint),))
    if item.is_open:
        why = done(shop, item, body.data)
        again = attention.find(shop.table, shop.merchant_id, item.id) or item
        if why or again.times != item.times:
            item = again._replace(why=why or again.why)
        else:
            how = act_on_signal.STATES[body.do] if item.kind == "fraud" else body.do
            attention.close(shop.table, shop.merchant_id, item, how, _now_ms(shop))
            item = item._replace(is_open=False)
    return protocol.json_answer(200, _view(item))


def _view(item: AttentionItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "at": calendar.rfc3339(item.at_ms),
        "why": item.why,
        "about": dict(item.about),
        "can": list(DO[item.kind]) if item.is_open else [],
        "state": "open" if item.is_open else "closed",
    }


def _now_ms(shop: Shop) -> int:
    return calendar.to_ms(shop.now)


def _dismiss(shop: Shop, item: AttentionItem, data: Any) -> str:
    """Take it off the list as it is."""
    return ""


def _book_again(shop: Shop, item: AttentionItem, data: Any) -> str:
    """Book a till's event again, as it was or as the owner corrected it."""
    message = dict(item.data)
    if data is not None:
        message["body"] = b64encode(compress(json.dumps(data).encode())).decode()
    try:
        orders.book_again(message)
    except UnreadableError as unreadable:
        return str(unreadable)
    except Refused as refused:
        if refused.code.transient:
            raise
        return refused.detail or refused.code.value
    return ""


def _look_again(shop: Shop, item: AttentionItem, data: Any) -> str:
    """Hold the card against its entries again, and do what was due for it."""
    found = repairing.check(shop, item.about["member_id"])
    if not found.ok:
        return found.words[0]
    return _do_again(shop, item, data) if "job" in item.about else ""


def _rebuild(shop: Shop, item: AttentionItem, data: Any) -> str:
    """Rebuild the card from its entries, and do what was due for it."""
    found = repairing.check(shop, item.about["member_id"])
    if found.problems:
        return found.problems[0]
    if found.differences and not repairing.repair(shop, found):
        raise Refused(RefusalCode.CONFLICT, "The card is being changed by others; try again.")
    return ""


def _do_again(shop: Shop, item: AttentionItem, data: Any) -> str:
    """Do a job again that could not be done."""
    job, member_id = item.about.get("job"), item.about.get("member_id", keys.MERCHANT_LEVEL)
    try:
        if job == FOLLOW_UP:
            _follow_up_again(shop, member_id, item.about.get("seq"))
        elif job in JOBS:
            JOBS[job](shop, member_id)
    except Exception as error:  # whatever it is, it is what the owner asked to see
        if aside.is_transient(error):
            raise
        logger().exception("it failed again", extra={"job": job})
        return aside.why_of(error)
    return ""


def _follow_up_again(shop: Shop, member_id: str, seq: int | None) -> None:
    if seq is not None:
        (entry,) = shop.table.get(keys.entry(shop.merchant_id, member_id, seq))
        if entry is not None:
            outbox.follow_up(shop, member_id, cards.entry_of(entry))


def _send_again(shop: Shop, item: AttentionItem, data: Any) -> str:
    """Put a message on its queue again."""
    body = item.data
    notify(
        shop.merchant_id,
        Notification(body["member_id"], body["kind"], body["occasion"], body["facts"]),
        shop.now,
    )
    return ""


DO: dict[Kind, dict[str, Do]] = {
    "damaged_card": {"repair": _rebuild, "retry": _look_again, "dismiss": _dismiss},
    "unbooked": {"retry": _book_again, "dismiss": _dismiss},
    "failed_message": {"retry": _send_again, "dismiss": _dismiss},
    "stuck_job": {"retry": _do_again, "dismiss": _dismiss},
    "key_expiring": {"dismiss": _dismiss},
    "fraud": {"dismiss": _dismiss},
}
"""By kind what can be done. `_view` tells it, so nothing is offered that cannot be done.
More is done with signals of fraud by `POST /v1/fraud/{id}`."""

ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/attention": list_items,
    "POST /v1/attention/{id}": act,
}
