"""What a visit or a sale earns.

For each rule: earned = floor(base x tier multiplier), base being amount x count, for spend rules
amount x the full steps in the eligible money plus the remainder carried from before.
All integers; multipliers are thousandths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from regulars.domain.draft import Draft
from regulars.domain.operations import Earn, Item, Join
from regulars.domain.program import EarnRule
from regulars.domain.refusals import Code, Refused
from regulars.domain.rewards import issue_automatic
from regulars.domain.tiering import upgraded

Why = Mapping[str, Any]


def join(draft: Draft, operation: Join) -> None:
    """Enrol: everything that the programme grants for joining."""
    draft.card = replace(draft.card, enrolled_ms=draft.now_ms)
    for rule in draft.program.earn:
        if rule.on == "join":
            _grant(draft, rule, rule.amount, {"k": "join"}, multiplier=1000)
    _settle(draft, spend_minor=0, visits=0)


def earn(draft: Draft, operation: Earn) -> list[tuple[str, Why]]:
    """Book a visit or sale; returns what was not granted and why."""
    visits, refused = _granted_visits(draft, operation)
    spend_minor = sale_total(operation)
    draft.facts.update(_facts(operation, visits, spend_minor))
    multiplier = draft.program.multiplier(draft.card.tier.id if draft.card.tier else None)
    for rule in draft.program.earn:
        base, why = _base(draft, rule, operation, visits, spend_minor)
        if base:
            _grant(draft, rule, base, why, multiplier)
        elif why:
            refused.append((rule.id, why))
    if visits:
        day = draft.today.isoformat()
        before = draft.card.today[1] if draft.card.today[0] == day else 0
        if draft.card.last_visit_ms:
            draft.facts["last"] = draft.card.last_visit_ms
        draft.card = replace(draft.card, last_visit_ms=draft.now_ms, today=(day, before + visits))
    _settle(draft, spend_minor, visits)
    return refused


def sale_total(operation: Earn) -> int:
    """What was paid, in minor units."""
    if operation.spend_minor is not None:
        return operation.spend_minor
    return sum(item.amount_minor for item in operation.items)


def _granted_visits(draft: Draft, operation: Earn) -> tuple[int, list[tuple[str, Why]]]:
    """The visits that count under the programme's limits, and why others do not."""
    limits, card = draft.program.limits, draft.card
    visits = operation.visits
    why: Why = {}
    wait_ms = limits.cooldown_minutes * 60_000 - (draft.now_ms - card.last_visit_ms)
    if visits and card.last_visit_ms and wait_ms > 0:
        visits, why = 0, {"k": "cooldown", "minutes": -(-wait_ms // 60_000)}
    elif visits and limits.visits_per_day:
        had = card.today[1] if card.today[0] == draft.today.isoformat() else 0
        if had + visits > limits.visits_per_day:
            visits = max(0, limits.visits_per_day - had)
            why = {"k": "cap_day", "n": limits.visits_per_day}
    if not why:
        return visits, []
    if operation.refusable:
        raise Refused(Code.CAP_REACHED, _cap_words(why))
    return visits, [("limits", why)]


def _cap_words(why: Why) -> str:
    if why["k"] == "cooldown":
        return f"This card was stamped a moment ago; the next stamp is in {why['minutes']} min."
    return f"This card has had its {why['n']} visits of today."


def _base(
    draft: Draft, rule: EarnRule, operation: Earn, visits: int, spend_minor: int
) -> tuple[int, Why]:
    """Units before multipliers, and the reason; a rule that grants nothing may still have one."""
    if rule.on not in {"visit", "spend", "item"}:
        return 0, {}
    if spend_minor < rule.min_spend_minor:
        return 0, {"k": "min_spend", "min": rule.min_spend_minor}
    if rule.on == "visit":
        return rule.amount * visits, {"k": "visit", "n": visits} if visits else {}
    if rule.on == "item":
        count = sum(item.quantity for item in operation.items if _matches(rule, item))
        return rule.amount * count, _item_why(rule, count) if count else {}
    eligible = _eligible(rule, operation, spend_minor)
    if not eligible:
        return 0, {}
    carried = draft.card.carry.get(rule.id, 0)
    steps = max(0, (carried + eligible) // rule.per_minor)
    left = carried + eligible - steps * rule.per_minor
    _carry(draft, rule.id, carried, left)
    why = {"k": "spend", "spent": eligible, "amount": rule.amount, "per": rule.per_minor}
    if carried:
        why["carried"] = carried
    if left:
        why["left"] = left
    return rule.amount * steps, why


def _matches(rule: EarnRule, item: Item) -> bool:
    if item.category and item.category in rule.exclude:
        return False
    if not rule.categories and not rule.skus:
        return True
    return item.category in rule.categories or (bool(item.sku) and item.sku in rule.skus)


def _item_why(rule: EarnRule, count: int) -> Why:
    """Names the category when the rule is about a single one."""
    why: dict[str, Any] = {"k": "item", "n": count}
    if len(rule.categories) == 1:
        why["cat"] = rule.categories[0]
    return why


def _eligible(rule: EarnRule, operation: Earn, spend_minor: int) -> int:
    """The money a spend rule counts: matching items only when it names categories or skus,
    otherwise the whole less what is excluded."""
    if rule.categories or rule.skus:
        return sum(item.amount_minor for item in operation.items if _matches(rule, item))
    excluded = sum(item.amount_minor for item in operation.items if item.category in rule.exclude)
    return max(0, spend_minor - excluded)


def _carry(draft: Draft, rule_id: str, before: int, after: int) -> None:
    """Remember the remainder on the card and its change in the entry, so a refund can undo it."""
    if after != before:
        carry = {**draft.card.carry, rule_id: after}
        if not after:
            del carry[rule_id]
        draft.card = replace(draft.card, carry=carry)
        draft.facts.setdefault("carry", {})[rule_id] = after - before


def _grant(draft: Draft, rule: EarnRule, base: int, why: Why, multiplier: int) -> None:
    amount = base * multiplier // 1000
    if multiplier != 1000:
        why = {**why, "base": base, "x": multiplier}
    if amount:
        draft.grant(rule.unit, amount, rule.id, why)


def _settle(draft: Draft, spend_minor: int, visits: int) -> None:
    """Count into the windows, move the tier up, issue what has become due by itself."""
    points = sum(
        line.amount
        for line in draft.lines
        if line.unit in draft.program.units and draft.program.units[line.unit].kind == "points"
    )
    if points:
        draft.facts["points"] = points
    draft.card = draft.card.with_window(draft.effective_month, spend_minor, visits, points)
    draft.card = upgraded(draft.program, draft.card, draft.today)
    issue_automatic(draft)


def _facts(operation: Earn, visits: int, spend_minor: int) -> dict[str, Any]:
    facts: dict[str, Any] = {"visits": visits}
    if spend_minor:
        facts["spend"] = spend_minor
    if operation.paid_minor not in {None, spend_minor}:
        facts["paid"] = operation.paid_minor
    if operation.order_id:
        facts["order"] = operation.order_id
    if operation.note:
        facts["note"] = operation.note
    return facts
