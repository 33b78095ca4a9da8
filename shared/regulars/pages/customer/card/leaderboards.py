"""The card's panel of leaderboards: with today's names, and without those who take part no more."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from regulars.domain import calendar, leaderboards, names
from regulars.domain.card import Card
from regulars.domain.games import Leaderboard
from regulars.domain.leaderboards import CONSENT
from regulars.i18n import Text
from regulars.i18n.words import Words
from regulars.program.shop import Shop
from regulars.store.leaderboards import Place, ShownBoard, shown
from regulars.store.profiles import Profile


class RankRow(NamedTuple):
    """One place on a leaderboard; `score` in words, empty when it is not for everybody."""

    place: int
    name: str
    score: str
    mine: bool = False


class LeaderboardPanel(NamedTuple):
    """One board: `period` says of when it is. The member has `place` among `members`, or with 0
    for none a `hint` at how to get one."""

    name: Text
    period: str
    rows: tuple[RankRow, ...] = ()
    place: int = 0
    members: int = 0
    hint: str = ""


class LeaderboardsPanel(NamedTuple):
    """The boards of a member who takes part, or (without rows) those they may join; `shown_as` is
    the name that others see."""

    takes_part: bool
    shown_as: str
    boards: tuple[LeaderboardPanel, ...]


def panel(shop: Shop, card: Card, profile: Profile, words: Words) -> LeaderboardsPanel | None:
    """The card's panel: the boards for who takes part, an invitation for others, nothing at all
    when there are no boards."""
    program = shop.program
    if not program.leaderboards:
        return None
    today = calendar.local_date(shop.now, program.timezone)
    named = tuple(_named(board, words) for board in program.leaderboards)
    own_name = names.shown(profile.name, profile.language) or words.t("A member")
    if not profile.consents.get(CONSENT):
        return LeaderboardsPanel(takes_part=False, shown_as=own_name, boards=named)
    found = shown(shop.table, shop.merchant_id, program.leaderboards)
    boards = tuple(
        _board(view, board, one, card, today, program.currency, words)
        for view, board, one in zip(named, program.leaderboards, found, strict=True)
    )
    return LeaderboardsPanel(takes_part=True, shown_as=own_name, boards=boards)


def _named(board: Leaderboard, words: Words) -> LeaderboardPanel:
    """A board with nothing on it but its name and period."""
    running = {
        "month": words.t("this month"),
        "quarter": words.t("this quarter"),
        "year": words.t("this year"),
    }
    return LeaderboardPanel(name=board.name, period=running[board.window])


def _board(
    view: LeaderboardPanel,
    board: Leaderboard,
    found: tuple[int, ShownBoard, ShownBoard | None] | None,
    card: Card,
    today: date,
    currency: str,
    words: Words,
) -> LeaderboardPanel:
    """The board as one member sees it: the running period, or as long as that is empty the last."""
    first = leaderboards.period(board, today)[0].isoformat()
    now, before = (found[1], found[2]) if found else (None, None)
    if now and now.first != first:  # the night's count of the new period is still to come
        now, before = None, now
    seen = now if now and now.places else before
    if seen is before and before:
        view = view._replace(period=_last_period(board, words))
    own = next((it for it in seen.places if it.member_id == card.member_id), None) if seen else None
    rows = tuple(
        RankRow(
            place.rank,
            place.name or words.t("A member"),
            _value(board, place, card, currency, words),
            mine=place.member_id == card.member_id,
        )
        for place in (seen.places if seen else ())
    )
    view = view._replace(rows=rows)
    if own and seen:
        return view._replace(place=own.rank, members=seen.members)
    return view._replace(hint=_hint(board, now, leaderboards.value(board, card, today), words))


def _last_period(board: Leaderboard, words: Words) -> str:
    return {
        "month": words.t("last month"),
        "quarter": words.t("last quarter"),
        "year": words.t("last year"),
    }[board.window]


def _value(board: Leaderboard, place: Place, card: Card, currency: str, words: Words) -> str:
    """What a place says; money is told to nobody but who spent it."""
    if board.metric == "spend":
        own = place.member_id == card.member_id
        return words.money(place.value, currency) if own else ""
    return _amount(board, place.value, words)


def _amount(board: Leaderboard, amount: int, words: Words) -> str:
    if board.metric == "visits":
        return words.n("{n} visit", "{n} visits", amount)
    return words.n("{n} point", "{n} points", amount)


def _hint(board: Leaderboard, now: ShownBoard | None, own: int, words: Words) -> str:
    """How a member who has no place gets one."""
    full = now is not None and len(now.places) >= board.places
    needed = now.places[-1].value + 1 if full and now else 1
    if own >= needed:
        return words.t("You are on your way up: it is counted again every night.")
    if board.metric == "spend":
        return words.t("You have no place on it yet.")
    return words.t("{more} more and you are on it", more=_amount(board, needed - own, words))
