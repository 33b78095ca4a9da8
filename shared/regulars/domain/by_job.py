"""What a job issues: automatic rewards for units that come with it, and nothing that waits.

A reward that waits for room, and a gift in the queue, are issued when the member comes again, or
with the review after a new version, which looks at the whole card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from regulars.domain import rewards
from regulars.domain.calendar import hour_of, local_start
from regulars.domain.card import HELD
from regulars.domain.draft import Draft
from regulars.domain.due import EXPIRE
from regulars.domain.ledger import DEBT, lot_dates


def issue(draft: Draft) -> None:
    """Issue the automatic rewards for which a job brings what was missing, or what was pending.

    Those that the balance paid for before are left, and so are their units.
    """
    came = Counter[str]()
    for unit, amount in (*_brought(draft), *_released(draft)):
        came[unit] += amount
    before = {unit: max(0, draft.available(unit) - amount) for unit, amount in came.items()}
    kept = Counter[str]()
    for reward in draft.program.rewards.values():
        unit = reward.unit
        if not (came[unit] and rewards.is_paid(draft, reward)):
            continue
        waits = before[unit] // reward.cost * reward.cost
        before[unit] -= waits
        kept[unit] += waits
        rewards.issue_paid(draft, reward, kept[unit])


def _brought(draft: Draft) -> Iterator[tuple[str, int]]:
    """Spendable units that this operation books in."""
    for line in draft.lines[draft.carried :]:
        if line.amount > 0 and line.lot != DEBT:
            _, available_on = lot_dates(line.lot)
            if available_on <= draft.today.isoformat():
                yield line.unit, line.amount


def _released(draft: Draft) -> Iterator[tuple[str, int]]:
    """Units that became spendable since the hour for which the job was due."""
    since, zone = draft.before.due.get(EXPIRE), draft.program.timezone
    if since is None:
        return
    for unit, lots in draft.card.lots.items():
        for lot in lots:
            if not "" < lot.available_on < HELD:
                continue
            day = date.fromisoformat(lot.available_on)
            if day <= draft.today and since <= hour_of(local_start(day, zone)):
                yield unit, lot.amount
