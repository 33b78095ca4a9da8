"""docs/programme.md says what can really be published."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from regulars.program import document, games, tiers
from regulars.program import fields as program_fields
from regulars.program.check import check
from regulars.program.document import ProgramDocument
from regulars.program.fields import Part
from regulars.program.load import load

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "programme.md").read_text("utf-8")
EXAMPLES: list[dict[str, Any]] = [
    json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
]
WHOLE: dict[str, Any] = {key: part for example in EXAMPLES for key, part in example.items()}


def test_all_examples_together_are_one_program() -> None:
    """What refers to each other fits."""
    assert check(WHOLE) == WHOLE
    assert load(WHOLE, 1).tiers[1].multiplier == 1500


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: next(iter(example)))
def test_an_example_with_the_units_and_rewards_it_names_is_valid(example: dict[str, Any]) -> None:
    """Each part by itself, over the least that a programme needs."""
    needed = ("name", "currency", "timezone", "languages", "units", "rewards")
    document = {**{key: WHOLE[key] for key in needed}, **example}

    assert check(document) == document


def test_every_field_of_the_schema_is_explained() -> None:
    """A field that the document does not name is not explained."""
    models = [
        model
        for module in (document, program_fields, games, tiers)
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, Part) and model is not Part
    ]
    fields = {field.alias or name for model in models for name, field in model.model_fields.items()}

    assert ProgramDocument in models
    assert sorted(field for field in fields if not re.search(rf"\b{field}\b", TEXT)) == []
