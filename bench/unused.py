"""What a stack costs a month while nobody scans, counted from the template that AWS gets.

    .venv/bin/python -m bench.unused [NAME=VALUE of a parameter ...]

Needs a build (`make build`). Prices are list prices of us-east-1 in USD without tax; the first
column takes what AWS gives every account each month for ever, the second one nothing: a further
stack of the same account. docs/costs.md says what use costs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from local.intrinsics import Resolver

ROOT = Path(__file__).resolve().parents[1]
HOURS = 730
POLLERS = 5
"""How many long polls Lambda keeps open on a queue that is empty; each lasts 20 s."""
RUN_S = 1.0
"""How long an hourly run without work takes, cold start included: more than any was measured."""
RUN_READS = 40
"""Read units of such a run, shards and cursors: more than any was measured."""
RUN_LOG_KB = 2.0


class Price(NamedTuple):
    """A price for one, and how many of them AWS gives each month."""

    usd: float
    free: float = 0.0


PRICES = {
    "alarm metrics": Price(0.10, 10),
    "dashboards": Price(3.00, 3),
    "metrics of ours": Price(0.30, 10),
    "secrets": Price(0.40),
    "keys in KMS": Price(1.00),
    "requests to queues": Price(0.40e-6, 1e6),
    "runs by the clock": Price(1.00e-6, 14e6),
    "calls of functions": Price(0.20e-6, 1e6),
    "GB-seconds of functions": Price(1.33334e-5, 400_000),
    "read units of the table": Price(0.125e-6),
    "GB written to logs": Price(0.50, 5),
    "GB of code in S3": Price(0.023),
}


class Line(NamedTuple):
    """How much of something a stack uses in a month, and what that costs."""

    what: str
    amount: float
    first: float
    further: float


def translated(*parameters: str) -> dict[str, Any]:
    """The built template as CloudFormation gets it."""
    options = [word for pair in parameters for word in ("-p", pair)]
    command = [sys.executable, str(ROOT / "scripts" / "translate"), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def used(document: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, float]:
    """What a stack of this template uses in a month, by what it is paid for."""
    resolver = Resolver(dict(document), parameters)
    there = [it for it in document["Resources"].values() if resolver.wanted(it)]

    def count(kind: str) -> int:
        return sum(it["Type"] == kind for it in there)

    runs = count("AWS::Scheduler::Schedule") * HOURS
    polled = sum(
        it["Type"] == "AWS::Lambda::EventSourceMapping"
        and "Queue" in json.dumps(it["Properties"]["EventSourceArn"])
        for it in there
    )
    alarms = [it["Properties"] for it in there if it["Type"] == "AWS::CloudWatch::Alarm"]
    return {
        "alarm metrics": sum(
            sum("MetricStat" in metric for metric in it.get("Metrics", [])) or 1 for it in alarms
        ),
        "dashboards": count("AWS::CloudWatch::Dashboard"),
        "metrics of ours": 0,  # they are paid for in hours in which something is counted
        "secrets": count("AWS::SecretsManager::Secret"),
        "keys in KMS": count("AWS::KMS::Key"),
        "requests to queues": polled * POLLERS * HOURS * 3600 / 20,
        "runs by the clock": runs,
        "calls of functions": runs,
        "GB-seconds of functions": runs * RUN_S * 0.5,
        "read units of the table": runs * RUN_READS,
        "GB written to logs": runs * RUN_LOG_KB / 1e6,
        "GB of code in S3": 0.1,
    }


def lines(document: Mapping[str, Any], parameters: Mapping[str, str]) -> list[Line]:
    """The bill, line by line."""
    return [
        Line(what, amount, max(0.0, amount - price.free) * price.usd, amount * price.usd)
        for what, amount in used(document, parameters).items()
        for price in (PRICES[what],)
    ]


def main() -> None:
    """Print the bill."""
    given = sys.argv[1:]
    bill = lines(translated(*given), dict(it.partition("=")[::2] for it in given))
    print(f"{'a month, unused':28}{'amount':>12}{'first stack':>14}{'a further one':>16}")
    for line in bill:
        print(f"{line.what:28}{line.amount:>12,.10g}{line.first:>14.2f}{line.further:>16.2f}")
    first, further = (
        sum(column) for column in zip(*((it.first, it.further) for it in bill), strict=True)
    )
    print(f"{'USD':40}{first:>14.2f}{further:>16.2f}")


if __name__ == "__main__":
    main()
