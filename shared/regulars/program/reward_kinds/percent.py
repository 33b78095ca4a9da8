"""A share of the price is taken off."""

from __future__ import annotations

from regulars.domain.program import Reward
from regulars.i18n.words import Words
from regulars.program.reward_kinds import RewardKind


def _worth(reward: Reward, currency: str, words: Words) -> str:
    return words.t("{worth} off", worth=words.percent(reward.percent))


KIND = RewardKind(fields=("percent",), worth=_worth)
