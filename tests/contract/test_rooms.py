"""The house keeps its shape: no circle, no long file, each room says what it is for.

That arrows point down only is held by import-linter (`make check`).
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "shared" / "regulars"
LINES_MAX = 400
FUNCTION_LINES_MAX = 35
GENERATED = {PACKAGE / "i18n" / "cldr.py"}
MODULES = [
    path for path in sorted(PACKAGE.rglob("*.py")) if "compiled" not in path.parts
]  # fmt: skip


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Not even inside one room."""
    graph = grimp.build_graph("regulars", cache_dir=None)
    reached = {module: graph.find_upstream_modules(module) for module in graph.modules}
    circles = sorted(module for module in reached if module in reached[module])
    assert circles == []


@pytest.mark.parametrize("room", sorted(path.parent for path in PACKAGE.glob("*/__init__.py")))
def test_every_room_says_what_lives_here_and_who_may_call(room: Path) -> None:
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8"))) or ""
    assert len(re.findall(r"\.(?:\s|$)", text)) >= 2, f"{room.name}: {text}"
    assert re.search(r"\bcalls?\b|[Cc]alled by", text), f"{room.name} does not say who may call it"


def test_no_module_is_long() -> None:
    scripts = PACKAGE.rglob("*.js")
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in (*MODULES, *scripts)}
    too_long = [
        f"{path.relative_to(PACKAGE)}: {length}"
        for path, length in lengths.items()
        if length > LINES_MAX and path not in GENERATED
    ]
    assert too_long == []


def test_a_function_is_a_few_lines_that_say_what_it_serves() -> None:
    lengths = {
        path.parent.name: len(path.read_text("utf-8").splitlines())
        for path in (ROOT / "functions").glob("*/app.py")
        if path.parent.name != "assets"  # has a fast path of its own, without the package's HTTP
    }
    assert {name: it for name, it in lengths.items() if it > FUNCTION_LINES_MAX} == {}


def test_several_items_are_written_in_one_place() -> None:
    """A change of several items is one transaction, and transactions are the store's business."""
    outside = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in MODULES
        if path.parent != PACKAGE / "store"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"\.transact\(", line)
    ]
    assert outside == []
