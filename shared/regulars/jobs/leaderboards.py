"""Counting the leaderboards: every night, over everybody who takes part.

The first count in a new period also closes the one before it, whatever day that is, so that a
night missed is made up for. Only the best are kept in memory.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from regulars.domain import calendar, leaderboards
from regulars.domain.games import Leaderboard
from regulars.domain.leaderboards import CONSENT, Ranking
from regulars.domain.program import Program
from regulars.jobs.context import Shop
from regulars.store import keys
from regulars.store.leaderboards import Counted, Result, keep, read
from regulars.store.ledger import due_item
from regulars.store.marshal import Item
from regulars.store.members import Profile, every_card

LEADERBOARDS = "leaderboards"
HOUR = 3
"""The merchant's local hour at which they are counted: the day before is over everywhere in the
shop's world, late bars included."""


class _Count(NamedTuple):
    """One board in one period, being counted."""

    board: Leaderboard
    day: date
    ranking: Ranking

    def result(self) -> Result:
        first, last = leaderboards.period(self.board, self.day)
        best = self.ranking.best()
        return Result(first.isoformat(), last.isoformat(), self.ranking.members, best)


def next_count(merchant_id: str, program: Program, now: datetime) -> Item:
    """The due mark of a merchant's next count; off the list without leaderboards."""
    today = calendar.local_date(now, program.timezone)
    early = now < calendar.local_start(today, program.timezone, HOUR)
    return _due(merchant_id, program, today if early else today + timedelta(days=1))


def count(shop: Shop, member_id: str) -> None:
    """Count every board of the running period, close those of a period that is over."""
    today = calendar.local_date(shop.now, shop.program.timezone)
    boards = shop.program.leaderboards
    known = read(shop.table, shop.merchant_id, boards)
    running = [_Count(board, today, Ranking(board.places)) for board in boards]
    ended = {
        board.id: _Count(board, start - timedelta(days=1), Ranking(board.places))
        for board, before in zip(boards, known, strict=True)
        if before and before.now.first < (start := leaderboards.period(board, today)[0]).isoformat()
    }
    counts = [*running, *ended.values()]
    for card in every_card(shop.table, shop.merchant_id, _takes_part) if counts else ():
        for one in counts:
            one.ranking.add(card.member_id, leaderboards.value(one.board, card, one.day))
    for one, before in zip(running, known, strict=True):
        closed = ended.get(one.board.id)
        last = closed.result() if closed else before.before if before else None
        counted = Counted(calendar.to_ms(shop.now), one.result(), last)
        keep(shop.table, shop.merchant_id, one.board, counted)
    shop.table.put(_due(shop.merchant_id, shop.program, today + timedelta(days=1)))


def _takes_part(profile: Profile) -> bool:
    return bool(profile.consents.get(CONSENT))


def _due(merchant_id: str, program: Program, day: date) -> Item:
    if not program.leaderboards:
        pk, sk = keys.due_mark(merchant_id, keys.MERCHANT_LEVEL, LEADERBOARDS)
        return {"PK": pk, "SK": sk}
    start = calendar.local_start(day, program.timezone, HOUR)
    return due_item(merchant_id, keys.MERCHANT_LEVEL, LEADERBOARDS, calendar.hour_of(start))
