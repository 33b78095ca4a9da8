"""Puts descriptions into JSON Schemas, from tables and from the texts below fields in the source.

Pydantic can read these texts, too, but does so at every start of a process; here they are read
when a document is asked for.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

Descriptions = Mapping[str, Mapping[str, str]]
"""What a field is, by model and field; "" stands for the model itself."""


def describe(
    schemas: Mapping[str, dict[str, Any]], models: Mapping[str, type], texts: Descriptions
) -> None:
    """Describe schemas and their properties, by the names of their models."""
    for name, schema in schemas.items():
        if name not in models:
            continue
        known = dict(_below_fields(models[name]))
        for base in reversed(models[name].__mro__):
            known |= {field: text for field, text in texts.get(base.__name__, {}).items() if field}
        if "" in texts.get(name, {}):
            schema["description"] = texts[name][""]
        aliases = {
            field: info.alias or field
            for field, info in getattr(models[name], "model_fields", {}).items()
        }
        for field, alias in aliases.items():
            if field in known and alias in schema.get("properties", {}):
                schema["properties"][alias].setdefault("description", known[field])


def _below_fields(model: type) -> Iterator[tuple[str, str]]:
    """The texts below the fields of a model and of those it is made from."""
    for base in reversed(model.__mro__):
        if base.__module__.startswith("regulars."):
            yield from _of_module(base.__module__).get(base.__name__, {}).items()


@cache
def _of_module(module: str) -> dict[str, dict[str, str]]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {
        part.name: dict(_texts(part.body)) for part in tree.body if isinstance(part, ast.ClassDef)
    }


def _texts(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
        ):
            yield field.target.id, inspect.cleandoc(str(below.value.value))
