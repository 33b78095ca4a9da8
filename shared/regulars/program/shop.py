"""One merchant at one moment: what every action, page and job starts from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from regulars.core import clock
from regulars.domain.calendar import to_ms
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.load import program_of
from regulars.store import keys, merchants
from regulars.store.closing import as_it_was
from regulars.store.ledger import Ledger
from regulars.store.table import Table


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant with the programme in force, at an instant of its own clock."""

    table: Table
    merchant_id: str
    program: Program
    now: datetime
    shows_links: bool = True
    """Whether who asks may see the links of cards: people at the counter never do."""

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.table, self.merchant_id)


class ShopCache:
    """The merchants of one run: the programme of each is read once, however many cards are due."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._known: dict[tuple[str, bool], Shop] = {}

    def forget(self, merchant_id: str) -> None:
        """Read a merchant again the next time: its programme may be another now."""
        self._known.pop((merchant_id, False), None)

    def at(self, merchant_id: str, now: datetime | None = None, *, closed: bool = False) -> Shop:
        """A merchant at an instant, at this one if none is given; raises as `load_shop` does."""
        named = merchant_id, closed
        if named not in self._known:
            self._known[named] = load_shop(self.table, merchant_id, closed=closed)
        at = now or clock.now()
        known = self._known[named]
        return replace(known, program=known.program.at(to_ms(at)), now=at)


def load_shop(
    table: Table, merchant_id: str, now: datetime | None = None, *, closed: bool = False
) -> Shop:
    """The merchant as of now, by its own clock; raises NOT_FOUND when there is none, ClosedError
    for one that was closed, unless it is wanted all the same (`closed`)."""
    program, clock_item = table.get(keys.program(merchant_id), keys.clock(merchant_id))
    if program is None:
        raise Refused(RefusalCode.NOT_FOUND)
    program = as_it_was(program) if closed else program
    at = now or merchants.now_of(merchant_id, clock_item)
    return Shop(table, merchant_id, program_of(program).at(to_ms(at)), at)
