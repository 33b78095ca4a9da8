"""The service about itself: that it is up, and what it offers."""

from __future__ import annotations

import regulars
from regulars.api import openapi
from regulars.http import protocol


def health(request: protocol.Request) -> protocol.Response:
    """GET /v1/health: up, without asking the table."""
    return protocol.json_answer(200, {"status": "ok", "version": regulars.__version__})


def describe(request: protocol.Request) -> protocol.Response:
    """GET /v1/openapi.json."""
    return protocol.json_answer(200, openapi.document())


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/health": health,
    "GET /v1/openapi.json": describe,
}
