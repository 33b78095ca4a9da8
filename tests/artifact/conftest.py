"""These tests look at what `make build` left under .aws-sam; they never build by themselves.

On a machine without an up-to-date build they are left out and the summary says so; where `CI` is
set, or when they are asked for by name or marker, a missing build is a failure.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local import engine, template
from local.intrinsics import read_yaml
from regulars.store import wire
from tests.left_out import leave_out

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
BUILT = ROOT / ".aws-sam"


@dataclass(frozen=True)
class Build:
    """What was built: the interpreter of the runtime, and the folders of functions and layers."""

    python: str
    folder: Path
    layers: Mapping[str, Path]
    """What this machine can run of each layer."""
    functions: tuple[str, ...]

    def path(self, function: str) -> list[str]:
        """What is on `sys.path` in Lambda for this function."""
        return [str(self.folder / function), *(str(self.layers[it]) for it in layers_of(function))]


@dataclass(frozen=True)
class Translated:
    """The template that CloudFormation gets."""

    document: Mapping[str, Any]

    @property
    def resources(self) -> Mapping[str, Any]:
        """All resources by logical id."""
        found: Mapping[str, Any] = self.document["Resources"]
        return found

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of all resources of one type, by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }


def layers_of(function: str) -> list[str]:
    """The layers of a function, by logical id, as the template says."""
    document = read_yaml(ROOT / "template.yaml")
    own = document["Resources"][function]["Properties"].get("Layers", [])
    return [it["Ref"] for it in (*document["Globals"]["Function"]["Layers"], *own)]


def why_not() -> str | None:
    """Why the build cannot be tested, None when it can."""
    if not (BUILT / "built.json").exists():
        return "nothing is built here: run `make build`"
    report = json.loads((BUILT / "built.json").read_text("utf-8"))
    if report.get("template") != hashlib.sha256((ROOT / "template.yaml").read_bytes()).hexdigest():
        return "the build is older than template.yaml: run `make build`"
    layer = BUILT / "build" / "SharedLayer" / "python"
    pairs = [(path, layer / path.relative_to(ROOT / "shared")) for path in _sources("shared")]
    for function in template.load(ROOT / "template.yaml").functions.values():
        built = BUILT / "build" / function.logical_id
        pairs += [(path, built / path.name) for path in function.code.glob("*.py")]
    for source, built in pairs:
        if not built.exists() or source.read_bytes() != built.read_bytes():
            return f"the build is older than {source.relative_to(ROOT)}: run `make build`"
    return None


def _sources(folder: str) -> Iterator[Path]:
    return (ROOT / folder).rglob("*.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave these tests out where nothing is built and nobody asked for them."""
    ours = [item for item in items if HERE in item.path.parents]
    if not ours or os.environ.get("CI") or _asked_for(config):
        return
    reason = why_not()
    if reason is not None:
        leave_out(config, items, ours, reason)


def _asked_for(config: pytest.Config) -> bool:
    return "artifact" in config.option.markexpr or any("artifact" in arg for arg in config.args)


@pytest.fixture(scope="session")
def build() -> Build:
    """The build, or a failure that says what to do."""
    reason = why_not()
    if reason is not None:
        pytest.fail(reason, pytrace=False)
    report = json.loads((BUILT / "built.json").read_text("utf-8"))
    layers = {name: ROOT / folder for name, folder in report["layers"].items()}
    return Build(report["python"], BUILT / "build", layers, tuple(report["functions"]))


@pytest.fixture(scope="session")
def translated(build: Build) -> Translated:
    """What was built, as SAM translates it, with the usual parameters."""
    return translate(build, build.folder / "template.yaml")


def translate(build: Build, template: Path) -> Translated:
    """A built template, as SAM translates it."""
    command = [build.python, "scripts/translate", str(template)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return Translated(json.loads(done.stdout))


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """An engine with an empty table, for handlers that read it."""
    definition = template.load(ROOT / "template.yaml").table.definition
    with engine.running() as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        client = wire.Wire("dynamodb", url, "eu-central-1")
        client("CreateTable", {**definition, "TableName": engine.TABLE})
        client.close()
        yield url
