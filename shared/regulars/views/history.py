"""The history on a card: one line per entry, what it changed and why, in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, cast

from regulars.domain import calendar, surprises
from regulars.domain.ledger import Entry, Line
from regulars.domain.program import Program
from regulars.domain.reasons import ReasonKind
from regulars.i18n import UnitNames
from regulars.i18n.words import Words
from regulars.views import integration


class HistoryChange(NamedTuple):
    """A signed amount of one unit."""

    unit: UnitNames
    amount: int


class HistoryRow(NamedTuple):
    """One line of history; `why` in the reader's language (see `i18n.explain`).

    `more` are sentences about what came of it: a reward unlocked, a new tier. `location` is the
    name of where it was, in a programme with several locations.
    """

    at: datetime
    changes: tuple[HistoryChange, ...]
    why: str
    more: tuple[str, ...] = ()
    location: str = ""


def events(program: Program, history: Iterable[Entry], words: Words) -> Iterable[HistoryRow]:
    """One line per entry: what it added or took and why; below it what came of that."""
    for entry in history:
        aside = [line for line in entry.lines if _is_aside(entry, line)]
        main = [line for line in entry.lines if line not in aside] or aside
        reasons = dict.fromkeys(
            integration.why(program, line, words, entry.program_version) for line in main
        )
        sentence = "; ".join(reason for reason in reasons if reason)
        if entry.kind == "reverse" and entry.source == "staff":
            sentence = _taken_back(program, entry, words)
        elif entry.kind == "expire" and main is aside:
            sentence = words.t("not used in time; {reason}", reason=sentence)
        news = _asides(program, entry, aside if main is not aside else [], words)
        news += [
            integration.reason(program, it.reason, "", 0, words, entry.program_version)
            for it in surprises.given(entry.facts)
        ]
        if risen := _new_tier(program, entry, words):
            news.append(risen)
        if not sentence:
            sentence = _quiet(program, entry, words) or (news.pop(0) if news else "")
        at = calendar.from_ms(entry.recorded_ms)
        where = program.locations.get(entry.location or "", "")
        location = where if len(program.locations) > 1 else ""
        yield HistoryRow(at, _changes(program, main), sentence, tuple(news), location)


def _is_aside(entry: Entry, line: Line) -> bool:
    """Whether a line is what came of an entry, not what it was about: rewards that were unlocked by
    a visit, or given back because of a refund."""
    because = line.reason.kind
    if because in {ReasonKind.REPLACED, ReasonKind.ENDED}:
        return True
    if because is ReasonKind.REWARD:
        return entry.kind != "issue"
    return because is ReasonKind.RETURNED and entry.kind in {"reverse", "expire"}


def _asides(program: Program, entry: Entry, lines: Iterable[Line], words: Words) -> list[str]:
    """One sentence per voucher that was unlocked or given back, with its units."""
    sums: dict[str, tuple[Line, int]] = {}
    for line in lines:
        _, amount = sums.get(line.reason.voucher_id, (line, 0))
        sums[line.reason.voucher_id] = (line, amount + line.amount)
    sentence = []
    for line, amount in sums.values():
        version = line.reason.version or entry.program_version
        reward = program.terms(line.reason.reward_id, version)
        unit = program.unit(line.unit)
        if reward is None or unit is None:
            continue
        name, units = words.pick(reward.name), words.amount(cast(Any, unit.name), abs(amount))
        if line.reason.kind is ReasonKind.REWARD:
            sentence.append(words.t("unlocked for {amount}: {reward}", amount=units, reward=name))
        else:
            sentence.append(words.t("{amount} given back: {reward}", amount=units, reward=name))
    return sentence


def _changes(program: Program, lines: Iterable[Line]) -> tuple[HistoryChange, ...]:
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.unit] = sums.get(line.unit, 0) + line.amount
    found = ((program.unit(unit), amount) for unit, amount in sums.items())
    return tuple(
        HistoryChange(cast(Any, unit.name), amount) for unit, amount in found if amount and unit
    )


def _new_tier(program: Program, entry: Entry, words: Words) -> str:
    """The tier an entry led to; nothing when it stayed, or was there from the start."""
    rank = program.tier_rank(entry.tier_to)
    if entry.kind == "join" or entry.tier_from == entry.tier_to or rank < 0:
        return ""
    return words.t("you are now {tier}", tier=words.pick(program.tiers[rank].name))


def _taken_back(program: Program, entry: Entry, words: Words) -> str:
    """What was taken back at the counter: a reward by its name, a sale by its amounts beside it."""
    version = entry.facts.get("terms", entry.program_version)
    reward = program.terms(entry.facts.get("reward", ""), version)
    if reward is None:
        return words.t("taken back at the counter")
    return words.t("taken back at the counter: {reward}", reward=words.pick(reward.name))


def _quiet(program: Program, entry: Entry, words: Words) -> str:
    """What an entry without amounts was; nothing for one that only moved the tier."""
    version = entry.facts.get("terms", entry.program_version)
    reward = program.terms(entry.facts.get("reward", ""), version)
    used = entry.facts.get("credit", {}).get(entry.facts.get("voucher", ""))
    if entry.kind == "redeem" and reward and used:
        money = words.money(used[0][0], program.currency)
        return words.t("{money} used: {reward}", money=money, reward=words.pick(reward.name))
    if entry.kind == "redeem" and reward:
        return words.t("redeemed: {reward}", reward=words.pick(reward.name))
    if entry.kind == "reverse" and "voucher" in entry.facts:
        return _taken_back(program, entry, words)
    if entry.kind == "reverse" and "voids" in entry.facts:
        return words.t("a refund was taken back")
    if entry.kind == "reverse":
        return words.t("a purchase was refunded")
    if entry.kind == "earn":
        return words.t("your visit")
    return words.t("you joined") if entry.kind == "join" else ""
