"""Mutants of the domain: its sources with one small change each.

The changes are mutmut's operators and two more: a call whose value nobody uses is dropped, and the
condition of an `if` is turned round.
"""

from __future__ import annotations

import difflib
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = ROOT / "shared" / "regulars" / "domain"

SAYS = frozenset({"Refused", "AssertionError"})
"""What a refusal or a failed assertion says is for people, and not a rule."""


class Mutant(NamedTuple):
    """One changed source."""

    path: Path
    line: int
    source: str
    diff: str

    @property
    def module(self) -> str:
        """The name under which the changed source is imported."""
        return f"regulars.domain.{self.path.stem}"

    @property
    def place(self) -> str:
        """Where the change is, as `file:line`."""
        return f"{self.path.relative_to(ROOT)}:{self.line}"


def sample(size: int, seed: int, only: str = "") -> list[Mutant]:
    """Draw `size` places of the domain (or of the module `only`) and make one mutant of each.

    The same seed draws the same places as long as the sources are the same.
    """
    chosen = random.Random(seed)  # noqa: S311 - a sample, not a secret
    places = [
        (path, node, mutated)
        for path in sorted(DOMAIN.glob("*.py"))
        if only in {"", path.stem}
        for node, mutated in _Places(path).found
    ]
    drawn = chosen.sample(range(len(places)), min(size, len(places)))
    return [_made(*places[index], chosen) for index in drawn]


class _Node(NamedTuple):
    """A node that can be changed, with its module."""

    module: cst.Module
    node: cst.CSTNode
    line: int


class _Places(cst.CSTVisitor):
    """Every node of a module that an operator can change, with what it can become."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.found: list[tuple[_Node, list[cst.CSTNode]]] = []
        wrapper = MetadataWrapper(cst.parse_module(path.read_text("utf-8")))
        self._module = wrapper.module
        wrapper.visit(self)

    def on_visit(self, node: cst.CSTNode) -> bool:
        if _is_left_alone(node):
            return False
        if changed := list(_changes(node)):
            position = self.get_metadata(PositionProvider, node, None)
            line = position.start.line if position is not None else 0
            self.found.append((_Node(self._module, node, line), changed))
        return True


def _is_left_alone(node: cst.CSTNode) -> bool:
    """Tell whether a node holds no rule: types, imports, decorators, and what is said to people."""
    if isinstance(node, cst.Annotation | cst.Import | cst.ImportFrom | cst.Decorator):
        return True
    if isinstance(node, cst.Assign | cst.Subscript) and _is_of_types(node):
        return True
    if isinstance(node, cst.SimpleString):
        return '"""' in node.value or " " in node.value
    return isinstance(node, cst.Call) and _called(node) in SAYS


def _is_of_types(node: cst.Assign | cst.Subscript) -> bool:
    """Tell whether a node is `Literal[...]`, or gives a name to one or to a union `A | B`."""
    value = node.value
    if isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.BitOr):
        return True
    if isinstance(node, cst.Assign) and isinstance(value, cst.Subscript):
        value = value.value
    return isinstance(value, cst.Name) and value.value == "Literal"


def _changes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """List what a node can become."""
    for kind, operator in mutation_operators:
        # A declared default that becomes None is found by the type checker.
        if isinstance(node, kind) and not isinstance(node, cst.AnnAssign):
            yield from operator(node)
    if isinstance(node, cst.If):
        test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield node.with_changes(
            test=cst.UnaryOperation(cst.Not(whitespace_after=cst.SimpleWhitespace(" ")), test)
        )
    if isinstance(node, cst.Expr) and isinstance(node.value, cst.Call):
        yield cst.Pass()


def _called(call: cst.Call) -> str:
    return call.func.value if isinstance(call.func, cst.Name) else ""


def _made(
    path: Path, place: _Node, changed: Iterable[cst.CSTNode], chosen: random.Random
) -> Mutant:
    before = place.module.code
    mutated = place.module.deep_replace(place.node, chosen.choice(list(changed)))
    after = mutated.code if isinstance(mutated, cst.Module) else before
    rows = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    changes = [row for row in rows if not row.startswith(("---", "+++", "@@"))]
    return Mutant(path, place.line, after, "\n".join(changes))
