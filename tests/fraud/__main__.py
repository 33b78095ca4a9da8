"""`make fraud`: quarters from seeds, two at a time; ends with 1 when a goal is missed."""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.audiences.environment import ready
from tests.fraud.quarter import DAYS, play
from tests.fraud.report import Report
from tests.fraud.shops import TERMS

WORKERS = min(2, os.cpu_count() or 1)


def main() -> int:
    """Play what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fraud")
    parser.add_argument("--seeds", type=int, default=2, help="how many")
    parser.add_argument("--first", type=int, default=1001, help="the first seed")
    parser.add_argument("--days", type=int, default=DAYS, help="days of a seed")
    parser.add_argument("--shops", default=",".join(TERMS), help="some of them, with commas")
    parser.add_argument("--weekly", action="store_true", help="owners look on Mondays only")
    parser.add_argument("--workers", type=int, default=WORKERS)
    asked = parser.parse_args()
    began = time.monotonic()
    shops = tuple(asked.shops.split(","))
    one = partial(play, days=asked.days, shops=shops, weekly=asked.weekly)
    with ProcessPoolExecutor(asked.workers, initializer=ready) as pool:
        results = list(pool.map(one, range(asked.first, asked.first + asked.seeds)))
    report = Report(results)
    took = time.monotonic() - began
    sys.stdout.write(f"{asked.seeds} seeds from {asked.first}, {asked.days} days of {shops}\n\n")
    sys.stdout.write("\n".join(report.lines()) + f"\ntook {took:.0f} s\n")
    return 1 if report.missed_goals else 0


if __name__ == "__main__":
    sys.exit(main())
