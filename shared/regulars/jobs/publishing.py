"""Publishes versions of a programme that have waited for their time."""

from __future__ import annotations

from regulars.actions import aside, attention, due_marks
from regulars.actions.publish import publish
from regulars.core.tokens import is_sandbox
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.jobs import recompute
from regulars.program.check import check
from regulars.program.load import document_of
from regulars.program.shop import Shop
from regulars.store import versions
from regulars.store.merchants import Merchants


def publish_due(shop: Shop, _: str) -> None:
    """Publish what has waited until now, after checking it again; what is refused is reported."""
    waiting = [
        one for one in versions.waiting(shop.table, shop.merchant_id) if one.state == "waiting"
    ]
    due = [one for one in waiting if one.at_ms <= to_ms(shop.now)]
    for one in sorted(due, key=lambda one: one.at_ms):
        try:
            version = _publish(shop, one)
        except Refused as refused:
            if refused.code.transient or refused.code is RefusalCode.STALE_VERSION:
                raise
            _report(shop, one, refused)
        else:
            if is_sandbox(shop.merchant_id):  # its clock goes on before the stream brings it
                recompute.recompute(shop.table, shop.merchant_id, version, shop.now)
    left = [one.at_ms for one in waiting if one not in due]
    shop.table.put(due_marks.next_publishing(shop.merchant_id, left))


def _publish(shop: Shop, one: versions.Waiting) -> int:
    item = Merchants(shop.table).program_item(shop.merchant_id)
    if item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    published = publish(
        shop,
        check(document_of(one.item)),
        item["version"],
        confirmed=one.item["confirmed"],
        about={"by": one.by, "note": one.note},
        waited=one,
    )
    if published.version != one.version:  # others were published since: it has another number now
        versions.close(shop.table, one, "published")
    return published.version


def _report(shop: Shop, one: versions.Waiting, refused: Refused) -> None:
    """Keep why it was refused, and put it on the list of what needs a person."""
    why = "; ".join(f"{path}: {message}" for path, message in refused.errors)
    lost = refused.more.get("losses", ())
    what = ", ".join(f"{it['members']} members: {it['kind']} {it['what']}" for it in lost)
    why = why or (f"Members would lose something ({what})." if what else aside.why_of(refused))
    if not versions.close(shop.table, one, "refused", why[:500]):
        return
    attention.raise_(
        shop.table,
        shop.merchant_id,
        "stuck_job",
        f"{due_marks.PUBLISH}:{one.version}",
        why=f"Version {one.version} was not published at its time. {why}"[:500],
        about={"job": due_marks.PUBLISH, "version": one.version},
        at_ms=to_ms(shop.now),
    )
