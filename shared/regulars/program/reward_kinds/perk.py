"""Something in words: a table by the window."""

from __future__ import annotations

from regulars.program.reward_kinds import RewardKind

KIND = RewardKind()
