"""Hold the tests of the domain against mutants: a test must fail for each.

    python -m tests.mutation --sample 300 --seed 1 --workers 2 [--module tiering] [--least 97]

Prints the survivors with their place and difference; exits 1 when fewer than `--least` percent were
killed, 2 when the tests fail without any mutant. Files are never changed: the tests are collected
once, then a process is forked for each mutant that puts its code into the loaded module. What
survives that is tried again by a process that imports the mutant, and has to live through some
seeds of the simulator as well.
"""

from __future__ import annotations

import argparse
import logging
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import hypothesis
import pydantic
import pytest

from tests.mutation.mutants import ROOT, Mutant, sample
from tests.mutation.swapping import Changed, swap

TESTS = ("tests/unit/domain/golden", "tests/unit/domain/rules", "tests/unit/domain")
"""The quickest to notice something go first."""

OPTIONS = (
    "-x", "-q", "--no-header", "-p", "no:cacheprovider", "--hypothesis-profile=mutants",
    "--hypothesis-seed=1", "-W", "ignore::pytest.PytestAssertRewriteWarning",
)  # fmt: skip

SIMULATED = range(1, 41)
"""The seeds of the simulator that a mutant has to survive."""

SECONDS = 300
"""A mutant that takes longer runs for ever, which a person would notice: it is killed."""

MEMORY = 4 * 2**30
"""Bytes that a mutant may take; one that wants more is killed."""

LOADED = (hypothesis, pydantic)
"""Imported once, before any process is forked."""

PARENT = os.getpid()


class _Forks:
    """Processes of one mutant each, some at once; those that end with 0 are alive."""

    def __init__(self, mutants: Sequence[Mutant | None], at_once: int) -> None:
        self._mutants = mutants
        self._at_once = at_once
        self._running: dict[int, Mutant | None] = {}
        self.alive: list[Mutant | None] = []
        self._ended = 0
        self._progress = os.dup(2)

    def next(self) -> Mutant | None:
        """In a child: its mutant, and the child goes on alone. In the parent: None, at the end."""
        for mutant in self._mutants:
            if len(self._running) == self._at_once:
                self._reap()
            sys.stdout.flush()
            pid = os.fork()
            if not pid:
                _confine()
                return mutant
            self._running[pid] = mutant
        while self._running:
            self._reap()
        return None

    def _reap(self) -> None:
        pid, status = os.wait()
        mutant = self._running.pop(pid)
        if status == 0:
            self.alive.append(mutant)
        self._ended += 1
        if not self._ended % 25:
            done = f"{self._ended} of {len(self._mutants)} tried, {len(self.alive)} alive\n"
            os.write(self._progress, done.encode())


class _Profile:
    """Property tests look for a failure and do not make it small."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self) -> None:
        """Register the profile that the options name."""
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile("mutants", deadline=None, database=None, phases=phases)


class _Trying(_Profile):
    """In place of running the tests once: once in each of the processes."""

    def __init__(self, forks: _Forks) -> None:
        self._forks = forks

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool | None:
        """True when there is nothing to run: in the parent, or when a mutant cannot be put in."""
        mutant = self._forks.next()
        if os.getpid() == PARENT:
            return True
        return None if mutant is None or swap(mutant) else True


def main() -> int:
    """Try a sample; 0 when enough were killed."""
    arguments = _arguments()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT / "shared"))
    started = time.monotonic()
    mutants = sample(arguments.sample, arguments.seed, arguments.module)
    alive = _swapped([None, *mutants], arguments.workers)
    if None not in alive:
        sys.stdout.write("the tests fail without any mutant\n")
        return 2
    alive = _imported([one for one in alive if one], arguments.workers)
    for mutant in sorted(one for one in alive if one):
        sys.stdout.write(f"survived: {mutant.place}\n{mutant.diff}\n\n")
    killed = len(mutants) - len(alive)
    percent = 100 * killed / max(1, len(mutants))
    sys.stdout.write(
        f"{killed} of {len(mutants)} mutants killed ({percent:.1f} %), "
        f"seed {arguments.seed}, {time.monotonic() - started:.0f} s\n"
    )
    return 0 if percent >= arguments.least else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("--sample", type=int, default=300, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="processes at once")
    parser.add_argument("--module", default="", help="of one module only, such as tiering")
    parser.add_argument("--least", type=float, default=97, help="percent that must be killed")
    return parser.parse_args()


def _swapped(mutants: Sequence[Mutant | None], at_once: int) -> list[Mutant | None]:
    """Those that live through the tests in a process that had collected them already."""
    forks = _Forks(mutants, at_once)
    code = _quietly(lambda: int(pytest.main([*OPTIONS, *TESTS], plugins=[_Trying(forks)])))
    if os.getpid() != PARENT:
        os._exit(code not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED})
    return forks.alive


def _imported(mutants: Sequence[Mutant], at_once: int) -> list[Mutant | None]:
    """Those that live through the tests and the simulator in a process that imports them."""
    forks = _Forks(mutants, at_once)
    mutant = forks.next()
    if os.getpid() == PARENT:
        return forks.alive
    for name in list(sys.modules):
        if name.startswith(("regulars", "tests.")) and not name.startswith("tests.mutation"):
            del sys.modules[name]
    if mutant:
        sys.meta_path.insert(0, Changed(mutant))
    os._exit(_quietly(_failed))
    return []


def _failed() -> int:
    """1 when the tests or the simulator notice something."""
    from tests.simulation.__main__ import ENVIRONMENT
    from tests.simulation.simulator import Simulation

    os.environ.update(ENVIRONMENT)
    logging.disable(logging.CRITICAL)
    if any(Simulation(seed).run() for seed in SIMULATED):
        return 1
    logging.disable(logging.NOTSET)
    return int(pytest.main([*OPTIONS, *TESTS], plugins=[_Profile()]) != pytest.ExitCode.OK)


def _confine() -> None:
    """Let a child neither run for ever nor take all memory."""
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _quietly(run: Callable[[], int]) -> int:
    """Run without a word; whatever a mutant does that ends the run has been noticed."""
    sys.stdout.flush()
    kept = os.dup(1), os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    try:
        return run()
    except BaseException:
        return 1
    finally:
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)


if __name__ == "__main__":
    sys.exit(main())
