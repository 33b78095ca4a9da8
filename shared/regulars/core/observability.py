"""One structured logger per process.

The trace id of the invocation is on every line (the Logger adds `xray_trace_id` by itself), so
traces and logs meet without the X-Ray SDK, which would double a cold start. Nothing that
identifies a person is ever logged: ids, counts and codes only.

Powertools is imported with the first line that is logged: a stamp that goes well logs nothing, and
its cold start does not wait for it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.logging import Logger

NAMESPACE = "Regulars"
"""Under which metrics of ours stand in CloudWatch."""


def count(metric: str, value: int = 1, **about: str) -> None:
    """Count something for an alarm or the dashboard (a line in the log, as CloudWatch reads it).

    The stack is its one dimension: each value of a dimension is a metric of its own, and costs
    money. `about` only stands in the line, for who searches the log.

    Nothing is written where POWERTOOLS_METRICS_DISABLED is true: on a terminal, in a simulation.
    """
    if _silent():
        return
    if _gathered and not about:
        _gathered[-1][metric] = _gathered[-1].get(metric, 0) + value
    else:
        _write({metric: value}, about)


def age(metric: str, seconds: float) -> None:
    """Note how old something was when its turn came, in seconds; where `count` writes."""
    if not _silent():
        _write({metric: max(0.0, round(seconds, 3))}, {}, "Seconds")


@contextmanager
def gathered() -> Iterator[None]:
    """Within it, what is counted is added up, and written in one line at the end."""
    _gathered.append({})
    try:
        yield
    finally:
        counted = _gathered.pop()
        if counted:
            _write(counted, {})


_gathered: list[dict[str, int]] = []


def _silent() -> bool:
    return os.environ.get("POWERTOOLS_METRICS_DISABLED", "").lower() == "true"


def _write(measured: Mapping[str, float], about: dict[str, str], unit: str = "Count") -> None:
    metrics = [{"Name": name, "Unit": unit} for name in measured]
    described = {"Namespace": NAMESPACE, "Dimensions": [["service"]], "Metrics": metrics}
    line = {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [described]},
        "service": os.environ.get("POWERTOOLS_SERVICE_NAME", ""),
        **measured,
        **about,
    }
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")


_invocation: dict[str, str] = {}
"""What is said on each line about the invocation that is running."""


def begin(request_id: str) -> None:
    """Name the invocation for which lines are logged from now on."""
    _invocation["request_id"] = request_id


def logger() -> Logger:
    """The process's logger; service name and level come from the POWERTOOLS_* environment."""
    log = _logger()
    log.append_keys(**_invocation)
    return log


@cache
def _logger() -> Logger:
    from aws_lambda_powertools.logging import Logger

    return Logger()
