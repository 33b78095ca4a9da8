"""Mistakes in patches, checks, repairs, what is set aside, and roots, put in on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from regulars.actions import aside, heads, repair
from regulars.domain import draft, merkle, replay
from regulars.jobs import due, roots
from regulars.store import cards, keys, repairs
from regulars.store.table import Present
from tests.simulation.planted_around import Patch


def _without(*names: str) -> tuple[str, ...]:
    return tuple(name for name in replay.IN_ENTRIES if name not in names)


def _checked_up_to_the_head() -> list[Patch]:
    """As it was: nothing behind the entry that the state stands at was read."""
    entries = repair._entries

    def changed(shop: Any, member_id: str, others: Any) -> Iterator[Any]:
        (item,) = shop.table.get(keys.state(shop.merchant_id, member_id))
        try:
            head = cards.card_of(item).seq if item else None
        except cards.DamagedError:
            head = None
        found = list(entries(shop, member_id, others))
        yield from islice(found, head)

    return [(repair, "_entries", changed)]


def _debt_is_left_out() -> list[Patch]:
    rebuilt = replay.rebuilt
    return [(replay, "rebuilt", lambda *given: rebuilt(*given)._replace(debt={}))]


def _put_off_for_ever() -> list[Patch]:
    """A repair leaves what was put off where it is."""
    rebuilt = repair._rebuilt
    return [(repair, "_rebuilt", lambda shop, found: rebuilt(shop, found._replace(aside=())))]


def _nobody_is_passed_by() -> list[Patch]:
    def of(*_: Any) -> Any:
        def stop(member_id: str, error: Exception) -> None:
            raise error

        return stop

    return [(aside, "of", of)]


def _left_out_without_a_word() -> list[Patch]:
    return [(aside, "of", lambda *_: lambda member_id, error: None)]


def _everything_is_set_aside() -> list[Patch]:
    """As if a table that is busy were a damaged card."""
    return [(aside, "is_transient", lambda _: False)]


def _not_put_off() -> list[Patch]:
    """It stays at its hour, and the cursor goes on without it."""

    def changed(shop: Any, due_card: Any, error: Exception) -> None:
        aside.set_aside(shop, due_card.member_id, error, due_card.job)

    return [(due, "_set_aside", changed)]


def _as_of_now() -> list[Patch]:
    before: Callable[..., Any] = heads.head_before
    return [(roots, "head_before", lambda *given: before(*given[:4], 10**15))]


def _odd_ones_go() -> list[Patch]:
    above = merkle._above
    return [(merkle, "_above", lambda level: above(level[: len(level) // 2 * 2] or level))]


BUGS: dict[str, Callable[[], list[Patch]]] = {
    "entries leave out the counters": lambda: [(replay, "IN_ENTRIES", _without("taken"))],
    "entries leave out the rights": lambda: [(replay, "IN_ENTRIES", _without("held", "tier"))],
    "what changes without units books nothing": lambda: [(draft.Draft, "changed", False)],
    "a card is checked up to its own head": _checked_up_to_the_head,
    "vouchers are not checked": lambda: [(repair, "_voucher_differences", lambda *_: ())],
    "a repair leaves out the debt": _debt_is_left_out,
    "a repair writes over what came first": lambda: [(repairs, "_as_read", lambda _: Present())],
    "what was put off stays put off after a repair": _put_off_for_ever,
    "one card stops a loop for all": _nobody_is_passed_by,
    "a damaged card is left out without a word": _left_out_without_a_word,
    "a busy table is taken for a damaged card": _everything_is_set_aside,
    "a card set aside is not put off": _not_put_off,
    "a root is of the moment, not of the day": _as_of_now,
    "a root leaves out the last of an odd number": _odd_ones_go,
}
"""By what they do."""
