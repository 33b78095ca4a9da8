"""What is done for all members of a merchant: in steps and messages that do not grow with them.

The members are written straight into a table in memory, which is held against the engine elsewhere.
As many as the largest merchants that we know of have are reviewed by `make long NAME=review`.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zlib import compress

import pytest

from bench.shop import in_memory
from local.memory import Change, Memory
from regulars.core import clock
from regulars.core.deadline import Deadline
from regulars.domain import calendar, limits
from regulars.domain import raffles as drawing
from regulars.domain.card import Card
from regulars.domain.games import Leaderboard, Raffle
from regulars.jobs import leaderboards, raffles, recompute, work_queue, working
from regulars.program.shop import Shop, load_shop
from regulars.store import cards, keys
from regulars.store import leaderboards as boards
from regulars.store import raffles as kept
from regulars.store.profiles import Profile, profile_item
from regulars.store.table import Put, Table

NOW = datetime(2026, 12, 25, 12, 0, tzinfo=UTC)
ENROLLED_MS = calendar.to_ms(datetime(2026, 6, 1, tzinfo=UTC))
MANY = int(os.environ.get("REVIEWED", "20000"))
LARGEST = 20_000
"""No item and no message may be larger than so many bytes; DynamoDB takes 400 KB, SQS 1 MB."""


class Place:
    """A merchant in memory, and how large the largest item was that was written for it."""

    def __init__(self, memory: Memory, table: Table, m: str) -> None:
        self.memory, self.table, self.m = memory, table, m
        self.largest = 0
        self.written: Counter[str] = Counter()
        memory.committed = self.look

    def look(self, changes: list[Change]) -> None:
        """Note what is written."""
        for (_, sk), _, after in changes:
            self.written[sk.partition("#")[0]] += 1
            self.largest = max(self.largest, len(json.dumps(after, default=repr)))

    def fill(self, count: int) -> dict[str, int]:
        """Members of whom each has a few visits and tickets; returns the tickets."""
        tickets = {}
        for n in range(count):
            c = f"c{n * 7919 % 1_000_003:07}"  # not in the order of enrolment
            tickets[c] = n % 4
            profile = Profile(c, f"h{n}", ENROLLED_MS + n, consents={"leaderboard": True})
            card = Card(c, version=1, seq=1, head="0" * 64, recorded_ms=ENROLLED_MS + n,
                        enrolled_ms=ENROLLED_MS + n)  # fmt: skip
            card = limits.with_count(card, "r:winter", "", tickets[c])
            card = card.with_window(calendar.month_index(date(2026, 12, 1)), 0, n % 1000, 0)
            state = cards.state_item(self.m, card)
            self.table.transact([Put(profile_item(self.m, profile)), Put(state)])
        self.written.clear()
        self.largest = 0
        return {c: n for c, n in tickets.items() if n}

    def shop(self, **changes: Any) -> Shop:
        shop = load_shop(self.table, self.m, NOW)
        return Shop(self.table, self.m, shop.program._replace(**changes), NOW)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    memory = Memory()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with in_memory(memory, "corner-cafe") as (table, m):
        yield Place(memory, table, m)


def raffle(shop: Shop, winners: int = 5) -> Raffle:
    reward = next(iter(shop.program.rewards))
    return Raffle("winter", {"en": "Winter"}, "2026-12-01", "2026-12-24", 0, reward, winners)


@pytest.mark.parametrize("members", [700, pytest.param(54_000, marks=pytest.mark.long)])
def test_a_raffle_with_any_number_of_tickets_is_drawn(place: Place, members: int) -> None:
    """As from one list of all tickets, and nothing is written that grows with it: 54,000 members
    are 40,500 with tickets."""
    tickets = place.fill(members)
    shop = place.shop()
    shop = place.shop(raffles=(raffle(shop),))
    steps = 0
    while raffles.draw_due(shop, "-"):
        steps += 1
    assert steps == -(-members // kept.WRITTEN_MAX)
    result = raffles.result(place.table, place.m, "winter")
    assert result is not None
    assert result["tickets"] == tickets
    assert result["winners"] == drawing.draw(result["seed"], tickets, 5)
    assert len(set(result["winners"])) == 5
    assert place.largest < LARGEST
    for member_id in result["winners"]:
        state = cards.card_of(place.table.get(keys.state(place.m, member_id))[0] or {})
        assert len(state.open) == 1
    place.written.clear()
    assert raffles.draw_due(shop, "-") is False
    assert set(place.written) <= {"DUE"}, "what is drawn is drawn"


def test_tickets_that_a_late_worker_writes_change_nothing(place: Place) -> None:
    """It read how far it was before another one wrote the page, and the draw was made."""
    tickets = place.fill(150)
    shop = place.shop(raffles=(raffle(place.shop()),))
    before = kept.read_gathered(place.table, place.m, "winter")
    assert raffles.draw_due(shop, "-") is True
    middle = kept.read_gathered(place.table, place.m, "winter")
    while raffles.draw_due(shop, "-"):
        pass
    for late in (before, middle):
        kept.gather(place.table, place.m, "winter", late, {"c0000000": 99, "late": 1}, None)
    result = raffles.result(place.table, place.m, "winter")
    assert result is not None
    assert result["tickets"] == tickets
    assert kept.keep(place.table, place.m, "winter", "another", []) is False


def test_a_draw_of_before_is_read_as_it_was_kept(place: Place) -> None:
    pk, sk = keys.raffle(place.m, "winter")
    old = {"seed": "s", "tickets": {"anna": 2, "ben": 1}, "winners": ["anna"]}
    place.table.put({"PK": pk, "SK": sk, "drawn": compress(json.dumps(old).encode(), 9)})
    assert raffles.result(place.table, place.m, "winter") == old
    shop = place.shop(raffles=(raffle(place.shop()),))
    assert raffles.draw_due(shop, "-") is False, "it is not drawn again"
    assert raffles.result(place.table, place.m, "winter") == old


@pytest.mark.parametrize("dies_after", [0, 1, 3])
def test_a_leaderboard_is_counted_page_by_page(place: Place, dies_after: int) -> None:
    """The worker that dies after some pages, and the one that goes on, count as one would."""
    place.fill(450)
    board = Leaderboard("visits", {"en": "Visits"}, "visits", "month", 7)
    shop = place.shop(leaderboards=(board,))
    for _ in range(dies_after):
        assert leaderboards.count(shop, "-") is True
    steps = dies_after + 1
    while leaderboards.count(shop, "-"):
        steps += 1
    assert steps == 5
    (counted,) = boards.read(place.table, place.m, (board,))
    assert counted is not None
    assert counted.now.members == 449, "one has no visit"
    assert [visits for _, visits in counted.now.places] == list(range(449, 442, -1))
    assert place.largest < LARGEST
    assert leaderboards.count(shop, "-") is True, "the next count begins at the first member"


@pytest.mark.parametrize("members", [320, pytest.param(MANY, marks=pytest.mark.long)])
def test_a_review_of_everybody_is_many_small_messages(
    place: Place, members: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each member once; and the second time, when all is as it was, nothing is written but how far
    it came. A message is cut short now and then, and the rest comes again."""
    place.fill(members)
    queue: list[dict[str, Any]] = []
    monkeypatch.setattr(work_queue, "put", queue.append)
    for version in (2, 3):
        recompute.handle({"PK": f"M#{place.m}", "version": str(version)})
        place.written.clear()
        reviewed: Counter[str] = Counter()
        messages = largest = 0
        while queue:
            message = queue.pop()
            messages += 1
            largest = max(largest, len(json.dumps(message)))
            if message["kind"] == recompute.REVIEW and messages % 50:
                reviewed.update(message["members"])
                working.work(message, Deadline(30))
            elif message["kind"] == recompute.REVIEW:
                reviewed.update(message["members"][:1])
                working.work(message, Deadline(0))  # time for one only
            else:
                working.work(message, Deadline(0.01))
        assert set(reviewed.values()) == {1}
        assert len(reviewed) == members
        assert messages > members / recompute.MEMBERS_MAX
        assert largest < LARGEST
        pages = -(-members // recompute.PAGE)
        states = {2: members, 3: 0}[version]
        assert place.written["STATE"] == states
        assert place.written["CURSOR"] == pages
        if version == 3:
            assert set(place.written) == {"CURSOR"}
    assert place.largest < LARGEST
