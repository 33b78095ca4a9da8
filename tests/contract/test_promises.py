"""The OpenAPI document against what was promised to integrators, operation by operation.

`promises.txt` is written by hand: a field or a code that goes away by accident fails here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from regulars.api import openapi

METHODS = ("get", "post", "put", "patch", "delete")
DOCUMENT = openapi.document()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
    if method in METHODS
}


class Promise(NamedTuple):
    """What an operation takes and gives."""

    operation: str
    sent: frozenset[str]
    asked: frozenset[str]
    answers: Mapping[str, frozenset[str]]
    codes: frozenset[str]


def promises() -> Iterator[Promise]:
    """Read the list."""
    text = (Path(__file__).parent / "promises.txt").read_text("utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for paragraph in lines.strip().split("\n\n"):
        operation, *rest = paragraph.strip().splitlines()
        by_kind: dict[str, set[str]] = {}
        for line in rest:
            kind, *words = line.split()
            by_kind.setdefault(kind, set()).update(words)
        sets = {kind: frozenset(words) for kind, words in by_kind.items()}
        answers = {kind: words for kind, words in sets.items() if kind.isdigit()}
        empty = frozenset[str]()
        yield Promise(
            operation, sets.get(">", empty), sets.get("?", empty), answers, sets.get("!", empty)
        )


PROMISES = tuple(promises())
IDS = [one.operation for one in PROMISES]


def plain(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow references inside the document."""
    while "$ref" in found:
        here: Any = DOCUMENT
        for step in found["$ref"].removeprefix("#/").split("/"):
            here = here[step]
        found = here
    return found


def below(schema: Mapping[str, Any], name: str) -> list[tuple[Mapping[str, Any], bool]]:
    """The schemas of a field, and whether it can be left out, in all variants of a schema."""
    schema = plain(schema)
    variants = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
    found = [one for variant in variants for one in below(variant, name)]
    if name == "*" and isinstance(schema.get("additionalProperties"), Mapping):
        found.append((schema["additionalProperties"], False))
    if name == "[]" and "items" in schema:
        found.append((schema["items"], False))
    if name in schema.get("properties", {}):
        needed = name in schema.get("required", ())
        found.append((schema["properties"][name], not needed))
    return found


def can_be_left_out(schemas: list[Mapping[str, Any]], path: str) -> bool | None:
    """Whether a field can be left out where what it stands in is there; None for no such field."""
    level: list[tuple[Mapping[str, Any], bool]] = [(schema, False) for schema in schemas]
    for step in path.replace("[]", ".[]").split("."):
        level = [one for schema, _ in level for one in below(schema, step)]
    return any(optional for _, optional in level) if level else None


def schemas_of(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The schemas of a body in any of its media types, problems aside."""
    content = plain(body).get("content", {})
    return [one["schema"] for kind, one in content.items() if "problem" not in kind]


def codes_of(operation: Mapping[str, Any]) -> set[str]:
    """The codes of all refusals of an operation."""
    found: set[str] = set()
    for answer in operation["responses"].values():
        problem = plain(answer).get("content", {}).get("application/problem+json", {})
        found |= set(problem.get("examples", {}))
    return found


def test_every_operation_is_promised_once() -> None:
    assert sorted(IDS) == sorted(set(IDS))
    assert set(IDS) == set(OPERATIONS)


@pytest.mark.parametrize("promise", PROMISES, ids=IDS)
def test_what_is_promised_is_there(promise: Promise) -> None:
    operation = OPERATIONS[promise.operation]
    body = schemas_of(operation.get("requestBody", {}))
    wrong = [
        f"> {field}"
        for field in sorted(promise.sent)
        if can_be_left_out(body, field.removesuffix("?")) is not field.endswith("?")
    ]
    asked = {plain(one)["name"] for one in operation.get("parameters", ())}
    wrong += [f"? {name}" for name in sorted(promise.asked - asked)]
    for status, fields in promise.answers.items():
        answer = schemas_of(operation["responses"].get(status, {}))
        wrong += [f"{status}"] if status not in operation["responses"] else []
        wrong += [f"{status} {one}" for one in fields if can_be_left_out(answer, one) is None]
    wrong += [f"! {code}" for code in sorted(promise.codes - codes_of(operation))]
    assert wrong == []


@pytest.mark.parametrize("path", ["member", "items[].unit", "balances.*.free"])
def test_a_field_that_is_not_there_is_noticed(path: str) -> None:
    card = schemas_of(OPERATIONS["GET /v1/members/{id}"]["responses"]["200"])
    assert can_be_left_out(card, path) is None
