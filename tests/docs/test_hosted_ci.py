"""The workflow of hosted CI does what `.ci/run` does, with nothing that can change under it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")


def test_it_runs_the_one_script_and_nothing_else() -> None:
    assert re.findall(r"\brun: (.+)", WORKFLOW) == [".ci/run"]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_every_action_is_pinned_by_commit_and_says_its_version() -> None:
    used = re.findall(r"\buses: (.+)", WORKFLOW)
    loose = [it for it in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", it)]
    assert used
    assert loose == []


def test_it_tests_the_oldest_python_and_the_one_of_the_functions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    template = (ROOT / "template.yaml").read_text("utf-8")
    oldest = project["requires-python"].removeprefix(">=")
    (deployed,) = set(re.findall(r"^\s+Runtime: python(\S+)", template, re.MULTILINE))
    versions = re.findall(r'^\s+python: \["(.+)", "(.+)"\]', WORKFLOW, re.MULTILINE)

    assert versions == [(oldest, deployed)]


def test_it_may_only_read() -> None:
    assert re.findall(r"^permissions:\n((?:  .+\n)+)", WORKFLOW, re.MULTILINE) == [
        "  contents: read\n"
    ]
