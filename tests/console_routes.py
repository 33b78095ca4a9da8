"""The pages and forms of the console as routes: in the template they are one."""

from __future__ import annotations

from regulars.api.routes import ROUTES, Route
from regulars.pages.console import areas

_OPEN = ("/console/sign-in", "/console/passkey/login")


def _route(key: str) -> Route:
    method, _, path = key.partition(" ")
    return Route(method, path, "console", "", "none" if path.startswith(_OPEN) else "staff")


CONSOLE = tuple(_route(key) for key in areas.routes())

EVERYTHING = (*(route for route in ROUTES if not route.path.startswith("/console")), *CONSOLE)
"""Every route there is, with the pages of the console one by one."""
