"""Stamps at once in a shop with many members: `python -m bench.scale [how many] [seconds]`.

Cards do not meet each other, so a stamp in a large shop has to be as quick as in a small one, no
stamp may have to be tried again, and no partition of the table may get more than its part.
"""

from __future__ import annotations

import random
import statistics
import sys
import threading
import time
from collections import Counter
from typing import Any, NamedTuple

from bench.shop import Shop, answer_of, opened
from regulars.domain.calendar import to_ms
from regulars.domain.card import Card
from regulars.program.shop import load_shop
from regulars.store import cards, connect
from regulars.store.errors import StoreError
from regulars.store.profiles import Profile, profile_item
from regulars.store.table import Put

SMALL, LARGE = 10_000, 1_000_000
SECONDS = 60.0
THREADS = 8
AT_ONCE = 50
GROWTH_MAX = 2.0
"""How many times as long the slowest stamp of a hundred may take in the large shop."""


class Rush(NamedTuple):
    """What came of stamps at once: seconds of each, transactions that were tried again, and how
    many writes each partition of the table and of its index got."""

    took: list[float]
    again: int
    written: Counter[str]
    indexed: Counter[str]

    @property
    def p99_ms(self) -> float:
        return statistics.quantiles(self.took, n=100)[98] * 1000


def main() -> int:
    """Stamp in a small shop, then in a large one; 1 when the large one is slower than it may be."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else LARGE
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    with opened() as shop:
        fill(shop, 0, SMALL)
        small = rush(shop, SMALL, seconds)
        began = time.perf_counter()
        fill(shop, SMALL, members)
        print(f"{members} members written in {time.perf_counter() - began:.0f} s")
        large = rush(shop, members, seconds)
    for size, one in ((SMALL, small), (members, large)):
        print(f"{size:8} members: {len(one.took) / seconds:6.0f} stamps/s, median "
              f"{statistics.median(one.took) * 1000:.1f} ms, p99 {one.p99_ms:.1f} ms, "
              f"{one.again} tried again")  # fmt: skip
    for where, counted in (("table", large.written), ("index", large.indexed)):
        most = max(counted.values())
        print(f"hottest partition of the {where}: {most / counted.total():.2%} of its writes, "
              f"{most / len(large.took):.2f} for each stamp")  # fmt: skip
    return 0 if large.p99_ms <= GROWTH_MAX * small.p99_ms and not large.again else 1


def fill(shop: Shop, first: int, beyond: int) -> None:
    """Write members that have only joined, with as much as a stamp reads of them."""
    m = str(shop.created["merchant_id"])
    enrolled = to_ms(load_shop(connect.table(), m).now) - 24 * 3600 * 1000
    writes: list[Put] = []
    for number in range(first, beyond):
        c = _member(number)
        card = Card(c, version=1, seq=1, head="0" * 64, recorded_ms=enrolled,
                    enrolled_ms=enrolled)  # fmt: skip
        profile = Profile(c, f"H{number}", enrolled, name="Ágota")
        writes += [Put(profile_item(m, profile)), Put(cards.state_item(m, card))]
        if len(writes) >= AT_ONCE:
            connect.table().transact(writes)
            writes = []
    if writes:
        connect.table().transact(writes)


def rush(shop: Shop, members: int, seconds: float) -> Rush:
    """Stamp random members from several threads for a time."""
    table = connect.lean_table()
    took: list[float] = []
    written, indexed = Counter[str](), Counter[str]()
    cancelled = 0

    def observe(operation: str, params: dict[str, Any], outcome: Any) -> None:
        nonlocal cancelled
        if operation == "TransactWriteItems":
            cancelled += isinstance(outcome, StoreError)
            parts = [part for one in params["TransactItems"] for part in one.values()]
            written.update((part.get("Item") or part["Key"])["PK"]["S"] for part in parts)
            listed = (part.get("Item", {}).get("GSI1PK") for part in parts)
            indexed.update(one["S"] for one in listed if one)

    def stamps(chance: random.Random) -> None:
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            event = shop.stamp(_member(chance.randrange(members)), shop.key)
            status = answer_of("stamp", event)["statusCode"]
            took.append(time.perf_counter() - began)
            if status != 200:
                raise RuntimeError(f"a stamp was answered {status}")

    threads = [
        threading.Thread(target=stamps, args=(random.Random(n),))  # noqa: S311 - as before
        for n in range(THREADS)
    ]
    table.on_call.append(observe)
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    table.on_call.remove(observe)
    return Rush(took, cancelled, written, indexed)


def _member(number: int) -> str:
    return f"c{number:014}"


if __name__ == "__main__":
    sys.exit(main())
