"""Every mistake that the models can find is answered in this project's words, at its path.

Each model is walked: for every field a value is made that breaks each of its limits, as the JSON
Schema tells them, and values of every wrong type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from string import ascii_lowercase
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from regulars.api import models
from regulars.program import document, fields, games, tiers
from regulars.program.fields import Part
from regulars.program.mistakes import SENTENCES, invalid

WRONG: tuple[Any, ...] = (
    None, True, 7, -(10**30), "", "\ud800", "\x00", "\u200b", "no such", [], {}, [7], {"a": 7},
    ["a", {}], {"en": 7}, {"en": {"one": ""}},
)  # fmt: skip
"""Values of every type of JSON, none of which any field takes for long."""

VOICE = re.compile(r"^(?:must |is |give |there |a |an |only |what |the |`|month \d+ )")
"""How our sentences begin; pydantic's begin with a capital."""


def all_models() -> list[type[BaseModel]]:
    found = [
        model
        for module in (models, document, games, tiers, fields)
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, BaseModel)
    ]
    return sorted({*found} - {BaseModel, Part, models.Body}, key=lambda model: model.__name__)


def breaking(schema: dict[str, Any], defs: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Values that break each limit of a schema, with the limit's name."""
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    for either in ("anyOf", "oneOf"):
        for one in schema.get(either, ()):
            yield from breaking(one, defs)
    for limit, value in schema.items():
        match limit:
            case "minimum":
                yield limit, value - 1
            case "maximum":
                yield limit, value + 1
            case "minLength":
                yield limit, "x" * (value - 1)
            case "maxLength":
                yield limit, "x" * (value + 1)
            case "pattern":
                yield limit, "No Such\tThing"
            case "enum" | "const":
                yield limit, "no such thing"
            case "format":
                yield limit, "yesterday"
            case "minItems":
                yield limit, []
            case "minProperties":
                yield limit, {}
            case "maxItems":
                yield limit, [good(schema["items"], defs)] * (value + 1)
            case "maxProperties":
                names = [
                    f"{first}{second}" for first in ascii_lowercase for second in ascii_lowercase
                ]
                yield limit, dict.fromkeys(names[: value + 1], good(held(schema), defs))
            case "items":
                yield from ((f"items.{name}", [one]) for name, one in breaking(value, defs))
            case "additionalProperties" | "patternProperties" if held(schema):
                yield from (
                    (f"{limit}.{name}", {"en": one}) for name, one in breaking(held(schema), defs)
                )
                if limit == "patternProperties":
                    yield limit, {"NO": good(held(schema), defs)}


def held(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object's values, whatever their names."""
    named = schema.get("patternProperties", {"": schema.get("additionalProperties")})
    (values,) = named.values()
    return values if isinstance(values, dict) else {}


def good(schema: dict[str, Any], defs: dict[str, Any]) -> Any:
    """A value that a schema takes, as far as a list of them can be counted."""
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return good(schema["anyOf"][0], defs)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object" if "properties" in schema:
            asked = schema.get("required", ())
            return {name: good(schema["properties"][name], defs) for name in asked}
        case "object":
            return {name: good(held(schema), defs) for name in ("en", "other")}
        case "array":
            return [good(schema["items"], defs)]
        case "integer":
            return max(1, schema.get("minimum", 1))
        case "string" if schema.get("format") == "date":
            return "2026-12-24"
        case "string":
            return "en"
    return True


def mistakes_of(model: type[BaseModel], sent: Any) -> tuple[tuple[str, str], ...]:
    """What is answered about a body, after looking at pydantic's own mistakes."""
    try:
        model.model_validate(sent)
    except ValidationError as error:
        for mistake in error.errors():
            assert mistake["type"] in SENTENCES, mistake
            assert mistake["type"] != "string_pattern_mismatch", f"use `Shaped`: {mistake}"
        return invalid(error, sent).errors
    return ()


def hold(path: str, message: str, sent: dict[str, Any]) -> None:
    """Fails unless a message is ours, and its path leads into what was sent."""
    assert VOICE.match(message), (path, message, sent)
    assert not re.search("Input should|Value error|valid (?:string|integer|list)", message)
    value: Any = sent
    for place, part in enumerate(path.split(".") if path else ()):
        last = place == path.count(".")
        if isinstance(value, list):
            value = value[int(part)]
        else:
            assert last or part in value, f"{path} does not lead into {json.dumps(sent)[:200]}"
            value = value.get(part)


@pytest.mark.parametrize("model", all_models(), ids=lambda model: model.__name__)
class TestAModel:
    def test_every_broken_limit_has_our_words(self, model: type[BaseModel]) -> None:
        schema = model.model_json_schema()
        for name, field in schema.get("properties", {}).items():
            for limit, value in breaking(field, schema.get("$defs", {})):
                sent = {name: value}
                mine = [it for it in mistakes_of(model, sent) if it[0].split(".")[0] == name]
                assert mine, f"{name} takes what breaks its {limit}: {str(value)[:60]}"
                for path, message in mine:
                    hold(path, message, sent)

    def test_every_wrong_value_has_our_words(self, model: type[BaseModel]) -> None:
        for name in model.model_json_schema().get("properties", {}):
            for value in WRONG:
                sent = {name: value}
                for path, message in mistakes_of(model, sent):
                    hold(path, message, sent)

    def test_unknown_and_missing_fields_are_named(self, model: type[BaseModel]) -> None:
        answered = dict(mistakes_of(model, {"no_such": 1}))
        assert answered["no_such"] == "is not a field here; leave it out or correct its name"
        for name in model.model_json_schema().get("required", ()):
            assert answered[name] == "is required"


def test_the_sentences_are_those_that_are_needed() -> None:
    """Each kind of mistake with a sentence is one that some model makes."""
    made = set()
    for model in all_models():
        schema = model.model_json_schema()
        sent: list[dict[str, Any]] = [{"no_such": 1}]
        for name, field in schema.get("properties", {}).items():
            sent += [{name: value} for value in WRONG]
            sent += [{name: value} for _, value in breaking(field, schema.get("$defs", {}))]
        for body in sent:
            try:
                model.model_validate(body)
            except ValidationError as error:
                made |= {mistake["type"] for mistake in error.errors()}
    made |= {"field"}  # of whole objects; the tests of bodies make it
    assert sorted(SENTENCES) == sorted(made)


def test_of_several_things_only_the_one_that_was_meant_is_spoken_of() -> None:
    class Named(Part):
        name: fields.Name

    assert mistakes_of(Named, {"name": 7}) == (("name", "must be a text or an object"),)
    assert mistakes_of(Named, {"name": ""}) == (("name", "must not be empty"),)
    assert mistakes_of(Named, {"name": {"en": ""}}) == (("name.en", "must not be empty"),)
    assert mistakes_of(Named, {"name": {"english": "a"}}) == (
        ("name.english", "must be a language as two letters (ISO 639-1) such as en"),
    )
    assert TypeAdapter(fields.Name).validate_python({"en": "a"}) == {"en": "a"}
