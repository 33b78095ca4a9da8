"""Does what reads before it decides: once under a key, and again when others come in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from regulars.domain.decision import Decision
from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import retry
from regulars.store.answers import Answer, Body, Idempotency
from regulars.store.ledger import TRIES_MAX, Ledger, Render


def _lost(_: Decision) -> Body:
    """Refuse to make up the answer about two cards that a repair could not put back."""
    hint = "This was done before, and its answer is lost; read the cards."
    raise Refused(RefusalCode.CONFLICT, hint)


def once(
    ledger: Ledger,
    op: str,
    idempotency: Idempotency,
    now: datetime,
    do: Callable[[], Answer],
    render: Render | None = _lost,
) -> Answer:
    """Answer an operation by its first answer, if it has one; keep a refusal as that.

    The first answer is looked for again after a refusal: the same request may come twice at once,
    and what it did itself is why it is refused then. An answer that a repair could not put back is
    rendered again; one about two cards cannot be (CONFLICT).
    """
    if known := ledger.known(op, idempotency.fingerprint, render):
        return known
    try:
        return do()
    except Refused as refused:
        if known := ledger.known(op, idempotency.fingerprint, render):
            return known
        return ledger.refuse(op, idempotency, refused, now)


def tried(do: Callable[[], Answer]) -> Answer:
    """Do it, from the first read on, until nobody changes what was read meanwhile."""
    for tries in range(1, TRIES_MAX):
        try:
            return do()
        except Refused as refused:
            if refused.code is not RefusalCode.CONFLICT:
                raise
        retry.sleep(retry.wait_s(tries))
    return do()
