"""What is kept of merges beside the entries of both cards: an item with the kept card for each, and
the profile of the other one, which leads to it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from regulars.domain.card import Card
from regulars.store import card_keys, cards, formats, keys
from regulars.store.marshal import Item
from regulars.store.members import Members
from regulars.store.profiles import CONTACT_KINDS, Profile
from regulars.store.table import Absent, Equals, Put, Table

OF_A_CONTACT = {"email": ("email",), "phone": ("sms",)}
"""The consents that are about a contact: they come with it."""

FILLED = ("name", "email", "phone", "birthday", "language", "referred_by")
"""Fields of a profile that come over where the kept one says nothing."""


class KeptMerge(NamedTuple):
    """A merge as it is kept with the card that got everything."""

    merge_id: str
    other: str
    """The member whose card came over."""
    seq: int
    """The entry on the kept card."""
    at_ms: int
    took: tuple[str, ...] = ()
    """What of the other profile was taken over: fields, and `consent.<channel>`."""
    undone_ms: int = 0
    """When it was undone; 0 while it stands."""
    rest: Mapping[str, Any] = MappingProxyType({})
    """What a newer version of the service keeps of it."""


def put(m: str, c: str, one: KeptMerge, was: KeptMerge | None = None) -> Put:
    """Return the write of a merge; `was` is what it replaces."""
    pk, sk = card_keys.merge(m, c, one.merge_id)
    item = {
        **one.rest, "PK": pk, "SK": sk, "other": one.other, "seq": one.seq, "at": one.at_ms,
        "took": list(one.took), "undone": one.undone_ms,
    }  # fmt: skip
    return Put(item, Equals("undone", was.undone_ms) if was else Absent())


def of(item: Item) -> KeptMerge:
    """Return the merge in an item."""
    take, rest = formats.taken(item)
    return KeptMerge(
        take("SK").removeprefix(card_keys.MERGE_PREFIX),
        take("other"),
        take("seq"),
        take("at"),
        tuple(take("took")),
        take("undone"),
        rest,
    )


def find(table: Table, m: str, c: str, merge_id: str) -> KeptMerge | None:
    """Read one merge of a card."""
    (item,) = table.get(card_keys.merge(m, c, merge_id))
    return of(item) if item else None


def merged_along(table: Table, m: str, member_id: str) -> list[Card]:
    """List a merged card and those that it was merged into, without the one that is kept."""
    along: list[Card] = []
    while True:
        (item,) = table.get(keys.state(m, member_id))
        card = cards.card_of(item) if item else None
        if card is None or not card.merged_into:
            return along
        along.append(card)
        member_id = card.merged_into


def merged_in(table: Table, m: str, member_id: str) -> list[str]:
    """List all members whose cards are part of a card now, also by way of another."""
    found = []
    for item in table.items(
        keys.card(m, member_id), prefix=card_keys.MERGE_PREFIX, consistent=True
    ):
        one = of(item)
        if not one.undone_ms:
            found += [one.other, *merged_in(table, m, one.other)]
    return found


def filled(kept: Profile, other: Profile) -> tuple[Profile, tuple[str, ...]]:
    """Return the kept profile with what only the other one knows, and what was taken over.

    A consent comes over with its contact alone, and never over what the kept member said.
    """
    took = [name for name in FILLED if getattr(other, name) and not getattr(kept, name)]
    if other.referred_by in {kept.member_id, kept.handle}:  # nobody brings oneself
        took = [name for name in took if name != "referred_by"]
    profile = kept._replace(**{name: getattr(other, name) for name in took})
    proofs, consents = dict(kept.proofs), dict(kept.consents)
    channels = [one for kind in CONTACT_KINDS if kind in took for one in OF_A_CONTACT[kind]]
    for channel in channels:
        if channel in other.consents and channel not in consents:
            consents[channel] = other.consents[channel]
            took.append(f"consent.{channel}")
    proofs |= {name: proof for name, proof in other.proofs.items() if name in took}
    return profile._replace(consents=consents, proofs=proofs), tuple(took)


def emptied(kept: Profile, other: Profile, took: tuple[str, ...]) -> Profile:
    """Return the kept profile without what came from the other one, as far as it is as it came."""
    fields = [one for one in took if "." not in one and getattr(kept, one) == getattr(other, one)]
    gone = [one for one in took if "." in one and kept.proofs.get(one) == other.proofs.get(one)]
    channels = {one.removeprefix("consent.") for one in gone}
    empty: dict[str, Any] = dict.fromkeys(fields, "")
    return kept._replace(
        consents={one: given for one, given in kept.consents.items() if one not in channels},
        proofs={one: it for one, it in kept.proofs.items() if one not in (*fields, *gone)},
        **empty,
    )


def joined(
    members: Members, kept: Profile, other: Profile
) -> tuple[list[Put], tuple[str, ...], Profile]:
    """Return the writes that lead from one profile to the other, what the kept one took over, and
    the kept one after it."""
    after, took = filled(kept, other)
    after = after._replace(version=kept.version + 1)
    led = other._replace(merged_into=kept.member_id, version=other.version + 1)
    has = members.who_has(other.contacts_by_kind())
    contacts = [getattr(other, kind) for kind, who in has.items() if who == other.member_id]
    writes = [
        members.put(after, kept),
        members.put(led, other),
        *members.lead(contacts, other.member_id, kept.member_id),
    ]
    return writes, took, after


def parted(
    members: Members, kept: Profile, other: Profile, took: tuple[str, ...]
) -> tuple[list[Put], Profile, Profile]:
    """Return the writes that give the other profile back, and both as they are then. A contact that
    somebody else has by now stays there."""
    has = members.who_has(other.contacts_by_kind())
    lost = [kind for kind, who in has.items() if who != kept.member_id]
    back = other.without(lost)._replace(merged_into="", version=other.version + 1)
    given = [kind for kind in CONTACT_KINDS if getattr(kept, kind) in back.contacts()]
    after = emptied(kept, other, took).without(given)._replace(version=kept.version + 1)
    writes = [
        members.put(after, kept),
        members.put(back, other),
        *members.lead(back.contacts(), kept.member_id, other.member_id),
    ]
    return writes, after, back
