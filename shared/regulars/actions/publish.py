"""Publishes a programme: a new version with everything that follows from it, or nothing.

What members hold is looked at before. A unit that somebody holds cannot vanish; what else would be
taken from them is published only when the owner says so. Nothing of safety hangs on that: a card
that moves in between is carried over all the same (`domain/carryover.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from regulars.actions import aside, due_marks, preview
from regulars.domain import calendar, losses
from regulars.domain.calendar import to_ms
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.load import following, program_of
from regulars.program.shop import Shop
from regulars.store import audit, keys, versions
from regulars.store.audit import Actor
from regulars.store.marshal import Item
from regulars.store.member_lists import members_page
from regulars.store.merchants import Merchants
from regulars.store.table import Put

CHECKED_MAX = 2000
"""Members that publishing looks at itself; of more a finished preview tells."""

TRIES = 3
"""How often publishing is tried again when another request was faster."""


class Published(NamedTuple):
    """The new version; `zone_from_ms` when its time zone holds from a later instant on."""

    version: int
    zone_from_ms: int | None = None


def publish(
    shop: Shop,
    document: Mapping[str, Any],
    over: int | None,
    *,
    confirmed: bool = False,
    preview_id: str = "",
    about: Mapping[str, Any] = MappingProxyType({}),
    at_ms: int | None = None,
    waited: versions.Waiting | None = None,
    actor: Actor | None = None,
) -> Published:
    """Publish a checked document over version `over` (None: whichever is in force), or keep it
    until `at_ms`.

    `confirmed` accepts what members lose; `preview_id` names a finished preview of the same
    document over the same version; `about` says who does it, and why, for the list of versions,
    `actor` who does it for the audit log; `waited` is the version when its time has come: all
    members are looked at then, however many. Raises STALE_VERSION when
    `over` is not in force any more, INVALID for what is fixed or cannot vanish, PREVIEW_NEEDED,
    LOSSES, and CONFLICT when others change the programme all the time.
    """
    conflict = Refused(RefusalCode.CONFLICT)
    for _ in range(TRIES):
        item = Merchants(shop.table).program_item(shop.merchant_id)
        if item is None:
            raise Refused(RefusalCode.NOT_FOUND)
        if over not in {None, item["version"]}:
            raise Refused(
                RefusalCode.STALE_VERSION, "The programme was changed since; read it again."
            )
        lost = _require_allowed(shop, item, document, preview_id, unbounded=waited is not None)
        if lost and not confirmed:
            raise Refused(
                RefusalCode.LOSSES,
                "Publish it with ?confirm_losses=true if members may lose this.",
                more={"losses": lost},
            )
        try:
            if at_ms is not None:
                number = versions.next_number(item)
                noted = _noted(shop, actor, "program.scheduled", number)
                return Published(
                    _keep(shop, item, document, at_ms, about, noted, confirmed=confirmed)
                )
            return _publish(shop, item, document, about, waited, actor)
        except Refused as refused:
            if refused.code is not RefusalCode.CONFLICT:
                raise
            conflict = refused
    raise conflict


def _require_allowed(
    shop: Shop, item: Item, document: Mapping[str, Any], preview_id: str, *, unbounded: bool
) -> list[dict[str, Any]]:
    """Raise for what cannot be published over a stored programme; list what members would lose."""
    program, _ = following(item, document, versions.next_number(item), shop.now)
    old = program_of(item).at(to_ms(shop.now))
    require_fixed(shop, old, program)
    lost = _losses(shop, item, old, program, document, preview_id, unbounded=unbounded)
    require_units(old, lost)
    return lost


def _publish(
    shop: Shop,
    item: Item,
    document: Mapping[str, Any],
    about: Mapping[str, Any],
    waited: versions.Waiting | None,
    actor: Actor | None,
) -> Published:
    """Write a version over the stored programme; one that has waited keeps its number, unless
    others were published since."""
    free, now_ms = versions.next_number(item), to_ms(shop.now)
    number = waited.version if waited and waited.version > item["version"] else free
    program, past = following(item, document, number, shop.now)
    marks = due_marks.of_program(shop.merchant_id, program.at(now_ms), shop.now)
    no_longer = _noted(shop, actor, "program.published", number)
    if waited:
        no_mark = due_marks.off_waiting(shop.merchant_id, waited.version, waited.at_ms)
        no_longer += versions.closed(waited, "published", now_ms, no_mark)
    Merchants(shop.table).publish(
        shop.merchant_id, document, item["version"], now_ms, marks, past,
        version=number, free=free, waited=no_longer,
        about={**about, "top": max(number, item.get("top", 0))},
    )  # fmt: skip
    zones = program.past.zones
    changes = zones is not None and zones[0] != zones[1] and zones[2] > now_ms
    return Published(number, zones[2] if zones and changes else None)


def _keep(
    shop: Shop,
    item: Item,
    document: Mapping[str, Any],
    at_ms: int,
    about: Mapping[str, Any],
    noted: list[Put],
    *,
    confirmed: bool,
) -> int:
    """Keep a version until its time."""
    found = versions.waiting(shop.table, shop.merchant_id)
    if sum(one.state == "waiting" for one in found) >= versions.WAITING_MAX:
        wrong = f"{versions.WAITING_MAX} versions are waiting already; take one back first"
        raise Refused(RefusalCode.INVALID, "", (("publish_at", wrong),))
    mark = due_marks.of_waiting(shop.merchant_id, versions.next_number(item), at_ms)
    return versions.schedule(
        shop.table, shop.merchant_id, item, document, at_ms, about, [Put(mark), *noted],
        confirmed=confirmed,
    )  # fmt: skip


def _noted(shop: Shop, actor: Actor | None, what: str, version: int) -> list[Put]:
    """Return the line of the audit log; none for what a job does."""
    if actor is None:
        return []
    return [audit.put(shop.merchant_id, to_ms(shop.now), actor, what, str(version))]


def require_fixed(shop: Shop, old: Program, new: Program) -> None:
    """Raise INVALID for what cannot change once something was booked: the currency, and what points
    in a month are counted in."""
    mistakes = []
    if new.currency != old.currency:
        mistakes.append((
            "currency",
            f"stays {old.currency} once something was booked: every sum is counted in it. "
            "For another one create a new merchant and import the members",
        ))  # fmt: skip
    for place, unit in enumerate(new.units.values()):
        known = old.unit(unit.id)
        if known and known.kind != unit.kind:
            mistakes.append((
                f"units.{place}.kind",
                f"stays {known.kind} once something was booked: months are counted in it. "
                "Give the unit another id and let it replace this one",
            ))  # fmt: skip
    if mistakes and _anything_booked(shop):
        raise Refused(RefusalCode.INVALID, "Some of it is fixed; see errors.", tuple(mistakes))


def require_units(old: Program, lost: Iterable[Mapping[str, Any]]) -> None:
    """Raise INVALID when members hold a unit that would be gone."""
    mistakes = [
        (
            "units",
            f"{row['what']!r} cannot be taken out: {row['members']} members hold, owe or have "
            f"locked {row['amount']} of it. Let another unit replace it "
            f'("replaces": {{"unit": "{row["what"]}", "rate": "1"}}), or let it end first '
            '("ends_on")',
        )
        for row in lost
        if row["kind"] == "balance_stranded"
    ]
    if mistakes:
        raise Refused(RefusalCode.INVALID, "Members hold what would be gone.", tuple(mistakes))


def _losses(
    shop: Shop,
    item: Item,
    old: Program,
    new: Program,
    document: Mapping[str, Any],
    preview_id: str,
    *,
    unbounded: bool,
) -> list[dict[str, Any]]:
    """List what members would lose: by looking at them, or when they are too many by a finished
    preview, which knows them as they were then."""
    today = calendar.local_date(shop.now, old.timezone)
    of = losses.threat(old, new, today)
    if not of:
        return []
    sums, seen, start = losses.Sums(), 0, None
    while True:
        found, start = members_page(shop.table, shop.merchant_id, start, aside.of(shop, "publish"))
        seen += len(found)
        if seen > CHECKED_MAX and not unbounded:
            if preview_id:
                return preview.finished(shop, preview_id, document, item["version"])
            raise Refused(
                RefusalCode.PREVIEW_NEEDED,
                f"There are more than {CHECKED_MAX} members: preview this document to its end, "
                "then publish it with ?preview_id=.",
            )
        for _, card in found:
            try:
                sums.add(list(losses.of_card(old, new, of, card, today)))
            except Exception as error:  # whatever it is, the others are looked at
                aside.set_aside(shop, card.member_id, error, "publish")
        if start is None:
            return preview.rows(old, sums)


def _anything_booked(shop: Shop) -> bool:
    page = shop.table.query(keys.members(shop.merchant_id), index=True, limit=1)
    return bool(page.items)
