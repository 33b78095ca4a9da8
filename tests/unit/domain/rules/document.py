"""The tables of worked examples in `docs/rules.md`, and the functions that run them.

A section is a heading without headings below it; it ends with one table. Columns in bold are
outcomes. The function of a section gets the other columns of a row and returns the outcome
in the document's own words, so the comparison is one of texts and nothing is left out by accident.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

PAGE = Path(__file__).resolve().parents[4] / "docs" / "rules.md"

Cells = Mapping[str, str]
Holder = Callable[[Cells], Cells]

HOLDERS: dict[str, Holder] = {}


class Row(NamedTuple):
    """One worked example."""

    section: str
    line: int
    given: Cells
    outcome: Cells


class Section(NamedTuple):
    """A heading without headings below it, and the rows of the tables under it, heads included."""

    title: str
    tables: list[list[tuple[int, list[str]]]]


H = TypeVar("H")


def holding(holders: dict[str, H], sections: Sequence[str]) -> Callable[[H], H]:
    """Register a function that runs the rows of these sections among others of its kind."""

    def held(holder: H) -> H:
        for section in sections:
            assert section not in holders, f"{section} is held twice"
            holders[section] = holder
        return holder

    return held


def holds(*sections: str) -> Callable[[Holder], Holder]:
    """Register a function that runs the rows of these sections on the core."""
    return holding(HOLDERS, sections)


class Given(Mapping[str, str]):
    """The cells that a holder is given; remembers which it looked at."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.seen: set[str] = set()

    def __getitem__(self, column: str) -> str:
        self.seen.add(column)
        return self.cells[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)


def outcome_of(row: Row, holder: Holder) -> Cells:
    """Run a row on the product; every given column must be read."""
    given = Given(row.given)
    outcome = holder(given)
    unseen = set(given) - given.seen
    assert not unseen, f"nobody looked at {', '.join(sorted(unseen))}"
    return outcome


def sections(text: str) -> list[Section]:
    """The sections of a page, in its order."""
    found: list[tuple[int, Section]] = []
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if heading := re.fullmatch(r"(#+) (.+)", line):
            found.append((len(heading[1]), Section(heading[2], [])))
        if line.startswith("|"):
            if not inside:
                found[-1][1].tables.append([])
            found[-1][1].tables[-1].append((number, _cells(line)))
        inside = line.startswith("|")
    levels = [level for level, _ in found] + [0]
    return [
        section
        for place, (level, section) in enumerate(found)
        if levels[place + 1] <= level or section.tables
    ]


def rows(text: str) -> list[Row]:
    """Every worked example of a page."""
    found = []
    for section in sections(text):
        for (_, head), _rule, *body in section.tables:
            for number, cells in body:
                assert len(cells) == len(head), f"line {number} has other columns than its table"
                row = dict(zip(head, cells, strict=True))
                outcome = {name.strip("*"): row[name] for name in head if name.startswith("**")}
                given = {name: row[name] for name in head if not name.startswith("**")}
                found.append(Row(section.title, number, given, outcome))
    return found


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]
