"""A small year: it is played to its end, and what it comes to belongs together."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter

import pytest

from bench import customers, report, year
from bench.books import Books
from local import engine
from regulars.program import templates

MEMBERS = 12


@pytest.mark.sampled(3)
@pytest.mark.parametrize("template", ["mug-club", "vip-collective", "supper-club"])
def test_the_figures_of_a_year_add_up(template: str) -> None:
    """Vouchers and units come from somewhere and are somewhere; months make up the year."""
    books, jobs = year.play(template, MEMBERS, seed=3)
    assert not books.problems
    figures = books.year
    assert figures["sign_ups"] == figures["cards"] == figures["verified"] == MEMBERS
    assert figures["visits"] >= MEMBERS
    for name, total in figures.items():
        if name not in {"activated", "cards", "entries", "verified"}:
            assert sum(month[name] for month in books.months.values()) == total
    assert books.tiers.total() == MEMBERS
    for fates in books.rewards.values():
        closed = fates["redeemed"] + fates["expired"] + fates["cancelled"]
        assert fates["issued"] == fates["open"] + closed
    assert sum(fates["redeemed"] for fates in books.rewards.values()) == figures["redeemed"] > 0
    for unit in books.units.values():
        gone = unit["spent"] + unit["expired"] + unit["reversed"]
        assert unit["granted"] - gone == unit["outstanding"]
        assert unit["granted"] > 0
    assert jobs["digest"] == books.mails["digest"] == 52


def test_every_program_has_customers() -> None:
    assert tuple(sorted(customers.BUSINESSES)) == templates.names()


@pytest.mark.long
def test_a_seed_is_one_year() -> None:
    """Two processes print the same, whatever the order of their sets; another seed differs."""
    first, second, other = (_printed(seed, hashing) for seed, hashing in ((5, 1), (5, 2), (6, 1)))
    assert first == second
    assert first.splitlines()[3:] != other.splitlines()[3:]
    assert re.search(rf"^  verified +{MEMBERS}$", first, re.M)


def _printed(seed: int, hashing: int) -> str:
    """What a year prints, but for how long it took."""
    command = [sys.executable, "-m", "bench.year", "--members", f"{MEMBERS}", "--seed", f"{seed}"]
    environment = {**os.environ, "PYTHONHASHSEED": f"{hashing}"}
    played = subprocess.run(
        command, cwd=engine.ROOT, env=environment, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert played.returncode == 0, played.stderr
    printed, took = played.stdout.rsplit("\n\n", 1)
    assert re.fullmatch(r"took \d+\.\d s\n", took)
    return printed


def test_ledgers_and_customers_must_agree() -> None:
    books, _ = year.play("bakery", 2, seed=1)
    with pytest.raises(RuntimeError, match="visits: 0 by the ledgers, 1 by the customers"):
        year.agree(Books(books.program), Counter(visits=1))


def test_a_problem_is_printed() -> None:
    books, jobs = year.play("bakery", 2, seed=1)
    books.problems.append("the lots are not those of the ledger")
    assert list(report.lines(books, jobs))[-1] == "  the lots are not those of the ledger"
