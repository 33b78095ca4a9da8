"""The checker sees every write as it is carried out and lets nothing pass that may not be.

Entries are only ever added, each together with its state and its operation; what it reads goes to
the replay of its card, and the state that came with it must say the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from traceback import extract_tb
from typing import Any

from local.memory import Change, Key
from regulars.core.limits import MAILS_A_DAY
from regulars.domain.calendar import from_ms, local_date, to_ms
from regulars.domain.card import Card
from regulars.domain.ledger import lot_name, parse
from regulars.domain.operations import AnyOperation, Celebrate, Expire, GiveBenefits, ReviewTier
from regulars.domain.program import Program
from regulars.domain.replay import Fold
from regulars.store import cards
from regulars.store.marshal import Item, from_item
from tests import fleet
from tests.simulation import programs
from tests.simulation.rates import Asked
from tests.simulation.replay import Replay


class Broken(BaseException):
    """Something may not be; nothing that catches errors catches this."""


class Checker:
    """All cards of the merchant as their ledgers say they are."""

    def __init__(self, shop: int, *, sandbox: bool = False, windows_every: int = 8) -> None:
        self.shop = shop
        self.m = f"{'t' if sandbox else 'm'}0000000sim{shop}"
        self._own = (f"M#{self.m}#", f"M#{self.m}", "JOB#", "HOOK#")
        self.version = 0
        """The version of the programme in force."""
        self.streams: Sequence[Any] = ()
        self.asked: dict[str, Asked] = {}
        self.replays: dict[str, Replay] = {}
        self.folds: dict[str, Fold] = {}
        """Every card as the product rebuilds it of its entries."""
        self.recorded: dict[str, list[tuple[int, int, str]]] = {}
        """By member when each entry was recorded, its number and its hash."""
        self.booked: dict[str, str] = {}
        """The member on whose card each operation was booked."""
        self.orders: dict[str, tuple[str, int]] = {}
        """Member and entry of every order that was booked."""
        self.vouchers: dict[str, tuple[str, str, str]] = {}
        """Member, reward and status of every voucher."""
        self.credits: dict[str, str] = {}
        """What is stored of every voucher for credit."""
        self.bills: dict[str, int] = {}
        """By operation what the order came to that a credit was used with."""
        self.performing: list[tuple[Program, AnyOperation, datetime]] = []
        """What the ledger is at work on, the innermost process last."""
        self.to_review: set[str] = set()
        """Who was a member when the programme in force was published."""
        self.reviewed: dict[str, int] = {}
        """By member the newest version that their tier was reviewed under."""
        self.due: dict[tuple[str, str], str] = {}
        """By member (or `-`) and job the hour under which it stands in the due list."""
        self.drawn: dict[str, dict[str, Any]] = {}
        self.tickets: dict[str, dict[str, int]] = {}
        """By raffle the tickets of each member that are written down."""
        self.gathered_in_storm: set[str] = set()
        self.drawn_without: dict[str, frozenset[str]] = {}
        """By raffle the members whose cards could not be read when it was drawn."""
        """By raffle its seed, tickets and winners."""
        self.began: date = date.min
        """The day on which the run began."""
        self.used: dict[str, int] = {}
        """By code that guests scan how often it was used, as it says itself."""
        self.scanned: dict[str, list[str]] = {}
        """By code the cards on which it was booked."""
        self.profiles: dict[str, dict[str, Any]] = {}
        self.handles: dict[str, str] = {}
        """By member."""
        self.consents: dict[str, set[bool]] = {}
        """All that a member has ever said about mails."""
        self.watching: list[list[Any]] = []
        """Members and whether they have agreed to mails at any time since."""
        self.claims: dict[str, int] = {}
        """By key of a delivery, how often it was claimed."""
        self.unsent: set[str] = set()
        """Keys of deliveries whose reader had had enough mails that day."""
        self.spoilt: set[str] = set()
        """Members whose card is damaged on purpose, for as long as it is."""
        self.calm = False
        """Whether one thing is done after the other by now."""
        self.commits = 0
        self.windows_every = windows_every

    def __call__(self, changes: list[Change]) -> None:
        """Look at one write."""
        self.commits += 1
        try:
            self._look(changes)
            for stream in self.streams:
                stream.committed(changes)
        except AssertionError as error:
            raise Broken(words(error)) from error

    def _look(self, changes: list[Change]) -> None:
        kinds: dict[str, list[tuple[Key, Any, Any]]] = {}
        for key, before, after in changes:
            kind = key[1].partition("#")[0]
            assert not fleet.lost(before, after), f"{key} lost what a newer version says"
            if kind == "LIMIT":
                assert 0 <= int(after["n"]["N"]) <= MAILS_A_DAY, "more mails than one may get"
                continue
            mine = key[0].startswith(self._own)
            assert mine or key[0].startswith("LINK#"), f"{key} is another merchant's"
            if kind == "COUNT":
                name = key[0].partition("#COUNT#")[2]
                if name.startswith("surprise:"):
                    limit = programs.surprises(self.shop)[name.split(":")[1]]["budget"][
                        "amount_minor"
                    ]
                else:
                    limit = programs.limits(self.shop)[name]
                count = int(after["n"]["N"])
                assert 0 <= count <= limit, f"{key[0]} is at {count}"
            elif kind == "MEMBERS":
                assert int(after["n"]["N"]) >= 0, f"{key[0]} has fewer than nobody"
                continue
            elif kind == "OP" and "lease" in after:
                self._delivery(key, before, after)
                continue
            elif key[0].endswith("#ATTENTION"):
                self._set_aside(from_item(after))
                continue
            elif kind == "LINK" and "kind" in after:
                self._code(key[0].removeprefix("LINK#"), before, after)
            elif kind in {"ENTRY", "OP", "CODE", "LINK", "HANDLE", "CONTACT"}:
                same = before is None or before == after
                assert same or self._may_change(kind, before, after), f"{key} was written over"
            elif key[0].rpartition("#")[2] in self.spoilt and kind in {"STATE", "VOUCHER"}:
                continue
            elif kind == "VOUCHER" and "#PARKED#" in key[0]:
                continue  # that it was redeemed with an order
            elif kind == "VOUCHER":
                self._voucher(key, before, after)
            elif kind == "STATE":
                had = int(before["ver"]["N"]) if before else 0
                assert int(after["ver"]["N"]) == had + 1, "the state was written on an older one"
            elif kind == "DUE":
                self._due(key, after)
            elif kind == "PROFILE":
                self._profile(key, before, from_item(after))
            elif kind == "RAFFLE":
                assert before is None, "a raffle was drawn again"
                self._drawn(key[1].removeprefix("RAFFLE#"), from_item(after))
            elif key[0].endswith("#TICKETS"):
                raffle, _, member = key[1].partition("#")
                self._ticket(raffle, member, int(after["n"]["N"]))
            elif key[0].endswith("#ROOTS"):
                assert before is None, "the root of a day was written over"
                self._root(from_item(after))
            elif kind == "PROGRAM":
                version = int(after["version"]["N"])
                assert before is None or key[1] == "PROGRAM", "a version was written over"
                assert version >= self.version
                if version > self.version:
                    self.version, self.to_review = version, set(self.replays)
            kinds.setdefault(kind, []).append((key, before, after))
        self._together(kinds)

    def _set_aside(self, item: Mapping[str, Any]) -> None:
        """What waits for a person is damaged."""
        assert item["about"].get("member_id") in self.spoilt, f"aside, and sound: {item['why']}"

    def _may_change(self, kind: str, before: Any, after: Any) -> bool:
        """Whether an item that is only ever added may be written over like this."""
        return False

    def _together(self, kinds: Mapping[str, list[tuple[Key, Any, Any]]]) -> None:
        """What came in one write belongs together."""
        if "ENTRY" in kinds:
            assert {"STATE", "OP"} <= kinds.keys(), f"an entry came alone with {sorted(kinds)}"
            self._entry(kinds["ENTRY"][0], from_item(kinds["STATE"][0][2]))
        elif "STATE" in kinds:
            self._quiet(from_item(kinds["STATE"][0][2]))
        elif "VOUCHER" in kinds or "REFUNDED" in kinds:
            raise AssertionError(f"{sorted(kinds)} without an entry")

    def _code(self, code_id: str, before: Mapping[str, Any] | None, after: Any) -> None:
        """A code that guests scan changes in nothing but how often it was used."""
        zero = {"N": "0"}
        used = int(after.get("n", zero)["N"])
        assert before is None or {**before, "n": 0} == {**after, "n": 0}, "a code was changed"
        assert used <= int(after["uses"]["N"]), "more cards have used a code than may"
        self.used[code_id] = used

    def _delivery(self, key: Key, before: Mapping[str, Any] | None, after: Any) -> None:
        """What was sent stays sent; nobody claims a delivery more than twice."""
        assert before is None or not before["sent"]["BOOL"] or after["sent"]["BOOL"]
        if "unsent" in after:
            self.unsent.add(key[0])
        self.claims[key[0]] = int(after["tries"]["N"])
        assert self.claims[key[0]] <= 2, f"{key[0]} was claimed too often"

    def _ticket(self, raffle: str, member: str, count: int) -> None:
        """Tickets are written down before the draw, each once."""
        assert raffle not in self.drawn, f"tickets of {member} came after the draw"
        tickets = self.tickets.setdefault(raffle, {})
        assert member not in tickets, f"tickets of {member} were written twice"
        tickets[member] = count
        if not self.calm:
            self.gathered_in_storm.add(raffle)

    def _drawn(self, raffle: str, drawn: Item) -> None:
        """A draw is from the tickets that stand, if nobody came in between."""
        self.drawn[raffle] = {**drawn, "tickets": self.tickets.get(raffle, {})}
        self.drawn_without[raffle] = frozenset(self.spoilt)
        held = {member: one.marks.tickets[raffle] for member, one in self.replays.items()}
        current = {member: count for member, count in held.items() if count}
        if self.calm and raffle not in self.gathered_in_storm:
            assert self.drawn[raffle]["tickets"] == current, "drawn from others"

    def _root(self, root: Mapping[str, Any]) -> None:
        """The root of a day is over the newest head of every card at its end."""
        hashes = []
        by_enrollment = sorted((it["enrolled"], member) for member, it in self.profiles.items())
        for _, member in by_enrollment:
            past = [it for it in self.recorded.get(member, ()) if it[0] < root["ends_ms"]]
            if past:
                _, seq, head = past[-1]
                hashes.append(sha256(f"\0{member} {seq} {head}".encode()).digest())
        assert root["cards"] == len(hashes), "other cards in the root"
        while len(hashes) > 1:
            pairs = [hashes[at : at + 2] for at in range(0, len(hashes), 2)]
            hashes = [
                sha256(b"\1" + b"".join(it)).digest() if len(it) == 2 else it[0] for it in pairs
            ]
        assert root["root"] == (hashes[0] if hashes else sha256(b"").digest()), "another root"

    def _due(self, key: Key, after: Mapping[str, Any]) -> None:
        member = key[0].rpartition("#C#")[2] if "#C#" in key[0] else "-"
        job = key[1].removeprefix("DUE#")
        assert ("hour" in after) == ("GSI1PK" in after)
        self.due.pop((member, job), None)
        if "hour" in after:
            self.due[member, job] = after["hour"]["S"]

    def _profile(self, key: Key, before: Mapping[str, Any] | None, after: dict[str, Any]) -> None:
        assert after["ver"] == (int(before["ver"]["N"]) if before else 0) + 1
        member = key[0].rpartition("#")[2]
        self.profiles[member] = after
        self.handles[member] = after["handle"]
        agreed = bool(after["consents"].get("email"))
        self.consents.setdefault(member, set()).add(agreed)
        for watch in self.watching:
            if watch[0] == member and agreed:
                watch[1] = True

    def watch_consent(self, member: str) -> list[Any]:
        """From now on, whether a member has at any time agreed to mails."""
        agreed = bool(self.profiles.get(member, {}).get("consents", {}).get("email"))
        self.watching.append([member, agreed])
        return self.watching[-1]

    def saw(
        self, member: str, state: Mapping[str, Any] | None, entries: list[dict[str, Any]]
    ) -> None:
        """What anybody reads was so at some time, and is not torn."""
        heads = self.replays[member].heads
        card = cards.card_of(dict(state)) if state else None
        if card and heads.get(card.seq) != card.head:
            raise Broken(f"{member} was seen at {card.seq} with a head it never had")
        for item in entries:
            if heads.get(int(item["SK"].partition("#")[2])) != item["hash"]:
                raise Broken(f"{item['SK']} of {member} was seen as it never was")

    def _voucher(self, key: Key, before: Mapping[str, Any] | None, after: Any) -> None:
        status = after["status"]["S"]
        if "credit" in after:
            self._credit(key, before, after)
        elif before is None:
            assert status == "issued"
        else:
            assert before["status"]["S"] == "issued", "a closed voucher was changed"
            assert status != "issued"
            assert _issued(before) == _issued(after)
        member = key[0].rpartition("#")[2]
        self.vouchers[key[1].partition("#")[2]] = (member, after["reward"]["S"], status)

    def _credit(self, key: Key, before: Mapping[str, Any] | None, after: Any) -> None:
        """Of a voucher for credit, value and units never change, and money is not made or lost."""
        status, value, left, uses = json.loads(after["credit"]["S"])
        assert status == after["status"]["S"]
        changing = {"credit": 0, "expires_on": 0}
        assert before is None or _issued(before, **changing) == _issued(after, **changing)
        used = sum(use[0] for use in uses)
        assert (left > 0) == (status == "issued"), "open without money, or closed with some"
        assert used <= value, "more was used than it is worth"
        whole = left + used == value or status not in {"issued", "redeemed"}
        assert whole, "money was made or lost"
        self.credits[key[1].partition("#")[2]] = after["credit"]["S"]

    def _entry(self, written: tuple[Key, Any, Any], state: dict[str, Any]) -> None:
        key, _, item = written
        member = key[0].rpartition("#")[2]
        replay = self.replays.get(member)
        if replay is None:
            document = programs.version(self.shop, 1)[0]
            replay = Replay(document, shop=self.shop, asked=self.asked, vouchers=self.vouchers,
                            bills=self.bills)  # fmt: skip
            self.replays[member] = replay
            self.folds[member] = Fold(member, document["timezone"])
        self.folds[member].add(parse(item["e"]["S"]), item["hash"]["S"])
        entry = replay.replay(item["e"]["S"], item["prev"]["S"], item["hash"]["S"])
        assert key[1] == f"ENTRY#{entry['seq']:010}"
        assert entry["op"] not in self.booked, f"{entry['op']} was booked twice"
        self.booked[entry["op"]] = member
        mine = self.recorded.setdefault(member, [])
        mine.append((entry["at"], entry["seq"], item["hash"]["S"]))
        order = entry["facts"].get("order")
        if order and entry["kind"] == "earn":
            assert order not in self.orders, f"order {order} was booked twice"
            self.orders[order] = (member, entry["seq"])
        if entry["op"].startswith("code:"):
            self._scanned(entry["op"].split(":")[1], member)
        self._compare(cards.card_of(state), replay)

    def _scanned(self, code_id: str, member: str) -> None:
        """A code is booked once on a card, and counted with the booking."""
        booked = self.scanned.setdefault(code_id, [])
        assert member not in booked, "a card has used a code twice"
        booked.append(member)
        assert self.used[code_id] == len(booked), "a code counts other uses than were booked"

    def _quiet(self, state: dict[str, Any]) -> None:
        """A job has found nothing to book; a review may have prolonged the tier."""
        card = cards.card_of(state)
        replay = self.replays.get(card.member_id)
        assert replay is not None, "a state came without its first entry"
        program, operation, now = self.performing[-1]
        replay.document = programs.version(self.shop, program.version)[0]
        today = local_date(from_ms(max(to_ms(now), card.recorded_ms + 1)), program.timezone)
        if isinstance(operation, ReviewTier):
            replay.reviewed(today)
        elif isinstance(operation, Celebrate | GiveBenefits | Expire):
            replay.in_tier(today)
        self._compare(card, replay)

    def _compare(self, card: Card, replay: Replay) -> None:
        self._rebuilt(card)
        assert (card.seq, card.head, card.recorded_ms) == (replay.seq, replay.head, replay.at)
        held = {u: {lot_name(*x.key): x.amount for x in lots} for u, lots in card.lots.items()}
        assert held == replay.held()
        assert dict(card.debt) == {unit: debt for unit, debt in replay.debt.items() if debt}
        assert set(card.open) == replay.open_vouchers()
        assert (card.tier.id if card.tier else None) == (replay.tier[0] if replay.tier else None)
        assert dict(card.inactive_after) == replay.inactive_after, (
            "what is idle lasts to another day"
        )
        if self.commits % self.windows_every == 0:
            self.compare_windows(card, replay)

    def _rebuilt(self, card: Card) -> None:
        """The state and the statuses of vouchers are what the entries alone tell."""
        fold = self.folds[card.member_id]
        assert not fold.unknown, "the entries do not tell all"
        assert fold.card == card._replace(version=0, due={}, rest={}), "entries tell another state"
        rebuilt = {name: (one.reward_id, one.status) for name, one in fold.vouchers.items()}
        kept = {name: self.vouchers[name][1:] for name in rebuilt}
        assert rebuilt == kept, "entries tell other vouchers"
        replayed = {name: cards.credit_text(one) for name, one in fold.vouchers.items()}
        stored = {name: self.credits[name] for name in replayed if name in self.credits}
        assert {name: replayed[name] for name in stored} == stored, "entries tell other money"

    def compare_windows(self, card: Card, replay: Replay) -> None:
        """The sums by month, over all, and the money carried."""
        expected = replay.windows()
        newest = max(card.windows, default=0)
        kept = {month: tuple(window) for month, window in card.windows.items() if any(window)}
        assert kept == {m: sums for m, sums in expected.items() if m > newest - 24}
        assert tuple(card.lifetime) == replay.lifetime()
        assert dict(card.carry) == replay.carry()


def words(error: AssertionError) -> str:
    """What was asserted, in words or else by its line."""
    place = extract_tb(error.__traceback__)[-1]
    return f"{str(error) or place.line} ({place.name})"


def _issued(voucher: Mapping[str, Any], **more: int) -> dict[str, Any]:
    """What of a voucher never changes."""
    return {**voucher, "status": 0, "closed": 0, fleet.UNKNOWN: 0, **more}
