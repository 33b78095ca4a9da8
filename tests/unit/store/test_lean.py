"""The path of a stamp stays lean: what its imports pull in, seen in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SHARED = Path(__file__).parents[3] / "shared"
HEAVY = {"asyncio", "aws_xray_sdk", "boto3", "botocore", "jinja2", "pydantic", "urllib3"}
LEAN = ("regulars.store.table", "regulars.store.wire")


def imported(*modules: str) -> set[str]:
    """The names of all modules that are loaded after importing these."""
    program = f"import sys, json, {', '.join(modules)}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(SHARED)!r}); {program}"],
        capture_output=True,
        check=True,
    )
    return set(json.loads(done.stdout))


def test_table_and_wire_pull_in_nothing_heavy() -> None:
    loaded = imported(*LEAN)
    assert set(LEAN) <= loaded
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()


def test_only_the_standard_library_and_ourselves() -> None:
    roots = {name.partition(".")[0] for name in imported(*LEAN)}
    ours_and_environment = {"regulars", "__mp_main__"}
    strangers = roots - set(sys.stdlib_module_names) - ours_and_environment
    assert {name for name in strangers if not name.startswith(("_", "sitecustomize"))} == set()


def test_wire_stays_one_small_module() -> None:
    lines = (SHARED / "regulars" / "store" / "wire.py").read_text("utf-8").splitlines()
    assert len(lines) <= 150
