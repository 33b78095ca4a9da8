"""The routes of a code that guests scan. What they need is loaded with the first of them: who joins
by the shop's own code does not wait for it."""

from __future__ import annotations

from regulars.http import protocol


def _lazily(key: str) -> protocol.Handler:
    def handler(request: protocol.Request) -> protocol.Response:
        from regulars.pages.customer.code import handlers

        return handlers.ROUTES[key](request)

    return handler


ROUTES = {key: _lazily(key) for key in ("GET /t/{token}", "POST /t/{token}")}
