"""Does what reads before it decides: once under a key, and again when others come in between."""

from __future__ import annotations

from collections.abc import Callable

from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import retry
from regulars.store.answers import Answer, Idempotency
from regulars.store.ledger import TRIES_MAX, Ledger


def once(ledger: Ledger, op: str, idempotency: Idempotency, do: Callable[[], Answer]) -> Answer:
    """Answer an operation by its first answer, if it has one. That is looked for again when it is
    refused: the same request may come twice at once, and what it did itself is why then."""
    if known := ledger.known(op, idempotency.fingerprint):
        return known
    try:
        return do()
    except Refused:
        if known := ledger.known(op, idempotency.fingerprint):
            return known
        raise


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
