"""Compute what a visit or a sale earns.

For each rule: earned = floor(base x tier multiplier x campaign multiplier). The base is amount x
count; for spend rules it is amount x the full steps in the eligible money and the remainder carried
from before. Everything is an integer; multipliers are in thousandths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from regulars.domain import (
    baskets,
    calendar,
    campaigns,
    first_purchase,
    limits,
    milestones,
    packages,
    raffles,
    reasons,
    surprises,
    visits,
)
from regulars.domain.baskets import Basket
from regulars.domain.benefits import give_due
from regulars.domain.campaigns import Campaign, Occasion
from regulars.domain.card import Card
from regulars.domain.draft import Draft
from regulars.domain.ledger import Entry, Line, granted
from regulars.domain.operations import Earn, GrantBonus, Join, RewardAction
from regulars.domain.program import EarnRule
from regulars.domain.reasons import Reason, ReasonKind
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.rewards import give, issue_automatic
from regulars.domain.segments import segment
from regulars.domain.tiering import upgraded

BaseOf: TypeAlias = Callable[[EarnRule], tuple[int, Reason | None]]
"""Computes the units of a rule before multipliers, and why."""


def join(draft: Draft, operation: Join) -> None:
    """Enrol the member and grant what the programme gives for joining."""
    draft.card = draft.card._replace(enrolled_ms=draft.now_ms)
    draft.birthday = operation.birthday
    current = running(draft, occasion_of(draft, 0))
    if not operation.again:
        for rule in draft.program.earn:
            if rule.on == "join":
                reason = reasons.plain(ReasonKind.JOIN)
                _grant(draft, rule, rule.amount, reason, current, tier_multiplier=1000)
        _bonuses(draft, current, frozenset({"join"}))
    _follow_up(draft, spend_minor=0, count=0)


def earn(draft: Draft, operation: Earn) -> list[tuple[str, Reason]]:
    """Book a visit or sale; return (rule id, reason) for what was not granted."""
    basket = baskets.read(operation, draft.program.counts)
    if operation.scan:
        from regulars.domain import earning_codes

        earning_codes.require_in_time(draft, operation.scan)
        earning_codes.count(draft, operation.scan)
    count, refused = visits.granted(draft, operation, basket)
    capped = bool(refused)
    spend_minor = basket.spend_minor
    draft.facts.update(facts_of(operation, count, basket))
    if operation.shows_presence and (waiting := waiting_visits(draft.card)):
        draft.facts["awaited"] = waiting
    if operation.order_id:  # it may be sent again with other items
        draft.facts.update(found_by(draft.card))
    if capped and not basket.is_free:  # on another card they may count
        draft.facts["uncounted"] = uncounted(draft, basket, operation.visits)
    kinds, occasion = kinds_of(basket, count), occasion_of(draft, spend_minor)
    refused += purchase(
        draft, lambda rule: base_of(draft, rule, basket, count), kinds, running(draft, occasion)
    )
    if first_purchase.counts(draft, spend_minor):
        first_purchase.count(draft, draft.card.seq + 1)
    if count:
        visits.book(draft, count)
    packages.give(draft, draft.program, packages.bought(draft.program, operation.items))
    _follow_up(draft, spend_minor, count)
    if not capped and (count or spend_minor > 0):
        surprises.draw(draft, occasion, kinds)
    return refused


def waiting_visits(card: Card) -> list[str]:
    """List the names of the visits that wait on a card to be confirmed (see `held_visits.py`)."""
    return [name for name in card.taken if name.startswith("h:")]


def found_by(card: Card) -> dict[str, Any]:
    """Return what a sale finds on a card that its amounts depend on: remainders and the tier."""
    found: dict[str, Any] = {"had": dict(card.carry)} if card.carry else {}
    return {**found, "in": card.tier.id} if card.tier else found


def purchase(
    draft: Draft, base: BaseOf, kinds: frozenset[str], current: list[Campaign]
) -> list[tuple[str, Reason]]:
    """Grant what the rules and campaigns have for a sale, and nothing that follows from it; return
    (rule id, reason) for what was not granted. `base` computes the units of a rule."""
    refused = []
    multiplier = draft.program.multiplier(draft.card.tier_id)
    for rule in draft.program.earn:
        units, reason = base(rule)
        if units and reason:
            _grant(draft, rule, units, reason, current, multiplier)
        elif reason:
            refused.append((rule.id, reason))
    if kinds:
        _bonuses(draft, current, kinds)
    return refused


def base_of_entry(
    draft: Draft, rule: EarnRule, entry: Entry, count: int
) -> tuple[int, Reason | None]:
    """Compute the units of a rule for a sale of which only the entry is known: it tells what each
    rule counted, or only carried."""
    counted = {line.rule: line.reason for line in entry.lines if line.amount > 0}
    known = counted.get(rule.id)
    if rule.on == "spend":
        carried = max(0, entry.facts.get("carry", {}).get(rule.id, 0))
        return _spend_base(draft, rule, known.counted if known else carried)
    _, would_count = entry.facts.get("uncounted", (0, ()))
    if (known or rule.id in would_count) and rule.on == "visit" and count:
        return rule.amount * count, reasons.visit(count)
    if known and rule.on == "item":
        return _item_base(rule, known.counted)
    return 0, None


def uncounted(draft: Draft, basket: Basket, visits: int) -> list[Any]:
    """Note how many visits a sale was of which limits have refused some, and the rules that would
    have counted them."""
    rules = (rule for rule in draft.program.earn if rule.on == "visit")
    return [visits, [rule.id for rule in rules if base_of(draft, rule, basket, visits)[0]]]


def kinds_of(basket: Basket, count: int) -> frozenset[str]:
    """Name the kinds of rules that a sale is about."""
    paid = basket.spend_minor > 0
    there = {"visit": count, "spend": paid, "item": paid and basket.lines}
    return frozenset(kind for kind, is_there in there.items() if is_there)


def act(draft: Draft, operation: RewardAction) -> None:
    """Reward something the member did.

    Raises INVALID when no rule rewards the action, LIMIT_REACHED when it was rewarded as often as a
    rule allows.
    """
    rules = [
        rule
        for rule in draft.program.earn
        if rule.on == "action" and rule.action == operation.action
    ]
    if not rules:
        known = sorted({rule.action for rule in draft.program.earn if rule.on == "action"})
        hint = f"must be one of: {', '.join(known)}" if known else "no action is rewarded"
        raise Refused(RefusalCode.INVALID, "This is not rewarded.", (("action", hint),))
    draft.facts["action"] = operation.action
    if operation.ref:
        draft.facts["ref"] = operation.ref
    today = draft.today.isoformat()
    for rule in rules:
        period = limits.period(rule.limit_window, today)
        key = f"a:{rule.id}"
        if limits.is_full(draft.card, rule, today):
            raise Refused(RefusalCode.LIMIT_REACHED, "It has been rewarded as often as it is.")
        draft.card = limits.counted(draft.card, key, period)
        draft.grant(rule.unit, rule.amount, rule.id, reasons.action(operation.action))
    _follow_up(draft, spend_minor=0, count=0)


def bonus(draft: Draft, operation: GrantBonus) -> None:
    """Grant units or a reward that the system decided on, such as for a referral.

    Raises LIMIT_REACHED when the member was rewarded for as many referrals as the programme allows.
    """
    if operation.referral:
        referral = draft.program.referral
        referred = limits.given(draft.card, milestones.REFERRALS, "")
        if referral and referral.max_per_member and referred >= referral.max_per_member:
            raise Refused(RefusalCode.LIMIT_REACHED, "All referrals that count have been rewarded.")
    reason = reasons.bonus(operation.reason)
    if operation.referral:
        reason = reasons.plain(ReasonKind.REFERRAL)
    if operation.unit:
        draft.grant(operation.unit, operation.amount, "bonus", reason)
    reward = draft.program.rewards.get(operation.reward_id)
    if reward is not None:
        give(draft, reward)
    if operation.referral:
        draft.facts["referral"] = 1
        draft.card = limits.counted(draft.card, milestones.REFERRALS, "")
    _follow_up(draft, spend_minor=0, count=0)


def occasion_of(draft: Draft, spend_minor: int) -> Occasion:
    """Collect what campaigns look at."""
    return Occasion(
        local=campaigns.local_time(calendar.from_ms(draft.effective_ms), draft.program.timezone),
        tier=draft.card.tier_id,
        segment=segment(draft.program, draft.card, draft.today),
        location=draft.operation.origin.location,
        spend_minor=spend_minor,
    )


def running(draft: Draft, occasion: Occasion) -> list[Campaign]:
    """List the campaigns that apply and are not used up."""
    return [
        campaign
        for campaign in draft.program.campaigns
        if campaigns.applies(campaign, occasion)
        and not draft.exhausted(_counter(campaign), campaign.total)
        and not (
            campaign.per_member
            and limits.given(draft.card, _counter(campaign), "") >= campaign.per_member
        )
    ]


def _counter(campaign: Campaign) -> str:
    return campaign_counter(campaign.id)


def campaign_counter(campaign_id: str) -> str:
    """Name the shared counter of how often a campaign was used."""
    return f"campaign:{campaign_id}"


def _use(draft: Draft, campaign: Campaign) -> None:
    """Count one use of a campaign, once per entry."""
    name = _counter(campaign)
    used: list[str] = draft.facts.setdefault("campaigns", [])
    if campaign.id in used:
        return
    used.append(campaign.id)
    if campaign.per_member:
        draft.card = limits.counted(draft.card, name, "")
    if campaign.total:
        draft.count(name, 1, campaign.total)


def _bonuses(draft: Draft, running: list[Campaign], kinds: frozenset[str]) -> None:
    for campaign in campaigns.bonuses(running, kinds):
        _use(draft, campaign)
        reason = reasons.campaign(campaign.id)
        draft.grant(campaign.bonus_unit, campaign.bonus, campaign.id, reason)


def base_of(draft: Draft, rule: EarnRule, basket: Basket, count: int) -> tuple[int, Reason | None]:
    """Compute the units before multipliers, and the reason; 0 units can have a reason too.

    They are below 0 for a sale below 0: more was given back than bought.
    """
    if rule.on not in {"visit", "spend", "item"}:
        return 0, None
    if 0 <= baskets.not_excluded(rule, basket) < rule.min_spend_minor:
        return 0, reasons.min_spend(rule.min_spend_minor)
    if rule.on == "visit":
        if not count or baskets.is_all_excluded(rule, basket):
            return 0, None
        return rule.amount * count, reasons.visit(count)
    if rule.on == "item":
        return _item_base(rule, baskets.pieces(rule, basket))
    return _spend_base(draft, rule, baskets.money(rule, basket))


def _spend_base(draft: Draft, rule: EarnRule, eligible: int) -> tuple[int, Reason | None]:
    """Compute the units for counted money and the remainder of the card; the rest is carried."""
    if not eligible:
        return 0, None
    carried = draft.card.carry.get(rule.id, 0)
    if eligible > 0:
        steps = max(0, (carried + eligible) // rule.per_minor)
    else:
        steps = _towards_zero(eligible, rule.per_minor)
    left = carried + eligible - steps * rule.per_minor
    _carry(draft, rule.id, left)
    reason = reasons.spend(eligible, rule.amount, rule.per_minor, carried, left)
    return rule.amount * steps, reason


def _towards_zero(amount: int, by: int) -> int:
    return amount // by if amount >= 0 else -(-amount // by)


def _item_base(rule: EarnRule, milli: int) -> tuple[int, Reason | None]:
    """Compute the units for thousandths of pieces; the reason names the category when the rule is
    about a single one."""
    if not milli:
        return 0, None
    category = rule.categories[0] if len(rule.categories) == 1 else ""
    return _towards_zero(rule.amount * milli, 1000), reasons.item(milli, category)


def _carry(draft: Draft, rule_id: str, after: int) -> None:
    """Store the remainder on the card, and its change in the entry so that a refund can undo it."""
    before = draft.card.carry.get(rule_id, 0)
    if after != before:
        carry = {**draft.card.carry, rule_id: after}
        if not after:
            del carry[rule_id]
        draft.card = draft.card._replace(carry=carry)
        draft.facts.setdefault("carry", {})[rule_id] = after - before


def _grant(
    draft: Draft,
    rule: EarnRule,
    base: int,
    reason: Reason,
    running: list[Campaign],
    tier_multiplier: int,
) -> None:
    """Grant floor(base x tier multiplier x best campaign multiplier); a base below 0 is taken,
    first from what is on the card, the rest as debt."""
    campaign = campaigns.best_multiplier(running, rule.on, rule.unit)
    amount = _towards_zero(base * tier_multiplier, 1000)
    if campaign:
        amount = _towards_zero(base * tier_multiplier * campaign.multiplier, 1_000_000)
        if base > 0:
            _use(draft, campaign)
    if amount:
        of_campaign = (campaign.id, campaign.multiplier) if campaign else None
        reason = reason.multiplied(base, amount, tier_multiplier, of_campaign)
        if amount > 0:
            draft.grant(rule.unit, amount, rule.id, reason)
        else:
            draft.charge(rule.unit, -amount, rule.id, reason)


def _follow_up(draft: Draft, spend_minor: int, count: int) -> None:
    """Do what follows from any accrual: count it, reward milestones, move the tier up, give the
    tier's benefits and issue automatic rewards."""
    points = points_of(draft)
    draft.card = draft.card.with_window(draft.effective_month, spend_minor, count, points)
    milestones.count(draft, spend_minor, count, points)
    raffles.count(draft, spend_minor, count)
    milestones.reach(draft)
    draft.card = upgraded(draft.program, draft.card, draft.today, draft.effective_day)
    give_due(draft)
    issue_automatic(draft)


def points_of(draft: Draft) -> int:
    """Sum the points granted so far; called before milestones grant, which do not count."""
    points = sum(
        line.amount
        for line in (*granted(draft.lines), *_charged(draft.lines))
        if line.unit in draft.program.units and draft.program.units[line.unit].kind == "points"
    )
    if points:
        draft.facts["points"] = points
    return points


def _charged(lines: Iterable[Line]) -> list[Line]:
    """List the lines that a sale below 0 took."""
    return [line for line in lines if line.amount < 0 and line.reason.counts_purchase]


def facts_of(operation: Earn, count: int, basket: Basket) -> dict[str, Any]:
    """Write what an entry keeps of a sale."""
    facts: dict[str, Any] = {"visits": count}
    if basket.spend_minor:
        facts["spend"] = basket.spend_minor
    if basket.paid_minor != basket.spend_minor:
        facts["paid"] = basket.paid_minor
    if basket.itemized and basket.listed_minor != basket.spend_minor:
        facts["listed"] = basket.listed_minor
    if operation.order_id:
        facts["order"] = operation.order_id
        if sold := baskets.fingerprint(basket):
            facts["sum"] = sold
    if operation.note:
        facts["note"] = operation.note
    return facts
