"""What bringing a friend gives, as the card and the friend's page say it."""

from __future__ import annotations

from typing import Any, NamedTuple

from regulars.core.config import settings
from regulars.domain import limits
from regulars.domain.card import Card
from regulars.domain.milestones import REFERRALS
from regulars.domain.program import Program, ReferralReward
from regulars.i18n.words import Words


class FriendsPanel(NamedTuple):
    """The member's own link (`path`), what each side gets, in words, how many friends came, and how
    many are rewarded at most (0 for no limit)."""

    path: str
    yours: str
    theirs: str
    came: int = 0
    most: int = 0
    url: str = ""
    """The whole address, for the camera of a friend who stands beside; empty shows no code."""


def panel(
    program: Program, card: Card, slug: str, handle: str, words: Words
) -> FriendsPanel | None:
    """The panel on a card; None for a programme without referrals."""
    if program.referral is None or not slug:
        return None
    return FriendsPanel(
        f"/j/{slug}?ref={handle}",
        gives(program, program.referral.referrer, words),
        gives(program, program.referral.friend, words),
        limits.given(card, REFERRALS, ""),
        program.referral.max_per_member,
        f"{settings().base_url}/j/{slug}?ref={handle}",
    )


def gives(program: Program, side: ReferralReward, words: Words) -> str:
    """What one side gets: "1 stamp", or the name of a reward."""
    reward = program.rewards.get(side.reward)
    if reward:
        return words.pick(reward.name)
    unit = program.unit(side.unit)
    names: Any = unit.name if unit else {}
    return words.amount(names, side.amount) if unit and side.amount else ""
