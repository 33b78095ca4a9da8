"""Counting the leaderboards: every night, over everybody who takes part.

The first count in a new period also closes the one before it, whatever day that is, so that a
night missed is made up for. Only the best are kept in memory.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from regulars.actions import aside
from regulars.actions.due_marks import LEADERBOARDS, count_on
from regulars.domain import calendar, leaderboards
from regulars.domain.games import Leaderboard
from regulars.domain.leaderboards import CONSENT, Ranking
from regulars.program.shop import Shop
from regulars.store import versions
from regulars.store.leaderboards import CountedBoard, PeriodResult, keep, read
from regulars.store.member_lists import all_cards
from regulars.store.members import Profile


class _Count(NamedTuple):
    """One board in one period, being counted."""

    board: Leaderboard
    day: date
    ranking: Ranking

    def result(self) -> PeriodResult:
        first, last = leaderboards.period(self.board, self.day)
        best = self.ranking.best()
        return PeriodResult(first.isoformat(), last.isoformat(), self.ranking.members, best)


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
    away = aside.of(shop, LEADERBOARDS)
    for card in all_cards(shop.table, shop.merchant_id, away, _takes_part) if counts else ():
        for one in counts:
            one.ranking.add(card.member_id, leaderboards.value(one.board, card, one.day))
    for one, before in zip(running, known, strict=True):
        closed = ended.get(one.board.id)
        last = closed.result() if closed else before.before if before else None
        counted = CountedBoard(calendar.to_ms(shop.now), one.result(), last)
        keep(shop.table, shop.merchant_id, one.board, counted)
    mark = count_on(shop.merchant_id, shop.program, today + timedelta(days=1))
    versions.put_mark(shop.table, shop.merchant_id, shop.program.version, mark)


def _takes_part(profile: Profile) -> bool:
    return bool(profile.consents.get(CONSENT))
