"""All members as a table, for a spreadsheet or another program."""

from __future__ import annotations

import csv
import gzip
import io
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from regulars.actions import aside, find, hand_over
from regulars.core.config import settings
from regulars.domain import calendar, carryover, segments
from regulars.domain.card import Card
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.i18n.formats import exponent
from regulars.program.shop import Shop
from regulars.store import connect
from regulars.store.member_lists import all_members
from regulars.store.profiles import Profile

CHOSEN_MAX = 100
"""Members that can be asked for by their ids."""

ANSWER_MAX = 4 * 1024 * 1024
BOM = "\ufeff"
COMPUTED = ("=", "+", "-", "@", "\t", "\r")
"""With these begins what a spreadsheet takes for a formula."""

_FACTS = ("member_id", "name", "email", "phone", "birthday", "language")
_REST = (
    "tier", "tier_until", "enrolled_on", "visits", "spend", "last_visit_on", "segment",
    "consent_email", "consent_sms", "tags",
)  # fmt: skip

JSON, CSV = "members.json", "members.csv"


def as_json(request: protocol.Request) -> protocol.Response:
    """GET /v1/export/members.json."""
    return _handed_out(credentials.gather(connect.table(), request).shop, JSON, _chosen(request))


def as_csv(request: protocol.Request) -> protocol.Response:
    """GET /v1/export/members.csv."""
    return _handed_out(credentials.gather(connect.table(), request).shop, CSV, _chosen(request))


def download(shop: Shop, name: str) -> protocol.Response:
    """Return what a link leads to: the same, compressed."""
    answer = _answer(shop, name)
    packed = gzip.compress(answer["body"].encode(), 9, mtime=0)
    answer["headers"]["Content-Encoding"] = "gzip"
    return {**answer, "body": b64encode(packed).decode(), "isBase64Encoded": True}


def _chosen(request: protocol.Request) -> list[str]:
    """The members that are asked for; none for all. Raises INVALID."""
    named = request.query.get("member_ids", "")
    ids = list(dict.fromkeys(named.split(","))) if named else []
    if len(ids) > CHOSEN_MAX:
        hint = f"must name at most {CHOSEN_MAX} members"
        raise Refused(RefusalCode.INVALID, "", (("member_ids", hint),))
    return ids


def _handed_out(shop: Shop, name: str, chosen: list[str]) -> protocol.Response:
    answer = _answer(shop, name, chosen)
    if len(answer["body"].encode()) <= ANSWER_MAX:
        return answer
    link = hand_over.path(hand_over.Named(shop.merchant_id, name))
    return protocol.redirect(f"{settings().base_url}{link}")


def _answer(shop: Shop, name: str, chosen: Sequence[str] = ()) -> protocol.Response:
    found = (
        _those(shop, chosen)
        if chosen
        else all_members(shop.table, shop.merchant_id, aside.only_logged)
    )
    rows = (_row(shop, *one) for one in found)
    saved = {"Content-Disposition": f'attachment; filename="{name}"'}
    if name == JSON:
        return protocol.json_answer(200, {"items": list(rows), "next": None}, saved)
    answer = protocol.json_answer(200, {}, saved)
    answer["headers"]["Content-Type"] = "text/csv; charset=utf-8"
    return {**answer, "body": table_of(shop, rows)}


def _those(shop: Shop, chosen: Sequence[str]) -> Iterator[tuple[Profile, Card]]:
    """Those of the members that are there."""
    for member_id in chosen:
        with suppress(Refused):
            holder = find.read_member_card(shop, member_id)
            yield holder.profile, holder.card


def table_of(shop: Shop, rows: Iterator[dict[str, Any]]) -> str:
    """The rows as CSV that any spreadsheet opens."""
    units = list(shop.program.units)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*_FACTS, *units, *_REST])
    for row in rows:
        flat = {**row, **row["balances"], "spend": _money(row["spend"], shop.program.currency)}
        writer.writerow([cell(flat[name]) for name in (*_FACTS, *units, *_REST)])
    return BOM + text.getvalue()


def cell(value: Any) -> str:
    """A value as a cell; never a formula."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(COMPUTED) else text


def _money(minor: int, currency: str) -> str:
    places = exponent(currency)
    whole, rest = divmod(abs(minor), 10**places)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}.{rest:0{places}}" if places else f"{sign}{whole}"


def _row(shop: Shop, profile: Profile, card: Card) -> dict[str, Any]:
    zone = shop.program.timezone
    today = calendar.local_date(shop.now, zone)
    card = carryover.of(shop.program, card, today)

    def day(ms: int) -> str | None:
        return calendar.local_date(calendar.from_ms(ms), zone).isoformat() if ms else None

    return {
        "member_id": card.member_id,
        "name": profile.name or None,
        "email": profile.email or None,
        "phone": profile.phone or None,
        "birthday": profile.birthday or None,
        "language": profile.language or None,
        "balances": {u: card.available(u, today.isoformat()) for u in shop.program.units},
        "tier": card.tier_id,
        "tier_until": (card.tier.until or None) if card.tier else None,
        "enrolled_on": day(card.enrolled_ms),
        "visits": card.lifetime.visits,
        "spend": card.lifetime.spend_minor,
        "last_visit_on": day(card.last_visit_ms),
        "segment": segments.segment(shop.program, card, today),
        "consent_email": bool(profile.consents.get("email")),
        "consent_sms": bool(profile.consents.get("sms")),
        "tags": profile.attributes.get("tags"),
    }


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/export/members.json": as_json,
    "GET /v1/export/members.csv": as_csv,
}
