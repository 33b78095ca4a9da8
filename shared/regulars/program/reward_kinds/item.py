"""A thing: a free coffee, a pastry."""

from __future__ import annotations

from regulars.program.reward_kinds import RewardKind

KIND = RewardKind()
