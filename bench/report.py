"""The report of a played year, in lines of text."""

from __future__ import annotations

from calendar import month_name
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bench.books import Books

Row = Sequence[str]


def lines(books: Books, jobs: Counter[str]) -> Iterator[str]:
    """The report of a merchant's books and of the jobs that ran, section by section."""
    yield from _block(("The year", "", ""), _year(books))
    yield from _block(("By month", "sign-ups", "visits", "spend", "redeemed"), _months(books))
    if books.program.tiers:
        changes = f"{_n(books.year['ups'])} up", f"{_n(books.year['downs'])} down"
        yield from _block(("Tiers at the end", "members"), _tiers(books))
        yield f"  during the year {changes[0]}, {changes[1]}"
    yield from _block(
        ("Rewards", "issued", "redeemed", "expired", "cancelled", "open", "cost of redeemed"),
        _rewards(books),
    )
    yield from _block(
        ("Units", "granted", "spent", "expired", "reversed", "outstanding"), _units(books)
    )
    yield from _block(("Liability at the end", "", "cost"), _liability(books))
    yield from _block(("Mails", ""), _counted(books.mails))
    yield from _block(("Jobs run", ""), _counted(jobs))
    yield from _block(("Ledgers", ""), _ledgers(books))
    yield from (f"  {problem}" for problem in books.problems)


def _year(books: Books) -> Iterator[Row]:
    year = books.year
    yield "sign-ups", _n(year["sign_ups"]), ""
    share = f"{100 * year['activated'] / max(1, year['sign_ups']):.0f} %"
    yield "came a second time", _n(year["activated"]), share
    yield "visits", _n(year["visits"]), ""
    yield "refunds", _n(year["refunds"]), _money(year["refunded"], books)
    yield "spend less refunds", "", _money(year["spend"], books)
    cost = books.voucher_cost("redeemed")
    yield "rewards redeemed", _n(year["redeemed"]), _money(cost, books)
    yield "... of the spend", "", f"{100 * cost / max(1, year['spend']):.1f} %"
    if year["memberships"]:
        yield "memberships sold", _n(year["memberships"]), ""


def _months(books: Books) -> Iterator[Row]:
    for month, figures in sorted(books.months.items()):
        if any(figures[name] for name in ("sign_ups", "visits", "redeemed")):
            yield (
                month_name[int(month[5:])],
                _n(figures["sign_ups"]),
                _n(figures["visits"]),
                _money(figures["spend"], books),
                _n(figures["redeemed"]),
            )


def _tiers(books: Books) -> Iterator[Row]:
    for tier in books.program.tiers:
        yield tier.id, _n(books.tiers[tier.id])
    if books.tiers[""]:
        yield "none", _n(books.tiers[""])


def _rewards(books: Books) -> Iterator[Row]:
    names = ("issued", "redeemed", "expired", "cancelled", "open")
    for reward in books.program.rewards.values():
        fates = books.rewards[reward.id]
        cost = _money(fates["redeemed"] * reward.cost_minor, books)
        yield reward.id, *(_n(fates[name]) for name in names), cost


def _units(books: Books) -> Iterator[Row]:
    names = ("granted", "spent", "expired", "reversed", "outstanding")
    for unit in books.program.units:
        yield unit, *(_n(books.units[unit][name]) for name in names)


def _liability(books: Books) -> Iterator[Row]:
    total = books.voucher_cost("open")
    held = sum(fates["open"] for fates in books.rewards.values())
    yield "open vouchers", _n(held), _money(total, books)
    for unit in books.program.units:
        worth = books.worth(unit)
        total += worth
        yield f"{unit}, at most", _n(books.units[unit]["outstanding"]), _money(worth, books)
    yield "together", "", _money(total, books)


def _ledgers(books: Books) -> Iterator[Row]:
    yield "cards", _n(books.year["cards"])
    yield "verified", _n(books.year["verified"])
    yield "entries", _n(books.year["entries"])


def _counted(counts: Counter[str]) -> Iterator[Row]:
    if not counts:
        yield "none", ""
    for name, count in sorted(counts.items()):
        yield name.replace("_", " "), _n(count)


def _block(head: Row, rows: Iterable[Row]) -> Iterator[str]:
    """A titled table: names to the left, figures to the right, an empty line before it."""
    table = [head, *((f"  {name}", *figures) for name, *figures in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    yield ""
    for name, *figures in table:
        cells = (f"{text:>{width}}" for text, width in zip(figures, widths[1:], strict=True))
        yield "  ".join((f"{name:{widths[0]}}", *cells)).rstrip()


def _money(minor: int, books: Books) -> str:
    sign, minor = "-" if minor < 0 else "", abs(minor)
    return f"{sign}{minor // 100:,}.{minor % 100:02} {books.program.currency}"


def _n(count: int) -> str:
    return f"{count:,}"
