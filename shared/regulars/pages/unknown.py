"""What no route leads to: unknown paths and methods, and HEAD.

API Gateway hands over whatever matches no route (`$default`). A printed or shared link that was
spelled otherwise leads to its page; else a problem document says what is wrong; where a person's
browser asks for HTML it is a page.
"""

from __future__ import annotations

from functools import cache

from regulars.api.routes import PAGES, UNKNOWN
from regulars.api.routes import ROUTES as KNOWN
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import links, protocol
from regulars.http.paths import Paths
from regulars.pages import answer

READ = ("GET", "HEAD")


def default(request: protocol.Request) -> protocol.Response:
    """Answer a request that no route is for; `Allow` says which methods its path knows."""
    methods = sorted(_paths().methods(request.path))
    if request.method in READ and not methods:
        other = links.respelled(request.path)
        if other and _is_for_people(other):
            return answer.elsewhere(request, other)
    if "GET" in methods and request.method == "HEAD":
        return protocol.empty(200)  # that it is there; what it holds costs a GET
    if not methods:
        return _refuse(request, RefusalCode.NOT_FOUND)
    if "GET" in methods:
        methods.insert(methods.index("GET") + 1, "HEAD")
    response = _refuse(request, RefusalCode.METHOD_NOT_ALLOWED)
    return {**response, "headers": {**response["headers"], "Allow": ", ".join(methods)}}


def _refuse(request: protocol.Request, code: RefusalCode) -> protocol.Response:
    if request.method in READ and "text/html" in request.headers.get("accept", ""):
        return answer.refusal(request, Refused(code))
    return protocol.problem(Refused(code))


def _is_for_people(path: str) -> bool:
    """Whether a path leads to a page, not to what scripts and machines read."""
    return path.split("/")[1] in _PLACES and "GET" in _paths().methods(path)


_PLACES = {route.path.split("/")[1] for route in PAGES if route.method == "GET"} - {"assets"}
"""The first parts of the paths of pages: j, c, u, s, v, staff."""


@cache
def _paths() -> Paths:
    return Paths(route.key for route in KNOWN)


ROUTES: dict[str, protocol.Handler] = {UNKNOWN.key: default}
