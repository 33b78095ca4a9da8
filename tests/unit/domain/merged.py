"""Two cards of one shop that are merged, and the merge that is taken back."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

from regulars.domain import unmerging
from regulars.domain.card import Card
from regulars.domain.decision import Decision
from regulars.domain.ledger import parse
from regulars.domain.merge_operations import Merge, MergeInto, Unmerge
from regulars.domain.program import Program
from regulars.domain.replay import Fold
from tests.unit.domain.shop import START, Shop, make_program


class Pair(NamedTuple):
    """The card that is kept, and the other one."""

    kept: Shop
    other: Shop

    def merge(self) -> Decision:
        """Merge the other card into the kept one; both are written or none."""
        kept, other = self
        vouchers = tuple(other.vouchers[one] for one in other.card.open)
        into = MergeInto(other.origin(), "g1", kept.card, vouchers)
        decision = kept.do(Merge(kept.origin(), "g1", other.card, vouchers))
        other.do(into)
        return decision

    def unmerge(self, **more: Any) -> Decision:
        """Take the merge back."""
        kept, other = self
        (before, after), (came, _) = around(kept), around(other)
        merge = next(one.entry for one in kept.decided if is_merge(one))
        assert merge is not None
        ids = (*came.open, *merge.facts.get("vouchers", ()))
        vouchers = tuple(kept.vouchers[one] for one in ids)
        undo = Unmerge(kept.origin(), merge, (before, after), came, vouchers, **more)
        decision = kept.do(undo)
        other.do(unmerging.restored(decision, undo, other.origin()))
        return decision


def pair(program: Program | None = None, **sections: Any) -> Pair:
    """Two members of one shop."""
    program = program or make_program(**sections)
    cards = Pair(Shop(program, START), Shop(program, START))
    cards.other.card = Card("c2")
    cards.other.fold = Fold("c2", program.timezone)
    cards.other.entropy = Random(2).randbytes  # noqa: S311 - so that each run is the same
    for one in cards:
        one.join()
    return cards


def is_merge(decision: Decision) -> bool:
    entry = decision.entry
    return entry is not None and entry.kind == "merge" and "unmerges" not in entry.facts


def around(shop: Shop) -> tuple[Card, Card]:
    """A card before its merge and after it, from its entries."""
    fold = Fold(shop.card.member_id, shop.program.timezone)
    for stored in shop.ledger:
        before, entry = fold.card, parse(stored.text)
        fold.add(entry, stored.hash)
        if entry.kind == "merge":
            return before, fold.card
    raise AssertionError("it was not merged")


def content(card: Card) -> dict[str, Any]:
    """What a card holds, apart from its place in the ledger and what is computed again."""
    apart = {"version", "seq", "head", "recorded_ms", "due", "traced", "stepped"}
    found = {name: value for name, value in card._asdict().items() if name not in apart}
    return {name: dict(one) if hasattr(one, "keys") else one for name, one in found.items()}
