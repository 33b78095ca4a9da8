"""What stands in our package and is not ours is listed, with its licence beside it."""

from __future__ import annotations

from local.engine import ROOT
from tests.ops.scripts import load

PACKAGE = ROOT / "shared" / "regulars"
VENDORED = load("release").VENDORED
OURS = {".css", ".html", ".js", ".json", ".md", ".mo", ".po", ".py", ".ts", ".typed"}
"""What we write ourselves ends so; the rest is somebody's font, picture or program."""

LONG_LINE = 2_000
"""No line that somebody writes is so long; what a tool has packed is."""


def test_whatever_is_not_ours_is_listed() -> None:
    listed = {it.path for it in VENDORED} | {it.text for it in VENDORED}
    foreign = set()
    for path in PACKAGE.rglob("*"):
        if not path.is_file() or {"__pycache__", "compiled"} & set(path.parts):
            continue
        name = path.relative_to(PACKAGE).as_posix()
        packed = path.suffix == ".js" and max(map(len, path.read_bytes().splitlines())) > LONG_LINE
        if packed or path.suffix not in OURS:
            foreign.add(name)
    assert foreign == listed - {"i18n/cldr.py"}  # it is written by scripts/i18n, from CLDR's data


def test_each_has_its_licence_beside_it() -> None:
    assert VENDORED
    for it in VENDORED:
        assert (PACKAGE / it.path).is_file(), it.path
        text = (PACKAGE / it.text).read_text("utf-8")
        assert {"Apache-2.0": "Apache License", "OFL-1.1": "SIL OPEN FONT LICENSE",
                "Unicode-3.0": "UNICODE LICENSE V3"}[it.licence] in text  # fmt: skip
