"""The actions that a programme rewards, as they stand for one member."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, NamedTuple

from regulars.domain import calendar, limits
from regulars.domain.card import Card
from regulars.domain.program import EarnRule, Program
from regulars.i18n.words import Words
from regulars.store.waiting_actions import WaitingAction

State = Literal["open", "waiting", "granted", "refused", "used_up"]


class ActionRow(NamedTuple):
    """One action: what it is called, what it gives, how it is done, what became of it.

    `by` says who proves it: `self` and `owner` are begun by the member on the card.
    """

    id: str
    name: str
    gives: str
    how: str
    link: str
    by: str
    state: State
    note: str = ""

    @property
    def can_say(self) -> bool:
        """Whether the member can say now that it was done."""
        return self.by in {"self", "owner"} and self.state in {"open", "refused", "granted"}


def rows(
    program: Program, card: Card, kept: Iterable[WaitingAction], now: datetime, words: Words
) -> tuple[ActionRow, ...]:
    """List the actions of a programme in its order, each as it stands for a card."""
    today = calendar.local_date(now, program.timezone).isoformat()
    known = {one.action: one for one in kept}
    found: dict[str, list[EarnRule]] = {}
    for rule in program.earn:
        if rule.on == "action":
            found.setdefault(rule.action, []).append(rule)
    return tuple(
        _row(program, card, rules, known.get(action), today, words)
        for action, rules in found.items()
    )


def _row(
    program: Program, card: Card, rules: list[EarnRule], kept: WaitingAction | None, today: str,
    words: Words,
) -> ActionRow:  # fmt: skip
    first = rules[0]
    state: State = "open"
    if kept:
        state = kept.status
    if state not in {"waiting", "refused"} and any(
        limits.is_full(card, rule, today) for rule in rules
    ):
        state = "used_up"
    return ActionRow(
        id=first.action,
        name=words.pick(first.name) or words.t("Something we thank you for"),
        gives=", ".join(_gives(program, rule, words) for rule in rules),
        how=words.pick(first.how),
        link=first.link,
        by=first.proof,
        state=state,
        note=kept.note if kept else "",
    )


def _gives(program: Program, rule: EarnRule, words: Words) -> str:
    names: Any = program.units[rule.unit].name
    return words.amount(names, rule.amount)
