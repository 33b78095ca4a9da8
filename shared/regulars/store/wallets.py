"""The passes of a card in wallets of phones: which phones are to be told when it changes.

One item beside the card says it all: how far they were told, the phones with Apple's wallet that
asked for it, whether it was saved to Google's. A second item for each phone finds its passes again.
A card that nobody has put into a wallet has no item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from regulars.core.passes import Serial, serial_in
from regulars.store import card_keys, formats
from regulars.store.conditions import Absent, Condition, Equals
from regulars.store.marshal import Item
from regulars.store.members import shell
from regulars.store.table import Cancelled, Put, StoreError, Table

PHONES_MAX = 10
"""How many phones of one card are told; one more ends the one that came first. A phone is known to
come again and again under other names."""

TRIES = 5


class ChangedError(StoreError):
    """Others keep changing the item; the same can be tried again."""


class Phone(NamedTuple):
    """A phone that asked to be told of a pass."""

    phone: str
    """Its digest (`core.passes.phone`)."""
    push_token: str
    """What Apple knows it by; personal data."""
    link: int
    """Of which pass: the number in its serial."""
    since_ms: int
    told_s: int = 0
    """Up to which change it was told."""


class AtGoogle(NamedTuple):
    """A pass for which somebody asked Google's wallet."""

    link: int
    since_ms: int
    told_s: int = 0
    version: int = 0
    """The version of the programme that Google was told of."""


class Wallet(NamedTuple):
    """The passes of one card."""

    member_id: str
    changed_s: int = 0
    """When the card changed last, in seconds since 1970; two changes have two different ones."""
    seq: int = 0
    profile: int = 0
    """The entry and the version of the profile of that change."""
    phones: tuple[Phone, ...] = ()
    google: AtGoogle | None = None
    version: int = 0
    rest: Mapping[str, Any] = MappingProxyType({})
    """What a newer version of the service keeps of it."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody to tell."""
        return not self.phones and self.google is None

    def changed(self, now_s: int, seq: int, profile: int) -> Wallet:
        """The passes after a change of the card; the same when it is known already."""
        if seq <= self.seq and profile <= self.profile:
            return self
        return self._replace(
            changed_s=max(now_s, self.changed_s + 1),
            seq=max(seq, self.seq),
            profile=max(profile, self.profile),
        )

    def with_phone(self, added: Phone) -> Wallet:
        """The passes with a phone; one that is there already has the new push token."""
        others = [it for it in self.phones if (it.phone, it.link) != (added.phone, added.link)]
        return self._replace(phones=(*others, added)[-PHONES_MAX:])

    def without(self, gone: frozenset[tuple[str, int]]) -> Wallet:
        """The passes without some phones, by digest and link."""
        kept = tuple(it for it in self.phones if (it.phone, it.link) not in gone)
        return self._replace(phones=kept)


def read(table: Table, m: str, c: str) -> Wallet:
    """The passes of a card."""
    (item,) = table.get(card_keys.wallet(m, c))
    return of(item, c)


def of(item: Item | None, member_id: str) -> Wallet:
    """The passes in an item."""
    if item is None or "ver" not in item:
        return Wallet(member_id)
    take, rest = formats.taken(item)
    google = take("google", None)
    return Wallet(
        member_id=member_id,
        changed_s=take("at"),
        seq=take("seq"),
        profile=take("profile"),
        phones=tuple(_known(Phone, one) for one in take("phones", ())),
        google=_known(AtGoogle, google) if google else None,
        version=take("ver"),
        rest=rest,
    )


def _known(kind: Any, stored: Mapping[str, Any]) -> Any:
    """A value from what is stored; what later releases add is left out."""
    return kind(**{name: stored[name] for name in kind._fields if name in stored})


def write(table: Table, m: str, before: Wallet, after: Wallet, now_ms: int) -> None:
    """Write changed passes, with what finds those of each phone; raises ChangedError when the item
    is another by now."""
    if after == before:
        return
    had, has = ({(it.phone, it.link) for it in one.phones} for one in (before, after))
    added = [_found_by(m, after.member_id, phone, link) for phone, link in sorted(has - had)]
    ended = [
        shell((card_keys.wallet_device(phone), str(Serial(m, after.member_id, link))), now_ms)
        for phone, link in sorted(had - has)
    ]
    as_read: Condition = Equals("ver", before.version) if before.version else Absent()
    item = _item(m, after._replace(version=before.version + 1))
    if not added and not ended:  # a transaction of one costs twice as much
        if table.put(item, as_read) is not None:
            raise ChangedError
        return
    try:
        table.transact([Put(item, as_read), *map(Put, added), *map(Put, ended)])
    except Cancelled as others:
        raise ChangedError from others


def _item(m: str, wallet: Wallet) -> Item:
    pk, sk = card_keys.wallet(m, wallet.member_id)
    google = {"google": wallet.google._asdict()} if wallet.google else {}
    return {
        **wallet.rest,
        "PK": pk,
        "SK": sk,
        "at": wallet.changed_s,
        "seq": wallet.seq,
        "profile": wallet.profile,
        "phones": [one._asdict() for one in wallet.phones],
        **google,
        "ver": wallet.version,
    }


def _found_by(m: str, c: str, phone: str, link: int) -> Item:
    serial = str(Serial(m, c, link))
    return {"PK": card_keys.wallet_device(phone), "SK": serial, "serial": serial}


def serials_of(table: Table, phone: str) -> Iterator[Serial]:
    """The passes that a phone asked to be told of."""
    for item in table.items(card_keys.wallet_device(phone), consistent=True):
        serial = serial_in(item.get("serial", ""))
        if serial:
            yield serial


def several(table: Table, serials: list[Serial]) -> list[Wallet]:
    """The passes of several cards, in the order asked for."""
    wanted = [card_keys.wallet(one.merchant_id, one.member_id) for one in serials]
    items = table.get(*wanted) if wanted else []
    return [of(item, one.member_id) for item, one in zip(items, serials, strict=True)]
