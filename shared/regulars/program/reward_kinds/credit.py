"""Points as money off: the member says how many, and they are used in parts."""

from __future__ import annotations

from regulars.domain.program import Reward
from regulars.i18n.words import Words
from regulars.program.reward_kinds import RewardKind


def _worth(reward: Reward, currency: str, words: Words) -> str:
    return words.t("{worth} off", worth=words.money(reward.value_minor, currency))


KIND = RewardKind(fields=("rate",), worth=_worth)
