"""One measured figure against its budget."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Result:
    """A figure; `budget` reads like `<= 0.5`, `detail` says what it was made of."""

    name: str
    value: float
    unit: str
    budget: str
    detail: str

    @property
    def ok(self) -> bool:
        """Whether the figure keeps its budget."""
        relation, limit = self.budget.split()
        return self.value <= float(limit) if relation == "<=" else self.value >= float(limit)

    def as_json(self) -> dict[str, Any]:
        """The figure as results.json holds it."""
        return {**asdict(self), "value": round(self.value, 4), "ok": self.ok}
