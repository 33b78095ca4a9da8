"""Adding passkeys and signing in with them, as the script of the pages does."""

from __future__ import annotations

from typing import Any

from tests.authenticator import Authenticator
from tests.functional.console import STAFF, Browser
from tests.service import Reply

REGISTER, LOGIN = "/console/passkey/register", "/console/passkey/login"


def options(browser: Browser, path: str = LOGIN, **more: Any) -> dict[str, Any]:
    """What the browser is asked for; a ceremony begins."""
    reply = browser.go("POST", f"{path}/options", body={}, headers=STAFF, **more)
    assert reply.status == 200, reply.text
    found: dict[str, Any] = reply.json
    return found


def finish(browser: Browser, path: str, credential: Any, **more: Any) -> Reply:
    """End a ceremony; `name` goes into the body."""
    name = more.pop("name", None)
    body = {"credential": credential, **({"name": name} if name else {})}
    return browser.go("POST", f"{path}/finish", body=body, headers=STAFF, **more)


def add(browser: Browser, device: Authenticator, name: str = "", **changed: Any) -> Reply:
    """Add a passkey of a device for who is signed in."""
    made = device.create(options(browser, REGISTER), **changed)
    return finish(browser, REGISTER, made, name=name)


def show(
    browser: Browser, device: Authenticator, source: str = "192.0.2.1", **changed: Any
) -> Reply:
    """Show a passkey of a device, to sign in."""
    shown = device.get(options(browser, source=source), **changed)
    return finish(browser, LOGIN, shown, source=source)
