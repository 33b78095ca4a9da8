"""A script with the types that `openapi-typescript` generates is type-checked, and runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.conftest import TYPESCRIPT, Shop


@pytest.fixture
def compiled(document: Path, node_modules: Path, tmp_path: Path) -> Path:
    """The script as JavaScript, after its types were checked."""
    for name in ("story.ts", "tsconfig.json", "package.json"):
        shutil.copy(TYPESCRIPT / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(node_modules)
    for command in (
        ["node_modules/.bin/openapi-typescript", str(document), "-o", "api.d.ts"],
        ["node_modules/.bin/tsc", "--project", "tsconfig.json"],
    ):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
    return tmp_path / "story.js"


def test_join_earn_reward_redeem_refund(compiled: Path, shop: Shop) -> None:
    done = subprocess.run(
        ["node", compiled],
        env={**os.environ, "BASE_URL": shop.url, "API_KEY": shop.key},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.returncode) == ("done\n", 0), done.stderr
