"""The paths of routes, as API Gateway matches them: `/v1/members/{id}`, `/console/{page+}`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

_NAMED, _REST = re.compile(r"\\\{\w+\\\}"), re.compile(r"\\\{\w+\\\+\\\}")


class Found(NamedTuple):
    """The key of the route that a path leads to, and the decoded values of the names in it."""

    route: str
    parameters: dict[str, str]


class Paths:
    """Finds routes by their keys, such as "GET /v1/members/{id}": exact paths before those with
    names in them, and those before `{rest+}`."""

    def __init__(self, routes: Iterable[str]) -> None:
        ordered = sorted(routes, key=lambda route: ("+}" in route, route.count("{")))
        self._known = [(route, *_read(route)) for route in ordered]

    def find(self, method: str, path: str) -> Found | None:
        """Find the route of an undecoded path; None where there is none."""
        for route, known, pattern, names in self._known:
            matched = pattern.fullmatch(path) if known == method else None
            if matched:
                values = (unquote(one) for one in matched.groups())
                return Found(route, dict(zip(names, values, strict=True)))
        return None

    def methods(self, path: str) -> set[str]:
        """Return the methods that a path knows."""
        return {method for _, method, pattern, _ in self._known if pattern.fullmatch(path)}


def _read(route: str) -> tuple[str, re.Pattern[str], tuple[str, ...]]:
    method, _, path = route.partition(" ")
    pattern = _NAMED.sub("([^/]+)", _REST.sub("(.+)", re.escape(path)))
    return method, re.compile(pattern), tuple(re.findall(r"\{(\w+)\+?\}", path))
