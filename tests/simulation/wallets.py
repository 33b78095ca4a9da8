"""The same merchant where points are money off: credits are taken, used in parts with orders that
are refunded, taken back and given back, by everybody at once."""

from __future__ import annotations

from tests.simulation import programs
from tests.simulation.simulator import STEPS, Found, Simulation


class Wallets(Simulation):
    """One seed."""

    def __init__(self, seed: int, steps: int = STEPS) -> None:
        super().__init__(seed, steps, programs.ALL.index(programs.WALLET))


def simulate(seed: int, steps: int = STEPS) -> Found | None:
    """What is wrong with a seed, with its trace; None when nothing is."""
    if Wallets(seed, steps).run() is None:
        return None
    return Wallets(seed, steps).run(traced=True)
