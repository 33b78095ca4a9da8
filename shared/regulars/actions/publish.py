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
from regulars.store import keys, versions
from regulars.store.marshal import Item
from regulars.store.members import members_page
from regulars.store.merchants import Merchants

CHECKED_MAX = 2000
"""Members that publishing looks at itself; of more a finished preview tells."""


class Published(NamedTuple):
    """The new version; `zone_from_ms` when its time zone holds from a later instant on."""

    version: int
    zone_from_ms: int | None = None


def publish(
    shop: Shop,
    document: Mapping[str, Any],
    over: int,
    *,
    confirmed: bool = False,
    preview_id: str = "",
    about: Mapping[str, Any] = MappingProxyType({}),
    at_ms: int | None = None,
    waited: versions.Waiting | None = None,
) -> Published:
    """Publish a checked document over version `over`, or keep it until `at_ms`.

    `confirmed` accepts what members lose; `preview_id` names a finished preview of the same
    document over the same version; `about` says who does it, and why; `waited` is the version when
    its time has come: all members are looked at then, however many. Raises STALE_VERSION when
    `over` is not in force any more, INVALID for what is fixed or cannot vanish, PREVIEW_NEEDED,
    LOSSES.
    """
    item = Merchants(shop.table).program_item(shop.merchant_id)
    if item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    if item["version"] != over:
        raise Refused(RefusalCode.STALE_VERSION, "The programme was changed since; read it again.")
    number = versions.next_number(item)
    if waited and waited.version > over:
        number = waited.version
    program, past = following(item, document, number, shop.now)
    old = program_of(item).at(to_ms(shop.now))
    require_fixed(shop, old, program)
    lost = _losses(shop, item, old, program, document, preview_id, unbounded=waited is not None)
    require_units(old, lost)
    if lost and not confirmed:
        raise Refused(
            RefusalCode.LOSSES,
            "Publish it with ?confirm_losses=true if members may lose this.",
            more={"losses": lost},
        )
    if at_ms is not None:
        return Published(_keep(shop, item, document, at_ms, about, confirmed=confirmed))
    marks = due_marks.of_program(shop.merchant_id, program.at(to_ms(shop.now)), shop.now)
    if waited is None or waited.version != number:
        about = {**about, "top": max(number, item.get("top", 0))}
    version = Merchants(shop.table).publish(
        shop.merchant_id, document, over, to_ms(shop.now), marks, past,
        version=number, about=about,
        waited=waited.item if waited and waited.version == number else None,
    )  # fmt: skip
    zones = program.past.zones
    changes = zones is not None and zones[0] != zones[1] and zones[2] > to_ms(shop.now)
    return Published(version, zones[2] if zones and changes else None)


def _keep(
    shop: Shop,
    item: Item,
    document: Mapping[str, Any],
    at_ms: int,
    about: Mapping[str, Any],
    *,
    confirmed: bool,
) -> int:
    """Keep a version until its time."""
    waiting = [
        one.at_ms
        for one in versions.waiting(shop.table, shop.merchant_id)
        if one.state == "waiting"
    ]
    if len(waiting) >= versions.WAITING_MAX:
        wrong = f"{versions.WAITING_MAX} versions are waiting already; take one back first"
        raise Refused(RefusalCode.INVALID, "", (("publish_at", wrong),))
    mark = due_marks.next_publishing(shop.merchant_id, [*waiting, at_ms])
    return versions.schedule(
        shop.table, shop.merchant_id, item, document, at_ms, about, mark, confirmed=confirmed
    )


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
    """List what members would lose, by looking at all of them or by a finished preview."""
    today = calendar.local_date(shop.now, old.timezone)
    of = losses.threat(old, new, today)
    if not of:
        return []
    if preview_id:
        return preview.finished(shop, preview_id, document, item["version"])
    sums, seen, start = losses.Sums(), 0, None
    while True:
        found, start = members_page(shop.table, shop.merchant_id, start, aside.of(shop, "publish"))
        seen += len(found)
        if seen > CHECKED_MAX and not unbounded:
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
