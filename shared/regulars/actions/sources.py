"""Sources: a poster, a table, an influencer; counted from the stream, so that a stamp costs nothing
more.

What a member has brought is computed from their card and written with the source's figures in one
transaction, so an entry that comes twice counts once (ADR 36).
"""

from __future__ import annotations

from regulars.core import clock, tokens
from regulars.domain.calendar import to_ms
from regulars.domain.ledger import Entry
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.sources import COUNTED, Brought, brought
from regulars.program.shop import Shop
from regulars.store import card_keys, keys, sources
from regulars.store.cards import card_of
from regulars.store.profiles import profile_of
from regulars.store.sources import Member, Source

TRIES_MAX = 10


def create(shop: Shop, name: str, kind: str) -> Source:
    """Add a source; raises INVALID for a name that is taken, LIMIT_REACHED for one too many."""
    there = sources.listed(shop.table, shop.merchant_id)
    _require_free(there, name)
    if len(there) >= sources.SOURCES_MAX:
        raise Refused(
            RefusalCode.LIMIT_REACHED, f"There may be {sources.SOURCES_MAX} sources at most."
        )
    made = Source(
        tokens.random_id(sources.ID_LENGTH), name, kind, to_ms(clock.now()), tokens.key_name()
    )
    sources.write(shop.table, shop.merchant_id, made)
    return made._replace(version=1)


def change(shop: Shop, source_id: str, name: str | None, archived: bool | None) -> Source:
    """Rename a source, put it away or take it back; raises NOT_FOUND, INVALID, CONFLICT."""
    for _ in range(TRIES_MAX):
        there = sources.listed(shop.table, shop.merchant_id)
        found = next((one for one in there if one.source_id == source_id), None)
        if found is None:
            raise Refused(RefusalCode.NOT_FOUND)
        if name is not None:
            _require_free([one for one in there if one is not found], name)
        after = found._replace(
            name=found.name if name is None else name,
            is_archived=found.is_archived if archived is None else archived,
        )
        if sources.write(shop.table, shop.merchant_id, after):
            return after._replace(version=found.version + 1)
    raise Refused(RefusalCode.CONFLICT)


def _require_free(there: list[Source], name: str) -> None:
    if any(one.name.casefold() == name.casefold() and not one.is_archived for one in there):
        raise Refused(RefusalCode.INVALID, "", (("name", "is the name of another source"),))


def follow(shop: Shop, member_id: str, entry: Entry) -> None:
    """Count what a member has brought to their source after an entry; doing it again does nothing.

    Raises CONFLICT when others were faster each time; the entry is followed again then.
    """
    if entry.kind not in COUNTED:
        return
    for _ in range(TRIES_MAX):
        known = _known(shop, member_id, entry)
        if known is None or _counted(shop, member_id, entry, *known):
            return
    raise Refused(RefusalCode.CONFLICT)


def _known(shop: Shop, member_id: str, entry: Entry) -> tuple[Member, Brought | None] | None:
    """Where a member came from and what is counted (None for nothing yet); None for a member who
    came from no source."""
    m = shop.merchant_id
    (item,) = shop.table.get(card_keys.brought(m, member_id))
    if item is not None:
        member = sources.member_of(item)
        return member, member.brought
    if entry.kind != "join":
        return None
    (item,) = shop.table.get(keys.profile(m, member_id))
    source_id = profile_of(item).source if item else ""
    if sources.read(shop.table, m, source_id) is None:
        return None
    return Member(source_id, entry.effective_ms, Brought()), None


def _counted(
    shop: Shop, member_id: str, entry: Entry, member: Member, before: Brought | None
) -> bool:
    """Count what the card has brought by now; False when somebody else was faster."""
    m = shop.merchant_id
    state, item = shop.table.get(keys.state(m, member_id), keys.source(m, member.source_id))
    if state is None or item is None:
        return True
    now = brought(card_of(state), member.brought, entry, member.joined_ms)
    if before is not None and now[:2] == before[:2]:
        return True
    source = sources.source_of(item).plus(int(before is None), member.brought, now)
    after = member._replace(brought=now)
    return sources.count(shop.table, m, member_id, after, source, before)
