"""Which tier a card stands in. Always decided on what was earned, never on the balance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from regulars.domain import calendar
from regulars.domain.card import Card, Holding, Window
from regulars.domain.program import Condition, Program, Tier

COUNTED = frozenset({"spend", "visits", "points"})
"""Metrics that a card's windows answer; the others are granted, not counted."""


def measure(card: Card, condition: Condition, today: date) -> int:
    """How much of the condition's metric the card has within its window, as of `today`."""
    total = window_sum(card, condition.window, today)
    return {"spend": total.spend_minor, "visits": total.visits, "points": total.points}[
        condition.metric
    ]


def window_sum(card: Card, window: str, today: date) -> Window:
    """What was earned in a window that ends with the month of `today`."""
    if window == "lifetime":
        return card.lifetime
    last = calendar.month_index(today)
    if window.startswith("rolling:"):
        first = last - int(window.removeprefix("rolling:")) + 1
    else:
        first = calendar.period_start_index(last, window)
    total = Window()
    for index, month in card.windows.items():
        if first <= index <= last:
            total = total.plus(*month)
    return total


def needed(condition: Condition, *, held: bool) -> int:
    """How much of a counted metric is enough: for who holds the tier it may be less."""
    return (condition.keep.at_least if held else 0) or condition.at_least


def kept_until(condition: Condition, today: date) -> str:
    """The last day a tier entered by this condition today is certain; `""` when it has no end.

    A rolling window of n months has the running month as its period, and n months as the next.
    """
    keep, window = condition.keep, condition.window
    index = calendar.month_index(today)
    if keep.kind == "months":
        return calendar.month_end(index + keep.months).isoformat()
    if keep.kind == "ever" or window == "lifetime":
        return ""
    further = keep.kind == "next_period"
    if window.startswith("rolling:"):
        months = int(window.removeprefix("rolling:"))
        return calendar.month_end(index + months * further).isoformat()
    size = calendar.PERIOD_MONTHS[window]
    start = calendar.period_start_index(index, window)
    return calendar.month_end(start + size * (1 + further) - 1).isoformat()


def right(tier_id: str, by: str = "") -> str:
    """The name of a right: what was earned or bought at the till goes by the tier alone, what was
    given has who gave it behind it, so that one cannot shorten the other."""
    return f"{tier_id}/{by}" if by else tier_id


def paid_until(tier: Tier, card: Card, today: date) -> str:
    """The last day of a membership paid today: a month or a year less a day, behind the one that
    runs; `""` for a tier that is not sold."""
    paid = card.held.get(right(tier.id, "membership"))
    first = today
    if paid and paid.until >= today.isoformat():
        first = date.fromisoformat(paid.until) + timedelta(days=1)
    for way in tier.enter:
        if way.metric == "membership":
            after = calendar.add_months(first, calendar.PERIOD_MONTHS[way.period])
            return (after - timedelta(days=1)).isoformat()
    return ""


def given(card: Card, tier_id: str, by: str, until: str, today: date) -> Card:
    """The card with a right that was given until a day. Given by hand until a day that is over,
    every right to the tier ends: the owner takes it away."""
    if by == "hand" and until and until < today.isoformat():
        kept = {name: held for name, held in card.held.items() if held.id != tier_id}
        return card._replace(held=kept)
    name = right(tier_id, by)
    known = card.held.get(name)
    since = known.since if known else today.isoformat()
    return card._replace(held={**card.held, name: Holding(tier_id, since, until)})


def earned(program: Program, card: Card, today: date) -> dict[str, str]:
    """The tiers the card has a right to by what it has earned as of today, with the last day each
    is certain (`""` when open-ended)."""
    rights = {}
    for tier in program.tiers:
        known = card.held.get(right(tier.id))
        held = known is not None and not _over(known, tier, today)
        dates = [
            kept_until(way, today)
            for way in tier.enter
            if way.metric in COUNTED and measure(card, way, today) >= needed(way, held=held)
        ]
        if not tier.enter or "" in dates:
            rights[tier.id] = ""
        elif dates:
            rights[tier.id] = max(dates)
    return rights


def with_right(card: Card, tier_id: str, until: str, today: date) -> Card:
    """The card with an earned right to a tier until a day; one that lasts longer is kept."""
    name = right(tier_id)
    held = card.held.get(name)
    if held and not _later(until, held.until):
        return card
    since = held.since if held else today.isoformat()
    return card._replace(held={**card.held, name: Holding(tier_id, since, until)})


def upgraded(program: Program, card: Card, today: date, happened: date) -> Card:
    """The card after a change of its windows on the day something happened (it may be told later):
    moved up, or its tier prolonged; never down."""
    before = card  # less is enough to keep only what was held before
    for day in dict.fromkeys((happened, today)):
        for tier_id, until in earned(program, before, day).items():
            card = with_right(card, tier_id, until, today)
    best = _best(program, card, today)
    now_held = program.tier_rank(card.tier.id if card.tier else None)
    if best is not None and program.tier_rank(best.id) >= now_held:
        return _in_tier(card, best, today)
    return card


def reviewed(program: Program, card: Card, today: date) -> Card:
    """The card after the review of its tier: rights that are over go, and what is left counts."""
    lasting = {
        name: held
        for name, held in card.held.items()
        if (rank := program.tier_rank(held.id)) >= 0 and not _over(held, program.tiers[rank], today)
    }
    card = card._replace(held=lasting)
    for tier_id, until in earned(program, card, today).items():
        card = with_right(card, tier_id, until, today)
    best = _best(program, card, today)
    return _in_tier(card, best, today) if best else card._replace(tier=None)


def as_of(program: Program, card: Card, today: date) -> Card:
    """The card with the tier that counts today: when it has ended since the card was last looked
    at, or the season of a higher one has begun, it is reviewed now, whether its review is late or
    the first thing of its day."""
    best = _best(program, card, today)
    standing = program.tier_rank(card.tier.id if card.tier else None)
    risen = best is not None and program.tier_rank(best.id) > standing
    over = card.tier is not None and not lasts(program, card.tier, today)
    return reviewed(program, card, today) if risen or over else card


def in_season(tier: Tier, today: date) -> bool:
    """Whether a tier can be held in this month; a season may span the turn of the year."""
    if not tier.first_month:
        return True
    if tier.first_month <= tier.last_month:
        return tier.first_month <= today.month <= tier.last_month
    return today.month >= tier.first_month or today.month <= tier.last_month


def lasts(program: Program, held: Holding, today: date) -> bool:
    """Whether a tier that was held when a card was last looked at still is."""
    rank = program.tier_rank(held.id)
    if rank < 0:
        return False
    tier = program.tiers[rank]
    return in_season(tier, today) and not _over(held, tier, today)


def ends_on(tier: Tier, held: Holding, today: date) -> date | None:
    """The first day on which a held tier must be reviewed; None when it has no end."""
    days = []
    if held.until:
        days.append(date.fromisoformat(held.until) + timedelta(days=tier.grace_days + 1))
    if tier.first_month and in_season(tier, today):
        months = (tier.last_month - today.month) % 12
        season_end = calendar.month_end(calendar.month_index(today) + months)
        days.append(season_end + timedelta(days=1))
    return min(days, default=None)


def seasons_ahead(program: Program, card: Card, today: date) -> Iterator[date]:
    """The days on which seasons begin of tiers that the card will still have a right to then."""
    for tier in program.tiers:
        if not in_season(tier, today) and any(held.id == tier.id for held in card.held.values()):
            months = (tier.first_month - today.month) % 12
            opens = calendar.month_end(calendar.month_index(today) + months).replace(day=1)
            if _longest(card, tier, opens):
                yield opens


def _best(program: Program, card: Card, today: date) -> Holding | None:
    """The right to the highest tier that is not over and in season."""
    for tier in reversed(program.tiers):
        if in_season(tier, today) and (held := _longest(card, tier, today)):
            return held
    return None


def _longest(card: Card, tier: Tier, today: date) -> Holding | None:
    """Of the rights to a tier that are not over the one that lasts longest."""
    longest: Holding | None = None
    for held in card.held.values():
        fits = held.id == tier.id and not _over(held, tier, today)
        if fits and (longest is None or _later(held.until, longest.until)):
            longest = held
    return longest


def _over(held: Holding, tier: Tier, today: date) -> bool:
    """Whether a right has ended, grace included."""
    if not held.until:
        return False
    return date.fromisoformat(held.until) + timedelta(days=tier.grace_days) < today


def _in_tier(card: Card, best: Holding, today: date) -> Card:
    """The card in that tier: since today when it is another than before."""
    same = card.tier is not None and card.tier.id == best.id
    since = card.tier.since if same and card.tier else today.isoformat()
    return card._replace(tier=Holding(best.id, since, best.until))


def _later(until: str, than: str) -> bool:
    return bool(than) and (not until or until > than)


def next_tier(program: Program, card: Card, today: date) -> tuple[Tier, Condition, int] | None:
    """The next tier that can be reached by coming and buying: tier, condition, value so far."""
    held = program.tier_rank(card.tier.id if card.tier else None)
    for tier in program.tiers[held + 1 :]:
        for way in tier.enter:
            if way.metric in COUNTED:
                return tier, way, measure(card, way, today)
    return None
