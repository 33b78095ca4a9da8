"""How long finding members takes where there are many: `python -m bench.members [how many]`.

The budget of a console page is 300 ms with 100,000 members; a list is most of it.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import Counter
from urllib.parse import urlencode

from bench.shop import call, opened, request
from regulars.actions import relist
from regulars.domain.calendar import month_index, to_ms
from regulars.domain.card import Card, TierRight
from regulars.program.shop import Shop, load_shop
from regulars.store import cards, connect, list_keys, places
from regulars.store.profiles import Profile, profile_item
from regulars.store.table import Count, Put

FIRST = ("Anna", "Réka", "Béla", "Łukasz", "Дана", "Zsófia", "Péter", "Ilona", "Emese", "Kinga")
LAST = ("Kovács", "Nagy", "Szabó", "Nowak", "Ким", "Tóth", "Kiss", "Horváth", "Wiśniewska", "Szűcs")
AT_ONCE = 60
RUNS = 15
MOST_MS = 300.0

ASKED: tuple[dict[str, str], ...] = (
    {}, {"q": "anna 07"}, {"q": "kovács"}, {"q": "nobody at all"}, {"q": "1234"},
    {"q": "+36301001234"}, {"segment": "at_risk"}, {"tier": "regular"},
    {"tier": "regular", "segment": "lapsed"}, {"segment": "new", "birthday_month": "2"},
    {"last_visit_before": "2020-01-01"}, {"q": "szabó", "tier": "regular"},
)  # fmt: skip


def main() -> int:
    """Fill a shop, ask for each list, print the medians; 1 when one takes too long."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with opened() as shop:
        where = load_shop(connect.table(), str(shop.created["merchant_id"]))
        started = time.perf_counter()
        fill(where, members)
        print(f"{members} members written in {time.perf_counter() - started:.0f} s")
        worst = 0.0
        for query in ASKED:
            times = [_timed(shop.key, query) for _ in range(RUNS)]
            found = times[0][1]
            median = statistics.median(one for one, _ in times)
            worst = max(worst, median)
            print(f"{median:8.1f} ms  {found:3} found  {query}")
        counting = statistics.median(_timed(shop.key, {}, "/counts")[0] for _ in range(RUNS))
        print(f"{counting:8.1f} ms  counts")
    return 0 if max(worst, counting) <= MOST_MS else 1


def _timed(key: str, query: dict[str, str], path: str = "") -> tuple[float, int]:
    event = request("GET", f"/v1/members{path}", None, key)
    event["rawQueryString"] = urlencode(query)
    started = time.perf_counter()
    answer = call("api", event)
    return (time.perf_counter() - started) * 1000, len(answer.get("items", ()))


def fill(shop: Shop, members: int) -> None:
    """Write members with their places in lists, as the outbox would leave them."""
    chance = random.Random(1)  # noqa: S311 - it is to be the same again
    counted: Counter[str] = Counter()
    writes: list[Put] = []
    now_ms, day_ms = to_ms(shop.now), 24 * 3600 * 1000
    month = month_index(shop.now.date())
    for number in range(members):
        c = f"c{number:014}"
        enrolled = now_ms - chance.randrange(1, 700) * day_ms
        visits = chance.randrange(0, 30)
        last = chance.randrange(enrolled, now_ms) if visits else 0
        tier = "regular" if chance.random() < 0.1 else "guest"
        card = Card(c, version=1, seq=1, head="0" * 64, recorded_ms=enrolled,
                    enrolled_ms=enrolled, last_visit_ms=last,
                    tier=TierRight(tier, "2026-01-01", ""))  # fmt: skip
        card = card.with_window(month, 0, visits, 0)
        name = f"{chance.choice(LAST)} {chance.choice(FIRST)} {number % 100:02}"
        profile = Profile(c, f"H{number}", enrolled, name=name, phone=f"+3630{number:07}",
                          birthday=f"{chance.randint(1, 12):02}-11")  # fmt: skip
        facts = relist.facts_of(shop, card, profile)
        wanted = relist.places_of(shop, card, profile, facts)
        for write in places.changes(shop.merchant_id, c, {}, wanted, facts, now_ms):
            if isinstance(write, Count):
                counted[write.key[0]] += write.by
            else:
                writes.append(write)
        writes += [Put(profile_item(shop.merchant_id, profile)),
                   Put(cards.state_item(shop.merchant_id, card))]  # fmt: skip
        while len(writes) >= AT_ONCE:
            shop.table.transact(writes[:AT_ONCE])
            writes = writes[AT_ONCE:]
    sk = list_keys.count("", "")[1]
    shop.table.transact(
        [*writes, *(Put({"PK": pk, "SK": sk, "n": n}) for pk, n in counted.items())]
    )


if __name__ == "__main__":
    sys.exit(main())
