"""`python -m tests.audiences --calls N --seed S`: says what was wrong, and ends with 1 then."""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

from tests.audiences import calls
from tests.audiences.environment import ready

PART = 2000
"""Calls of one seed; every seed has two shops of its own."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.audiences")
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    began = time.monotonic()
    seeds = range(asked.seed, asked.seed + -(-asked.calls // PART))
    with ProcessPoolExecutor(asked.workers, initializer=ready) as pool:
        found = [line for part in pool.map(calls.played, seeds, repeat(PART)) for line in part]
    for line in found:
        sys.stdout.write(f"{line}\n")
    took = time.monotonic() - began
    sys.stdout.write(f"{len(seeds) * PART} calls in {took:.0f} s: {len(found)} wrong\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
