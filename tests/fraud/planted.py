"""Protections taken away: without one of them a goal must be missed, or nothing is measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple
from uuid import uuid4

from regulars.actions import act_on_signal, refunds, signals
from regulars.actions.act_on_signal import HeldCard
from regulars.domain import by_one_person, draft, fraud
from regulars.domain.expiry import lot_dates_for
from regulars.domain.operations import Origin
from regulars.domain.signals import LIMITS
from regulars.jobs import orders
from tests.simulation.planted_around import patched

Patches = list[tuple[Any, str, Any]]


class Removal(NamedTuple):
    """A protection that is gone, and the shop and seed where that is noticed."""

    shop: str
    patches: Callable[[], Patches]
    seed: int = 2


def _an_order_is_new_each_time() -> Patches:
    def unlike(op: str, *rest: Any, **more: Any) -> Origin:
        return Origin(f"{op}:{uuid4().hex}", *rest, **more)

    return [(orders, "Origin", unlike)]


def _units_are_never_pending() -> Patches:
    return [(draft, "lot_dates_for", lambda *given: (lot_dates_for(*given)[0], ""))]


def _cards_are_not_held() -> Patches:
    def keep(shop: Any, item: Any, card: Any, *_: Any, **__: Any) -> HeldCard:
        return HeldCard(card.member_id, held=True)

    return [(act_on_signal, "_keep", keep)]


def _one_card_of_a_signal_is_held() -> Patches:
    """As it was once: of cards with as many entries the operations had one name. A card that is
    filled in a day has a signal of its own, too, which would hide it."""

    def alike(op: str, *rest: Any, **more: Any) -> Origin:
        what, signal, _, seq = op.split(":")
        return Origin(f"{what}:{signal}:{seq}", *rest, **more)

    none_filled = LIMITS._replace(card_filled=LIMITS.card_a_day)
    return [(act_on_signal, "Origin", alike), (fraud, "LIMITS", none_filled)]


def _what_one_person_does_is_no_signal() -> Patches:
    left_out = {by_one_person.one_card, by_one_person.same_person, fraud._card_velocity}
    return [
        (fraud, name, tuple(find for find in getattr(fraud, name) if find not in left_out))
        for name in ("_DAILY", "_WEEKLY")
    ]


REMOVALS: Mapping[str, Removal] = {
    "an order is new each time": Removal("bookshop", _an_order_is_new_each_time),
    "refunds take nothing back": Removal(
        "bookshop", lambda: [(refunds, "refund", lambda *_, **__: None)]
    ),
    "units are never pending": Removal("bookshop", _units_are_never_pending),
    "nobody looks": Removal("bar", lambda: [(signals, "look", lambda _: False)]),
    "cards are not held": Removal("bar", _cards_are_not_held),
    "one card of a signal is held": Removal("bakery", _one_card_of_a_signal_is_held, 10),
    "what one person does is no signal": Removal("bar", _what_one_person_does_is_no_signal),
    "two stamps a day are a signal": Removal(
        "bar", lambda: [(fraud, "LIMITS", LIMITS._replace(card_a_day=2))]
    ),
}
"""By what it does."""


def planted(name: str) -> AbstractContextManager[None]:
    """Within the block the protection is gone."""
    return patched(REMOVALS[name].patches())
