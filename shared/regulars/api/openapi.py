"""The OpenAPI 3.1 document, generated from the routes and the models."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

import regulars
from regulars.api.answers import Problem
from regulars.api.routes import API, Route
from regulars.domain.refusals import RefusalCode
from regulars.http.problems import STATUS, TITLE

_REF = "#/components/schemas/{model}"
_SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "key": [{"merchant": []}],
    "test key": [{"merchant": []}],
    "key or staff": [{"merchant": []}, {"staff": []}],
    "platform": [{"platform": []}],
    "none": [],
}
_QUERY: dict[str, dict[str, Any]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 25},
    "cursor": {"type": "string"},
    "q": {"type": "string", "description": "A name (or its beginning), e-mail or telephone"},
    "tier": {"type": "string"},
    "day": {"type": "string", "format": "date", "description": "The newest with a root if none"},
    "from": {"type": "string", "format": "date", "description": "The first day"},
    "to": {"type": "string", "format": "date", "description": "The last day"},
    "kind": {
        "type": "string", "enum": ["damaged_card", "unbooked", "failed_message", "stuck_job"]
    },
    "version": {"type": "integer", "minimum": 1, "description": "An earlier version"},
    "confirm_losses": {
        "type": "boolean", "default": False,
        "description": "Publish although members lose what they hold",
    },
    "publish_at": {
        "type": "string", "format": "date-time", "description": "When to publish it; now without",
    },
    "note": {"type": "string", "description": "What the list of versions says about it"},
    "preview_id": {
        "type": "string", "description": "A finished preview of the same document",
    },
    "segment": {
        "type": "string", "enum": ["new", "returning", "loyal", "at_risk", "lapsed"]
    },
}  # fmt: skip


@cache
def document() -> dict[str, Any]:
    """The whole document, as served at /v1/openapi.json."""
    used = {model for route in API for model in _models(route)} | {Problem}
    modes: list[tuple[Any, Any]] = [
        (model, "validation") for model in sorted(used, key=lambda model: model.__name__)
    ]
    _, schemas = models_json_schema(modes, ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for route in API:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Regulars",
            "version": regulars.__version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": _description(),
        },
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "merchant": {"type": "http", "scheme": "bearer"},
                "platform": {"type": "http", "scheme": "bearer"},
                "staff": {"type": "apiKey", "in": "cookie", "name": "regulars_staff"},
            },
        },
    }


def _models(route: Route) -> list[Any]:
    return [model for model in (route.body, *(model for _, model in route.answers)) if model]


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "security": _SECURITY[route.auth],
        "parameters": _parameters(route),
        "responses": {
            **{str(status): _content(model) for status, model in route.answers},
            "default": {
                "description": "A problem document",
                "content": {"application/problem+json": {"schema": _ref(Problem)}},
            },
        },
    }
    if not route.answers:
        operation["responses"]["200"] = {"description": "OK"}
    if route.body:
        optional = not any(field.is_required() for field in route.body.model_fields.values())
        operation["requestBody"] = {
            "required": not optional,
            "content": {"application/json": {"schema": _ref(route.body)}},
        }
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    parameters += [{"name": name, "in": "query", "schema": _QUERY[name]} for name in route.query]
    if route.ledger:
        schema = {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,128}$"}
        header = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema}
        parameters.append(header)
    if route.key == "PUT /v1/program":
        schema = {"type": "string", "pattern": '^("?[0-9]+"?|\\*)$'}
        parameters.append({"name": "If-Match", "in": "header", "required": True, "schema": schema})
    return parameters


def _operation_id(route: Route) -> str:
    return "_".join([route.method.lower(), *re.findall(r"\w+", route.path.removeprefix("/v1"))])


def _content(model: Any) -> dict[str, Any]:
    return {
        "description": (model.__doc__ or model.__name__).partition("\n")[0],
        "content": {"application/json": {"schema": _ref(model)}},
    }


def _ref(model: Any) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _description() -> str:
    rows = "\n".join(f"| `{code}` | {STATUS[code].value} | {TITLE[code]} |" for code in RefusalCode)
    return (
        "Instants are RFC 3339 in UTC, money is integer minor units of the programme's currency. "
        "Every POST that changes a ledger needs an `Idempotency-Key`; the same key and body get "
        "the first answer again, marked `Idempotent-Replay: true`.\n\n"
        "Problems are `application/problem+json`:\n\n"
        f"| code | status | meaning |\n|---|---|---|\n{rows}"
    )
