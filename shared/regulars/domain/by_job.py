"""What a job issues: automatic rewards for units that come with it, and nothing that waits.

A reward that waits for room, and a gift in the queue, are issued when the member comes again, or
with the review after a new version, which looks at the whole card.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from regulars.domain import rewards
from regulars.domain.calendar import hour_of, local_start
from regulars.domain.card import HELD
from regulars.domain.draft import Draft
from regulars.domain.due import EXPIRE
from regulars.domain.ledger import DEBT


def issue(draft: Draft) -> None:
    """Issue the automatic rewards that cost what a job brings, or what was pending until now."""
    came = {*_brought(draft), *_released(draft)}
    paid = [reward for reward in draft.program.rewards.values() if reward.unit in came]
    rewards.issue_paid(draft, *paid)


def _brought(draft: Draft) -> Iterator[str]:
    """The units that this operation books in."""
    for line in draft.lines[draft.carried :]:
        if line.amount > 0 and line.lot != DEBT:
            yield line.unit


def _released(draft: Draft) -> Iterator[str]:
    """The units of which some became spendable since the hour for which the job was due."""
    since, zone = draft.before.due.get(EXPIRE), draft.program.timezone
    if since is None:
        return
    for unit, lots in draft.card.lots.items():
        days = [date.fromisoformat(it.available_on) for it in lots if "" < it.available_on < HELD]
        if any(day <= draft.today and since <= hour_of(local_start(day, zone)) for day in days):
            yield unit
