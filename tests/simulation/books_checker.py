"""The checker of runs in which sales change, move and are taken back: it holds every write against
the books of the whole merchant (`books.py`), and two cards of one write against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from local.memory import Key
from regulars.domain.card import Card
from regulars.domain.ledger import lot_name, parse
from regulars.domain.replay import Fold
from regulars.store import cards
from regulars.store.marshal import Item, from_item
from tests.simulation import programs
from tests.simulation.books import Books, Page
from tests.simulation.checker import Checker
from tests.simulation.sums import Units

LED = frozenset({"CODE", "CONTACT"})
"""What leads to a member, and to another one after a merge."""

REOPENS = frozenset({"redeemed", "cancelled"})
"""How a voucher has ended that can be open again."""

UNBOOKED = ("not_found", "This order was booked for another member; move the sale instead.")
LATER = ("A refund can be taken back for", "What was taken back has been given to others")
"""Why a till's event cannot be booked."""


class BooksChecker(Checker):
    """All cards of the merchant as their entries say they are, and what they are together."""

    def __init__(self, shop: int, *, sandbox: bool = False, windows_every: int = 8) -> None:
        super().__init__(shop, sandbox=sandbox, windows_every=windows_every)
        self.books = Books(shop)
        self.replays: Any = self.books.cards
        self.asked = self.books.requested
        refunds = programs.version(shop, 1)[0].get("refunds", {})
        self.waives = refunds.get("policy") == "waive"
        self.statuses: dict[tuple[str, str], tuple[str, str]] = {}
        """By member and voucher its reward and status on that card."""
        self.claims_of_refunds: dict[str, str] = {}
        """By key of a refund id what has become of it."""
        self.ever_merged: list[set[str]] = []
        """Members whose cards were merged at some time."""
        self.merged: dict[str, str] = {}
        """By member whose card was merged the member whose card is kept."""

    def _may_change(self, kind: str, before: Any, after: Any) -> bool:
        if kind == "OP":  # where an order is
            return {**before, "c": 0, "seq": 0}.keys() >= after.keys() and "c" in after
        return kind in LED and {**before, "c": 0} == {**after, "c": 0}

    def _set_aside(self, item: Mapping[str, Any]) -> None:
        """An event waits for a person when it is about a refund that never came, a refund that is
        too old, or an order that somebody else has by now."""
        assert item["why"] in UNBOOKED or item["why"].startswith(LATER), item["why"]

    def _together(self, kinds: Mapping[str, list[tuple[Key, Any, Any]]]) -> None:
        entries, states = kinds.get("ENTRY", []), kinds.get("STATE", [])
        assert len(entries) <= 1 or len(entries) == len(states) == 2, "more than two cards"
        self._refund_ids(kinds.get("REFUND", []))
        if not entries:
            super()._together(kinds)
            return
        assert {"STATE", "OP"} <= kinds.keys(), f"an entry came alone with {sorted(kinds)}"
        by_card = {key[0]: from_item(after) for key, _, after in states}
        done = [self._booked_on(key, item, by_card[key[0]]) for key, _, item in entries]
        if len(done) == 2:
            self._two_sides(*done)
            self._watch_all()
        codes = {after["v"]["S"]: after["c"]["S"] for _, _, after in kinds.get("CODE", [])}
        for key, before, after in kinds.get("VOUCHER", []):
            came = before is None or before["status"]["S"] == "moved"
            if came and after["status"]["S"] == "issued":
                member, voucher = key[0].rpartition("#")[2], key[1].partition("#")[2]
                assert codes.get(voucher) == member, "a code leads to another card"
        for member in {key[0].rpartition("#")[2] for key, _, _ in kinds.get("VOUCHER", [])}:
            for (whose, voucher), (_, status) in self.statuses.items():
                if whose == member and status in {"issued", "moved"}:
                    there = self.vouchers[voucher][0]
                    assert (there == whose) == (status == "issued"), "a voucher is on two cards"

    def _refund_ids(self, claims: list[tuple[Key, Any, Any]]) -> None:
        """A refund waits, is booked, is taken back: never the other way."""
        order = ("parked", "booked", "void")
        for key, before, after in claims:
            if "#PARKED#" in key[0]:
                continue
            now = after["state"]["S"]
            was = before["state"]["S"] if before else ""
            assert not was or order.index(now) > order.index(was), f"{was}, and then {now}"
            self.claims_of_refunds[key[0]] = now

    def _booked_on(self, key: Key, item: Any, state: Item) -> tuple[str, dict[str, Any], Units]:
        member = key[0].rpartition("#")[2]
        card = cards.card_of(state)
        was_open: set[str] = set()
        if member not in self.folds:
            self.folds[member] = Fold(member, programs.version(self.shop, 1)[0]["timezone"])
        else:
            was_open = set(self.folds[member].card.open)
        entry, more = self.books.add(member, item, was_open, set(card.open))
        self.folds[member].add(parse(item["e"]["S"]), item["hash"]["S"])
        assert key[1] == f"ENTRY#{entry['seq']:010}"
        assert entry["op"] not in self.booked, f"{entry['op']} was booked twice"
        self.booked[entry["op"]] = member
        self.recorded.setdefault(member, []).append((entry["at"], entry["seq"], item["hash"]["S"]))
        order, facts = entry["facts"].get("order"), entry["facts"]
        if order and entry["kind"] == "earn" and "revises" not in facts:
            assert order not in self.orders or "moved_from" in facts, f"{order} was booked twice"
            self.orders[order] = (member, entry["seq"])
        if card.merged_into:
            self.merged[member] = card.merged_into
            self.ever_merged.append({member, card.merged_into})
        else:
            self.merged.pop(member, None)
        self._compare(card, self.books.cards[member])
        return member, entry, more

    def _two_sides(
        self, one: tuple[str, dict[str, Any], Units], two: tuple[str, dict[str, Any], Units]
    ) -> None:
        """What leaves one card comes to the other: lot by lot, or as debt."""
        kinds = f"{one[1]['kind']} and {two[1]['kind']}"
        assert kinds in {"adjust and adjust", "merge and merge", "reverse and earn"}, kinds
        if kinds == "reverse and earn":
            moved = [facts.get(name) for (_, e, _), name in
                     zip((one, two), ("moved_to", "moved_from"), strict=True)
                     for facts in (e["facts"],)]  # fmt: skip
            assert moved == [two[0], one[0]], "a sale has left without coming, or to somebody else"
            return
        sums: Units = Counter()
        lots: Units = Counter()
        for _, entry, more in (one, two):
            sums.update(more)
            for unit, amount, lot, _, why in entry["lines"]:
                if why["k"] == "expired":
                    sums[unit] -= amount
                if why["k"] in {"given", "received", "merged", "unmerged"} and lot != "debt":
                    lots[f"{unit} {lot}"] += amount
        assert not any(sums.values()), f"units were made or lost on the way: {sums}"
        if not any(line[2] == "debt" for side in (one, two) for line in side[1]["lines"]):
            returned = any("returned" in side[1]["facts"] for side in (one, two))
            assert returned or not any(lots.values()), f"other lots have come than left: {lots}"

    def _quiet(self, state: Item) -> None:
        card = cards.card_of(state)
        self._compare(card, self.books.cards[card.member_id])

    def _compare(self, card: Card, replay: Any) -> None:
        page: Page = replay
        self._rebuilt(card)
        assert (card.seq, card.head, card.recorded_ms) == (page.seq, page.head, page.at)
        held = {u: {lot_name(*x.key): x.amount for x in lots} for u, lots in card.lots.items()}
        assert held == page.held()
        assert dict(card.debt) == {unit: debt for unit, debt in page.debt.items() if debt}
        open_here = {
            voucher for (member, voucher), (_, status) in self.statuses.items()
            if member == page.member and status == "issued"
        }  # fmt: skip
        assert set(card.open) == open_here
        if self.commits % 2:
            self.compare_windows(card, page)

    def compare_windows(self, card: Card, replay: Any) -> None:
        expected = self.books.windows(replay.member)
        newest = max(card.windows, default=0)
        kept = {month: tuple(window) for month, window in card.windows.items() if any(window)}
        assert kept == {m: sums for m, sums in expected.items() if m > newest - 24}, "other sums"
        total = tuple(sum(month[place] for month in expected.values()) for place in range(3))
        assert tuple(card.lifetime) == total, "other sums over all"
        assert dict(card.carry) == self.books.carry(replay.member), "another remainder"

    def _voucher(self, key: Key, before: Mapping[str, Any] | None, after: Any) -> None:
        status, reward = after["status"]["S"], after["reward"]["S"]
        member, voucher = key[0].rpartition("#")[2], key[1].partition("#")[2]
        was = before["status"]["S"] if before else ""
        assert was != status, "a voucher was written for nothing"
        if was == "issued":
            assert status in {"redeemed", "cancelled", "expired", "moved"}
        elif was:
            assert status == "issued" or was == "moved", f"{was}, and then {status}"
            assert was in REOPENS or was == "moved", f"{was}, and open again"
        self.statuses[member, voucher] = reward, status
        if status != "moved":
            self.vouchers[voucher] = (member, reward, status)

    def _rebuilt(self, card: Card) -> None:
        fold = self.folds[card.member_id]
        assert not fold.unknown, "the entries do not tell all"
        assert fold.card == card._replace(version=0, due={}, rest={}), "entries tell another state"
        rebuilt = {name: (one.reward_id, one.status) for name, one in fold.vouchers.items()}
        kept = {name: self.statuses[card.member_id, name] for name in rebuilt}
        assert rebuilt == kept, "entries tell other vouchers"

    def watch_consent(self, member: str) -> list[Any]:
        """Whether a member has agreed, or whoever has their card by now."""
        watch = super().watch_consent(member)
        self._watch_all()
        return watch

    def _watch_all(self) -> None:
        for watch in self.watching:
            whose = {watch[0], self.kept(watch[0])}
            asked = [self.profiles.get(one, {}).get("consents", {}).get("email") for one in whose]
            watch[1] = watch[1] or any(asked)

    def _drawn(self, raffle: str, drawn: Item) -> None:
        self.drawn[raffle] = drawn

    def saw(self, member: str, state: Any, entries: list[dict[str, Any]]) -> None:
        if member in self.books.cards:
            super().saw(member, state, entries)

    def were_one(self, one: str, other: str) -> bool:
        """Whether two cards were one at some time, by way of others, too."""
        known = {one}
        while more := [it for it in self.ever_merged if it & known and not it <= known]:
            known = known.union(*more)
        return other in known

    def kept(self, member: str) -> str:
        """The member whose card is kept of those that a card was merged into."""
        while member in self.merged:
            member = self.merged[member]
        return member
