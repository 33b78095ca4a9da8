"""What is deployed is locked: each library by version and hash, and the tests run with it."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from local.engine import ROOT

LOCKS = sorted((ROOT / "layers").glob("*/requirements.txt"))
PIN = re.compile(r"^([a-z0-9-]+)==([^ ;]+)(.*)$")


def pins(text: str) -> list[tuple[str, str, int]]:
    """Name, version and number of hashes of each library in a lock."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        if pinned := PIN.match(line):
            name, number, more = pinned.groups()
            found.append((name, number, len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", more))))
        else:
            assert not line.strip() or line.lstrip().startswith("#"), line
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.parent.name)
def test_a_layer_is_locked_by_version_and_hash(lock: Path) -> None:
    found = pins(lock.read_text("utf-8"))
    assert found
    assert [name for name, _, hashes in found if not hashes] == []
    assert {name: version(name) for name, _, _ in found} == {name: it for name, it, _ in found}


def test_a_line_without_a_hash_is_seen() -> None:
    assert pins("boto3==1.0\n# via x\n") == [("boto3", "1.0", 0)]
    with pytest.raises(AssertionError):
        pins("boto3>=1.0\n")
