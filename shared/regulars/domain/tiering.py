"""Decide the tier of a card: on what was earned, never on the balance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from regulars.domain import calendar
from regulars.domain.card import Card, TierRight, Window
from regulars.domain.program import Program, Tier, TierCondition

COUNTED = frozenset({"spend", "visits", "points"})
"""Metrics that a card's windows hold; the others are granted, not counted."""

BOUGHT = frozenset({"membership", "purchase"})
"""Ways into a tier that are paid for."""


def measure(card: Card, condition: TierCondition, today: date) -> int:
    """Sum the condition's metric of a card within its window, as of `today`."""
    total = window_sum(card, condition.window, today)
    return {"spend": total.spend_minor, "visits": total.visits, "points": total.points}[
        condition.metric
    ]


def window_sum(card: Card, window: str, today: date) -> Window:
    """Sum what was earned in a window that ends with the month of `today`."""
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


def needed(condition: TierCondition, *, held: bool) -> int:
    """Return how much of a counted metric is enough; it can be less when the tier is `held`."""
    return (condition.keep.at_least if held else 0) or condition.at_least


def kept_until(condition: TierCondition, today: date) -> str:
    """Compute the last day (ISO) of a tier entered by this condition today; `""` without an end.

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
    """Name a right: by the tier alone when it was earned, else with how it was given - `purchase`,
    `membership`, `invitation` or `hand` - so that one right cannot shorten another."""
    return f"{tier_id}/{by}" if by else tier_id


def paid_from(card: Card, tier_id: str, today: date) -> date:
    """Find the first day of a membership paid today: after one that has not ended."""
    paid = card.held.get(right(tier_id, "membership"))
    if paid and paid.until >= today.isoformat():
        return date.fromisoformat(paid.until) + timedelta(days=1)
    return today


def paid_until(tier: Tier, first: date) -> str:
    """Compute the last day (ISO) of a membership that begins on `first`: a month or a year less a
    day; `""` for a tier that is not sold."""
    for way in tier.enter:
        if way.metric == "membership":
            after = calendar.add_months(first, calendar.PERIOD_MONTHS[way.period])
            return (after - timedelta(days=1)).isoformat()
    return ""


def given(card: Card, tier_id: str, by: str, until: str, today: date) -> Card:
    """Return the card with a right that was given until a day (ISO).

    Given by hand until a past day, it ends every right to the tier: the owner takes it away.
    """
    if by == "hand" and until and until < today.isoformat():
        kept = {name: held for name, held in card.held.items() if held.id != tier_id}
        return card._replace(held=kept)
    name = right(tier_id, by)
    known = card.held.get(name)
    since = known.since if known else today.isoformat()
    return card._replace(held={**card.held, name: TierRight(tier_id, since, until)})


def earned(program: Program, card: Card, today: date) -> dict[str, str]:
    """Find the tiers whose conditions the card meets today, with the last day of each (ISO, `""`
    without an end)."""
    rights = {}
    for tier in program.tiers:
        known = card.held.get(right(tier.id))
        held = known is not None and not _over(known, tier, today)
        dates = [
            kept_until(way, _earned_on(card, way, today))
            for way in tier.enter
            if way.metric in COUNTED and measure(card, way, today) >= needed(way, held=held)
        ]
        if not tier.enter or "" in dates:
            rights[tier.id] = ""
        elif dates:
            rights[tier.id] = max(dates)
    return rights


def with_right(card: Card, tier_id: str, until: str, today: date, by: str = "") -> Card:
    """Return the card with an earned or bought right to a tier until a day; a longer one is
    kept."""
    name = right(tier_id, by)
    held = card.held.get(name)
    if held and not later(until, held.until):
        return card
    since = held.since if held else today.isoformat()
    return card._replace(held={**card.held, name: TierRight(tier_id, since, until)})


def without_sale(program: Program, with_sale: Card, card: Card, today: date) -> Card:
    """Return a card whose earned rights are judged again after a sale was refunded whole.

    `with_sale` is the same card with the sale in its months. Where the sale makes no difference, or
    a right lasts longer than these months can tell, the right stays.
    """
    for tier in program.tiers:
        held = card.held.get(right(tier.id))
        if held is None or not tier.enter:
            continue
        then, now = counted_until(tier, with_sale, today), counted_until(tier, card, today)
        if then is None or then == now or later(held.until, then):
            continue
        kept = {name: one for name, one in card.held.items() if name != right(tier.id)}
        if now is not None:
            kept[right(tier.id)] = held._replace(until=now)
        card = card._replace(held=kept)
    return card


def counted_until(tier: Tier, card: Card, today: date) -> str | None:
    """Compute the last day of a right to a tier that the months of a card earn by themselves; None
    when they earn none, `""` without an end."""
    until: str | None = None
    for index in sorted(card.windows):
        day = min(calendar.month_end(index), today)
        first = day.replace(day=1).isoformat()
        held = until is not None and (not until or until >= first)
        for way in tier.enter:
            if way.metric not in COUNTED or (way.window == "lifetime" and day < today):
                continue
            if measure(card, way, day) >= needed(way, held=held):
                new = kept_until(way, _earned_on(card, way, day))
                until = new if until is None or later(new, until) else until
    lifetime = (way for way in tier.enter if way.metric in COUNTED and way.window == "lifetime")
    if any(measure(card, way, today) >= way.at_least for way in lifetime):
        return ""
    return until


def without_right(card: Card, tier_id: str, by: str, until: str, before: str | None) -> Card:
    """Return the card without what a sale did to a right: `until` was its end after the sale,
    `before` the one it had (None when there was none). A right that was changed since stays."""
    name = right(tier_id, by)
    held = card.held.get(name)
    if held is None or held.until != until:
        return card
    kept = {one: value for one, value in card.held.items() if one != name}
    if before is not None:
        kept[name] = held._replace(until=before)
    return card._replace(held=kept)


def without_payment(program: Program, card: Card, tier_id: str, first: str, until: str) -> Card:
    """Return the card without the period of a membership that was paid back: the days from `first`
    to `until`; what was paid after it begins earlier."""
    name = right(tier_id, "membership")
    held = card.held.get(name)
    if held is None or not first or not until or not held.until:
        return card._replace(held={k: v for k, v in card.held.items() if k != name})
    begins = date.fromisoformat(first)
    ends = date.fromisoformat(until) + timedelta(days=1)
    months = calendar.month_index(ends) - calendar.month_index(begins)
    after = date.fromisoformat(held.until) + timedelta(days=1)
    last = (begins if after == ends else calendar.add_months(after, -months)) - timedelta(days=1)
    kept = {k: v for k, v in card.held.items() if k != name}
    if last.isoformat() >= held.since:
        kept[name] = held._replace(until=last.isoformat())
    return card._replace(held=kept)


def with_payment(card: Card, tier_id: str, first: str, until: str, today: date) -> Card:
    """Return the card with the period of a membership of which a refund was taken back: the days
    from `first` to `until`, or as long after what was paid since."""
    held = card.held.get(right(tier_id, "membership"))
    if held and held.until and first and until and held.until >= first:
        begins = date.fromisoformat(first)
        ends = date.fromisoformat(until) + timedelta(days=1)
        months = calendar.month_index(ends) - calendar.month_index(begins)
        after = date.fromisoformat(held.until) + timedelta(days=1)
        until = (calendar.add_months(after, months) - timedelta(days=1)).isoformat()
    return with_right(card, tier_id, until, today, "membership")


def _earned_on(card: Card, way: TierCondition, today: date) -> date:
    """Find the day that a right is dated from: for a rolling window the end of the last month in
    which its metric grew, so that a month without it prolongs nothing. One that is kept only for
    the running month is judged again in each."""
    if not way.window.startswith("rolling:") or way.keep.kind == "period":
        return today
    place = ("spend", "visits", "points").index(way.metric)
    last = calendar.month_index(today)
    first = last - int(way.window.removeprefix("rolling:")) + 1
    grew = [index for index, month in card.windows.items() if month[place] > 0]
    newest = max((index for index in grew if first <= index <= last), default=last)
    return today if newest == last else calendar.month_end(newest)


def upgraded(program: Program, card: Card, today: date, happened: date) -> Card:
    """Return the card after its windows changed: moved up or its tier extended, never moved down.

    `happened` is the day of the sale, which may be reported later, on `today`.
    """
    before = card  # only a tier that was held before is kept with less
    for day in dict.fromkeys((happened, today)):
        for tier_id, until in earned(program, before, day).items():
            card = with_right(card, tier_id, until, today)
    best = _best(program, card, today)
    now_held = program.tier_rank(card.tier_id)
    if best is not None and program.tier_rank(best.id) >= now_held:
        return _in_tier(card, best, today)
    return card


def reviewed(program: Program, card: Card, today: date) -> Card:
    """Return the card after a review: ended rights are removed, the highest other one counts.

    A right to a tier that the programme does not have now is kept until its own end: it counts
    again when the tier is back.
    """
    lasting = {name: held for name, held in card.held.items() if not _ended(program, held, today)}
    card = card._replace(held=lasting)
    for tier_id, until in earned(program, card, today).items():
        card = with_right(card, tier_id, until, today)
    best = _best(program, card, today)
    return _in_tier(card, best, today) if best else card._replace(tier=None)


def as_of(program: Program, card: Card, today: date) -> Card:
    """Return the card with the tier that counts today.

    It is reviewed when its tier has ended or the season of a higher one has begun since it was last
    written, in case the job has not run yet.
    """
    best = _best(program, card, today)
    current = program.tier_rank(card.tier_id)
    rises = best is not None and program.tier_rank(best.id) > current
    over = card.tier is not None and not lasts(program, card.tier, today)
    return reviewed(program, card, today) if rises or over else card


def in_season(tier: Tier, today: date) -> bool:
    """Tell whether a tier counts in this month; a season may include the end of a year."""
    if not tier.first_month:
        return True
    if tier.first_month <= tier.last_month:
        return tier.first_month <= today.month <= tier.last_month
    return today.month >= tier.first_month or today.month <= tier.last_month


def lasts(program: Program, held: TierRight, today: date) -> bool:
    """Tell whether a tier that a card had when it was last written still counts."""
    rank = program.tier_rank(held.id)
    if rank < 0:
        return False
    tier = program.tiers[rank]
    return in_season(tier, today) and not _over(held, tier, today)


def is_held(held: TierRight, tier: Tier, today: date) -> bool:
    """Tell whether a right to a tier has not ended, days of grace included."""
    return not _over(held, tier, today)


def ends_on(tier: Tier, held: TierRight, today: date) -> date | None:
    """Find the first day on which a tier must be reviewed; None when it has no end."""
    days = []
    if held.until:
        days.append(date.fromisoformat(held.until) + timedelta(days=tier.grace_days + 1))
    if tier.first_month and in_season(tier, today):
        months = (tier.last_month - today.month) % 12
        season_end = calendar.month_end(calendar.month_index(today) + months)
        days.append(season_end + timedelta(days=1))
    return min(days, default=None)


def seasons_ahead(program: Program, card: Card, today: date) -> Iterator[date]:
    """List the days on which a season begins of a tier the card will have a right to then."""
    for tier in program.tiers:
        if not in_season(tier, today) and any(held.id == tier.id for held in card.held.values()):
            months = (tier.first_month - today.month) % 12
            opens = calendar.month_end(calendar.month_index(today) + months).replace(day=1)
            if _longest(card, tier, opens):
                yield opens


def _best(program: Program, card: Card, today: date) -> TierRight | None:
    """Find the right to the highest tier that has not ended and is in season."""
    for tier in reversed(program.tiers):
        if in_season(tier, today) and (held := _longest(card, tier, today)):
            return held
    return None


def _longest(card: Card, tier: Tier, today: date) -> TierRight | None:
    """Find the right to a tier that lasts longest; None when all have ended."""
    longest: TierRight | None = None
    for held in card.held.values():
        fits = held.id == tier.id and not _over(held, tier, today)
        if fits and (longest is None or later(held.until, longest.until)):
            longest = held
    return longest


def _ended(program: Program, held: TierRight, today: date) -> bool:
    """Tell whether a right has ended; one to a tier that is not there now, without any grace."""
    rank = program.tier_rank(held.id)
    if rank >= 0:
        return _over(held, program.tiers[rank], today)
    return bool(held.until) and held.until < today.isoformat()


def _over(held: TierRight, tier: Tier, today: date) -> bool:
    """Tell whether a right has ended, days of grace included."""
    if not held.until:
        return False
    return date.fromisoformat(held.until) + timedelta(days=tier.grace_days) < today


def _in_tier(card: Card, best: TierRight, today: date) -> Card:
    """Return the card in that tier; since today when it is a new one."""
    same = card.tier is not None and card.tier.id == best.id
    since = card.tier.since if same and card.tier else today.isoformat()
    return card._replace(tier=TierRight(best.id, since, best.until))


def later(until: str, than: str) -> bool:
    """Tell whether a right until one day (`""` without an end) lasts longer than another."""
    return bool(than) and (not until or until > than)


class Offer(NamedTuple):
    """A higher tier that can be bought: what for, and for how long one payment is good."""

    tier: Tier
    price_minor: int
    """0 when the owner does not say."""
    period: str
    """`month` or `year` for a membership, empty for what is bought once."""


def offers(program: Program, card: Card, today: date) -> Iterator[Offer]:
    """Yield the tiers above the one held that can be bought now, from the lowest."""
    held = program.tier_rank(card.tier_id)
    for tier in program.tiers[held + 1 :]:
        for way in tier.enter:
            if way.metric in BOUGHT and in_season(tier, today):
                yield Offer(tier, way.price_minor, way.period)


def next_tier(program: Program, card: Card, today: date) -> tuple[Tier, TierCondition, int] | None:
    """Find the next tier that visits and sales can reach: tier, condition, value so far."""
    held = program.tier_rank(card.tier_id)
    for tier in program.tiers[held + 1 :]:
        for way in tier.enter:
            if way.metric in COUNTED:
                return tier, way, measure(card, way, today)
    return None
