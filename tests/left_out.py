"""Tests that cannot run on this machine are left out, and the end of the run says which and why.

Where several processes run the tests, each knows what it left out; the first one collects that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

LINES = pytest.StashKey[set[str]]()
_OUTPUT = "left_out"


def leave_out(
    config: pytest.Config, items: list[pytest.Item], unwanted: Sequence[pytest.Item], why: str
) -> None:
    """Take the tests `unwanted` out of `items`, and remember for the end of the run why."""
    if not unwanted:
        return
    _lines(config).add(f"not run: {len(unwanted)} tests, because {why}")
    config.hook.pytest_deselected(items=unwanted)
    items[:] = [item for item in items if item not in unwanted]


def hand_over(config: pytest.Config) -> None:
    """Give what this process left out to the one that started it, if one did."""
    output: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = sorted(_lines(config))


def take_over(config: pytest.Config, worker_output: dict[str, Any]) -> None:
    """Take what another process left out."""
    _lines(config).update(worker_output.get(_OUTPUT, ()))


def say(config: pytest.Config, terminal: pytest.TerminalReporter) -> None:
    """Write a line for each reason."""
    for line in sorted(_lines(config)):
        terminal.write_line(line, yellow=True)


def _lines(config: pytest.Config) -> set[str]:
    return config.stash.setdefault(LINES, set())
