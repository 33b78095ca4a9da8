"""The owner's weekly digest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.i18n.signals import why
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
    odd = _odd(facts.get("signals", ()), figures.get("corrected", 0), words)
    steps = odd + _steps(figures, words, is_odd=bool(odd))
    todo = tuple((what, how, "") for what, how in steps)
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


def _odd(
    signals: Iterable[tuple[str, Mapping[str, int], str]], corrected: int, words: Words
) -> list[tuple[str, str]]:
    """Signals of fraud, and balances that were corrected by hand."""
    odd = []
    for kind, counted, whose in signals:
        finding = why(kind, counted, words)
        if whose:
            finding = words.t("{name}: {what}", name=whose, what=finding)
        step = words.t("If there is a good reason, dismiss it; if not, put the card on hold.")
        odd.append((finding, step))
    if corrected:
        odd.append(
            (
                words.n(
                    "{n} balance was corrected by hand.",
                    "{n} balances were corrected by hand.",
                    corrected,
                ),
                words.t("Each correction says why; ask when you do not know it."),
            )
        )
    return odd


def _steps(figures: Mapping[str, Any], words: Words, *, is_odd: bool) -> list[tuple[str, str]]:
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
    if not (todo or is_odd):
        todo.append((words.t("All is well."), words.t("Greet a regular by name today.")))
    return todo


KIND = Kind("owner", False, ("email",), _compose)
