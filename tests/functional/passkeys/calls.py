"""Adding passkeys and signing in with them, as the script of the pages does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from regulars.store import keys
from tests.authenticator import Authenticator
from tests.functional.console import STAFF, Browser
from tests.service import Merchant, Reply, Service

OWNER = "anna@example.com"
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


def staff_id(cafe: Merchant, role: str = "owner") -> str:
    people = cafe.call("GET", "/v1/staff").json["items"]
    return next(str(one["staff_id"]) for one in people if one["role"] == role)


def log(cafe: Merchant, what: str = "passkey") -> list[dict[str, Any]]:
    """The lines of the audit log, the newest first."""
    found: list[dict[str, Any]] = cafe.call("GET", "/v1/audit", query={"what": what}).json["items"]
    return found


@contextmanager
def between(service: Service, key: keys.Key) -> Iterator[list[Callable[[], object]]]:
    """Within it, the last of the list happens right after an item was read, then the one before."""
    happen: list[Callable[[], object]] = []

    def see(operation: str, params: dict[str, Any], _: object) -> None:
        if happen and operation == "BatchGetItem" and key[1] in str(params):
            happen.pop()()

    service.table.on_call.append(see)
    yield happen
    service.table.on_call.remove(see)


def wrong(reply: Reply) -> tuple[int, str]:
    """Status of a refusal, and the one field that it names."""
    (error,) = reply.json["errors"]
    return reply.status, error["path"]
