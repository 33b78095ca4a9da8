"""A tiny year: it is played to its end, and what it reports belongs together."""

from __future__ import annotations

import re
import subprocess
import sys

from local import engine


def test_a_year_of_six_members_ends_with_every_ledger_verified() -> None:
    """Nine figures, one per line; six sign-ups are six cards, vouchers are all accounted for."""
    command = [sys.executable, "-m", "bench.year", "--members", "6", "--seed", "3"]
    played = subprocess.run(
        command, cwd=engine.ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert played.returncode == 0, played.stderr
    figures = dict(re.findall(r"^(\S[^\n]*?) {2,}(\S.*)$", played.stdout, re.M))
    assert figures["sign-ups"] == "6"
    tiers = re.findall(r"\d+", figures["tiers at the end"])
    assert sum(map(int, tiers)) == 6
    issued, *fates = map(int, re.findall(r"\d+", figures["vouchers"]))
    assert issued == sum(fates)
    assert re.fullmatch(r"6 with \d+ entries, 0 with problems", figures["ledgers"])
    assert int(figures["visits"].partition(",")[0]) >= 6
    assert "52 digest" in figures["mails"]
