"""The routes of an HTTP API: its OpenAPI document, each operation with the integration it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.intrinsics import TemplateError

DEFAULT_ROUTE = "$default"
"""What API Gateway calls the route of requests that no other is for."""

_INTEGRATION = "x-amazon-apigateway-integration"
_ANY = "x-amazon-apigateway-any-method"
_SHARED = f"#/components/{_INTEGRATION}s/"
_BEFORE, _AFTER = ":lambda:path/2015-03-31/functions/", "/invocations"


@dataclass(frozen=True)
class Route:
    """One route of the HTTP API."""

    method: str
    path: str
    function: str

    @property
    def key(self) -> str:
        """The route key, as events have it."""
        return self.path if self.path == DEFAULT_ROUTE else f"{self.method} {self.path}"


def read(place: str, document: Mapping[str, Any], functions: Mapping[str, str]) -> list[Route]:
    """The routes of a resolved document; `functions` are logical ids by ARN.

    Raises TemplateError for what a local request could not be answered by.
    """
    shared = document.get("components", {}).get(f"{_INTEGRATION}s", {})
    called = {name: _called(f"{place}: {name}", shared[name], functions) for name in shared}
    found = []
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            where = f"{place}: {method} {path}"
            only(where, operation, frozenset({"responses", "isDefaultRoute", _INTEGRATION}))
            reference = str(operation.get(_INTEGRATION, {}).get("$ref", ""))
            function = called.get(reference.removeprefix(_SHARED))
            if function is None:
                raise TemplateError(f"{where}: there is no integration {reference!r}")
            found.append(_route(method, path, function, operation))
    return found


def only(place: str, properties: Mapping[str, Any], known: frozenset[str]) -> None:
    """Raise TemplateError for a property that is not among the known ones."""
    unknown = sorted(set(properties) - known)
    if unknown:
        raise TemplateError(f"{place}: the local stack does not know {', '.join(unknown)}")


def _called(place: str, integration: Mapping[str, Any], functions: Mapping[str, str]) -> str:
    """The logical id of the function that an integration calls."""
    only(place, integration, frozenset({"type", "httpMethod", "payloadFormatVersion", "uri"}))
    if (integration.get("type"), integration.get("payloadFormatVersion")) != ("aws_proxy", "2.0"):
        raise TemplateError(f"{place}: the local stack calls functions only, with events 2.0")
    arn = str(integration.get("uri", "")).partition(_BEFORE)[2].removesuffix(_AFTER)
    if arn not in functions:
        raise TemplateError(f"{place}: {arn!r} is no function of this template")
    return functions[arn]


def _route(method: str, path: str, function: str, operation: Mapping[str, Any]) -> Route:
    if operation.get("isDefaultRoute"):
        return Route("ANY", DEFAULT_ROUTE, function)
    return Route("ANY" if method == _ANY else method.upper(), path, function)
