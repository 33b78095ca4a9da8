"""Write a card, or what an entry changed of it, in few characters.

One table says how each field of a card is written. The state in the table and the patches in
entries are both made from it, so a field cannot be in one and not in the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from regulars.domain.card import Card, Lot, OpenVoucher, TierRight, Use, Window
from regulars.domain.codes import CODE_LENGTH
from regulars.domain.operations import Voucher

Document: TypeAlias = dict[str, Any]


class Field(NamedTuple):
    """How one field of a card is written.

    `write` makes JSON of a value and `read` a value of JSON. With `each` the field is a mapping:
    they are called for one value at a time, and `read` gets its name first.
    """

    key: str
    write: Callable[[Any], Any]
    read: Callable[..., Any]
    each: bool = False

    def written(self, value: Any) -> Any:
        """Write a whole field."""
        if self.each:
            return {str(name): self.write(one) for name, one in value.items()}
        return self.write(value)


def _same(value: Any) -> Any:
    return value


def _named(_: str, value: Any) -> Any:
    return value


def _lot(lot: Lot) -> list[Any]:
    """Amount first, then only the dates there are."""
    if lot.available_on:
        return [lot.amount, lot.expires_on, lot.available_on]
    return [lot.amount, lot.expires_on] if lot.expires_on else [lot.amount]


def _lot_of(amount: int, expires_on: str = "", available_on: str = "") -> Lot:
    return Lot(expires_on, available_on, amount)


def lots(pieces: tuple[Lot, ...]) -> list[Any]:
    """Write lots of one unit."""
    return [_lot(lot) for lot in pieces]


def lots_of(written: list[Any]) -> tuple[Lot, ...]:
    """Read lots of one unit."""
    return tuple([_lot_of(*piece) for piece in written])


def _open(held: OpenVoucher) -> list[Any]:
    """An open voucher, up to the last field that says something; the code is in the id."""
    written = [held.reward_id, "" if len(held.code) == CODE_LENGTH else held.code, *held[2:]]
    while len(written) > _OPEN_MIN and not written[-1]:
        written.pop()
    return written


_OPEN_MIN = 4


def _open_of(voucher_id: str, written: list[Any]) -> OpenVoucher:
    reward_id, code, *rest = written
    return OpenVoucher(reward_id, code or voucher_id.removeprefix("vou_").upper(), *rest)


def voucher(whole: Voucher) -> list[Any]:
    """Write a whole voucher but its id, as the facts of an entry hold one that comes over."""
    return [
        whole.code, whole.reward_id, whole.status, whole.unit, lots(whole.lots), whole.issued_ms,
        whole.expires_on, whole.closed_ms, whole.version, whole.benefit, whole.value_minor,
        whole.left_minor, [list(use) for use in whole.uses],
    ]  # fmt: skip


def voucher_of(voucher_id: str, seq: int, written: list[Any]) -> Voucher:
    """Read a voucher that came over with entry `seq`."""
    code, reward_id, status, unit, locked, issued_ms, expires_on, closed_ms, *terms, uses = written
    version, benefit, value_minor, left_minor = terms
    return Voucher(
        voucher_id, code, reward_id, status, unit, lots_of(locked), issued_ms, expires_on, seq,
        closed_ms, version, benefit, value_minor, left_minor, tuple(Use(*use) for use in uses),
    )  # fmt: skip


FIELDS: Mapping[str, Field] = {
    "seq": Field("q", _same, _same),
    "head": Field("h", _same, _same),
    "recorded_ms": Field("r", _same, _same),
    "enrolled_ms": Field("e", _same, _same),
    "lots": Field("l", lots, lambda _, written: lots_of(written), each=True),
    "debt": Field("d", _same, _named, each=True),
    "carry": Field("c", _same, _named, each=True),
    "windows": Field("w", list, lambda _, written: Window(*written), each=True),
    "lifetime": Field("t", list, lambda written: Window(*written)),
    "last_visit_ms": Field("v", _same, _same),
    "came": Field("j", _same, _named, each=True),
    "visited": Field("a", _same, _named, each=True),
    "tier": Field("k", lambda tier: tier and list(tier), lambda it: it and TierRight(*it)),
    "held": Field(
        "m",
        lambda held: [held.since, held.until],
        lambda name, dates: TierRight(name.partition("/")[0], *dates),
        each=True,
    ),
    "inactive_after": Field("i", _same, _named, each=True),
    "open": Field("o", _open, _open_of, each=True),
    "taken": Field("n", list, lambda _, written: (written[0], written[1]), each=True),
    "stepped": Field("g", _same, _same),
    "traced": Field("p", _same, _same),
    "erased_ms": Field("z", _same, _same),
    "merged_into": Field("f", _same, _same),
    "holds": Field("b", _same, _named, each=True),
    "due": Field("u", _same, _named, each=True),
}
"""Every field of a card but the member's id and the version, by its name. Keys never change."""

KEYS = frozenset({field.key for field in FIELDS.values()} | {"y"})
"""The keys that are known; `y` held visits by day once."""

_REQUIRED = ("seq", "head", "recorded_ms", "enrolled_ms")


def dump(card: Card) -> Document:
    """Write a card."""
    document: Document = {}
    for name, field in FIELDS.items():
        if value := getattr(card, name):
            own = _IN_A_ROW.get(name)
            document[field.key] = own[0](value) if own else field.written(value)
    return document | dict(card.rest) if card.rest else document


def load(document: Mapping[str, Any], member_id: str, version: int) -> Card:
    """Read a card; raises KeyError, TypeError or ValueError when it is not one."""
    values: dict[str, Any] = {name: document[FIELDS[name].key] for name in _REQUIRED}
    for name, field in FIELDS.items():
        written = document.get(field.key)
        if written is None:
            continue
        if name in _IN_A_ROW:
            values[name] = _IN_A_ROW[name][1](written)
        elif field.each:
            values[name] = {key: field.read(key, one) for key, one in written.items()}
        else:
            values[name] = field.read(written)
    if unknown := document.keys() - KEYS:
        values["rest"] = {key: document[key] for key in unknown}
    return Card(member_id=member_id, version=version, **values)


def _months_of(written: list[Any]) -> dict[int, Window]:
    first, *months = written
    return {first + place: Window(*month) for place, month in enumerate(months) if month}


def _gaps(visits: Mapping[str, int]) -> list[Any]:
    """The first day's number (or instant), then the distance to each next one; with the visits
    where they are several."""
    written: list[Any] = []
    before = 0
    for when in sorted(map(int, visits)):
        count = visits[str(when)]
        written.append(when - before if count == 1 else [when - before, count])
        before = when
    return written


def _visits_of(written: list[Any]) -> dict[str, int]:
    visits, when = {}, 0
    for piece in written:
        gap, count = piece if isinstance(piece, list) else (piece, 1)
        when += gap
        visits[str(when)] = count
    return visits


def _months(windows: Mapping[int, Window]) -> list[Any]:
    """The first month's index, then each month's figures; quiet months are zeros."""
    first, last = min(windows), max(windows)
    return [first, *(list(windows.get(index, ())) or 0 for index in range(first, last + 1))]


_IN_A_ROW: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "windows": (_months, _months_of),
    "came": (_gaps, _visits_of),
    "visited": (_gaps, _visits_of),
}
"""Fields that a state writes in a row, each piece by its distance from the one before."""
