"""What a signed-in person may do, by their role. Keys have scopes instead.

Staff work at the counter; a manager also looks after members, people and devices of their places;
everything else - programme, keys, data, settings - is the owner's alone.
"""

from __future__ import annotations

from regulars.store.staff import MANAGER, OWNER, ROLES, STAFF

SENSITIVE = frozenset(
    {
        "POST /v1/keys",
        "POST /v1/keys/{id}/roll",
        "DELETE /v1/keys/{id}",
        "PUT /v1/hooks/{provider}",
        "PATCH /v1/merchant",
        "GET /v1/members/{id}/export",
        "GET /v1/export/members.csv",
        "GET /v1/export/members.json",
        "DELETE /v1/members/{id}",
        "POST /v1/members/{id}/repair",
        "POST /console/passkey/register/options",
        "POST /console/passkey/register/finish",
        "POST /console/passkey/remove",
    }
)
"""What is asked for again before it is done: what opens doors, or cannot be undone."""

_STAFF = frozenset(
    {
        "GET /console",
        "GET /staff/counter",
        "GET /staff/api/member",
        "GET /staff/display",
        "GET /staff/api/display",
        "POST /staff/api/codes",
        "GET /staff/api/codes/{id}",
        "GET /staff/api/state",
        "POST /staff/api/undo",
        "POST /staff/sign-out",
        "POST /v1/actions",
        "POST /v1/earn",
        "POST /v1/entries/{id}/confirm",
        "POST /v1/gifts",
        "POST /v1/members",
        "PATCH /v1/members/{id}",
        "POST /v1/members/{id}/confirm",
        "POST /v1/members/{id}/tier",
        "POST /v1/vouchers",
        "POST /v1/vouchers/{code}/redeem",
        "POST /v1/vouchers/{code}/reverse",
    }
)
_MANAGER = frozenset(
    {
        "GET /v1/members",
        "GET /v1/members/counts",
        "GET /v1/members/{id}",
        "GET /v1/members/{id}/entries",
        "GET /v1/members/{id}/profile",
        "GET /v1/members/{id}/rewards",
        "POST /v1/members/{id}/merge",
        "DELETE /v1/members/{id}/merges/{merge_id}",
        "POST /v1/adjust",
        "GET /v1/actions",
        "POST /v1/actions/{id}",
        "POST /v1/refunds",
        "POST /v1/vouchers/{code}/cancel",
        "GET /v1/staff",
        "POST /v1/staff",
        "PATCH /v1/staff/{id}",
        "DELETE /v1/staff/{id}",
        "POST /v1/staff/{id}/devices",
        "GET /v1/devices",
        "DELETE /v1/devices/{id}",
        "GET /v1/fraud",
        "POST /v1/fraud/{id}",
    }
)

_CONSOLE = {
    "": STAFF, "members": MANAGER, "staff": MANAGER, "attention": MANAGER, "you": MANAGER,
    "more": MANAGER, "passkey": MANAGER, "happened": MANAGER,
}  # fmt: skip
"""The least role of each area of the console; all others are the owner's. What a page asks the API
for needs the role of that route besides."""


def needed(route: str) -> str:
    """Return the least role that may call a route (`GET /v1/members/{id}`)."""
    if route in _STAFF:
        return STAFF
    path = route.partition(" ")[2]
    if path.startswith("/console/"):
        return _CONSOLE.get(path.split("/")[2], OWNER)
    return MANAGER if route in _MANAGER else ROLES[-1]


def allows(role: str, route: str) -> bool:
    """Tell whether somebody with a role may call a route."""
    return reaches(role, needed(route))


def reaches(role: str, least: str) -> bool:
    """Tell whether a role is at least another."""
    return ROLES.index(role) >= ROLES.index(least)
