"""The OpenAPI 3.1 document, generated from the routes, the models and the texts."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import regulars
from regulars.api import descriptions
from regulars.api.answers import Problem
from regulars.api.assets import MEDIA_TYPES as PICTURES
from regulars.api.operations import OPERATIONS, TAGS, refusals
from regulars.api.routes import API, Route
from regulars.core.schemas import describe
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import problems, roles
from regulars.http.problems import RETRY_AFTER_S, STATUS, TITLE
from regulars.program import descriptions as of_programs
from regulars.program.document import ProgramDocument

_REF = "#/components/schemas/{model}"
_SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "key": [{"merchant": []}, {"staff": []}],
    "test key": [{"merchant": []}],
    "key or staff": [{"merchant": []}, {"staff": []}],
    "platform": [{"platform": []}],
    "none": [],
}
_QUERY: dict[str, dict[str, Any]] = {
    "limit": {
        "type": "integer", "minimum": 1, "maximum": 100, "default": 25,
        "description": "How many items a page has at most",
    },
    "cursor": {"type": "string", "description": "The `next` of an earlier page"},
    "who": {"type": "string", "description": "Only by this kind (`key`, `staff` ...) or id"},
    "what": {"type": "string", "description": "Only this, or this sort: `key`, `key.created`"},
    "q": {"type": "string", "description": "A name (or its beginning), e-mail or telephone"},
    "tier": {"type": "string", "description": "Id of a tier"},
    "member_ids": {
        "type": "string", "description": "Only these members: ids with commas, 100 at most",
    },
    "format": {"type": "string", "enum": ["free"], "default": "free",
               "description": "What program wrote the file; `free` for any columns"},
    "mapping": {"type": "string", "description": "JSON by heading: our column, or null"},
    "dry_run": {
        "type": "boolean", "default": False, "description": "Ask before anything is brought in",
    },
    "birthday_month": {
        "type": "integer", "minimum": 1, "maximum": 12, "description": "Whose birthday is then",
    },
    "last_visit_from": {
        "type": "string", "format": "date", "description": "Who came on this day or later",
    },
    "last_visit_before": {
        "type": "string", "format": "date", "description": "Who came, and not since this day",
    },
    "day": {"type": "string", "format": "date", "description": "The newest with a root if none"},
    "from": {"type": "string", "format": "date", "description": "The first day"},
    "to": {"type": "string", "format": "date", "description": "The last day"},
    "kind": {
        "type": "string",
        "enum": [
            "damaged_card", "unbooked", "failed_message", "stuck_job", "key_expiring", "fraud"
        ],
        "description": "Only things of this kind",
    },
    "status": {
        "type": "string",
        "enum": ["waiting", "granted", "refused"],
        "default": "waiting",
        "description": "Which ones.",
    },
    "state": {
        "type": "string", "enum": ["open", "dismissed", "held", "reversed"], "default": "open",
        "description": "What was done with it last",
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
        "type": "string", "enum": ["new", "returning", "loyal", "at_risk", "lapsed"],
        "description": "A kind of member by how recently and how often they came",
    },
}  # fmt: skip
_PATH = {
    "id": "Its id",
    "n": "The number of the version",
    "code": "The code of the voucher, in capitals or not, with or without gaps",
    "refund_id": "The id of the refund",
    "merge_id": "The id of the merge",
    "provider": "The till: `generic`, `square` ...",
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new one for each operation, the same one for each retry of it: the same key "
    "and body get the first answer again",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,128}$"},
    "example": "4f7c1a9e-sale-1017",
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The version that this one replaces, quoted or not, or `*` for any",
    "schema": {"type": "string", "pattern": '^("?[0-9]+"?|\\*)$'},
    "example": '"3"',
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what is known already",
    "schema": {"type": "string"},
    "example": '"3"',
}
_REPLAY = {
    "Idempotent-Replay": {
        "description": "`true` when this is the first answer of the key, given again",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
_ETAG = {"ETag": {"description": "The version, quoted", "schema": {"type": "string"}}}
_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds after which the same request may succeed",
        "schema": {"type": "integer", "minimum": 1},
    }
}


@cache
def document() -> dict[str, Any]:
    """The whole document, as served at /v1/openapi.json."""
    used = {model for route in API for model in _models(route)} | {Problem}
    modes: list[tuple[Any, Any]] = [
        (model, "validation") for model in sorted(used, key=lambda model: model.__name__)
    ]
    _, schemas = models_json_schema(modes, ref_template=_REF)
    _describe(schemas["$defs"])
    for schema in schemas["$defs"].values():
        _tell_defaults(schema)
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
        "servers": [{"url": "/", "description": "The installation that serves this document"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "merchant": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A merchant's key: `rk_live_...`, or `rk_test_...` for the "
                    "sandbox",
                },
                "platform": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The platform's key: `rk_platform_...`",
                },
                "staff": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-regulars_staff",
                    "description": "The session of a person who is signed in on a device of the "
                    "counter; changes also need the header `X-Regulars: staff`",
                },
            },
        },
    }


@cache
def program_schema() -> dict[str, Any]:
    """The JSON Schema of a programme document."""
    schema = ProgramDocument.model_json_schema()
    _describe({**schema["$defs"], ProgramDocument.__name__: schema})
    return schema


@cache
def examples() -> dict[str, dict[str, Any]]:
    """Real requests and answers by route; `tests/functional/test_api_examples.py` records them."""
    found: dict[str, dict[str, Any]] = json.loads(
        files("regulars.api").joinpath("examples.json").read_text("utf-8")
    )
    return found


def _describe(schemas: dict[str, dict[str, Any]]) -> None:
    models = {model.__name__: model for model in _below(BaseModel)}
    describe(schemas, models, {**of_programs.DESCRIPTIONS, **descriptions.DESCRIPTIONS})


def _tell_defaults(schema: dict[str, Any]) -> None:
    """Put defaults into words: generators take a field with a default for one that must be sent."""
    for field in schema.get("properties", {}).values():
        default = field.pop("default", None)
        if isinstance(default, str | int):
            field["description"] += f" When left out: `{json.dumps(default)}`."


def _below(model: type[BaseModel]) -> set[type[BaseModel]]:
    """All models of ours."""
    found = {
        one
        for one in model.__subclasses__()
        if one.__module__.startswith(("regulars.", "pydantic"))
    }
    return found.union(*(_below(one) for one in found))


def _models(route: Route) -> list[Any]:
    return [model for model in (route.body, *(model for _, model in route.answers)) if model]


def _operation(route: Route) -> dict[str, Any]:
    text = OPERATIONS[route.key]
    example = examples().get(route.key, {})
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "tags": [text.tag],
        "summary": route.summary,
        "description": text.description,
        "security": _SECURITY[route.auth],
        "parameters": _parameters(route),
        "responses": {**_answers(route, example), **_problems(route)},
    }
    if {"staff": []} in _SECURITY[route.auth]:
        operation["x-role"] = roles.needed(route.key)  # the least one of a person
    if route.body:
        optional = not any(field.is_required() for field in route.body.model_fields.values())
        content: dict[str, Any] = {"schema": _ref(route.body)}
        if "request" in example:
            content["example"] = example["request"]
        operation["requestBody"] = {
            "required": not optional,
            "content": {"application/json": content},
        }
    if route.pictures:
        operation["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": _BINARY} for kind in PICTURES},
        }
    return operation


_BINARY = {"type": "string", "format": "binary"}


def _answers(route: Route, example: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for status, model in route.answers:
        content: dict[str, Any] = {"schema": _ref(model)}
        if str(status) in example.get("answers", {}):
            content["example"] = example["answers"][str(status)]
        text = (model.__doc__ or "").partition("\n")[0]
        shown[str(status)] = {"description": text, "content": {"application/json": content}}
        if route.ledger:
            shown[str(status)]["headers"] = _REPLAY
        if route.path == "/v1/program":
            shown[str(status)]["headers"] = _ETAG
    if route.method == "DELETE" and not route.answers:
        shown["204"] = {"description": "It is taken back"}
    elif route.path.endswith(".csv"):
        table = {"schema": {"type": "string"}, "example": "name,email\r\nAnna,\r\n"}
        shown["200"] = {"description": route.summary, "content": {"text/csv": table}}
    elif not route.answers:
        content = {"schema": {"type": "object", "description": "A JSON document of its own kind"}}
        shown["200"] = {
            "description": route.summary,
            "content": {"application/json": {**content, "example": {"...": "..."}}},
        }
    if route.key == "GET /v1/program":
        shown["304"] = {"description": "It is the version that is known", "headers": _ETAG}
    return shown


def _problems(route: Route) -> dict[str, Any]:
    """The refusals of an operation by status, each with the problem document it answers."""
    by_status: dict[str, list[RefusalCode]] = {}
    for code in refusals(route):
        by_status.setdefault(str(STATUS[code].value), []).append(code)
    shown = {}
    for status, codes in sorted(by_status.items()):
        shown[status] = {
            "description": "; ".join(f"`{code}`: {TITLE[code]}" for code in codes),
            "content": {
                "application/problem+json": {
                    "schema": _ref(Problem),
                    "examples": {code.value: {"value": _problem(code)} for code in codes},
                }
            },
        }
        if RETRY_AFTER_S.keys() & set(codes):
            shown[status]["headers"] = _RETRY_AFTER
    return shown


def _problem(code: RefusalCode) -> dict[str, Any]:
    errors = (("name", "must be a text"),) if code is RefusalCode.INVALID else ()
    return problems.document(Refused(code, errors=errors))[1]


def _parameters(route: Route) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _PATH[name],
            "schema": {"type": "string"},
        }
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    for name in route.query:
        schema = {key: value for key, value in _QUERY[name].items() if key != "description"}
        text = _QUERY[name]["description"]
        parameters.append({"name": name, "in": "query", "description": text, "schema": schema})
    if route.ledger:
        parameters.append(_KEY)
    if route.key == "PUT /v1/program":
        parameters.append(_IF_MATCH)
    if route.key == "GET /v1/program":
        parameters.append(_IF_NONE_MATCH)
    return parameters


def _operation_id(route: Route) -> str:
    return "_".join([route.method.lower(), *re.findall(r"\w+", route.path.removeprefix("/v1"))])


def _ref(model: Any) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _description() -> str:
    rows = "\n".join(f"| `{code}` | {STATUS[code].value} | {TITLE[code]} |" for code in RefusalCode)
    return (
        "Instants are RFC 3339 in UTC, money is integer minor units of the programme's currency. "
        "Every POST that changes a ledger needs an `Idempotency-Key`; the same key and body get "
        "the first answer again, marked `Idempotent-Replay: true`. Answers may get new fields: "
        "ignore those that you do not know. A key may make 50 requests a second and 500 at once, "
        "unless the platform allows it more; then it gets 429 `rate_limited`, and `Retry-After` "
        "says when to go on.\n\n"
        "Problems are `application/problem+json`:\n\n"
        f"| code | status | meaning |\n|---|---|---|\n{rows}"
    )
