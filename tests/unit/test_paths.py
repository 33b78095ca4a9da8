"""Which route a path leads to."""

from __future__ import annotations

import pytest

from regulars.http.paths import Found, Paths

PATHS = Paths(
    ["GET /a/{rest+}", "GET /a/{id}", "POST /a/{id}/b", "GET /a/new", "GET /a/{id}/c.d", "$default"]
)


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "/a/new", Found("GET /a/new", {})),
        ("GET", "/a/x", Found("GET /a/{id}", {"id": "x"})),
        ("GET", "/a/x%20y%2Fz", Found("GET /a/{id}", {"id": "x y/z"})),
        ("POST", "/a/x/b", Found("POST /a/{id}/b", {"id": "x"})),
        ("GET", "/a/x/c.d", Found("GET /a/{id}/c.d", {"id": "x"})),
        ("GET", "/a/x/c-d", Found("GET /a/{rest+}", {"rest": "x/c-d"})),
        ("POST", "/a/x", None),
        ("GET", "/a/", None),
        ("GET", "/b", None),
        ("GET", "", None),
    ],
)
def test_the_closest_route_is_found(method: str, path: str, found: Found | None) -> None:
    assert PATHS.find(method, path) == found


def test_a_path_names_its_methods() -> None:
    assert PATHS.methods("/a/x/b") == {"GET", "POST"}
    assert PATHS.methods("/b") == set()
