"""What a merchant's ledgers come to: every entry of every card read again, summed up, verified."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.ledger import Entry, verify
from regulars.domain.program import Program
from regulars.store import cards, keys
from regulars.store.marshal import Item
from regulars.store.member_lists import all_cards
from regulars.store.table import Table

TAKEN_BACK = {"reward": "spent", "returned": "spent", "refund": "reversed", "expired": "expired"}
"""Under what a line counts that does not grant, by its reason. Whatever a card was given for other
reasons was granted; what a voucher gives back was not spent after all."""


@dataclass
class Books:
    """The sums of a merchant's ledgers. Money is in minor units."""

    program: Program
    year: Counter[str] = field(default_factory=Counter)
    """`sign_ups`, `activated`, `visits`, `spend` (less refunds), `refunds`, `refunded`,
    `memberships`, `redeemed`, `taken` (rewards that members chose), `ups` and `downs` of tiers,
    `cards`, those `verified`, and their `entries`."""
    months: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """The same by month (`2027-01`) of the merchant's own calendar."""
    tiers: Counter[str] = field(default_factory=Counter)
    """Cards by the tier they stand in; `""` for none."""
    rewards: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By reward the vouchers `issued`, and how many of them are `open`, `redeemed`, `expired` and
    `cancelled`."""
    units: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By unit what was `granted`, `spent`, `expired`, `reversed`, and is `outstanding`."""
    mails: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    """What does not belong together, in words."""

    def voucher_cost(self, status: str) -> int:
        """What the vouchers of a status cost the owner."""
        return sum(
            fates[status] * self.program.rewards[name].cost_minor
            for name, fates in self.rewards.items()
        )

    def worth(self, unit: str) -> int:
        """What the outstanding units cost if all went into the reward that costs most per unit."""
        amount = max(0, self.units[unit]["outstanding"])
        rewards = [it for it in self.program.rewards.values() if it.unit == unit and it.cost]
        return max((it.cost_minor * amount // it.cost for it in rewards), default=0)

    def take(self, card: Card, entries: list[Entry], vouchers: list[Item]) -> None:
        """Add one card: its entries from the first to the newest, and its vouchers."""
        self.year["cards"] += 1
        self.year["entries"] += len(entries)
        self.tiers[card.tier.id if card.tier else ""] += 1
        self.year["activated"] += sum(entry.kind == "earn" for entry in entries) > 1
        fates: dict[str, str] = {}
        for entry in entries:
            for name, amount in self._figures(entry):
                self.year[name] += amount
                self.months[self._month(entry)][name] += amount
            for line in entry.lines:
                column = TAKEN_BACK.get(line.reason.kind)
                amount = -line.amount if column else line.amount
                self.units[line.unit][column or "granted"] += amount
            fates |= _fates(entry)
        for unit in card.units():
            self.units[unit]["outstanding"] += card.balance(unit)
        kept = {it["SK"].removeprefix(keys.VOUCHER_PREFIX): it["status"] for it in vouchers}
        still_open = {name for name, fate in fates.items() if fate == "issued"}
        if kept != fates or card.open.keys() != still_open:
            self.problems.append(f"{card.member_id}: the vouchers are not those of the ledger")
        for item in vouchers:
            fate = "open" if item["status"] == "issued" else item["status"]
            self.rewards[item["reward"]].update(("issued", fate))

    def _figures(self, entry: Entry) -> Iterator[tuple[str, int]]:
        """By how much an entry moves which figure of the year."""
        facts = entry.facts
        match entry.kind:
            case "join":
                yield "sign_ups", 1
            case "earn":
                yield "visits", 1
                yield "spend", facts.get("spend", 0)
            case "reverse":
                yield "refunds", 1
                yield "refunded", facts["amount"]
                yield "spend", -facts["amount"]
            case "redeem":
                yield "redeemed", 1
            case "issue" if entry.source != "job":
                yield "taken", 1
            case "tier" if facts.get("by") == "membership":
                yield "memberships", 1
        if entry.kind != "join":
            before, after = map(self.program.tier_rank, (entry.tier_from, entry.tier_to))
            yield "ups", int(after > before)
            yield "downs", int(after < before)

    def _month(self, entry: Entry) -> str:
        at = calendar.from_ms(entry.recorded_ms)
        return calendar.local_date(at, self.program.timezone).isoformat()[:7]


def _fates(entry: Entry) -> Iterator[tuple[str, str]]:
    """The vouchers an entry opens or closes, with the status they have after it."""
    for voucher_id in entry.facts.get("vouchers", ()):
        yield voucher_id, "issued"
    for voucher_id in entry.facts.get("returned", ()):
        yield voucher_id, "expired" if entry.kind == "expire" else "cancelled"
    if entry.kind == "redeem":
        yield entry.facts["voucher"], "redeemed"


def _raised(member_id: str, error: Exception) -> None:
    raise error


def read(table: Table, merchant_id: str, program: Program) -> Books:
    """The books of a merchant, with every ledger verified."""
    books = Books(program)
    for card in all_cards(table, merchant_id, _raised):
        items = _all(table, keys.card(merchant_id, card.member_id))
        entries = [it for it in items if it["SK"].startswith(keys.ENTRY_PREFIX)]
        problems = verify(card, [cards.recorded_of(it) for it in entries])
        books.problems += [f"{card.member_id}: {problem}" for problem in problems]
        books.year["verified"] += not problems
        vouchers = [it for it in items if it["SK"].startswith(keys.VOUCHER_PREFIX)]
        books.take(card, [cards.entry_of(it) for it in entries], vouchers)
    books.mails.update(it["kind"] for it in _all(table, keys.messages(merchant_id)))
    return books


def _all(table: Table, pk: str) -> list[Item]:
    """Every item of a partition."""
    found: list[Item] = []
    start = None
    while True:
        page = table.query(pk, start=start, consistent=True)
        found += page.items
        start = page.next
        if start is None:
            return found
