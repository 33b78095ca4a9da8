"""Everything that a merchant has, as lines of JSON, a page at a time.

What is left out: secrets, what confirms a credential (also hashed), and what is computed from the
rest. Each kind of item says itself what of it is handed over, so that a new field of an item is in
no archive until somebody puts it there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from regulars.core.tokens import is_sandbox
from regulars.domain.calendar import rfc3339
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.program.load import document_of
from regulars.program.shop import Shop
from regulars.store import api_keys, audit, card_keys, cards, keys, merchant_settings, merges, staff
from regulars.store.cards import DamagedError
from regulars.store.marshal import Item
from regulars.store.profiles import profile_of
from regulars.views import audit as ledger
from regulars.views import integration

FORMAT = 1
PAGE = 25

Line = dict[str, Any]
Lines = Iterator[Line]


class Position(NamedTuple):
    """How far it is: the section, and where in it a page begins (None at its beginning)."""

    section: int = 0
    start: dict[str, str] | None = None


class Section(NamedTuple):
    """Items of one partition, or of the list of members, and what of each is handed over."""

    partition: Callable[[str], str]
    lines: Callable[[Shop, Item, Words], Lines]
    listed: bool = False


def page(shop: Shop, position: Position) -> tuple[list[str], Position | None]:
    """Return the lines of the next page, and where the one after it begins; None after the last."""
    section = SECTIONS[position.section]
    read = shop.table.query(
        section.partition(shop.merchant_id), index=section.listed, limit=PAGE, start=position.start,
        consistent=not section.listed,
    )  # fmt: skip
    words = words_of(shop.program.languages[0])
    of = "sandbox" if is_sandbox(shop.merchant_id) else "live"
    lines = [
        _text({"of": of, **line})
        for item in read.items
        for line in section.lines(shop, item, words)
    ]
    if read.next is not None:
        return lines, position._replace(start=read.next)
    following = position.section + 1
    return lines, Position(following) if following < len(SECTIONS) else None


def first_line(live: str, at_ms: int) -> str:
    """Return the line that says what this is."""
    return _text(
        {"type": "archive", "format": FORMAT, "merchant_id": live, "closed_at": rfc3339(at_ms)}
    )


def _text(line: Line) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def _of_merchant(shop: Shop, item: Item, words: Words) -> Lines:
    """What lies beside the merchant itself: settings, programmes, people, devices, games."""
    for prefix, lines in _BESIDE.items():
        if item["SK"].startswith(prefix):
            yield from lines(item)


def _settings(item: Item) -> Lines:
    own = merchant_settings.of_item(item)._asdict()
    names = ("name", "slug", "languages", "owner_email", "region")
    created = {"created_at": rfc3339(item["created"])}
    yield {"type": "merchant", **_some(item, *names), **created, "settings": own}


def _version(item: Item) -> Lines:
    about = _some(item, "version", "by", "note")
    at = {"published_at": rfc3339(item["published"])}
    yield {"type": "program", **about, **at, "program": document_of(item)}


def _waiting(item: Item) -> Lines:
    about = _some(item, "version", "by", "note", "state")
    document = {"program": document_of(item)} if "document" in item else {}
    yield {"type": "scheduled_program", **about, "publish_at": rfc3339(item["at"]), **document}


def _person(item: Item) -> Lines:
    person = staff.person_of(item)
    yield {
        "type": "staff",
        "staff_id": person.staff_id,
        "name": person.name,
        "role": person.role,
        "locations": list(person.locations),
        "limits": dict(person.limits),
        "email": person.email or None,
        "active": person.works,
        "created_at": _instant(person.created_ms),
    }


def _device(item: Item) -> Lines:
    device = staff.device_of(item)
    yield {
        "type": "device",
        "device_id": device.device_id,
        "name": device.name,
        "location": device.location,
        "staff": list(device.staff),
        "created_at": _instant(device.created_ms),
        "revoked_at": _instant(device.revoked_ms),
    }


def _as_kept(kind: str) -> Callable[[Item], Lines]:
    """Hand over figures as they lie in the table."""

    def lines(item: Item) -> Lines:
        left_out = {"PK", "SK", "GSI1PK", "GSI1SK", "ttl"}
        kept = {name: value for name, value in item.items() if name not in left_out}
        yield {"type": kind, "id": item["SK"].rpartition("#")[2], "kept": _readable(kept)}

    return lines


def _of_ticket(shop: Shop, item: Item, words: Words) -> Lines:
    raffle_id, _, member_id = item["SK"].partition("#")
    yield {"type": "tickets", "raffle": raffle_id, "member": member_id, "tickets": item["n"]}


def _of_key(shop: Shop, item: Item, words: Words) -> Lines:
    key = api_keys.api_key_of({"sha256": "", **item})
    yield {
        "type": "api_key",
        "key_id": key.key_id,
        "name": key.name,
        "scopes": list(key.scopes),
        "created_at": _instant(key.created_ms),
        "revoked_at": _instant(key.revoked_ms),
    }


def _of_log(shop: Shop, item: Item, words: Words) -> Lines:
    actor = audit.Actor(*item["who"])
    yield {
        "type": "audit",
        "at": rfc3339(item["at"]),
        "who": {"kind": actor.kind, "id": actor.id, "name": actor.name},
        "from": {"device": actor.device or None, "network": actor.network or None},
        **_some(item, "what", "target", "before", "after"),
    }


def _of_attention(shop: Shop, item: Item, words: Words) -> Lines:
    about = _some(item, "kind", "why", "about", "open", "times", "closed")
    yield {"type": "attention", "at": rfc3339(item["at"]), **about}


def _of_root(shop: Shop, item: Item, words: Words) -> Lines:
    yield {"type": "root", "day": item["SK"], "root": item["root"].hex(), "cards": item["cards"]}


def _of_message(shop: Shop, item: Item, words: Words) -> Lines:
    names = ("to", "channel", "kind", "language", "subject", "text")
    yield {"type": "message", "at": rfc3339(item["at"]), **_some(item, *names)}


def _of_member(shop: Shop, item: Item, words: Words) -> Lines:
    """A member with everything of the card: entries oldest first, vouchers, merges."""
    m, member_id = shop.merchant_id, str(item["PK"].rpartition("#")[2])
    yield _member(shop, item, member_id, words)
    for part in shop.table.items(keys.card(m, member_id), consistent=True):
        if part["SK"].startswith(keys.ENTRY_PREFIX):
            entry = ledger.stored_entry(shop.program, member_id, part, words)
            yield {"type": "entry", "member_id": member_id, **entry}
        elif part["SK"].startswith(keys.VOUCHER_PREFIX):
            voucher = integration.voucher(shop.program, cards.voucher_of(part), words, shop.now)
            yield {"type": "voucher", "member_id": member_id, **voucher}
        elif part["SK"].startswith(card_keys.MERGE_PREFIX):
            one = merges.of(part)
            at = {"merged_at": rfc3339(one.at_ms), "undone_at": _instant(one.undone_ms)}
            yield {"type": "merge", "member_id": member_id, "from": one.other, **at}


def _member(shop: Shop, item: Item, member_id: str, words: Words) -> Line:
    """The profile and the card as it stands; of one that cannot be read that it cannot."""
    line: Line = {"type": "member", "member_id": member_id, "profile": None, "card": None}
    try:
        profile = profile_of(item)
        line["enrolled_at"] = rfc3339(profile.enrolled_ms)
        line["erased_at"] = _instant(profile.erased_ms)
        line["merged_into"] = profile.merged_into or None
        if not profile.erased_ms:
            line["profile"] = {
                "name": profile.name or None,
                **integration.profile(profile),
                "referred_by": profile.referred_by or None,
                "devices": [
                    {"system": one.system or None, "since": rfc3339(one.at_ms), "by": one.by}
                    for one in profile.devices
                ],
            }
        card = shop.ledger.stored_card(member_id)
        if card is None:
            pk, sk = keys.state(shop.merchant_id, member_id)
            raise DamagedError({"PK": pk, "SK": sk})
        line["card"] = integration.card(shop.program, card, shop.now, words)
    except DamagedError as damaged:
        line["damaged"] = damaged.key[1]
    return line


def _some(item: Mapping[str, Any], *names: str) -> Line:
    return {name: _readable(item[name]) for name in names if name in item}


def _readable(value: Any) -> Any:
    """A value without bytes, which are compressed or hashes."""
    if isinstance(value, dict):
        return {name: _readable(it) for name, it in value.items() if not isinstance(it, bytes)}
    if isinstance(value, list):
        return [_readable(it) for it in value if not isinstance(it, bytes)]
    return value


def _instant(ms: int) -> str | None:
    return rfc3339(ms) if ms else None


_BESIDE: Mapping[str, Callable[[Item], Lines]] = {
    keys.merchant("")[1]: _settings,
    keys.VERSION_PREFIX: _version,
    keys.WAITING_PREFIX: _waiting,
    keys.STAFF_PREFIX: _person,
    keys.DEVICE_PREFIX: _device,
    keys.raffle("", "")[1]: _as_kept("raffle"),
    keys.leaderboard("", "")[1]: _as_kept("leaderboard"),
    keys.week("", "")[1]: _as_kept("week"),
}
"""By the beginning of the sort key; what is not named here is not handed over."""

SECTIONS = (
    Section(lambda m: keys.merchant(m)[0], _of_merchant),
    Section(keys.keys_of_merchant, _of_key),
    Section(keys.audit, _of_log),
    Section(keys.attention_list, _of_attention),
    Section(keys.roots, _of_root),
    Section(keys.messages, _of_message),
    Section(keys.members, _of_member, listed=True),
    Section(lambda m: keys.ticket(m, "", "")[0], _of_ticket),
)
