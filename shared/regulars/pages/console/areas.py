"""The areas of the console, found by looking into their folders, and the way of a path to its page.

All paths below /console/ are one route of the template; which page it is, is decided here.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import protocol
from regulars.http.paths import Found, Paths
from regulars.http.protocol import Handler, Request, Response
from regulars.pages import answer

FIRST = ("GET /console", "GET /console/")
GREEDY = ("GET /console/{page+}", "POST /console/{page+}")


@cache
def routes() -> dict[str, Handler]:
    """Every route of every area."""
    found: dict[str, Handler] = {}
    for file in sorted(Path(__file__).parent.rglob("handlers.py")):
        parts = file.relative_to(Path(__file__).parent).with_suffix("").parts
        found |= import_module(f"regulars.pages.console.{'.'.join(parts)}").ROUTES
    return found


def served() -> dict[str, Handler]:
    """What the function serves: the console's first page, and all paths below."""
    return {**{route: routes()[route] for route in FIRST}, **dict.fromkeys(GREEDY, lead)}


def lead(request: Request) -> Response:
    """Answer a path below /console/ by the page it leads to.

    What a form is sent to has no page of its own: who reloads there is led to the page above.
    """
    found = find(request.method, request.path)
    if found:
        event = {**request.event, "routeKey": found.route, "pathParameters": found.parameters}
        return routes()[found.route](Request(event))
    if request.method == "GET" and find("POST", request.path):
        return protocol.redirect(above(request.path))
    return answer.as_page(_nowhere)(request)


def above(path: str) -> str:
    """The page of what a form is sent to: its own, or the nearest one above it."""
    found = find("POST", path)
    pattern = found.route.removeprefix("POST ") if found else ""
    while pattern and f"GET {pattern}" not in routes():
        pattern, path = pattern.rpartition("/")[0], path.rpartition("/")[0]
    return path if pattern else "/console/"


def find(method: str, path: str) -> Found | None:
    """Find the page of a path."""
    return _paths().find(method, path)


@cache
def _paths() -> Paths:
    return Paths(routes())


def _nowhere(request: Request) -> Response:
    raise Refused(RefusalCode.NOT_FOUND)
