"""Leaderboards as they are shown: with today's names, and without those who take part no more."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from regulars.domain import leaderboards
from regulars.domain.card import Card
from regulars.domain.games import Leaderboard
from regulars.domain.leaderboards import CONSENT
from regulars.domain.program import Program
from regulars.i18n.words import Words
from regulars.store import keys
from regulars.store.leaderboards import Counted, Result, read
from regulars.store.members import Profile, profile_of
from regulars.store.table import Table
from regulars.web import pages


class Place(NamedTuple):
    """One place: `name` is what others see, empty for a member without one."""

    rank: int
    member_id: str
    name: str
    value: int


class Shown(NamedTuple):
    """The places of one period that can be shown, of how many members."""

    first: str
    last: str
    members: int
    places: tuple[Place, ...]


def shown(
    table: Table, merchant_id: str, boards: tuple[Leaderboard, ...]
) -> list[tuple[int, Shown, Shown | None] | None]:
    """Each board: when it was counted, the running period, the one that ended last; None for a
    board that was not counted yet. Who withdrew a moment ago is not on it any more."""
    counted = read(table, merchant_id, boards)
    wanted = dict.fromkeys(
        member_id
        for one in counted
        if one
        for result in (one.now, one.before)
        if result
        for member_id, _ in result.places
    )
    items = table.get(*(keys.profile(merchant_id, c) for c in wanted)) if wanted else []
    profiles = {profile.member_id: profile for profile in map(profile_of, filter(None, items))}
    return [_visible(one, profiles) if one else None for one in counted]


def panel(
    table: Table,
    merchant_id: str,
    program: Program,
    card: Card,
    profile: Profile,
    today: date,
    words: Words,
) -> pages.Leaderboards | None:
    """The card's panel: the boards for who takes part, an invitation for others, nothing at all
    when there are no boards."""
    if not program.leaderboards:
        return None
    named = tuple(_named(board, words) for board in program.leaderboards)
    own_name = leaderboards.shown_name(profile.name) or words.t("A member")
    if not profile.consents.get(CONSENT):
        return pages.Leaderboards(takes_part=False, shown_as=own_name, boards=named)
    found = shown(table, merchant_id, program.leaderboards)
    boards = tuple(
        _board(view, board, one, card, today, program.currency, words)
        for view, board, one in zip(named, program.leaderboards, found, strict=True)
    )
    return pages.Leaderboards(takes_part=True, shown_as=own_name, boards=boards)


def _visible(counted: Counted, profiles: dict[str, Profile]) -> tuple[int, Shown, Shown | None]:
    before = _who_agrees(counted.before, profiles) if counted.before else None
    return counted.at_ms, _who_agrees(counted.now, profiles), before


def _who_agrees(result: Result, profiles: dict[str, Profile]) -> Shown:
    agreeing = [
        (profiles[member_id], value)
        for member_id, value in result.places
        if member_id in profiles and profiles[member_id].consents.get(CONSENT)
    ]
    ranks = leaderboards.ranks(value for _, value in agreeing)
    places = tuple(
        Place(rank, profile.member_id, leaderboards.shown_name(profile.name), value)
        for rank, (profile, value) in zip(ranks, agreeing, strict=True)
    )
    hidden = len(result.places) - len(places)
    return Shown(result.first, result.last, result.members - hidden, places)


def _named(board: Leaderboard, words: Words) -> pages.Leaderboard:
    """A board with nothing on it but its name and period."""
    running = {
        "month": words.t("this month"),
        "quarter": words.t("this quarter"),
        "year": words.t("this year"),
    }
    return pages.Leaderboard(name=board.name, period=running[board.window])


def _board(
    view: pages.Leaderboard,
    board: Leaderboard,
    found: tuple[int, Shown, Shown | None] | None,
    card: Card,
    today: date,
    currency: str,
    words: Words,
) -> pages.Leaderboard:
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
        pages.Rank(
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


def _hint(board: Leaderboard, now: Shown | None, own: int, words: Words) -> str:
    """How a member who has no place gets one."""
    full = now is not None and len(now.places) >= board.places
    needed = now.places[-1].value + 1 if full and now else 1
    if own >= needed:
        return words.t("You are on your way up: it is counted anew every night.")
    if board.metric == "spend":
        return words.t("You have no place on it yet.")
    return words.t("{more} more and you are on it", more=_amount(board, needed - own, words))


def period_view(found: Shown | None) -> dict[str, object] | None:
    """A period as the API answers it."""
    if found is None:
        return None
    return {
        "from": found.first,
        "until": found.last,
        "members": found.members,
        "places": [
            {"rank": it.rank, "member_id": it.member_id, "name": it.name, "value": it.value}
            for it in found.places
        ],
    }
