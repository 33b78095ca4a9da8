"""The witness sees every write as it is carried out and lets nothing pass that may not be.

Entries are only ever added, each together with its state and its operation; what it reads goes to
the replay of its card, and the state that came with it must say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from traceback import extract_tb
from typing import Any

from local.memory import Change, Key
from regulars.domain.calendar import from_ms, local_date
from regulars.domain.card import Card
from regulars.domain.ledger import lot_name
from regulars.domain.program import Program
from regulars.store import cards
from regulars.store.marshal import from_item
from tests.simulation import programmes
from tests.simulation.replay import Asked, Replay
from tests.simulation.requests import M

LIMITS = {"stock:mug": programmes.STOCK, "campaign:first": programmes.CAMPAIGN_TOTAL}


class Broken(BaseException):
    """Something may not be; nothing that catches errors catches this."""


class Witness:
    """All cards of the merchant as their ledgers say they are."""

    def __init__(self, shop: int, windows_every: int = 8) -> None:
        self.published = programmes.published(shop)
        self.asked: dict[str, Asked] = {}
        self.replays: dict[str, Replay] = {}
        self.operations: set[str] = set()
        self.orders: dict[str, tuple[str, int]] = {}
        """Member and entry of every order that was booked."""
        self.vouchers: dict[str, tuple[str, str, str]] = {}
        """Member, reward and status of every voucher."""
        self.reviewing: list[tuple[Program, int] | None] = []
        """What the jobs that run are reviewing a tier by: programme and time."""
        self.commits = 0
        self.windows_every = windows_every

    def __call__(self, changes: list[Change]) -> None:
        """Look at one write."""
        self.commits += 1
        try:
            self._look(changes)
        except AssertionError as error:
            raise Broken(words(error)) from error

    def _look(self, changes: list[Change]) -> None:
        kinds: dict[str, tuple[Key, Any, Any]] = {}
        for key, before, after in changes:
            kind = key[1].partition("#")[0]
            assert key[0].startswith((f"M#{M}#", "LINK#")), f"{key} is another merchant's"
            if kind == "COUNT":
                limit = LIMITS[key[0].partition("#COUNT#")[2]]
                count = int(after["n"]["N"])
                assert 0 <= count <= limit, f"{key[0]} is at {count}"
            elif kind in {"ENTRY", "OP", "CODE", "LINK", "HANDLE", "CONTACT"}:
                assert before is None, f"{key} was written over"
            elif kind == "VOUCHER":
                self._voucher(key, before, after)
            elif kind == "STATE":
                had = int(before["ver"]["N"]) if before else 0
                assert int(after["ver"]["N"]) == had + 1, "the state was written on an older one"
            kinds.setdefault(kind, (key, before, after))
        if "ENTRY" in kinds:
            assert {"STATE", "OP"} <= kinds.keys(), f"an entry came alone with {sorted(kinds)}"
            self._entry(kinds["ENTRY"], from_item(kinds["STATE"][2]))
        elif "STATE" in kinds:
            self._quiet(from_item(kinds["STATE"][2]))
        elif "VOUCHER" in kinds or "REFUNDED" in kinds:
            raise AssertionError(f"{sorted(kinds)} without an entry")

    def _voucher(self, key: Key, before: Mapping[str, Any] | None, after: Any) -> None:
        status = after["status"]["S"]
        if before is None:
            assert status == "issued"
        else:
            assert before["status"]["S"] == "issued", "a closed voucher was changed"
            assert status != "issued"
            assert {**before, "status": 0, "closed": 0} == {**after, "status": 0, "closed": 0}
        member = key[0].rpartition("#")[2]
        self.vouchers[key[1].partition("#")[2]] = (member, after["reward"]["S"], status)

    def _entry(self, written: tuple[Key, Any, Any], state: dict[str, Any]) -> None:
        key, _, item = written
        member = key[0].rpartition("#")[2]
        replay = self.replays.get(member)
        if replay is None:
            documents = tuple(document for document, _ in self.published)
            replay = Replay(documents[0], documents=documents, asked=self.asked)
            self.replays[member] = replay
        entry = replay.replay(item["e"]["S"], item["prev"]["S"], item["hash"]["S"])
        assert key[1] == f"ENTRY#{entry['seq']:010}"
        assert entry["op"] not in self.operations, f"{entry['op']} was booked twice"
        self.operations.add(entry["op"])
        order = entry["facts"].get("order")
        if order and entry["kind"] == "earn":
            assert order not in self.orders, f"order {order} was booked twice"
            self.orders[order] = (member, entry["seq"])
        self._compare(cards.card_of(state), replay)

    def _quiet(self, state: dict[str, Any]) -> None:
        """A job has found nothing to book; a review may have prolonged the tier."""
        card = cards.card_of(state)
        replay = self.replays.get(card.member_id)
        assert replay is not None, "a state came without its first entry"
        if self.reviewing and (reviewing := self.reviewing[-1]):
            program, now_ms = reviewing
            replay.document = self.published[program.version - 1][0]
            replay.reviewed(_day(program, max(now_ms, card.recorded_ms + 1)))
        self._compare(card, replay)

    def _compare(self, card: Card, replay: Replay) -> None:
        assert (card.seq, card.head, card.recorded_ms) == (replay.seq, replay.head, replay.at)
        held = {u: {lot_name(*x.key): x.amount for x in lots} for u, lots in card.lots.items()}
        assert held == replay.held()
        assert dict(card.debt) == {unit: debt for unit, debt in replay.debt.items() if debt}
        assert set(card.open) == replay.open_vouchers()
        assert (card.tier.id if card.tier else None) == (replay.tier[0] if replay.tier else None)
        if self.commits % self.windows_every == 0:
            self.compare_windows(card, replay)

    def compare_windows(self, card: Card, replay: Replay) -> None:
        """The sums by month, over all, and the money carried."""
        expected = replay.windows()
        newest = max(card.windows, default=0)
        kept = {month: tuple(window) for month, window in card.windows.items() if any(window)}
        assert kept == {m: sums for m, sums in expected.items() if m > newest - 24}
        assert tuple(card.lifetime) == replay.lifetime()
        assert dict(card.carry) == replay.carry()


def _day(program: Program, ms: int) -> date:
    return local_date(from_ms(ms), program.timezone)


def words(error: AssertionError) -> str:
    """What was asserted, in words or else by its line."""
    place = extract_tb(error.__traceback__)[-1]
    return f"{str(error) or place.line} ({place.name})"
