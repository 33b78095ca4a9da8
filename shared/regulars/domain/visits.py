"""Count visits under the daily cap and the cool-down, by the time of the visit.

A till that was offline reports visits late and in any order, so visits are counted on their own
days, for the last week.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from regulars.domain import limits, reasons
from regulars.domain.baskets import Basket
from regulars.domain.card import VISIT_DAYS_KEPT, Card
from regulars.domain.draft import Draft
from regulars.domain.ledger import Entry
from regulars.domain.operations import Earn
from regulars.domain.reasons import Reason, ReasonKind
from regulars.domain.refusals import RefusalCode, Refused

DAYS_KEPT = 7
"""Days before the newest for which a card stores the visits of each day."""


def granted(draft: Draft, operation: Earn, basket: Basket) -> tuple[int, list[tuple[str, Reason]]]:
    """Return how many visits count under the limits, and (rule, reason) when some do not.

    A sale in which nothing was paid is no visit, unless the programme says so. Raises CAP_REACHED
    for a limit when the operation is `refusable`.
    """
    caps, card = draft.program.limits, draft.card
    visits = operation.visits
    if visits and basket.is_free and not (draft.program.counts.zero_sale and not basket.paid_minor):
        return 0, [("visits", reasons.plain(ReasonKind.ZERO_SALE))]
    reason: Reason | None = None
    apart_ms = abs(draft.effective_ms - card.last_visit_ms)
    wait_ms = caps.cooldown_minutes * 60_000 - apart_ms
    if visits and card.last_visit_ms and wait_ms > 0:
        visits, reason = 0, reasons.cooldown(-(-wait_ms // 60_000))
    elif visits and caps.visits_per_day:
        had = card.days.get(draft.effective_day.isoformat(), 0)
        if had + visits > caps.visits_per_day:
            visits = max(0, caps.visits_per_day - had)
            reason = reasons.cap_day(caps.visits_per_day)
    if reason is None:
        return visits, []
    if operation.refusable:
        raise Refused(RefusalCode.CAP_REACHED, _words(reason))
    return visits, [("limits", reason)]


def book(draft: Draft, visits: int) -> None:
    """Store visits on their day, and the time of the last one."""
    card = draft.card
    if draft.program.limits.visits_per_day:
        draft.card = card._replace(days=_more(card.days, draft.effective_day, visits))
    draft.card = _came(draft.card, draft.effective_day, visits)
    if draft.effective_ms > card.last_visit_ms:
        if card.last_visit_ms:
            draft.facts["last"] = card.last_visit_ms
        draft.card = pruned(draft.card._replace(last_visit_ms=draft.effective_ms))


def uncount(draft: Draft, original: Entry, day: date, visits: int) -> None:
    """Subtract the reversed visits of a day, so that limits do not count them."""
    name = day.isoformat()
    left = draft.card.days.get(name, 0) - visits
    days = {**draft.card.days, name: left}
    if left <= 0:
        del days[name]
    draft.card = _came(draft.card._replace(days=days), day, -visits)
    before = original.facts.get("last", 0)
    if draft.card.last_visit_ms != original.effective_ms:
        draft.card = limits.with_count(
            draft.card, _gone(original.effective_ms), str(before), int(bool(before))
        )
        return
    while before:  # visits before it may have been refunded as well
        earlier, is_gone = limits.stored(draft.card, _gone(before))
        if not is_gone:
            break
        draft.card = limits.with_count(draft.card, _gone(before), "", 0)
        before = int(earlier)
    draft.card = draft.card._replace(last_visit_ms=int(before))


def _gone(visit_ms: int) -> str:
    """Name under which a card remembers that a visit was refunded, and which one came before."""
    return f"l:{visit_ms}"


def pruned(card: Card) -> Card:
    """Return the card without refunded visits that are older than the last one by more than
    DAYS_KEPT: no visit will be the last one again because of them."""
    oldest = card.last_visit_ms - DAYS_KEPT * 24 * 3600 * 1000
    taken = {
        name: value
        for name, value in card.taken.items()
        if not (name.startswith("l:") and int(name[2:]) < oldest)
    }
    return card if len(taken) == len(card.taken) else card._replace(taken=taken)


def _came(card: Card, day: date, visits: int) -> Card:
    """Return the card after visits on a day (negative: taken back), for the member's rhythm."""
    name = str(day.toordinal())
    if visits < 0 and name not in card.came:
        return card  # too long ago to be remembered
    came = {**card.came, name: card.came.get(name, 0) + visits}
    if came[name] <= 0:
        del came[name]
    newest = sorted(came, key=int)[-VISIT_DAYS_KEPT:]
    return card._replace(came={one: came[one] for one in newest})


def _more(days: Mapping[str, int], day: date, visits: int) -> dict[str, int]:
    more = {**days, day.isoformat(): days.get(day.isoformat(), 0) + visits}
    oldest = date.fromisoformat(max(more)) - timedelta(days=DAYS_KEPT)
    return {one: more[one] for one in more if one >= oldest.isoformat()}


def _words(reason: Reason) -> str:
    if reason.kind is ReasonKind.COOLDOWN:
        return f"This card was stamped a moment ago; the next stamp is in {reason.limit} min."
    return f"This card has had its {reason.limit} visits of today."
