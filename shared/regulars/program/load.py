"""Reads a checked programme document, or the stored item that holds one, into a `Program`.

No pydantic here: a document was checked before it was published (`check.py`), and every stamp
reads one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zlib import decompress

from regulars.domain import calendar
from regulars.domain.allowances import Display
from regulars.domain.calendar import to_ms
from regulars.domain.campaigns import WEEKDAYS, Campaign
from regulars.domain.games import Leaderboard, Milestone, Raffle, SurpriseRule
from regulars.domain.program import (
    Counts,
    Expiry,
    Joining,
    Messages,
    Past,
    Program,
    Rate,
    Referral,
    ReferralReward,
    Refunds,
    Reward,
    Segments,
    Step,
    Unit,
)
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.values import millionths, thousandths, whole_step
from regulars.program import load_parts, load_tiers, past
from regulars.store import closing
from regulars.store.marshal import Item

FRIENDS_MAX = 50
"""How many friends of one member are rewarded where the document names no number."""

_PROGRAMS_MAX = 200
_programs: dict[tuple[str, int, int], Program] = {}


def document_of(item: Item) -> dict[str, Any]:
    """Return the programme document in a stored item."""
    document: dict[str, Any] = json.loads(decompress(item["document"]))
    return document


def past_of(item: Item) -> dict[str, Any]:
    """Return what earlier versions left behind (see `past.py`), as it lies in a stored item."""
    left: dict[str, Any] = json.loads(decompress(item["past"])) if "past" in item else {}
    return left


def _past(left: Mapping[str, Any]) -> Past:
    return Past(
        rewards={
            reward_id: tuple((last, _reward(document)) for last, document in earlier)
            for reward_id, earlier in left.get("rewards", {}).items()
        },
        units={unit["id"]: _unit(unit) for unit in left.get("units", ())},
        steps=tuple(
            Step(
                version,
                {old: (new, rate) for old, (new, rate) in replaced.items()},
                tuple(dropped),
            )
            for version, replaced, dropped in left.get("steps", ())
        ),
        zones=tuple(left["zones"]) if "zones" in left else None,
    )


def following(
    item: Item, document: Mapping[str, Any], version: int, now: datetime
) -> tuple[Program, dict[str, Any]]:
    """Read a document as a version after the stored one, and what is left behind then."""
    old, new = program_of(item).at(to_ms(now)), load(document, version)
    left = past.after(past_of(item), document_of(item), document, item["version"])
    if step := past.step(old, new):
        left["steps"] = [*left.get("steps", ()), step]
    if old.timezone != new.timezone:
        first = calendar.local_date(now, old.timezone) + timedelta(days=1)
        starts = (calendar.local_start(first, zone) for zone in (old.timezone, new.timezone))
        left["zones"] = [old.timezone, new.timezone, to_ms(max(starts))]
    return new._replace(past=_past(left)), left


class ClosedError(Refused):
    """The merchant was closed: for everybody it is as if there were none."""

    def __init__(self, item: Item) -> None:
        super().__init__(RefusalCode.NOT_FOUND)
        self.at_ms = int(item["closed"])
        self._was = closing.as_it_was(item)

    @property
    def program(self) -> Program:
        """The programme that was in force."""
        return program_of(self._was)


def program_of(item: Item) -> Program:
    """Return the programme in a stored item, read once per version and process. Raises ClosedError
    for a merchant that was closed."""
    if "closed" in item:
        raise ClosedError(item)
    key = (item["PK"], item["version"], item["published"])
    if key not in _programs:
        if len(_programs) > _PROGRAMS_MAX:
            _programs.clear()
        program = load(document_of(item), item["version"])
        if left := past_of(item):
            program = program._replace(past=_past(left))
        _programs[key] = program
    return _programs[key]


def load(document: Mapping[str, Any], version: int) -> Program:
    """Read a validated programme document published as `version`."""
    branding = document.get("branding", {})
    return Program(
        version=version,
        name=document["name"],
        currency=document["currency"],
        timezone=document["timezone"],
        country=document.get("country") or "",
        leap_birthday=document.get("leap_birthday", "02-28"),
        languages=tuple(document["languages"]),
        color=branding.get("color", "#7a3b1d"),
        icon=branding.get("icon", "gift"),
        logo=branding.get("logo") or "",
        units={unit["id"]: _unit(unit) for unit in document.get("units", ())},
        earn=tuple(load_parts.earn_rule(rule) for rule in document.get("earn", ())),
        rewards={reward["id"]: _reward(reward) for reward in document.get("rewards", ())},
        tiers=tuple(load_tiers.tier(tier) for tier in document.get("tiers", ())),
        campaigns=tuple(_campaign(part) for part in document.get("campaigns", ())),
        milestones=tuple(_milestone(part) for part in document.get("milestones", ())),
        raffles=tuple(_raffle(part) for part in document.get("raffles", ())),
        leaderboards=tuple(_leaderboard(part) for part in document.get("leaderboards", ())),
        surprises=tuple(_surprise(part) for part in document.get("surprises", ())),
        referral=_referral(document.get("referral")),
        join=Joining(document.get("join", {}).get("min_age", 0)),
        limits=load_parts.limits(document.get("limits", {})),
        refunds=_refunds(document.get("refunds", {})),
        counts=Counts(**document.get("counts", {})),
        messages=Messages(document.get("messages", {}).get("close_to_reward_days", 0)),
        segments=_segments(document.get("segments", {})),
        locations={place["id"]: place["name"] for place in document.get("locations", ())},
        display=Display(**(document.get("display") or {})),
        categories=dict(document.get("categories") or {}),
        opening=load_parts.opening(document.get("locations", ())),
        place_limits=load_parts.limits_of_places(
            document.get("limits", {}), document.get("locations", ())
        ),
    )


def _refunds(refunds: Mapping[str, Any]) -> Refunds:
    return Refunds(
        policy=refunds.get("policy", "debt"),
        tier=refunds.get("tier", "take"),
        voucher=refunds.get("voucher", "return"),
        visit_kept_from=thousandths(refunds.get("visit_kept_from", "0.5")),
    )


def _unit(unit: Mapping[str, Any]) -> Unit:
    expiry = unit.get("expiry", {})
    several = expiry if isinstance(expiry, list) else [expiry]
    replaces, value = unit.get("replaces") or {}, unit.get("value") or {}
    return Unit(
        id=unit["id"],
        name=unit["name"],
        kind=unit["kind"],
        expiry=tuple(
            Expiry(
                one.get("type", "never"),
                one.get("months", 0),
                one.get("month", 12),
                one.get("day", 31),
            )
            for one in several
        ),
        hold_days=unit.get("hold_days", 0),
        replaces=replaces.get("unit", ""),
        rate=millionths(replaces.get("rate", "0")),
        ends_on=unit.get("ends_on") or "",
        value_units=value.get("units", 0),
        value_minor=value.get("amount_minor", 0),
    )


def _reward(reward: Mapping[str, Any]) -> Reward:
    limit = reward.get("per_member") or {}
    cost = reward.get("cost") or {}
    amount = cost.get("amount", 0)
    rate = reward.get("rate") or {}
    of = Rate(rate["units"], rate["amount_minor"]) if rate else None
    step = reward.get("step_units") or (whole_step(*of) if of else 0)
    return Reward(
        id=reward["id"],
        name=reward["name"],
        kind=reward.get("kind", "item"),
        unit=cost.get("unit", ""),
        cost=reward.get("min_units") or amount or step,
        auto=reward.get("auto", False),
        valid_days=reward.get("valid_days"),
        tiers=tuple(reward.get("tiers", ())),
        limit=limit.get("times"),
        limit_window=limit.get("window", "lifetime"),
        cost_minor=reward.get("cost_minor", 0),
        stock=reward.get("stock", 0),
        percent=reward.get("percent") or 0,
        amount_minor=reward.get("amount_minor") or 0,
        promise=reward.get("promise"),
        headline=reward.get("headline"),
        conditions=tuple(reward.get("conditions", ())),
        rate=of,
        step_units=step,
        when_unused=reward.get("when_unused", "returns"),
        max_share=thousandths(reward.get("max_share") or "0"),
    )


def _segments(segments: Mapping[str, Any]) -> Segments:
    return Segments(
        at_risk=thousandths(segments.get("at_risk", "2.0")),
        lapsed=thousandths(segments.get("lapsed", "3.0")),
        at_risk_days=segments.get("at_risk_days", 30),
        lapsed_days=segments.get("lapsed_days", 60),
    )


def _referral(referral: Mapping[str, Any] | None) -> Referral | None:
    if not referral:
        return None
    return Referral(
        friend=_gift(referral.get("friend") or {}),
        referrer=_gift(referral.get("referrer") or {}),
        min_spend_minor=referral.get("min_spend_minor", 0),
        max_per_member=referral.get("max_per_member") or FRIENDS_MAX,
        min_age_hours=referral.get("min_age_hours", 0),
    )


def _gift(gift: Mapping[str, Any]) -> ReferralReward:
    return ReferralReward(gift.get("unit", ""), gift.get("amount", 0), gift.get("reward", ""))


def _campaign(campaign: Mapping[str, Any]) -> Campaign:
    hours = campaign.get("hours") or {}
    bonus = campaign.get("bonus") or {}
    return Campaign(
        id=campaign["id"],
        name=campaign.get("name", campaign["id"]),
        first_day=campaign.get("from") or "",
        last_day=campaign.get("until") or "",
        weekdays=tuple(WEEKDAYS.index(day) for day in campaign.get("weekdays", ())),
        hours=(hours.get("from", ""), hours.get("until", "")),
        on=tuple(campaign.get("on", ())),
        units=tuple(campaign.get("units", ())),
        tiers=tuple(campaign.get("tiers", ())),
        segments=tuple(campaign.get("segments", ())),
        locations=tuple(campaign.get("locations", ())),
        min_spend_minor=campaign.get("min_spend_minor", 0),
        multiplier=thousandths(campaign.get("multiplier", "1")),
        bonus=bonus.get("amount", 0),
        bonus_unit=bonus.get("unit", ""),
        per_member=campaign.get("per_member", 0),
        total=campaign.get("total", 0),
    )


def _milestone(part: Mapping[str, Any]) -> Milestone:
    grant = part.get("grant") or {}
    return Milestone(
        id=part["id"],
        name=part["name"],
        metric=part["metric"],
        at=part["at"],
        first_day=part.get("from") or "",
        last_day=part.get("until") or "",
        repeat=part.get("repeat", False),
        unit=grant.get("unit", ""),
        amount=grant.get("amount", 0),
        reward=part.get("reward", ""),
        badge=part.get("badge", False),
    )


def _raffle(part: Mapping[str, Any]) -> Raffle:
    return Raffle(
        id=part["id"],
        name=part["name"],
        first_day=part["from"],
        last_day=part["until"],
        per_minor=part.get("per_minor", 0),
        reward=part["reward"],
        winners=part.get("winners", 1),
    )


def _leaderboard(part: Mapping[str, Any]) -> Leaderboard:
    return Leaderboard(
        part["id"], part["name"], part["metric"], part["window"], part.get("places", 10)
    )


def _surprise(part: Mapping[str, Any]) -> SurpriseRule:
    limit = part.get("per_member") or {}
    return SurpriseRule(
        id=part["id"],
        name=part["name"],
        reward=part["reward"],
        by=part["by"],
        one_in=part.get("one_in") or 0,
        on=tuple(part.get("on", ())),
        tiers=tuple(part.get("tiers", ())),
        segments=tuple(part.get("segments", ())),
        min_spend_minor=part.get("min_spend_minor", 0),
        limit=limit.get("times", 0),
        limit_window=limit.get("window", "lifetime"),
        budget_minor=part["budget"]["amount_minor"],
        budget_window=part["budget"]["window"],
    )
