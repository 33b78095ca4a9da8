"""The same merchant where guests scan codes: some are good once, some for three cards, most are
scanned by more than one guest, and every form is sent again."""

from __future__ import annotations

from hashlib import sha256

from regulars.domain.earning_codes import ONCE_MS, EarningCode
from regulars.store import earning_codes, formats
from tests.simulation import programs
from tests.simulation.rates import Asked
from tests.simulation.requests import Asks
from tests.simulation.run import Run
from tests.simulation.simulator import STEPS, Found, Simulation

EVENT_USES = 3
SCANS_OF_TEN = 3
"""How often in ten turns somebody scans a code."""


class Scanning(Simulation):
    """One seed."""

    def __init__(self, seed: int, steps: int = STEPS) -> None:
        super().__init__(seed, steps, seed % programs.SHOPS)
        self.codes: list[str] = []
        others = self.world.somebody_else

        def somebody() -> None:
            if self.members and self.world.chance.randrange(10) < SCANS_OF_TEN:
                self.world.turn()
                scan(self, self.codes)
            else:
                others()

        self.world.somebody_else = somebody

    def _live(self) -> None:
        self.begin()
        while self.step < self.world.turns_max:
            self.world.begin()


def scan(run: Run, codes: list[str]) -> None:
    """A guest scans a code of the counter, or one that others have as well."""
    chance = run.world.chance
    if not codes or chance.random() < 0.25:
        codes.append(_made(run))
    code_id, member = chance.choice(codes[-3:]), run.member()
    run.checker.asked[f"code:{code_id}:{member}"] = Asked(1, 0, 0, ())
    run.ask(Asks("scan", "", (member, code_id)))


def _made(run: Run) -> str:
    chance = run.world.chance
    kind, uses = chance.choice((("once", 1), ("event", EVENT_USES)))
    code_id = sha256(f"{run.seed}:{run.name()}".encode()).hexdigest()
    until_ms = run.world.now_ms + (ONCE_MS if kind == "once" else 100 * ONCE_MS)
    code = EarningCode(code_id, run.m, kind, until_ms=until_ms, uses=uses)  # type: ignore[arg-type]  # one of the kinds
    run.world.memory.call("PutItem", {"Item": formats.stored(earning_codes.put(code).item)})
    return code_id


def simulate(seed: int, steps: int = STEPS) -> Found | None:
    """What is wrong with a seed, with its trace; None when nothing is."""
    if Scanning(seed, steps).run() is None:
        return None
    return Scanning(seed, steps).run(traced=True)
