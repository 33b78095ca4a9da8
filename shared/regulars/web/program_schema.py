"""Checking a programme document: mistakes by path, in words an owner can act on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from regulars.domain.refusals import Code, Refused
from regulars.web.program_document import ProgramDocument


def check(document: Any) -> dict[str, Any]:
    """The document, validated and with defaults left as they were written.

    Raises INVALID with one message per mistake, by path.
    """
    try:
        parsed = ProgramDocument.model_validate(document)
    except ValidationError as error:
        raise invalid(error) from error
    if mistakes := [*_repeated(parsed), *_dangling(parsed)]:
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
    tiers = {tier.id for tier in document.tiers}
    known_units = f"must be one of the units: {', '.join(sorted(units)) or 'there are none yet'}"
    for place, rule in enumerate(document.earn):
        if rule.unit not in units:
            yield f"earn.{place}.unit", known_units
    rewards = {reward.id for reward in document.rewards}
    named = [
        (f"tiers.{place}.benefits", benefit.reward)
        for place, tier in enumerate(document.tiers)
        for benefit in tier.benefits
    ] + [
        (f"milestones.{place}.reward", milestone.reward)
        for place, milestone in enumerate(document.milestones)
        if milestone.reward
    ]
    sides = (
        [("friend", document.referral.friend), ("referrer", document.referral.referrer)]
        if (document.referral)
        else []
    )
    named += [
        (f"referral.{side}.reward", gift.reward) for side, gift in sides if gift and gift.reward
    ]
    named += [
        (f"raffles.{place}.reward", raffle.reward) for place, raffle in enumerate(document.raffles)
    ]
    for path, reward_id in named:
        if reward_id not in rewards:
            yield path, f"there is no reward {reward_id!r}"
    amounts = [
        (f"campaigns.{place}.bonus.unit", campaign.bonus.unit)
        for place, campaign in enumerate(document.campaigns)
        if campaign.bonus
    ] + [
        (f"milestones.{place}.grant.unit", milestone.grant.unit)
        for place, milestone in enumerate(document.milestones)
        if milestone.grant
    ]
    amounts += [(f"referral.{side}.unit", gift.unit) for side, gift in sides if gift and gift.unit]
    for path, unit in amounts:
        if unit not in units:
            yield path, known_units
    for place, reward in enumerate(document.rewards):
        if reward.cost and reward.cost.unit not in units:
            yield f"rewards.{place}.cost.unit", known_units
        for tier in set(reward.tiers) - tiers:
            yield f"rewards.{place}.tiers", f"there is no tier {tier!r}"
