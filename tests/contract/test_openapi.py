"""The OpenAPI document, the routes, the template and the functions say the same."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from pydantic import BaseModel

from local.template import load
from regulars.api import descriptions as of_bodies
from regulars.api import openapi, operations
from regulars.api.routes import API, ROUTES, UNKNOWN
from regulars.http.problems import RETRY_AFTER_S
from regulars.program import descriptions as of_programs

ROOT = Path(__file__).parents[2]
DOCUMENT = openapi.document()
OPERATIONS = {
    (method.upper(), path): operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
BEHIND_HTTP = sorted({route.function for route in ROUTES})


def served(function: str) -> set[str]:
    """The route keys in the table of a function; `assets` has one route and no table."""
    if function == "assets":
        return {"GET /assets/{name}"}
    handler = import_module(f"functions.{function}.app").lambda_handler
    (routes,) = (cell.cell_contents for cell in handler.__closure__)
    return set(routes) - {"$default"}  # what no route is for is not in the table of routes


def test_it_is_valid() -> None:
    validate(json.loads(json.dumps(DOCUMENT)), cls=OpenAPIV31SpecValidator)


def test_it_describes_the_routes_of_the_api_and_no_other() -> None:
    assert set(OPERATIONS) == {(route.method, route.path) for route in API}


@pytest.mark.parametrize("function", BEHIND_HTTP)
def test_a_function_serves_its_routes_and_no_other(function: str) -> None:
    assert served(function) == {route.key for route in ROUTES if route.function == function}


def test_the_template_leads_each_route_to_its_function() -> None:
    led = {
        (route.method, route.path, route.function.removesuffix("Function").lower())
        for route in load(ROOT / "template.yaml").routes
    }
    assert led == {(it.method, it.path, it.function) for it in (*ROUTES, UNKNOWN)}


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)


def test_what_changes_a_ledger_asks_for_a_key() -> None:
    asking = {
        key
        for key, operation in OPERATIONS.items()
        if any(it["name"] == "Idempotency-Key" for it in operation["parameters"])
    }
    assert asking == {(route.method, route.path) for route in API if route.ledger}
    without = {
        "/v1/members/{id}/repair",  # books nothing
        "/v1/members/{id}/confirm",  # a code works once
        "/v1/members/{id}/link",  # a lost answer has lost the link: another one is made
        "/v1/fraud/{id}",  # each hold and each reversal has an operation id of its own
        "/v1/attention/{id}",  # what it books has an operation id of its own
        "/v1/keys",  # a lost answer has lost the key: it is revoked, and another one made
        "/v1/keys/{id}/roll",
        "/v1/imports/{id}/start",  # each line has an operation id of its own
        "/v1/imports/{id}/undo",
        "/v1/codes",  # books nothing; what a code gives is booked once on a card
        "/v1/assets",  # the same picture is the same one
        "/v1/sources",  # two have no name in common
        "/v1/actions/{id}",  # what it grants has an operation id of its own
        "/v1/staff",  # who is there twice is taken off
        "/v1/staff/{id}/devices",  # a lost answer has lost the link: another one is made
        "/v1/merchants",
        "/v1/merchants/{id}/owner",
        "/v1/program/preview",
        "/v1/test/clock",
        "/v1/test/hooks/{provider}",
    }
    posts = {path for method, path in OPERATIONS if method == "POST"}
    assert {path for _, path in asking} == posts - without


def test_every_part_of_a_path_is_a_parameter() -> None:
    for (_, path), operation in OPERATIONS.items():
        named = {it["name"] for it in operation["parameters"] if it["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))


def reached(name: str) -> set[str]:
    """A schema and all it is made of."""
    found, ahead = set[str](), {name}
    while ahead:
        found |= ahead
        text = json.dumps([DOCUMENT["components"]["schemas"][one] for one in ahead])
        ahead = set(re.findall(r"#/components/schemas/(\w+)", text)) - found
    return found


def test_nothing_unknown_may_be_sent_and_answers_may_grow() -> None:
    schemas: dict[str, Any] = DOCUMENT["components"]["schemas"]
    closed = {
        name for name, schema in schemas.items() if schema.get("additionalProperties") is False
    }
    sent, answered = set[str](), set[str]()
    for route in API:
        sent |= reached(route.body.__name__) if route.body else set()
        for _, model in route.answers:
            answered |= reached(model.__name__)
    objects = {name for name, schema in schemas.items() if schema.get("type") == "object"}
    assert sent & objects <= closed
    assert answered & closed == set()


def test_every_refusal_is_explained() -> None:
    from regulars.domain.refusals import RefusalCode

    for code in RefusalCode:
        assert f"| `{code}` |" in DOCUMENT["info"]["description"]


def test_the_patterns_are_those_of_javascript() -> None:
    """JSON Schema takes ECMA 262: no `\\A`, `\\Z`, no named groups in Python's way."""
    patterns = re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(DOCUMENT))
    assert patterns
    for pattern in patterns:
        assert not re.search(r"\\\\A|\\\\Z|\(\?P<|\(\?i\)", pattern), pattern


class TestNothingIsLeftBare:
    @pytest.mark.parametrize("key", sorted(OPERATIONS), ids=" ".join)
    def test_an_operation_says_all_of_itself(self, key: tuple[str, str]) -> None:
        operation = OPERATIONS[key]
        assert len(operation["description"]) > len(operation["summary"]) > 5
        assert operation["tags"][0] in {tag["name"] for tag in DOCUMENT["tags"]}
        for parameter in operation["parameters"]:
            assert parameter["description"], parameter["name"]
        for status, answer in operation["responses"].items():
            assert answer["description"], status
            for kind, content in answer.get("content", {}).items():
                assert content.keys() & {"example", "examples"}, (status, kind)
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]
            pictures = all(kind.startswith("image/") for kind in content)
            assert pictures or "example" in content["application/json"]

    @pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["schemas"]))
    def test_a_schema_and_its_properties_are_described(self, name: str) -> None:
        schema = DOCUMENT["components"]["schemas"][name]
        assert schema["description"]
        bare = [one for one, it in schema.get("properties", {}).items() if "description" not in it]
        assert bare == []

    def test_no_text_describes_what_is_not_there(self) -> None:
        models = {**{model.__name__: model for model in openapi._below(BaseModel)}}
        for texts in (of_bodies.DESCRIPTIONS, of_programs.DESCRIPTIONS):
            for name, fields in texts.items():
                assert set(fields) - {""} <= set(models[name].model_fields), name
        assert set(operations.OPERATIONS) == {route.key for route in API}
        assert set(operations.TAGS) == {text.tag for text in operations.OPERATIONS.values()}

    def test_instants_and_days_say_their_format(self) -> None:
        for name, schema in DOCUMENT["components"]["schemas"].items():
            for field, it in schema.get("properties", {}).items():
                if re.search(r"(?:_at|^now|^at)$", field) and it.get("type") != "integer":
                    assert "date-time" in json.dumps(it), f"{name}.{field}"

    def test_what_is_tried_again_says_when(self) -> None:
        for key, operation in OPERATIONS.items():
            for status, answer in operation["responses"].items():
                codes = (
                    set(answer["content"]["application/problem+json"]["examples"])
                    if ("application/problem+json" in answer.get("content", {}))
                    else set()
                )
                transient = codes & {code.value for code in RETRY_AFTER_S}
                assert bool(transient) == ("Retry-After" in answer.get("headers", {})), (
                    key,
                    status,
                )

    def test_examples_are_what_their_schemas_take(self) -> None:
        base = {"components": json.loads(json.dumps(DOCUMENT["components"]))}
        for key, operation in OPERATIONS.items():
            bodies = [operation["requestBody"]] if "requestBody" in operation else []
            for part in [*bodies, *operation["responses"].values()]:
                for content in part.get("content", {}).values():
                    values = [it["value"] for it in content.get("examples", {}).values()]
                    values += [content["example"]] if "example" in content else []
                    for value in values:
                        schema = {**base, **content["schema"]}
                        errors = [*Draft202012Validator(schema).iter_errors(value)]
                        assert errors == [], (key, errors[0].message, list(errors[0].path))

    def test_two_models_have_two_names(self) -> None:
        names = [model.__name__ for model in openapi._below(BaseModel)]
        assert sorted({*names}) == sorted(names)
