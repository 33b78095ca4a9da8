"""The document as generators read it, and a merchant behind a port of this machine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from regulars.api import openapi
from tests.functional.test_api_examples import SHORT_PROGRAM
from tests.service import Merchant, Service
from tests.serving import serving

TYPESCRIPT = Path(__file__).with_name("typescript")


class Shop(NamedTuple):
    """A merchant as an integrator has it: an address and a key."""

    url: str
    key: str
    merchant: Merchant


@pytest.fixture
def shop(service: Service) -> Iterator[Shop]:
    """A shop that gives a stamp for each visit and a coffee for ten; its key is a test key."""
    merchant = service.new_merchant()
    put = merchant.call("PUT", "/v1/program", SHORT_PROGRAM, test=True, headers={"if-match": "1"})
    assert put.status == 200, put.text
    with serving(service) as url:
        yield Shop(url, str(merchant.created["test_api_key"]), merchant)


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OpenAPI document as a file."""
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    path.write_text(json.dumps(openapi.document()), "utf-8")
    return path


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """What `typescript/package-lock.json` names, installed once."""
    there = TYPESCRIPT / "node_modules"
    if not (there / ".package-lock.json").is_file():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
        subprocess.run(command, cwd=TYPESCRIPT, check=True, capture_output=True, timeout=300)
    return there
