"""A preview in words: who gains, who loses, what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from regulars.i18n.formats import apart
from regulars.i18n.words import Words
from regulars.pages.console.program import parts
from regulars.pages.console.program.publishing.view import Effect, Part
from regulars.pages.console.program.spoken import Change, Speaker

SHOWN = 3
"""How many members are named beside an effect."""


def effects(answer: Mapping[str, Any], was: Speaker, now: Speaker) -> Iterator[Effect]:
    """What happens, the gains first; at the end who notices nothing."""
    words = now.by.words
    t, n = words.t, words.n
    tiers = {**was.names["tiers"], **now.names["tiers"]}
    for one in answer["up"]:
        title = n("moves up to {tier}", "move up to {tier}", one["count"],
                  tier=tiers.get(one["tier"] or "", one["tier"] or ""))  # fmt: skip
        hint = t("As soon as it is published.")
        yield Effect(
            one["count"], title, hint, examples=_moved(answer, one["tier"], words, up=True)
        )
    if answer["newly_rewarded"]:
        found = _named(answer, lambda it: it["rewards"], words)
        names = now.names["rewards"]
        examples = tuple(
            (name, path, ", ".join(names.get(r, r) for r in it["rewards"]))
            for name, path, it in found
        )
        title = n("gets a reward at once", "get a reward at once", answer["newly_rewarded"])
        yield Effect(answer["newly_rewarded"], title, "", examples=examples)
    for one in answer["down"]:
        name = tiers.get(one["tier"] or "", "")
        title = (
            n("moves down to {tier}", "move down to {tier}", one["count"], tier=name)
            if name
            else n("has no tier any more", "have no tier any more", one["count"])
        )
        hint = t("What they had reached is not enough any more.")
        yield Effect(one["count"], title, hint, "bad", _moved(answer, one["tier"], words, up=False))
    for row in answer["losses"]:
        examples = _moved_by(answer, row, words)
        yield Effect(row["members"], loss(row, was), _worth(row, was), "bad", examples)
    hint = t("Stamps, points and tiers stay. What changed counts from their next visit on.")
    yield Effect(
        answer["unchanged"],
        n("keeps their tier", "keep their tier", answer["unchanged"]),
        hint,
        "quiet",
    )


def _moved_by(
    answer: Mapping[str, Any], row: Mapping[str, Any], words: Words
) -> tuple[tuple[str, str, str], ...]:
    """Members who lose something, as examples."""

    def loses(one: Mapping[str, Any]) -> bool:
        return any((it["kind"], it["what"]) == (row["kind"], row["what"]) for it in one["losses"])

    return tuple((name, path, "") for name, path, _ in _named(answer, loses, words))


def headline(found: Sequence[Effect], words: Words) -> str:
    """The outcome in one line."""
    worded = [
        f"{words.number(one.members)} {one.title}"
        for one in found
        if one.kind != "quiet" and one.members
    ]
    return (
        words.sentence(", ".join(worded[:2]))
        if worded
        else words.t("Nobody gains or loses anything today")
    )


def loss(row: Mapping[str, Any], was: Speaker) -> str:
    """What is lost, in words."""
    words, what, members = was.by.words, row["what"], row["members"]
    names = {name: text for section in was.names.values() for name, text in section.items()}
    called, n = names.get(what, what), words.n
    amount = f"{words.number(row['amount'])} {apart(was.unit(what, row['amount']))}"
    worded = {
        "right": n("loses their right to {tier}", "lose their right to {tier}", members,
                   tier=called),
        "balance_ended": n("loses what ends: {amount}", "lose what ends: {amount}", members,
                           amount=amount),
        "balance_mapped": n("gets another number for: {amount}",
                            "get another number for: {amount}", members, amount=amount),
        "balance_stranded": n("holds what would be gone: {amount}",
                              "hold what would be gone: {amount}", members, amount=amount),
        "voucher": n("holds vouchers for {reward}, which is taken out",
                     "hold vouchers for {reward}, which is taken out", members, reward=called),
        "remainder": n("loses a remainder that counted towards the next unit",
                       "lose a remainder that counted towards the next unit", members),
    }  # fmt: skip
    return worded[row["kind"]]


def _worth(row: Mapping[str, Any], was: Speaker) -> str:
    words, worth = was.by.words, row.get("value_minor")
    return words.t("Worth {sum} in all.", sum=words.money(worth, was.by.currency)) if worth else ""


def _named(
    answer: Mapping[str, Any], wanted: Any, words: Words
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    found = [one for one in answer["examples"] if wanted(one)]
    for one in found[:SHOWN]:
        name = one["name"] or words.t("A card without a name")
        yield name, f"/console/members/{one['member_id']}", one


def _moved(
    answer: Mapping[str, Any], tier: str | None, words: Words, *, up: bool
) -> tuple[tuple[str, str, str], ...]:
    def moved(one: Mapping[str, Any]) -> bool:
        return bool(one["tier_to"] == tier and one["tier_from"] != one["tier_to"])

    return tuple((name, path, "") for name, path, _ in _named(answer, moved, words))


def by_part(changes: Sequence[Change], words: Words) -> tuple[Part, ...]:
    """Changes by the part of the editor that they are in."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(parts.of_field(words.t, change.field).label, []).append(change)
    return tuple(Part(label, tuple(changes_)) for label, changes_ in found.items())
