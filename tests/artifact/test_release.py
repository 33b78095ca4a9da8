"""What `make release` writes: the same bytes for the same build, and a list of what is in it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any
from zipfile import ZipFile

import pytest

from tests.artifact.conftest import ROOT, Build
from tests.ops.scripts import load

pytestmark = pytest.mark.artifact

SMALL = ("SharedLayer", "StampFunction")
"""What is packed a second time."""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load("release")


@pytest.fixture(scope="module")
def released(build: Build, script: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release of this build."""
    into = tmp_path_factory.mktemp("dist")
    script.release(build.folder, into)
    return into


@pytest.fixture(scope="module")
def bill(released: Path) -> Any:
    return json.loads((released / "sbom.cdx.json").read_text("utf-8"))


def components(bill: Any) -> list[Any]:
    """Everything in the list that is not one of our zips."""
    return [one for one in bill["components"] if one["type"] != "file"]


def test_each_function_and_layer_is_one_zip_of_what_was_built(build: Build, released: Path) -> None:
    folders = {path.name for path in build.folder.iterdir() if path.is_dir()}
    assert {*build.functions, *build.layers} == folders
    assert {path.stem for path in released.glob("*.zip")} == folders
    for name in folders:
        with ZipFile(released / f"{name}.zip") as packed:
            entries = packed.infolist()
            built = {
                path.relative_to(build.folder / name).as_posix(): path
                for path in (build.folder / name).rglob("*") if path.is_file()
            }  # fmt: skip
            assert [entry.filename for entry in entries] == sorted(built)
            assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
            assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
            for entry in entries:
                assert packed.read(entry) == built[entry.filename].read_bytes(), entry.filename


def test_the_sums_are_of_all_that_was_written(released: Path) -> None:
    lines = (released / "SHA256SUMS").read_text("utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    there = {path.name: path for path in released.iterdir() if path.name != "SHA256SUMS"}
    assert list(listed) == sorted(there)
    for name, path in there.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[name]


@pytest.mark.long
def test_neither_place_nor_time_nor_modes_of_a_machine_change_a_zip(
    build: Build, released: Path, script: ModuleType, tmp_path: Path
) -> None:
    for name in SMALL:
        folder = tmp_path / "elsewhere" / name
        shutil.copytree(build.folder / name, folder)
        for path in folder.rglob("*"):
            os.utime(path, (1_000_000_000, 1_000_000_000))
            path.chmod(0o700)
        script.pack(folder, tmp_path / f"{name}.zip")
        again, first = tmp_path / f"{name}.zip", released / f"{name}.zip"
        assert again.read_bytes() == first.read_bytes()


def test_no_time_of_a_source_is_in_it(build: Build) -> None:
    """The templates are there compiled; what they were made of is not, nor when it was changed."""
    package = build.folder / "SharedLayer" / "python" / "regulars"
    assert list(package.rglob("*.html")) == []
    assert (package / "render" / "compiled" / "sources.txt").read_bytes() == b""


def test_nothing_in_it_names_a_folder_of_this_machine(build: Build) -> None:
    places = [str(place).encode() for place in (ROOT, Path(build.python).parents[1])]
    if Path.home() != Path("/root"):  # the machines on which wheels are built have that one, too
        places.append(f"{Path.home()}/".encode())
    found = [
        str(path.relative_to(build.folder))
        for name in (*build.functions, *build.layers)
        for path in (build.folder / name).rglob("*")
        if path.is_file() and any(place in path.read_bytes() for place in places)
    ]
    assert found == []


def test_the_list_names_exactly_what_is_in_each_zip(
    build: Build, bill: Any, script: ModuleType
) -> None:
    vendored = {(it.name, it.version) for it in script.VENDORED}
    by_ref = {one["bom-ref"]: (one["name"], one["version"]) for one in components(bill)}
    needs = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
    everything = set(vendored)
    for name in (*build.functions, *build.layers):
        found = {_named(path) for path in (build.folder / name).rglob("*.dist-info")}
        expected = found | (vendored if name == "SharedLayer" else set())
        assert {by_ref[ref] for ref in needs[f"{name}.zip"]} == expected, name
        everything |= expected
    assert set(by_ref.values()) == everything
    assert len(by_ref) == len(components(bill))


def _named(folder: Path) -> tuple[str, str]:
    name, version = folder.name.removesuffix(".dist-info").split("-")
    return re.sub(r"[-_.]+", "-", name).lower(), version


def test_the_list_has_the_hashes_of_the_locks_and_of_the_zips(bill: Any, released: Path) -> None:
    for one in bill["components"]:
        if one["type"] == "file":
            digest = hashlib.sha256((released / one["name"]).read_bytes()).hexdigest()
            assert one["hashes"] == [{"alg": "SHA-256", "content": digest}]
            continue
        for source in one.get("externalReferences", ()):
            (place,) = re.findall(r"layers/\S+", source["comment"])
            lock = (ROOT / place).read_text("utf-8")
            assert source["hashes"]
            assert all(it["content"] in lock for it in source["hashes"])


def test_everything_has_a_licence_and_its_text(
    bill: Any, released: Path, script: ModuleType, build: Build
) -> None:
    text = (released / "THIRD_PARTY_LICENSES").read_text("utf-8")
    for one in components(bill):
        (listed,) = one["licenses"]
        licence = listed.get("expression") or listed["license"]["id"]
        assert f"\n{one['name']} {one['version']}: {licence}\n" in text
        assert re.search(rf"^{re.escape(one['name'])} {one['version']} \(.+\)$", text, re.MULTILINE)
    known = {one["name"] for one in components(bill)}
    assert known >= set(script.LICENCES_BY_NAME)
    for path in build.folder.glob("*/python/*.dist-info/METADATA"):
        name, _ = _named(path.parent)
        has_expression = "\nLicense-Expression: " in path.read_text("utf-8")
        assert not (has_expression and name in script.LICENCES_BY_NAME), name


def test_the_list_fits_the_schema_and_a_wrong_one_does_not(
    bill: Any, script: ModuleType, released: Path, tmp_path: Path
) -> None:
    script.check(released / "sbom.cdx.json")
    components(bill)[0]["licenses"] = [{"license": {"id": "no-such-licence"}}]
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(bill), "utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        script.check(wrong)
