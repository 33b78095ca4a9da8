"""Looking for signals of fraud, every hour while anything is booked.

It reads the entries of the day from the activity index, so the work grows with what happened. A
merchant where nothing was booked is looked at a few times a day. Running twice, or late, finds the
same signals.
"""

from __future__ import annotations

from datetime import timedelta

from regulars.actions import signals
from regulars.actions.due_marks import next_look
from regulars.core.tokens import is_sandbox
from regulars.program.shop import Shop
from regulars.store.table import AbsentOr, Below

SOON = timedelta(hours=1)
QUIET = timedelta(hours=6)


def look_due(shop: Shop, member_id: str) -> None:
    """Look for signals since the last time, and come again."""
    busy = signals.look(shop)
    wait = SOON if busy or is_sandbox(shop.merchant_id) else QUIET
    mark = next_look(shop.merchant_id, shop.now + wait)
    # Only onwards: a slow run must not bring back a time that runs after it have passed.
    shop.table.put(mark, AbsentOr(Below("hour", mark["hour"])))
