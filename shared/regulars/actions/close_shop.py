"""Closing a merchant: from now on it and its sandbox are as unknown as what never was.

A job makes the archive, and erases the members in the end (`jobs/closing.py`).
"""

from __future__ import annotations

from datetime import datetime

from regulars.actions import due_marks
from regulars.core import tokens
from regulars.domain.calendar import from_ms, to_ms
from regulars.store import closing
from regulars.store.closing import SETTLES_MS
from regulars.store.table import Put, Table
from regulars.tills import hooks


def close(table: Table, live: str, now: datetime, noted: Put) -> None:
    """Close a live merchant with its sandbox; `noted` is the line of its audit log. Raises
    NOT_FOUND, CONFLICT."""
    mark = due_marks.next_closing(live, from_ms(to_ms(now) + SETTLES_MS))
    writes = [noted, Put(mark)]
    writes += [put for m in (live, tokens.twin(live)) for put in hooks.closed(table, m)]
    closing.close(table, live, to_ms(now), writes)
