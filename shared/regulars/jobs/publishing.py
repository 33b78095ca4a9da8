"""Publishes versions of a programme that have waited for their time."""

from __future__ import annotations

from regulars.actions import aside, attention, due_marks
from regulars.actions.publish import publish
from regulars.core.tokens import is_sandbox
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import Refused
from regulars.jobs import recompute
from regulars.program.check import check
from regulars.program.load import document_of
from regulars.program.shop import Shop
from regulars.store import versions


def publish_due(shop: Shop, subject: str) -> None:
    """Publish a version whose time has come, after checking it again; what is refused is
    reported."""
    one = versions.find(shop.table, shop.merchant_id, due_marks.version_of(subject))
    if one is None or one.state != "waiting" or one.at_ms > to_ms(shop.now):
        return
    try:
        version = publish(
            shop,
            check(document_of(one.item)),
            over=None,
            confirmed=one.item["confirmed"],
            about={"by": one.by, "note": one.note},
            waited=one,
        ).version
    except Refused as refused:
        if refused.code.transient:
            raise
        _report(shop, one, refused)
        return
    if is_sandbox(shop.merchant_id):  # its clock goes on before the stream brings it
        recompute.recompute(shop.table, shop.merchant_id, version, shop.now)


def _report(shop: Shop, one: versions.Waiting, refused: Refused) -> None:
    """Keep why it was refused, and put it on the list of what needs a person."""
    why = "; ".join(f"{path}: {message}" for path, message in refused.errors)
    lost = refused.more.get("losses", ())
    what = ", ".join(f"{it['members']} members: {it['kind']} {it['what']}" for it in lost)
    why = why or (f"Members would lose something ({what})." if what else aside.why_of(refused))
    no_mark = due_marks.off_waiting(shop.merchant_id, one.version, one.at_ms)
    writes = versions.closed(one, "refused", to_ms(shop.now), no_mark, why[:500])
    if not versions.close(shop.table, writes):
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
