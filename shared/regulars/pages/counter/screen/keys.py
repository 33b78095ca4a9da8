"""The keys of the counter, made from the rules by which a programme lets people earn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from regulars.domain.program import EarnRule, Program
from regulars.i18n.words import Words

Key = dict[str, Any]


def keys(program: Program, words: Words) -> list[Key]:
    """Return the keys: a visit, what is counted by item, categories that earn by their amount, what
    opens a tier when it is bought, an amount.

    Each has `id, kind, name, hint`; those for goods `category` or `sku`, and `single` when it is
    about its amount and not about how many.
    """
    rules = [rule for rule in program.earn if rule.on in {"visit", "spend", "item"}]
    made = [*_visit(program, rules, words), *_goods(program, rules, words)]
    counted = any(key["kind"] == "goods" and not key["single"] for key in made)
    any_amount = any(rule.on == "spend" and not rule.categories and not rule.skus for rule in rules)
    if counted or any_amount or (_looks_at_money(program) and len(made) < 2):
        hint = words.t("one sale with the rest") if made else _earned(program, rules, words)
        made.append({"id": "amount", "kind": "amount", "name": words.t("Amount"), "hint": hint})
    if not made:
        made.append({"id": "visit", "kind": "visit", "name": "+1", "hint": words.t("visit")})
    return made


def actions(program: Program, words: Words) -> list[tuple[str, str, str]]:
    """Return what members do that is rewarded: the action, its name, what it gives."""
    return [
        (rule.action, words.pick(rule.name) or rule.action, _amount(program, rule, words))
        for rule in program.earn
        if rule.on == "action"
    ]


def _visit(program: Program, rules: list[EarnRule], words: Words) -> Iterator[Key]:
    found = [rule for rule in rules if rule.on == "visit"]
    if found:
        rule = found[0]
        one = len(found) == 1 and rule.amount == 1
        unit = cast(Any, program.units[rule.unit].name)
        hint = words.unit(unit, 1) if one else words.t("visit")
        yield {"id": "visit", "kind": "visit", "name": "+1", "hint": hint}


def _goods(program: Program, rules: list[EarnRule], words: Words) -> Iterator[Key]:
    """A key for each category and article that a rule or a tier names; each once."""
    seen = set[str]()
    visits = any(rule.on == "visit" for rule in rules)
    for rule in rules:
        for kind, name in _named(rule.categories, rule.skus):
            if rule.on == "visit" or name in seen:
                continue
            seen.add(name)
            single = rule.on == "spend"
            hint = words.t("{amount} each", amount=_amount(program, rule, words))
            if single:
                hint = words.t("visit and points") if visits else words.t("points by the amount")
            yield _key(program, kind, name, hint, words, single=single)
    for tier in program.tiers:
        for way in tier.enter:
            if way.metric != "purchase":
                continue
            for kind, name in _named(way.categories, way.skus):
                if name not in seen:
                    seen.add(name)
                    hint = words.t("opens {tier}", tier=words.pick(tier.name))
                    made = _key(program, kind, name, hint, words, single=True)
                    yield made | {"price_minor": way.price_minor or None}


def _named(categories: tuple[str, ...], skus: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    yield from (("category", name) for name in categories)
    yield from (("sku", name) for name in skus)


def _key(program: Program, kind: str, name: str, hint: str, words: Words, *, single: bool) -> Key:
    shown = words.pick(program.categories.get(name)) or name.replace("_", " ").capitalize()
    made = {"id": f"{kind}-{name}", "kind": "goods", "name": shown, "hint": hint}
    return made | {kind: name, "single": single}


def _amount(program: Program, rule: EarnRule, words: Words) -> str:
    unit = cast(Any, program.units[rule.unit].name)
    return f"+{words.amount(unit, rule.amount)}"


def _earned(program: Program, rules: list[EarnRule], words: Words) -> str:
    """What an amount earns: "1 point for €1.00"."""
    rule = next((rule for rule in rules if rule.on == "spend"), None)
    if rule is None:
        return ""
    unit = cast(Any, program.units[rule.unit].name)
    money = words.money(rule.per_minor, program.currency)
    return words.t("{amount} for {money}", amount=words.amount(unit, rule.amount), money=money)


def _looks_at_money(program: Program) -> bool:
    """Whether anything but a rule on spend asks what was paid: a tier, a milestone, a board."""
    metrics: list[str] = [way.metric for tier in program.tiers for way in tier.enter]
    metrics += [one.metric for one in program.milestones]
    metrics += [one.metric for one in program.leaderboards]
    least = [rule.min_spend_minor for rule in program.earn]
    least += [one.min_spend_minor for one in program.campaigns]
    if program.referral:
        least.append(program.referral.min_spend_minor)
    return "spend" in metrics or any(least)
