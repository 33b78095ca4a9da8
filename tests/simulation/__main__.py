"""`make simulate`: many seeds over all cores, those that failed once first; or planted bugs."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Iterator
from itertools import chain
from multiprocessing import Pool
from pathlib import Path

from regulars.core import ring
from tests.simulation import (
    correcting,
    planted_codes,
    planted_sales,
    planted_versions,
    planted_wallets,
    scanning,
    wallets,
)
from tests.simulation.changing import Changing
from tests.simulation.correcting import Correcting
from tests.simulation.planted import BUGS, planted
from tests.simulation.scanning import Scanning
from tests.simulation.simulator import STEPS, Found, Simulation, simulate
from tests.simulation.wallets import Wallets

FAILED = Path(__file__).with_name("seeds.txt")
"""Seeds that have failed once, one a line; kept with the code."""

PLANTED = Path(__file__).with_name("planted.txt")
"""The seed each planted bug was found at the last time, where the tests look first."""

ENVIRONMENT = {
    "AWS_REGION": "eu-central-1",
    "BASE_URL": "https://cards.example",
    "MAIL_FROM": "cards@regulars.example",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "RING_PARAMETER": "/regulars/ring",
    "TABLE_NAME": "regulars-ledger",
}

RING = json.dumps(
    {
        "base": "k001",
        "current": "k001",
        "since": 0,
        "keys": {"k001": "a secret of the simulation that is long enough"},
    }
)

CHUNK = 40
CHANGING_EVERY = 4
"""Of so many seeds one is also that of a merchant who changes the programme all the time, one that
of a merchant where points are money off, one that of one where guests scan codes, and one that of
one where much is put right."""
TRACE_LINES = 40
PLANTED_SEEDS = 2_000


def main() -> int:
    """Run what was asked for; 1 when anything was found (or a planted bug was not)."""
    arguments = argparse.ArgumentParser(prog="python -m tests.simulation")
    arguments.add_argument("--seeds", type=int, default=1000, help="how many")
    arguments.add_argument("--first", type=int, default=1, help="the first seed")
    arguments.add_argument("--steps", type=int, default=STEPS, help="steps of a seed")
    arguments.add_argument("--seconds", type=float, default=1e9, help="stop after so long")
    arguments.add_argument("--planted", action="store_true", help="look for the planted bugs")
    asked = arguments.parse_args()
    _prepare()
    if asked.planted:
        return _planted()
    return _seeds(range(asked.first, asked.first + asked.seeds), asked.steps, asked.seconds)


def _prepare() -> None:
    """Tell this process what a function is told."""
    os.environ.update(ENVIRONMENT)
    ring.source = lambda: RING


def _seeds(seeds: range, steps: int, seconds: float) -> int:
    began = time.monotonic()
    done = (0, 0)
    with Pool(initializer=_prepare) as pool:
        for found, counted in pool.imap_unordered(_some, _chunks(seeds, steps)):
            done = (done[0] + counted[0], done[1] + counted[1])
            if found:
                pool.terminate()
                _report(found)
                return 1
            if time.monotonic() - began > seconds:
                break
    took = time.monotonic() - began
    _say(
        f"{done[0]} seeds: {done[1]} steps in {took:.0f} s ({done[1] / took:.0f} a second);"
        " nothing found. A step is a turn of the scheduler: somebody begins something, or a"
        " process makes a call to the table."
    )
    return 0


def failed_before() -> list[int]:
    """The seeds that have failed once."""
    return [int(line) for line in FAILED.read_text().split()]


def _chunks(seeds: range, steps: int) -> Iterator[tuple[list[int], int]]:
    order = list(chain(failed_before(), seeds))
    for first in range(0, len(order), CHUNK):
        yield order[first : first + CHUNK], steps


def _some(chunk: tuple[list[int], int]) -> tuple[Found | None, tuple[int, int]]:
    """Some seeds: what was found first, and how many seeds and steps there were."""
    seeds, steps = chunk
    stepped = 0
    gc.disable()  # a run is short; what it leaves behind is collected after some of them
    for seed in seeds:
        simulation = Simulation(seed, steps)
        if simulation.run():
            return simulate(seed, steps), (0, 0)
        stepped += simulation.step
        if seed % CHANGING_EVERY == 0 and (found := Changing(seed).run()):
            return found, (0, 0)
        if seed % CHANGING_EVERY == 2 and (found := scanning.simulate(seed, steps)):
            return found, (0, 0)
        is_known = seed in failed_before()
        if (is_known or seed % CHANGING_EVERY == 3) and (found := correcting.simulate(seed, steps)):
            return found, (0, 0)
        if seed % CHANGING_EVERY == 1 and (found := wallets.simulate(seed, steps)):
            return found, (0, 0)
    gc.collect()
    return None, (len(seeds), stepped)


def _report(found: Found) -> None:
    """The trace's end and the seed, which is kept to be run first from now on."""
    _say(f"… the last {TRACE_LINES} lines of seed {found.seed}:")
    _say("\n".join(found.trace[-TRACE_LINES:]))
    _say(f"seed {found.seed}, step {found.step}: {found.wrong}")
    known = failed_before()
    if found.seed not in known:
        FAILED.write_text("".join(f"{seed}\n" for seed in [found.seed, *known]))


def found_before() -> dict[str, int]:
    """By planted bug the seed it was found at the last time."""
    lines = (line.split(maxsplit=1) for line in PLANTED.read_text().splitlines())
    return {name: int(seed) for seed, name in lines}


def _planted() -> int:
    missed, at = 0, {}
    with Pool(initializer=_prepare) as pool:
        for name, found in pool.imap(_bug, ALL_BUGS):
            missed += found is None
            at[name] = found.seed if found else 1
            seed = f"seed {found.seed:>4}" if found else "NOT FOUND"
            _say(f"{seed}  {name}  [{found.wrong[:90] if found else ''}]")
    PLANTED.write_text("".join(f"{seed} {name}\n" for name, seed in at.items()))
    _say(f"{len(ALL_BUGS) - missed} of {len(ALL_BUGS)} planted bugs found")
    return 1 if missed else 0


ALL_BUGS = (
    *BUGS, *planted_versions.BUGS, *planted_wallets.BUGS, *planted_codes.BUGS,
    *planted_sales.BUGS,
)  # fmt: skip


def _bug(name: str) -> tuple[str, Found | None]:
    seeds = range(1, PLANTED_SEEDS + 1)
    if name in planted_versions.BUGS:
        with planted_versions.planted(name):
            return name, next((found for seed in seeds if (found := Changing(seed).run())), None)
    if name in planted_wallets.BUGS:
        with planted_wallets.planted(name):
            return name, next((found for seed in seeds if (found := Wallets(seed).run())), None)
    if name in planted_codes.BUGS:
        with planted_codes.planted(name):
            return name, next((found for seed in seeds if (found := Scanning(seed).run())), None)
    if name in planted_sales.BUGS:
        with planted_sales.planted(name):
            return name, next((found for seed in seeds if (found := Correcting(seed).run())), None)
    with planted(name):
        return name, next((found for seed in seeds if (found := Simulation(seed).run())), None)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
