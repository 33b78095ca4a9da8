"""Mistakes about codes that guests scan, put in on purpose."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from regulars.domain.earning_codes import EarningCode
from regulars.store import earning_codes
from regulars.store.ledger import Ledger
from tests.simulation.planted_around import Patch, patched


def _a_code_is_never_used_up() -> list[Patch]:
    use = earning_codes.use
    return [(earning_codes, "use", lambda code: use(code)._replace(limit=10**9))]


def _uses_are_counted_apart() -> list[Patch]:
    """The count is moved after the booking, by whoever is still there."""
    perform = Ledger.perform

    def changed(self: Ledger, *given: Any, extra: Any = (), **more: Any) -> Any:
        answer = perform(self, *given, **more)
        if extra:
            self.table.transact(extra)
        return answer

    return [(Ledger, "perform", changed)]


def _a_use_has_an_id_of_its_own() -> list[Patch]:
    op = EarningCode.op

    def changed(self: EarningCode, member_id: str) -> str:
        return f"{op(self, member_id)}:{os.urandom(4).hex()}"

    return [(EarningCode, "op", changed)]


BUGS: dict[str, Callable[[], list[Patch]]] = {
    "a code is never used up": _a_code_is_never_used_up,
    "uses of a code are counted apart": _uses_are_counted_apart,
    "a card uses a code again and again": _a_use_has_an_id_of_its_own,
}
"""By what they do."""


def planted(name: str) -> AbstractContextManager[None]:
    """Within the block the product has this bug."""
    return patched(BUGS[name]())
