"""The programmes that a merchant can start from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from regulars.api.merchants import template, template_names
from regulars.domain.program import load
from regulars.web.program_schema import check

TEMPLATES = Path(__file__).resolve().parents[2] / "shared" / "regulars" / "templates"
LANGUAGES = {"en", "hu"}


def test_the_templates_of_the_contract_are_there() -> None:
    """Those that the API's description names, and no other."""
    assert template_names() == (
        "bakery", "bookshop", "car-wash", "consultant", "corner-cafe", "dog-groomer",
        "mug-club", "supper-club", "vip-collective",
    )  # fmt: skip


@pytest.mark.parametrize("name", template_names())
def test_a_template_is_a_valid_programme(name: str) -> None:
    """It passes the check of publishing unchanged, and the rules can read it."""
    document = template(name)

    assert check(document) == document
    assert load(document, 1).name == document["name"]


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.json")), ids=lambda path: path.stem)
def test_every_text_of_a_template_is_there_in_every_language(path: Path) -> None:
    """A text that is localized at all is so in each language that we speak."""
    texts = list(_texts(json.loads(path.read_text("utf-8"))))

    assert [text for text in texts if not set(text) >= LANGUAGES] == []


def _texts(part: Any) -> Any:
    if isinstance(part, dict):
        if "en" in part:
            yield part
        else:
            for value in part.values():
                yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)
