"""Mistakes about sales that change, move and are taken back, and about two cards, put in on
purpose.

The run in which much is put right (`correcting.py`) must find each.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from regulars.actions import confirm, give, merge, move_sale, refunds, void_refund
from regulars.domain import (
    confirming,
    difference,
    giving,
    limits,
    merging,
    moving,
    remaining,
    revising,
    rewards,
    streaks,
    unmerging,
    voiding,
)
from regulars.domain.draft import Draft
from regulars.domain.operations import Refunded
from regulars.store import reversals
from tests.simulation.planted_around import Patch, patched


def _sent_again_counts_now() -> list[Patch]:
    scratch = revising._as_at_first

    def changed(draft: Any, operation: Any, under: Any, *more: Any) -> Any:
        facts = {k: v for k, v in operation.original.facts.items() if k not in {"had", "in"}}
        original = operation.original._replace(facts=facts)
        return scratch(draft, operation._replace(original=original), under, *more)

    return [(revising, "_as_at_first", changed)]


def _refunds_are_forgotten_when_sent_again() -> list[Patch]:
    book = difference.book

    def changed(draft: Any, change: Any) -> Any:
        if "voids" in draft.facts:
            return book(draft, change)
        return book(draft, change._replace(refunded=Refunded()))

    return [(difference, "book", changed)]


def _a_void_leaves_the_carry() -> list[Patch]:
    counts = voiding._counts

    def changed(draft: Any, before: Any, after: Any) -> None:
        counts(draft, before, after)
        draft.card = draft.card._replace(carry=after.carry)

    return [(voiding, "_counts", changed)]


def _a_void_forgives_what_was_used() -> list[Patch]:
    return [(voiding, "_use_again", lambda *_: None)]


def _what_went_back_is_known_by_money() -> list[Patch]:
    return [(remaining, "_items", lambda _: ())]


def _a_moved_sale_leaves_its_refunds() -> list[Patch]:
    adopt = moving.adopt
    return [(moving, "adopt", lambda draft, one: adopt(draft, one._replace(refunded=Refunded())))]


def _a_moved_sale_keeps_its_amounts() -> list[Patch]:
    """What it granted on the wrong card, whatever the tier of the right one."""
    scratch = moving._as_sold_here

    def changed(draft: Any, operation: Any, *more: Any) -> Any:
        bare = draft.card._replace(tier=None, carry={})
        kept, draft.card = draft.card, bare
        try:
            return scratch(draft, operation, *more)
        finally:
            draft.card = kept

    return [(moving, "_as_sold_here", changed)]


def _whoever_reads_before_a_move_books_after_it() -> list[Patch]:
    return [(refunds, "require_there", lambda *_: None)]


def _the_version_is_that_of_the_move() -> list[Patch]:
    from regulars.actions import carried

    version = carried.version

    def changed(ledger: Any, program: Any, entry: Any) -> Any:
        sale = {k: v for k, v in entry.facts.get("sale", {}).items() if k != "prog"}
        facts = {**entry.facts, "sale": sale} if sale else entry.facts
        return version(ledger, program, entry._replace(facts=facts))

    return [(carried, "version", changed)]


def _given_units_lose_their_dates() -> list[Patch]:
    received = giving.received

    def changed(decision: Any, origin: Any) -> Any:
        one = received(decision, origin)
        return one._replace(lots=tuple(lot._replace(expires_on="") for lot in one.lots))

    return [(giving, "received", changed)]


def _held_units_can_be_given() -> list[Patch]:
    def changed(draft: Any, operation: Any) -> None:
        lots = draft.card.lots.get(operation.unit, ())
        free = tuple(lot._replace(available_on="") for lot in lots)
        draft.card = draft.card.with_lots(operation.unit, free)
        give_(draft, operation)

    give_ = giving.give
    return [(giving, "give", changed)]


def _a_merge_forgets_the_remainder() -> list[Patch]:
    together = merging.together
    return [(
        merging, "together",
        lambda program, kept, other: together(program, kept, other)._replace(carry=kept.carry),
    )]  # fmt: skip


def _parted_cards_keep_what_came() -> list[Patch]:
    return [(unmerging, "_lots_leave", lambda *_: None)]


def _parted_cards_keep_the_sums() -> list[Patch]:
    return [(unmerging, "_uncount", lambda *_: None)]


def _codes_stay_behind() -> list[Patch]:
    from_another = reversals._from_another_card
    return [(reversals, "_from_another_card", lambda *given: iter([next(from_another(*given))]))]


def _a_confirmed_hold_loses_its_end() -> list[Patch]:
    put_back = Draft.put_back

    def changed(self: Any, unit: str, lots: Any, rule: str, reason: Any) -> None:
        if reason.kind == "confirmed":
            lots = tuple(lot._replace(expires_on="") for lot in lots)
        put_back(self, unit, lots, rule, reason)

    return [(Draft, "put_back", changed)]


def _a_confirmed_hold_is_forgotten() -> list[Patch]:
    """A refund looks for the units where they were held."""
    confirm = confirming.confirm
    return [(
        confirming, "confirm", lambda *given: confirm(*given)._replace(confirmed=False)
    )]  # fmt: skip


def _a_key_is_asked_for_once() -> list[Patch]:
    def changed(ledger: Any, op: str, idempotency: Any, _: Any, do: Callable[[], Any]) -> Any:
        return ledger.known(op, idempotency.fingerprint) or do()

    return [(one, "once", changed) for one in (confirm, give, merge, move_sale, void_refund)]


def _no_streak_cannot_be_kept() -> list[Patch]:
    def stored(card: Any, kind: str, run: Any) -> Any:
        digits = "".join(streaks._DIGITS[count] for count in run.visits[-streaks.COUNTED :])
        name = f"{streaks._name(kind, run.last)}/{streaks._name(kind, run.first)}/{digits}"
        return limits.with_count(card, streaks._key(kind), name, len(run.visits))

    return [(streaks, "stored", stored)]


def _a_redemption_stays() -> list[Patch]:
    """It is open by its item, and by its card it is not."""
    reopen = rewards.reopen

    def changed(draft: Any, voucher: Any, expires_on: str) -> None:
        still = draft.card.open
        reopen(draft, voucher, expires_on)
        if voucher.status == "redeemed":
            draft.card = draft.card._replace(open=still)

    return [(rewards, "reopen", changed)]


BUGS: dict[str, Callable[[], list[Patch]]] = {
    "what is sent again finds another tier and remainder": _sent_again_counts_now,
    "what is sent again forgets its refunds": _refunds_are_forgotten_when_sent_again,
    "a remainder stays lost when a refund is taken back": _a_void_leaves_the_carry,
    "a coffee is free when its refund is taken back": _a_void_forgives_what_was_used,
    "of what went back only the money is known": _what_went_back_is_known_by_money,
    "a moved sale leaves its refunds behind": _a_moved_sale_leaves_its_refunds,
    "a moved sale finds another tier and remainder": _a_moved_sale_keeps_its_amounts,
    "who read an order before it moved books it after": _whoever_reads_before_a_move_books_after_it,
    "a moved sale is of the version it was moved under": _the_version_is_that_of_the_move,
    "given units lose their dates": _given_units_lose_their_dates,
    "held units can be given away": _held_units_can_be_given,
    "a merge forgets the remainder": _a_merge_forgets_the_remainder,
    "parted cards keep what came over": _parted_cards_keep_what_came,
    "parted cards keep the sums": _parted_cards_keep_the_sums,
    "codes of vouchers stay behind in a merge": _codes_stay_behind,
    "a hold that is ended takes the last day off": _a_confirmed_hold_loses_its_end,
    "a refund looks where units were held": _a_confirmed_hold_is_forgotten,
    "a key that comes twice at once is refused": _a_key_is_asked_for_once,
    "a streak that is nobody's cannot be parted": _no_streak_cannot_be_kept,
    "a redemption that is taken back opens nothing": _a_redemption_stays,
}
"""By what they do."""


def planted(name: str) -> AbstractContextManager[None]:
    """Within the block the product has this bug."""
    return patched(BUGS[name]())
