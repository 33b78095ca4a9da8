"""Deployments against a CloudFormation on this machine: `-m deploy`, after `make build`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.artifact.conftest import why_not
from tests.deploy.cloud import Cloud, Document, translated, without
from tests.left_out import leave_out

HERE = Path(__file__).parent
ASKED = "they deploy what is built: make build, then ARGS='-m deploy'"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave these tests out where nobody asked for them: `make test` does not build."""
    ours = [item for item in items if HERE in item.path.parents]
    if ours and "deploy" not in config.option.markexpr:
        leave_out(config, items, ours, ASKED)


@pytest.fixture(scope="session")
def template() -> Document:
    """What was built, translated; less what this CloudFormation refuses."""
    reason = why_not()
    if reason is not None:
        pytest.fail(reason, pytrace=False)
    return without(translated())


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One CloudFormation for all tests; each makes stacks of its own."""
    os.environ.pop("AWS_ENDPOINT_URL", None)
    with Cloud.running(tmp_path_factory.mktemp("cloud") / "log") as running:
        yield running
