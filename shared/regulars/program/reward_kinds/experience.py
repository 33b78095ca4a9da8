"""Something to take part in: a tasting, a class."""

from __future__ import annotations

from regulars.program.reward_kinds import RewardKind

KIND = RewardKind()
