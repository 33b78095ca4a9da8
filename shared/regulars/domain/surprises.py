"""Give unexpected gifts within a budget.

Staff give some; rules draw others: one of `one_in` visits or sales, by a hash of the operation's
entropy, so that deciding twice draws the same. A budget is a counter in the table, one per period.
The gift's cost is added to it in the same transaction, which fails when that would pass the budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from regulars.domain import limits, reasons
from regulars.domain.campaigns import Occasion
from regulars.domain.draft import Draft
from regulars.domain.games import SurpriseRule
from regulars.domain.operations import GiveSurprise
from regulars.domain.program import Reward
from regulars.domain.reasons import Reason
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.rewards import OPEN_VOUCHERS_MAX, give, stock_name
from regulars.domain.segments import segment

FACTS = "surprises"
"""The fact of an entry that holds its surprises, by voucher id: a `Given` without that id."""


class GivenSurprise(NamedTuple):
    """A surprise as an entry stores it."""

    voucher_id: str
    surprise_id: str
    reward_id: str
    counter: str
    """The shared counter of the budget."""
    cost_minor: int
    """What was taken from the budget, in minor units."""
    period: str
    """The period in which the member's limit counts it."""

    @property
    def reason(self) -> Reason:
        """Why it was given."""
        return reasons.surprise(self.reward_id)


def given(facts: Mapping[str, Any]) -> list[GivenSurprise]:
    """List the surprises of an entry, from its facts."""
    return [GivenSurprise(voucher_id, *kept) for voucher_id, kept in facts.get(FACTS, {}).items()]


def draw(draft: Draft, occasion: Occasion, kinds: frozenset[str]) -> None:
    """Draw for every rule that applies to what has been booked, and give what was drawn."""
    for terms in draft.program.surprises:
        fits = (
            terms.by == "rule"
            and kinds.intersection(terms.on or kinds)
            and occasion.spend_minor >= terms.min_spend_minor
            and is_drawn(draft.operation.origin.entropy, terms)
        )
        reward = draft.program.rewards.get(terms.reward)
        if fits and reward and not _refusal(draft, terms, reward, occasion.tier, occasion.segment):
            _give(draft, terms, reward)


def is_drawn(entropy: bytes, terms: SurpriseRule) -> bool:
    """Tell whether a rule draws this operation; the same entropy gives the same answer."""
    number = int.from_bytes(sha256(entropy + b"surprise:" + terms.id.encode()).digest()[:8])
    return number % terms.one_in == 0


def give_by_hand(draft: Draft, operation: GiveSurprise) -> None:
    """Give the gift that staff chose; raises Refused when it cannot be given."""
    by_staff = {terms.id: terms for terms in draft.program.surprises if terms.by == "staff"}
    terms = by_staff.get(operation.surprise_id)
    reward = draft.program.rewards.get(terms.reward) if terms else None
    if terms is None or reward is None:
        hint = f"must be one of: {', '.join(by_staff)}" if by_staff else "there are none to give"
        raise Refused(RefusalCode.INVALID, "No such surprise.", (("surprise", hint),))
    tier = draft.card.tier_id
    kind = segment(draft.program, draft.card, draft.today)
    if code := _refusal(draft, terms, reward, tier, kind):
        raise Refused(code, _refusal_words(draft, code, terms))
    _give(draft, terms, reward)
    if operation.note:
        draft.facts["note"] = operation.note


def take_back(draft: Draft, facts: Mapping[str, Any], voucher_id: str) -> None:
    """Return the budget of a surprise whose voucher is cancelled by a refund."""
    for gift in given(facts):
        if gift.voucher_id == voucher_id:
            draft.count(gift.counter, -gift.cost_minor, 0)
            name = _name(gift.surprise_id)
            if limits.given(draft.card, name, gift.period):
                draft.card = limits.counted(draft.card, name, gift.period, -1)


def _give(draft: Draft, terms: SurpriseRule, reward: Reward) -> None:
    voucher = give(draft, reward, queues=False)
    if voucher is None:
        raise AssertionError("a surprise is given only when there is room and stock for it")
    counter, today = _counter(draft, terms), draft.today.isoformat()
    draft.count(counter, reward.cost_minor, terms.budget_minor)
    period = limits.period(terms.limit_window, today)
    if terms.limit:
        draft.card = limits.counted(draft.card, _name(terms.id), period)
    gift = GivenSurprise(
        voucher.voucher_id, terms.id, reward.id, counter, reward.cost_minor, period
    )
    draft.facts.setdefault(FACTS, {})[gift.voucher_id] = list(gift[1:])


def _refusal(
    draft: Draft, terms: SurpriseRule, reward: Reward, tier: str | None, kind: str
) -> RefusalCode | None:
    """Find why the card cannot be given it now, by precedence; None when it can."""
    if (terms.tiers and tier not in terms.tiers) or (terms.segments and kind not in terms.segments):
        return RefusalCode.TIER_REQUIRED
    if draft.exhausted(stock_name(reward), reward.stock):
        return RefusalCode.OUT_OF_STOCK
    period = limits.period(terms.limit_window, draft.today.isoformat())
    if terms.limit and limits.given(draft.card, _name(terms.id), period) >= terms.limit:
        return RefusalCode.LIMIT_REACHED
    if len(draft.card.open) >= OPEN_VOUCHERS_MAX:
        return RefusalCode.LIMIT_REACHED
    if draft.exhausted(_counter(draft, terms), terms.budget_minor, reward.cost_minor):
        return RefusalCode.LIMIT_REACHED
    return None


def _refusal_words(draft: Draft, code: RefusalCode, terms: SurpriseRule) -> str:
    if code is RefusalCode.TIER_REQUIRED:
        return f"This is for {', '.join((*terms.tiers, *terms.segments))} members."
    if code is RefusalCode.OUT_OF_STOCK:
        return "All of them have been given out."
    period = limits.period(terms.limit_window, draft.today.isoformat())
    if terms.limit and limits.given(draft.card, _name(terms.id), period) >= terms.limit:
        return "This card has reached the limit of this surprise."
    if len(draft.card.open) >= OPEN_VOUCHERS_MAX:
        return f"This card has {OPEN_VOUCHERS_MAX} open vouchers; some must be used first."
    return "Its budget is used up for now."


def _counter(draft: Draft, terms: SurpriseRule) -> str:
    return budget_counter(terms, draft.today.isoformat())


def budget_counter(terms: SurpriseRule, today: str) -> str:
    """Name the shared counter of a budget in the period of a day."""
    return f"surprise:{terms.id}:{limits.period(terms.budget_window, today)}"


def _name(surprise_id: str) -> str:
    """Under which a card counts how often it was given one."""
    return f"surprise:{surprise_id}"
