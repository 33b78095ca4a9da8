"""The programmes that a merchant can start from: one JSON document each, checked by a test."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from regulars.program import amounts

_FOLDER = Path(__file__).parent


@cache
def names() -> tuple[str, ...]:
    """Return the ids of all templates, in alphabetical order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


@cache
def template(name: str) -> dict[str, Any]:
    """Return the programme document of a template; raises FileNotFoundError for an unknown id."""
    document = written(name)
    return amounts.priced(document, name, document["currency"], {})


@cache
def written(name: str) -> dict[str, Any]:
    """Return a template as it is written: texts name money as `{minor:100}`, in cents of a euro."""
    document: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
    return document
