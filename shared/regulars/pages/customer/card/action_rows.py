"""The panel of what a member can do for a reward besides coming, with what became of it."""

from __future__ import annotations

from typing import NamedTuple

from regulars.pages.customer.card import opening
from regulars.store import waiting_actions
from regulars.store.waiting_actions import WaitingAction
from regulars.views import customer_actions


class ActionsPanel(NamedTuple):
    """The actions of a programme as they stand for a member; the form posts to `path`."""

    path: str
    once: str
    rows: tuple[customer_actions.ActionRow, ...]


def panel(one: opening.Opened, once: str) -> ActionsPanel | None:
    """Return the panel of a card; None when the programme rewards no action."""
    shop, program = one.shop, one.shop.program
    if not any(rule.on == "action" for rule in program.earn):
        return None
    kept: list[WaitingAction] = []
    if any(rule.proof == "owner" for rule in program.earn):  # others do not wait
        kept = waiting_actions.of_card(shop.table, shop.merchant_id, one.card.member_id)
    rows = customer_actions.rows(program, one.card, kept, shop.now, one.words)
    return ActionsPanel(f"{one.path}/actions" if one.slug else "", once, rows)
