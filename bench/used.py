"""What a million stamps cost, from units that `make bench` measured and list prices.

    make bench && .venv/bin/python -m bench.used

Prices are those of us-east-1 in USD without tax, without what AWS gives each month. Units and calls
are read from bench/results.json; how long a call lasts and how much it logs on AWS are taken from
the constants below, more than was measured on this machine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bench.__main__ import RESULTS
from bench.unused import PRICES

MEMORY_GB = 0.5
CALL_S = 0.03
"""How long a warm call lasts on AWS: two round trips to the table and what is computed."""
BEHIND_S = 0.06
"""How long the functions behind the stream work on one entry, both together."""
LOG_KB = 0.35
"""What a call writes to the logs: a line of metrics; Lambda's own lines are off below warnings."""
WRITE_USD, READ_USD, CALL_USD = 0.625e-6, 0.125e-6, 1.00e-6
"""A write unit, a read unit, a call of the gateway (HTTP API)."""
KB_IN_GB = 1024 * 1024


class Use(NamedTuple):
    """What one stamp, or one look at a card, asks of AWS."""

    calls: float
    runs: float
    seconds: float
    writes: float
    reads: float

    def usd(self) -> dict[str, float]:
        """What it costs, by what is paid for."""
        return {
            "calls of the gateway": self.calls * CALL_USD,
            "calls of functions": self.runs * PRICES["calls of functions"].usd,
            "time of functions": self.seconds * MEMORY_GB * PRICES["GB-seconds of functions"].usd,
            "writes": self.writes * WRITE_USD,
            "reads": self.reads * READ_USD,
            "logs": self.runs * LOG_KB / KB_IN_GB * PRICES["GB written to logs"].usd,
        }


def uses(measured: Mapping[str, float]) -> dict[str, Use]:
    """A stamp at the counter with what follows from it, and half a minute of looking at a card."""
    stamp = Use(
        1, 3, CALL_S + BEHIND_S, measured["stamp_write_units"], measured["stamp_read_units"]
    )
    calls = measured["card_viewing_calls"]
    looking = Use(calls, calls, calls * CALL_S, 0, measured["card_viewing_read_units"])
    return {"stamps": stamp, "looks at the card": looking}


def lines(measured: Mapping[str, float]) -> Iterator[tuple[str, list[float]]]:
    """For each thing that is paid for what a million of each use costs; the sums at the end."""
    columns = [
        {name: usd * 1e6 for name, usd in it.usd().items()} for it in uses(measured).values()
    ]
    for name in columns[0]:
        yield name, [column[name] for column in columns]
    yield "USD", [sum(column.values()) for column in columns]


def main() -> int:
    """Print the table."""
    measured = {it["name"]: it["value"] for it in json.loads(RESULTS.read_text("utf-8"))}
    print(f"{'a million':24}" + "".join(f"{name:>20}" for name in uses(measured)))
    for name, amounts in lines(measured):
        print(f"{name:24}" + "".join(f"{amount:20.2f}" for amount in amounts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
