"""Plays a long run with seeds that nobody has seen: `make long NAME=simulate`.

What it came to goes into docs/measured.md, with date and machine. Each run says its command first,
so that it can be repeated with the same seeds.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

SEEDS_FROM = 1_000_000
"""Seeds below are those of CI, of tuning, and of faults that were found."""


def commands(first: int) -> dict[str, list[str]]:
    """Every long run by name, from a seed on."""
    seed = str(first)
    return {
        "simulate": ["-m", "tests.simulation", "--seeds", "10000", "--first", seed],
        "fraud": ["-m", "tests.fraud", "--seeds", "2", "--first", seed, "--days", "91"],
        "audiences": ["-m", "tests.audiences", "--calls", "100000", "--seed", seed],
        "mutants": ["-m", "tests.mutation", "--sample", "300", "--seed", seed, "--workers", "2"],
        "members": ["-m", "bench.members", "100000"],
        "console": ["-m", "bench.console", "100000"],
        "scale": ["-m", "bench.scale", "1000000"],
        "review": ["-m", "pytest", "-q", "-m", "long", "tests/functional/test_large_merchants.py"],
    }


def main(name: str) -> int:
    """Play one; returns its exit code, or 2 for a name that is none."""
    known = commands(SEEDS_FROM + secrets.randbelow(1_000_000_000))
    if name not in known:
        sys.stderr.write(f"NAME= must be one of: {', '.join(known)}\n")
        return 2
    command = [sys.executable, *known[name]]
    sys.stdout.write(f"python {' '.join(known[name])}\n")
    sys.stdout.flush()
    environment = {**os.environ, "REVIEWED": "200000"}
    return subprocess.run(command, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
