"""Measure every budget, print them, write bench/results.json; exit 1 when one is not kept."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from bench import cold, jobs, page, warm
from bench.result import Result
from bench.shop import opened

RESULTS = Path(__file__).parent / "results.json"


def main() -> int:
    """Run everything, one after the other, so that nothing disturbs what is measured."""
    with opened() as shop:
        results = cold.measure(shop, os.environ["ORDERS_QUEUE_URL"])
        results.append(warm.speed(shop))
        results += warm.units(shop)
        results += page.measure(shop)
        results += page.viewing(shop)
        results += jobs.measure(shop)
    report(results)
    RESULTS.write_text(json.dumps([it.as_json() for it in results], indent=2) + "\n", "utf-8")
    return 0 if all(result.ok for result in results) else 1


def report(results: list[Result]) -> None:
    """Print a table."""
    for it in results:
        verdict = "ok  " if it.ok else "OVER"
        print(f"{verdict}  {it.name:28} {it.value:8.2f} {it.unit:13} {it.budget:7}  {it.detail}")


if __name__ == "__main__":
    sys.exit(main())
