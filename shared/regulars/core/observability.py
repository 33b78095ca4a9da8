"""One structured logger per process.

The trace id of the invocation is on every line (the Logger adds `xray_trace_id` by itself), so
traces and logs meet without the X-Ray SDK, which would double a cold start. Nothing that
identifies a person is ever logged: ids, counts and codes only.

Powertools is imported with the first line that is logged: a stamp that goes well logs nothing, and
its cold start does not wait for it.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.logging import Logger

NAMESPACE = "Regulars"
"""Under which metrics of ours stand in CloudWatch."""


def count(metric: str) -> None:
    """Count one event of a metric that an alarm watches (in the log, as CloudWatch reads it)."""
    _measured(metric, "Count", 1)


def age(metric: str, seconds: float) -> None:
    """Note how old something was when its turn came (in the log, as CloudWatch reads it)."""
    _measured(metric, "Seconds", max(0.0, round(seconds, 3)))


def _measured(metric: str, unit: str, value: float) -> None:
    """Write a line of a metric; nothing where POWERTOOLS_METRICS_DISABLED is true: on a terminal,
    in a simulation."""
    if os.environ.get("POWERTOOLS_METRICS_DISABLED", "").lower() == "true":
        return
    from aws_lambda_powertools.metrics import MetricUnit, single_metric

    with single_metric(name=metric, unit=MetricUnit[unit], value=value, namespace=NAMESPACE):
        pass


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
