"""Checking a programme document: mistakes by path, in words an owner can act on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from regulars.domain.refusals import Code, Refused
from regulars.program.document import Gift, ProgramDocument


def check(document: Any) -> dict[str, Any]:
    """The document, validated and with defaults left as they were written.

    Raises INVALID with one message per mistake, by path.
    """
    try:
        parsed = ProgramDocument.model_validate(document)
    except ValidationError as error:
        raise invalid(error) from error
    if mistakes := [*_repeated(parsed), *_dangling(parsed), *_unaffordable(parsed)]:
        raise Refused(Code.INVALID, "The programme is not valid; see errors.", tuple(mistakes))
    return parsed.model_dump(mode="json", exclude_unset=True, by_alias=True)


def invalid(error: ValidationError) -> Refused:
    """The refusal of a body that a model did not accept, one message per mistake, by path."""
    errors = [
        (".".join(str(part) for part in mistake["loc"]), _mend(mistake["msg"]))
        for mistake in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return Refused(Code.INVALID, "Some fields are not valid; see errors.", tuple(errors[:50]))


def _mend(message: str) -> str:
    return message.removeprefix("Value error, ").replace(
        "Extra inputs are not permitted", "is not a field of this document"
    )


SECTIONS = (
    "units",
    "earn",
    "rewards",
    "tiers",
    "campaigns",
    "milestones",
    "raffles",
    "leaderboards",
    "surprises",
    "locations",
)


def _repeated(document: ProgramDocument) -> Iterable[tuple[str, str]]:
    """Ids must be unique within their section."""
    for section in SECTIONS:
        ids = Counter(part.id for part in getattr(document, section))
        for repeated in (name for name, count in ids.items() if count > 1):
            yield section, f"the id {repeated!r} is used more than once"


def _dangling(document: ProgramDocument) -> Iterable[tuple[str, str]]:
    """What rules and rewards refer to must be there."""
    units = {unit.id for unit in document.units}
    known_units = f"must be one of the units: {', '.join(sorted(units)) or 'there are none yet'}"
    for path, unit in _named_units(document):
        if unit not in units:
            yield path, known_units
    rewards = {reward.id for reward in document.rewards}
    for path, reward_id in _named_rewards(document):
        if reward_id not in rewards:
            yield path, f"there is no reward {reward_id!r}"
    tiers = {tier.id for tier in document.tiers}
    for path, named in _named_tiers(document):
        for tier in set(named) - tiers:
            yield path, f"there is no tier {tier!r}"


def _named_units(document: ProgramDocument) -> Iterator[tuple[str, str]]:
    for place, rule in enumerate(document.earn):
        yield f"earn.{place}.unit", rule.unit
    for place, campaign in enumerate(document.campaigns):
        if campaign.bonus:
            yield f"campaigns.{place}.bonus.unit", campaign.bonus.unit
    for place, milestone in enumerate(document.milestones):
        if milestone.grant:
            yield f"milestones.{place}.grant.unit", milestone.grant.unit
    for side, gift in _sides(document):
        if gift.unit:
            yield f"referral.{side}.unit", gift.unit
    for place, reward in enumerate(document.rewards):
        if reward.cost:
            yield f"rewards.{place}.cost.unit", reward.cost.unit


def _named_rewards(document: ProgramDocument) -> Iterator[tuple[str, str]]:
    for place, tier in enumerate(document.tiers):
        for benefit in tier.benefits:
            yield f"tiers.{place}.benefits", benefit.reward
    for place, milestone in enumerate(document.milestones):
        if milestone.reward:
            yield f"milestones.{place}.reward", milestone.reward
    for side, gift in _sides(document):
        if gift.reward:
            yield f"referral.{side}.reward", gift.reward
    for place, raffle in enumerate(document.raffles):
        yield f"raffles.{place}.reward", raffle.reward
    for place, surprise in enumerate(document.surprises):
        yield f"surprises.{place}.reward", surprise.reward


def _named_tiers(document: ProgramDocument) -> Iterator[tuple[str, list[str]]]:
    for place, reward in enumerate(document.rewards):
        yield f"rewards.{place}.tiers", reward.tiers
    for place, surprise in enumerate(document.surprises):
        yield f"surprises.{place}.tiers", surprise.tiers


def _sides(document: ProgramDocument) -> Iterator[tuple[str, Gift]]:
    """What a referral gives, by side."""
    if document.referral and document.referral.friend:
        yield "friend", document.referral.friend
    if document.referral and document.referral.referrer:
        yield "referrer", document.referral.referrer


def _unaffordable(document: ProgramDocument) -> Iterable[tuple[str, str]]:
    """A budget is counted in what a gift costs, and must be good for one at least."""
    costs = {reward.id: reward.cost_minor for reward in document.rewards}
    for place, surprise in enumerate(document.surprises):
        cost = costs.get(surprise.reward)
        if cost == 0:
            yield f"surprises.{place}.reward", "the reward needs a `cost_minor`"
        elif cost is not None and cost > surprise.budget.amount_minor:
            mend = f"must be at least the {cost} that one costs"
            yield f"surprises.{place}.budget.amount_minor", mend
