"""Ceremonies of passkeys: what a browser begins with options, and ends with a passkey."""

from __future__ import annotations

from regulars.core import checks, clock
from regulars.domain.calendar import to_ms
from regulars.http import sessions
from regulars.http.protocol import Request
from regulars.store import connect, passkeys


def begin(purpose: str) -> tuple[str, str]:
    """Begin one; returns its challenge, and the cookie by which the browser can end it."""
    ceremony_id, secret = passkeys.begin(connect.table(), purpose, to_ms(clock.now()))
    return ceremony_id, sessions.ceremony_cookie(f"{ceremony_id}.{secret}")


def finish(request: Request, purpose: str) -> str:
    """Use up the one that this browser began, and return its challenge; raises CODE_EXPIRED,
    CODE_USED."""
    ceremony_id, secret = sessions.ceremony(request)
    passkeys.finish(connect.table(), ceremony_id, secret, purpose, to_ms(clock.now()))
    return ceremony_id


def require_no_fields(request: Request) -> None:
    """Raise INVALID for a body with anything in it: options are asked for without."""
    if request.body:
        checks.require(checks.fields(request.json, {}))
