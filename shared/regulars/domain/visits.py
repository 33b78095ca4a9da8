"""Count visits under the daily cap and the cool-down, by the time of the visit.

A till that was offline reports visits late and in any order. So a card keeps on which days visits
counted, and at which instants, as far back as VISIT_DAYS_KEPT and INSTANTS_KEPT say; a late one is
held against the visits before and after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from regulars.domain import limits, reasons
from regulars.domain.baskets import Basket
from regulars.domain.card import INSTANTS_KEPT, VISIT_DAYS_KEPT, Card
from regulars.domain.draft import Draft
from regulars.domain.ledger import Entry
from regulars.domain.operations import Earn
from regulars.domain.reasons import Reason, ReasonKind
from regulars.domain.refusals import RefusalCode, Refused

WEEK_MS = 7 * 24 * 3600 * 1000
"""For how long before the newest visit a card keeps instants, and what was refunded."""


def granted(draft: Draft, operation: Earn, basket: Basket) -> tuple[int, list[tuple[str, Reason]]]:
    """Return how many visits count under the limits, and (rule, reason) when some do not.

    A sale in which nothing was paid is no visit, unless the programme says so. Raises CAP_REACHED
    for a limit when the operation is `refusable`.
    """
    visits = operation.visits
    if visits and basket.is_free and not (draft.program.counts.zero_sale and not basket.paid_minor):
        return 0, [("visits", reasons.plain(ReasonKind.ZERO_SALE))]
    if draft.operation.origin.marks.get("override"):  # a manager has seen that it is another visit
        return visits, []
    visits, reason = _within(draft, draft.card, visits)
    if reason is None:
        return visits, []
    if operation.refusable:
        raise refusal(reason)
    return visits, [("limits", reason)]


def require_room(draft: Draft, card: Card, visits: int) -> None:
    """Raise CAP_REACHED unless so many visits count on a card now."""
    _, reason = _within(draft, card, visits)
    if reason is not None:
        raise refusal(reason)


def _within(draft: Draft, card: Card, visits: int) -> tuple[int, Reason | None]:
    """Return how many of these visits count on a card under the limits, and why not all do."""
    caps = draft.program.limits_at(draft.operation.origin.location)
    wait_ms = _wait_ms(card, draft.effective_ms, caps.cooldown_minutes * 60_000)
    if visits and wait_ms:
        return 0, reasons.cooldown(-(-wait_ms // 60_000))
    if visits and caps.visits_per_day:
        had = card.came.get(_name(draft.effective_day), 0)
        if had + visits > caps.visits_per_day:
            return max(0, caps.visits_per_day - had), reasons.cap_day(caps.visits_per_day)
    return visits, None


def with_visit(card: Card, at_ms: int, day: date, visits: int) -> Card:
    """Return a card with visits of an instant, as the limits see them."""
    came = _more(card.came, _name(day), visits)
    return card._replace(came=came, visited=_more(card.visited, str(at_ms), visits))


def _wait_ms(card: Card, at_ms: int, cooldown_ms: int) -> int:
    """Compute how long after an instant a visit counts again; 0 when one at that instant does: no
    visit before it or after it is nearer than the cool-down."""
    known = {*map(int, card.visited), card.last_visit_ms} - {0}
    near = (ms for ms in known if abs(at_ms - ms) < cooldown_ms)
    return max((ms + cooldown_ms - at_ms for ms in near), default=0)


def book(draft: Draft, visits: int) -> None:
    """Store visits on their day and at their instant, and the time of the last one."""
    card = draft.card
    came = newest_days(_more(card.came, _name(draft.effective_day), visits))
    draft.card = card._replace(came=came)
    if _gone(draft.effective_ms) in card.taken:  # another visit of that instant was refunded
        draft.card = limits.without(draft.card, _gone(draft.effective_ms))
    places = draft.program.place_limits.values()
    if any(caps.cooldown_minutes for caps in (draft.program.limits, *places)):
        visited = newest(_more(card.visited, str(draft.effective_ms), visits))
        draft.card = draft.card._replace(visited=visited)
    if draft.effective_ms > card.last_visit_ms:
        if card.last_visit_ms:
            draft.facts["last"] = card.last_visit_ms
        draft.card = pruned(draft.card._replace(last_visit_ms=draft.effective_ms))


def uncount(draft: Draft, original: Entry, day: date, visits: int) -> None:
    """Subtract the reversed visits of a day, so that limits do not count them."""
    card = draft.card
    draft.card = card._replace(
        came=_more(card.came, _name(day), -visits),
        visited=_more(card.visited, str(original.effective_ms), -visits),
    )
    before = original.facts.get("last", 0)
    if draft.card.last_visit_ms != original.effective_ms:
        draft.card = limits.with_count(draft.card, _gone(original.effective_ms), str(before), 1)
        return
    while before:  # visits before it may have been refunded as well
        earlier, is_gone = limits.stored(draft.card, _gone(before))
        if not is_gone:
            break
        draft.card = limits.without(draft.card, _gone(before))
        before = int(earlier)
    draft.card = draft.card._replace(last_visit_ms=int(before))


def _gone(visit_ms: int) -> str:
    """Name under which a card remembers that a visit was refunded, and which one came before."""
    return f"l:{visit_ms}"


def pruned(card: Card) -> Card:
    """Return the card without refunded visits that are older than the last one by more than a week:
    no visit will be the last one again because of them."""
    oldest = card.last_visit_ms - WEEK_MS
    taken = {
        name: value
        for name, value in card.taken.items()
        if not (name.startswith("l:") and int(name[2:]) < oldest)
    }
    return card if len(taken) == len(card.taken) else card._replace(taken=taken)


def newest_days(came: Mapping[str, int]) -> dict[str, int]:
    """Return the visits of the newest days, as many as a card keeps."""
    return {name: came[name] for name in sorted(came, key=int)[-VISIT_DAYS_KEPT:]}


def newest(visited: Mapping[str, int]) -> dict[str, int]:
    """Return the visits at the newest instants, as many as a card keeps."""
    names = sorted(visited, key=int)[-INSTANTS_KEPT:]
    return {name: visited[name] for name in names if int(name) >= int(names[-1]) - WEEK_MS}


def _more(known: Mapping[str, int], name: str, visits: int) -> dict[str, int]:
    """Return visits by name with more of them under one (negative: taken back, as far as they are
    known)."""
    count = known.get(name, 0) + visits
    more = {**known, name: count}
    if count <= 0:
        del more[name]
    return more


def _name(day: date) -> str:
    return str(day.toordinal())


def refusal(reason: Reason) -> Refused:
    """Refuse what goes beyond a limit; after a cool-down it can be tried again."""
    if reason.kind is ReasonKind.COOLDOWN:
        detail = f"This card was stamped a moment ago; the next stamp is in {reason.limit} min."
        return Refused(RefusalCode.CAP_REACHED, detail, retry_after_s=60 * reason.limit)
    detail = f"This card has had its {reason.limit} visits of today."
    return Refused(RefusalCode.CAP_REACHED, detail)
