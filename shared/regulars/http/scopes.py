"""What an API key may be used for, by its scopes.

`full` is the owner's hand: it may do everything. The others are for machines that need less: a till
that is stolen, or a report that leaks its key, gives away no more than the key can do.
"""

from __future__ import annotations

from collections.abc import Iterable

FULL, READ, TILL, EXPORT, PUBLISHABLE = "full", "read", "till", "export", "publishable"

ALL = (FULL, READ, TILL, EXPORT, PUBLISHABLE)

_TILL = frozenset(
    {
        "POST /v1/codes",
        "POST /v1/earn",
        "POST /v1/refunds",
        "POST /v1/refunds/{id}/void",
        "POST /v1/vouchers",
        "POST /v1/vouchers/{code}/redeem",
        "POST /v1/vouchers/{code}/reverse",
        "POST /v1/members",
        "GET /v1/members",
        "GET /v1/members/{id}",
        "GET /v1/members/{id}/rewards",
    }
)
"""What a till does: enrol and find members, book, redeem, take back."""

_EXPORT = frozenset(
    {
        "GET /v1/members/{id}/entries",
        "GET /v1/members/{id}/export",
        "GET /v1/members/{id}/profile",
        "GET /v1/export/members.csv",
        "GET /v1/export/members.json",
    }
)
"""What takes whole records out."""

_OWNERS_ONLY = frozenset(
    {"GET /v1/keys", "GET /v1/audit", "GET /v1/staff", "GET /v1/devices", *_EXPORT}
)
"""What a key that reads does not see: who may do what, who did what, and personal data in bulk."""


def allows(scopes: Iterable[str], route: str) -> bool:
    """Tell whether a key with these scopes may call a route (`GET /v1/members/{id}`)."""
    return any(_allows(scope, route) for scope in scopes)


def _allows(scope: str, route: str) -> bool:
    if " /v1/" not in route:
        return False  # pages, and what their scripts ask for, are for people
    if scope == FULL:
        return True
    if scope == READ:
        return route.startswith("GET ") and route not in _OWNERS_ONLY
    if scope == TILL:
        return route in _TILL
    return scope == EXPORT and route in _EXPORT
