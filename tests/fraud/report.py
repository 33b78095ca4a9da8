"""The report: what attackers came to, who else was disturbed, and whether the goals hold."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from fractions import Fraction

from tests.fraud.attempts import Figures
from tests.fraud.quarter import Result

STOPPED_MIN = Fraction(95, 100)
"""Of the value that attackers try so much is blocked, or held before it is redeemed."""
DISTURBED_MAX = Fraction(5, 1000)
"""Of the visits of honest guests so many are refused, delayed or limited, cards put on hold
included."""


class Report:
    """The sum of some seeds."""

    def __init__(self, results: Sequence[Result]) -> None:
        self.figures: dict[str, Figures] = {}
        self.whys: dict[str, Tally[str]] = {}
        self.signals: Tally[str] = Tally()
        self.disturbed: Tally[str] = Tally()
        for one in results:
            for kind, figures in one.figures.items():
                self.figures[kind] = self.figures.get(kind, Figures()).plus(figures)
                self.whys.setdefault(kind, Tally()).update(one.whys[kind])
            self.signals.update(one.signals)
            self.disturbed.update(one.record.disturbed)
        self.visits = sum(one.record.visits for one in results)
        self.disturbed["card put on hold"] = sum(one.held for one in results)
        self.taken_off = sum(one.taken_off for one in results)

    @property
    def total(self) -> Figures:
        """Of all attackers."""
        total = Figures()
        for figures in self.figures.values():
            total = total.plus(figures)
        return total

    @property
    def share_disturbed(self) -> Fraction:
        """Disturbed visits of all honest visits."""
        return Fraction(self.disturbed.total(), self.visits or 1)

    @property
    def missed_goals(self) -> list[str]:
        """What does not hold, in words."""
        found = []
        if self.total.share < STOPPED_MIN:
            found.append(f"less than {float(STOPPED_MIN):.0%} was stopped before it was redeemed")
        if self.share_disturbed > DISTURBED_MAX:
            found.append(f"more than {float(DISTURBED_MAX):.1%} of honest visits were disturbed")
        if self.taken_off:
            found.append(f"{self.taken_off} honest people of the staff were taken off")
        return found

    def lines(self) -> list[str]:
        """The report in lines; money is in the currency of the shops."""
        columns = ("tried", "blocked", "held", "missed", "open", "short")
        lines = [f"{'':<22}{''.join(f'{name:>9}' for name in columns)}{'stopped':>9}"]
        for kind, figures in [*sorted(self.figures.items()), ("all", self.total)]:
            cells = "".join(f"{float(one) / 100:>9.2f}" for one in (figures.tried, *figures))
            lines.append(f"{kind:<22}{cells}{float(figures.share):>9.1%}")
        lines += [
            f"If what is too little for a reward were lost: {float(self.total.share_of_all):.1%}",
            "",
            f"honest visits {self.visits}, disturbed {self.disturbed.total()}"
            f" ({float(self.share_disturbed):.2%}): {_in_words(self.disturbed)}",
            f"signals: {_in_words(self.signals)}",
            *(f"{kind} was refused: {_in_words(whys)}" for kind, whys in self.whys.items() if whys),
            "",
        ]
        return lines + ([f"MISSED: {one}" for one in self.missed_goals] or ["the goals hold"])


def _in_words(tally: Tally[str]) -> str:
    return ", ".join(f"{n} × {name}" for name, n in tally.most_common() if n) or "none"
