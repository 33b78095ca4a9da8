"""Publishes a programme: a new version with everything that follows from it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.actions import due_marks
from regulars.domain.calendar import to_ms
from regulars.program.load import load
from regulars.program.shop import Shop
from regulars.store.merchants import Merchants


def publish(shop: Shop, document: Mapping[str, Any], over: int) -> int:
    """Publish a checked document over version `over` and return the new version.

    Raises STALE_VERSION when `over` is not in force any more.
    """
    program = load(document, over + 1)
    marks = due_marks.of_program(shop.merchant_id, program, shop.now)
    return Merchants(shop.table).publish(shop.merchant_id, document, over, to_ms(shop.now), marks)
