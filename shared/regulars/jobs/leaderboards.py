"""Counting the leaderboards: every night, over everybody who takes part, a page at a step.

The first count in a new period also closes the one before it, whatever day that is, so that a
night missed is made up for. Only the best are kept, in memory and as progress.
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
from regulars.store.leaderboards import (
    CountedBoard,
    Counting,
    PeriodResult,
    begin_anew,
    keep,
    keep_counting,
    read,
    read_counting,
)
from regulars.store.member_lists import members_page
from regulars.store.profiles import Profile


class _Count(NamedTuple):
    """One board in one period, being counted."""

    board: Leaderboard
    day: date
    ranking: Ranking

    def result(self) -> PeriodResult:
        first, last = leaderboards.period(self.board, self.day)
        best = self.ranking.best()
        return PeriodResult(first.isoformat(), last.isoformat(), self.ranking.members, best)


def count(shop: Shop, member_id: str) -> bool:
    """Count a page of members for every board of the running period, and for those of a period that
    is over; True while there are more. After the last page the boards are written."""
    today = calendar.local_date(shop.now, shop.program.timezone)
    boards = shop.program.leaderboards
    name = f"{shop.merchant_id}:{today}:{shop.program.version}"
    counting = read_counting(shop.table, name)
    if boards:
        known = read(shop.table, shop.merchant_id, boards)
        running = [_Count(board, today, Ranking(board.places)) for board in boards]
        ended = {
            board.id: _Count(board, start - timedelta(days=1), Ranking(board.places))
            for board, before in zip(boards, known, strict=True)
            if before
            and before.now.first < (start := leaderboards.period(board, today)[0]).isoformat()
        }
        if _count_page(shop, name, counting, [*running, *ended.values()]):
            return True
        for one, before in zip(running, known, strict=True):
            closed = ended.get(one.board.id)
            last = closed.result() if closed else before.before if before else None
            counted = CountedBoard(calendar.to_ms(shop.now), one.result(), last)
            keep(shop.table, shop.merchant_id, one.board, counted)
    mark = count_on(shop.merchant_id, shop.program, today + timedelta(days=1))
    versions.put_mark(shop.table, shop.merchant_id, shop.program.version, mark)
    if counting.start:
        begin_anew(shop.table, name, calendar.to_ms(shop.now))
    return False


def _count_page(shop: Shop, name: str, counting: Counting, counts: list[_Count]) -> bool:
    """Count the next page of members on top of what was counted; whether there are more."""
    for one, (members, best) in zip(counts, counting.rankings, strict=False):
        one.ranking.take_up(members, best)
    found, following = members_page(
        shop.table, shop.merchant_id, counting.start, aside.of(shop, LEADERBOARDS), _takes_part
    )
    for _, card in found:
        for one in counts:
            one.ranking.add(card.member_id, leaderboards.value(one.board, card, one.day))
    if following is None:
        return False
    rankings = [(one.ranking.members, one.ranking.best()) for one in counts]
    keep_counting(shop.table, name, Counting(following, rankings), calendar.to_ms(shop.now))
    return True


def _takes_part(profile: Profile) -> bool:
    return bool(profile.consents.get(CONSENT))
