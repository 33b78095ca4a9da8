"""The owner's weekly digest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.program import Program
from regulars.i18n.words import Words
from regulars.messages.kinds import Content, Facts, Kind
from regulars.program.shop import Shop
from regulars.render.mail import MailBlock


def _compose(shop: Shop, card: Card | None, facts: Facts, words: Words) -> Content | None:
    figures = facts["figures"]
    title = _digest_title(figures, words)
    blocks = [
        MailBlock("title", title),
        MailBlock("figures", rows=tuple((row[0], row[1], row[2]) for row in _rows(figures, words))),
    ]
    if figures["best"]:
        blocks.append(MailBlock("text", words.t("Your best customers of the week")))
        best = tuple((name, words.n("{n} visit", "{n} visits", n)) for name, n in figures["best"])
        blocks.append(MailBlock("rows", rows=best))
    todo = tuple((what, how, "") for what, how in _todo(shop.program, figures, words))
    blocks.append(MailBlock("todo", rows=todo))
    subject = words.t("{shop}: your week", shop=facts["name"])
    return Content(subject, tuple(blocks), title)


def _digest_title(figures: Mapping[str, Any], words: Words) -> str:
    """The week in a line; one without visits is not opened with a zero."""
    if not figures["visits"]:
        return words.t("A quiet week is over, a new one begins")
    return words.n(
        "{n} visit by your members this week",
        "{n} visits by your members this week",
        figures["visits"],
    )


def _rows(figures: Mapping[str, Any], words: Words) -> list[tuple[str, str, str]]:
    """Number, label, comparison with the week before."""
    before = figures["before"]
    labels = {
        "visits": words.t("visits"),
        "members": words.t("members who came"),
        "joined": words.t("new members"),
        "redeemed": words.t("rewards handed over"),
    }
    rows = []
    for name, label in labels.items():
        compared = ""
        if before:
            change = figures[name] - before[name]
            compared = words.t("{change} to the week before", change=words.signed(change))
        rows.append((words.number(figures[name]), label, compared))
    return rows


def _todo(program: Program, figures: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """What to do about it: the finding, and the step."""
    todo = []
    if not figures["joined"]:
        todo.append(
            (
                words.t("Nobody joined this week."),
                words.t("Put the QR code where people wait, and mention it when they pay."),
            )
        )
    if figures["waiting"]:
        todo.append(
            (
                words.n(
                    "{n} unlocked reward was not picked up yet.",
                    "{n} unlocked rewards were not picked up yet.",
                    figures["waiting"],
                ),
                words.t("Ask at the counter: “Is there a reward on your card?”"),
            )
        )
    if figures["quiet_day"] is not None:
        day = words.weekday(calendar.weekday_sample(figures["quiet_day"]))
        todo.append(
            (
                words.t("{day} was your quietest day.", day=day),
                words.t("Try a small extra on that day for two weeks."),
            )
        )
    if not todo:
        todo.append((words.t("All is well."), words.t("Greet a regular by name today.")))
    return todo


KIND = Kind("owner", False, ("email",), _compose)
