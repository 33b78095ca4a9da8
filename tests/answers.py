"""What holds for every answer of the service, whatever a test is about.

`Service.request` looks at each answer with this, so that the models of the OpenAPI document, the
list of refusals and the security headers are checked wherever anything is asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from regulars.api.answers import Problem
from regulars.api.operations import refusals
from regulars.api.routes import API, Route
from regulars.domain.refusals import RefusalCode
from regulars.http.headers import BASE
from regulars.http.problems import RETRY_AFTER_S, STATUS, TITLE

JSON, PROBLEM, HTML = "application/json", "application/problem+json", "text/html; charset=utf-8"
ASSET_BASE = {"x-content-type-options", "cache-control"}
"""Scripts are public and kept for ever; the other headers say nothing about them."""


KEPT = {
    "/c/{token}/state": "no-cache",
    "/card/{slug}/state": "no-cache",
    "/card/{slug}/manifest": "max-age=3600",
    "/card/{slug}/pictures/{name}": "public, max-age=86400",
    "/card/{slug}/wallet/pictures/{name}": "public, max-age=86400",
    "/card/sw.js": "no-cache",
    "/q/{file}": "public, max-age=3600",
    "/logos/{name}": "public, max-age=31536000, immutable",
    "/staff/worker.js": "no-cache",
}
"""What browsers may keep, and how."""
OWN_TOO = {"/q/{file}"}
"""... unless it is for one person alone."""

OTHER_KINDS = (
    ".js", ".csv", "/manifest", "/pictures/{name}", "/e/{token}", "/q/{file}", "/logos/{name}",
    "/wallet/apple", "/passes/{pass_type}/{serial}",
)  # fmt: skip
"""Neither pages nor documents."""


def hold_to_contract(route: Route, status: int, headers: Mapping[str, str], body: str) -> None:
    """Fails when an answer is not what its route promises."""
    where = f"{route.key} answered {status}"
    assert status != 500, f"{where}: {body}"
    body.encode()  # what cannot be encoded does not leave Lambda
    assert all("\n" not in f"{name}{value}" for name, value in headers.items())
    _hold_headers(route, status, headers)
    kind = headers.get("content-type", "")
    if kind == PROBLEM:
        _hold_problem(route, status, headers, body)
    elif status in {204, 303, 304} or (route.path == "$default" and not body):  # HEAD
        assert not body
    elif kind == JSON:
        _hold_json(route, status, body)
    else:
        other = route.function in {"assets", "hooks"} or route.path.endswith(OTHER_KINDS)
        assert kind == HTML or other, f"{where} as {kind!r}"
    if route.path.startswith("/v1/") and status >= 400:
        assert kind == PROBLEM, where


def _hold_headers(route: Route, status: int, headers: Mapping[str, str]) -> None:
    needed = ASSET_BASE if route.function == "assets" else {name.lower() for name in BASE}
    assert needed <= set(headers), f"{route.key} answered {status} without {needed - set(headers)}"
    if route.function == "assets":
        return
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    kept = KEPT.get(route.path, "no-store")
    if status < 400 and route.path in OWN_TOO:
        assert headers["cache-control"] in {kept, "no-store"}
    else:
        assert headers["cache-control"] == (kept if status < 400 else "no-store")


def _hold_problem(route: Route, status: int, headers: Mapping[str, str], body: str) -> None:
    problem = Problem.model_validate_json(body, strict=True)
    code = RefusalCode(problem.code)
    assert (status, problem.status) == (STATUS[code], STATUS[code])
    assert problem.title == TITLE[code]
    if code is not RefusalCode.CAP_REACHED:  # a cool-down says it, a day's cap does not
        assert ("retry-after" in headers) == (code in RETRY_AFTER_S)
    if route in API:
        assert code in refusals(route), f"{route.key} does not say that it answers {code}"
    if code is RefusalCode.INVALID:
        assert problem.errors, "an invalid request names its fields"
    for error in problem.errors:
        assert error.message
        assert len(error.path) <= 300


def _hold_json(route: Route, status: int, body: str) -> None:
    models = dict(route.answers)
    if not models:
        json.loads(body)
        return
    assert status in models, f"{route.key} does not say that it answers {status}"
    validate(models[status], body)


def validate(model: type[BaseModel], body: str) -> Any:
    """The body as the model; also demands that the model gives the very same JSON again."""
    parsed = model.model_validate_json(body, strict=True)
    again = json.loads(parsed.model_dump_json(by_alias=True, exclude_unset=True))
    assert again == json.loads(body)
    return parsed
