"""T7: one voucher, or one balance, is used at many counters in the same moment."""

from __future__ import annotations

import threading
from functools import partial
from itertools import count
from typing import Any

from regulars.store.table import Put, Table
from tests.concurrency.counter import Counter, answers, together
from tests.threats import removal
from tests.threats.removal import against

real_transact = Table.transact
have_read = count(1)
two_have_read = threading.Event()
at_once = threading.Event()


def unconditional(table: Table, writes: Any) -> Any:
    """A transaction that writes over whatever is there; at once with another one that has read the
    same, whichever is the faster machine."""
    if at_once.is_set():
        if next(have_read) == 2:
            two_have_read.set()
        two_have_read.wait(30)
    return real_transact(
        table, [one._replace(condition=None) if isinstance(one, Put) else one for one in writes]
    )


@against(removal.of(Table, "transact", unconditional))
def test_fifty_at_once_redeem_one_voucher_once(removed: None, table: Table) -> None:
    counter = Counter(table)
    member = counter.join()
    counter.earn(member)
    ((voucher, _),) = counter.issue(member).body["vouchers"]
    at_once.set()
    try:
        outcomes = together([partial(counter.close, member, voucher) for _ in range(50)])
    finally:
        at_once.clear()
    assert len(answers(outcomes)) == 1
