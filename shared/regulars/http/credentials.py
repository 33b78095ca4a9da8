"""Who is asking: API keys of merchants and signed-in staff devices.

The tenant comes from the credential alone. A credential names its merchant, so that everything a
request needs - the credential's record, programme, card - can be read in one round trip and is
trusted only once the record has been checked.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from regulars.core import clock, tokens
from regulars.core.config import settings
from regulars.domain.calendar import to_ms
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import limits, protocol, scopes
from regulars.http.protocol import Request, cookie
from regulars.program.load import program_of
from regulars.program.shop import Shop
from regulars.store import connect, keys, merchants
from regulars.store.api_keys import ApiKey, api_key_of
from regulars.store.audit import Actor
from regulars.store.marshal import Item
from regulars.store.merchants import ShortCache, Staff
from regulars.store.table import Table

if TYPE_CHECKING:
    from regulars.store.limits import Counted

STAFF_COOKIE = "regulars_staff"
STAFF_SESSION_S = 12 * 3600
CARD_COOKIE_S = 400 * 24 * 3600
KEY_ID_LENGTH = 15
"""Eleven characters of the merchant's id, four of the key's own."""

Body = TypeVar("Body")

kept = ShortCache()
"""Programmes and staff records that this process may use again for some seconds."""
protocol.forget.append(kept.clear)


class Claim(NamedTuple):
    """A credential as presented: whose it says it is, and the record that can confirm it."""

    merchant_id: str
    record: keys.Key
    confirm: Callable[[Item], Caller | None]
    keepable: bool


class Caller(NamedTuple):
    """Who is asking, confirmed."""

    merchant_id: str
    staff: Staff | None = None
    key: ApiKey | None = None

    @property
    def is_till(self) -> bool:
        """Whether a machine is calling (an API key) rather than a person at the counter."""
        return self.staff is None

    @property
    def sandbox(self) -> bool:
        return tokens.is_sandbox(self.merchant_id)


class Gathered(NamedTuple):
    """Everything a request starts from, read in one round trip."""

    caller: Caller
    shop: Shop
    program_item: Item
    items: list[Item | None]
    """The items asked for, in order."""
    tries: tuple[Counted, ...] = ()
    """Where wrong codes of this caller are counted (`store.limits`), when it sent a code."""

    def wrong_code(self) -> None:
        """Count a code that nobody has; raises RATE_LIMITED when it was one too many."""
        limits.wrong(self.shop.table, self.tries)

    @property
    def program(self) -> Program:
        return self.shop.program

    @property
    def now(self) -> datetime:
        return self.shop.now


def gather(
    table: Table,
    request: Request,
    *wanted: Callable[[str], keys.Key],
    staff_too: bool = True,
    guessing: bool = False,
) -> Gathered:
    """Confirm the credential and read what the request needs.

    `wanted` make keys from the merchant's id; they are read eventually consistent, which halves
    their cost - every write is conditional on what was read, and refusals are checked again.
    `guessing` says that the request names a short code, so that the lock after wrong ones is read.
    Raises UNAUTHORIZED, alike for every credential that is not good; FORBIDDEN when the scopes of a
    key do not allow the route; RATE_LIMITED.
    """
    claim = _claim(request, staff_too=staff_too)
    m = claim.merchant_id
    base = [claim.record, keys.program(m)]
    base += limits.admit(table, m, _bearer(request), claim.record, request.route)
    if tokens.is_sandbox(m):
        base.append(keys.clock(m))
    known: dict[keys.Key, Item | None] = {}
    if claim.keepable:
        known = {key: item for key in base for held, item in [kept.get(key)] if held}
    missing = [key for key in base if key not in known]
    tries = limits.tries(_bearer(request), claim.record) if guessing else ()
    asked = [*(key(m) for key in wanted), *(one.key for one in tries)]
    found = table.get(*missing, *asked, consistent=False) if missing or asked else []
    for key, item in zip(missing, found, strict=False):
        known[key] = item
        if claim.keepable:
            kept.put(key, item)
    limits.learn(m, known)
    record, program_item = known[claim.record], known[keys.program(m)]
    caller = claim.confirm(record) if record else None
    if caller is None or program_item is None:
        limits.missed(lambda: table, request)
        raise Refused(RefusalCode.UNAUTHORIZED, "The key is not known.")
    if caller.key and not scopes.allows(caller.key.scopes, request.route):
        named = ", ".join(caller.key.scopes)
        raise Refused(RefusalCode.FORBIDDEN, f"A key with the scope {named} may not do this.")
    items = found[len(missing) :]
    if tries:
        limits.require_open(items[len(wanted) :], tries)
    now = merchants.now_of(m, known.get(keys.clock(m)))
    program = program_of(program_item).at(to_ms(now))
    shop = Shop(table, m, program, now)
    return Gathered(caller, shop, program_item, items[: len(wanted)], tries)


def gather_for(
    table: Table,
    request: Request,
    read: Callable[[], Body],
    wanted: Callable[[Body], tuple[Callable[[str], keys.Key], ...]] = lambda _: (),
    *,
    staff_too: bool = True,
    guessing: Callable[[Body], bool] = lambda _: False,
) -> tuple[Gathered, Body]:
    """Gather as `gather` does for a body that says what is wanted, and return both.

    Raises what is wrong with the credential before what is wrong with the body: who is not known
    learns nothing of what a body must look like.
    """
    try:
        body = read()
    except Refused:
        gather(table, request, staff_too=staff_too)
        raise
    gathered = gather(table, request, *wanted(body), staff_too=staff_too, guessing=guessing(body))
    return gathered, body


def require_platform(request: Request) -> None:
    """Raise unless the platform key was presented."""
    secret = _bearer(request) or ""
    digest = tokens.digest(secret)
    if not hmac.compare_digest(digest, settings().platform_key_sha256):
        limits.missed(connect.table, request)
        raise Refused(RefusalCode.UNAUTHORIZED, "This needs the platform key.")
    limits.admit_platform(connect.table)


def new_api_key(merchant_id: str, created_ms: int, **about: Any) -> tuple[str, ApiKey]:
    """A key to show once, and its record with what is said `about` it: name, scopes, origins."""
    public = about.get("scopes") == (scopes.PUBLISHABLE,)
    mode = "test" if tokens.is_sandbox(merchant_id) else "pub" if public else "live"
    key_id = merchant_id[1:] + tokens.random_id(KEY_ID_LENGTH - 11)
    key = f"rk_{mode}_{key_id}_{tokens.random_id(32)}"
    digest = tokens.digest(key)
    return key, ApiKey(f"{mode}_{key_id}", merchant_id, digest, created_ms=created_ms, **about)


def platform(request: Request) -> Actor:
    """Return the platform as who acts, for the audit log."""
    return Actor("platform", "", "", network=network_of(request.source))


def actor(caller: Caller, request: Request) -> Actor:
    """Return who acts, for the audit log."""
    network = network_of(request.source)
    if caller.staff:
        staff = caller.staff
        return Actor("staff", staff.staff_id, staff.name, staff.staff_id, network)
    key = caller.key
    return Actor("key", key.key_id if key else "", key.name if key else "", "", network)


def network_of(address: str) -> str:
    """Return the network of a source address: /24 of IPv4, /48 of IPv6; empty for none."""
    from ipaddress import ip_address, ip_network

    try:
        bits = 24 if ip_address(address).version == 4 else 48
    except ValueError:
        return ""
    return str(ip_network(f"{address}/{bits}", strict=False))


def staff_cookie(merchant_id: str, staff_id: str) -> str:
    """The Set-Cookie line that signs a staff device in for a working day."""
    expires = to_ms(clock.now()) // 1000 + STAFF_SESSION_S
    payload = json.dumps({"m": merchant_id, "s": staff_id, "x": expires}, separators=(",", ":"))
    return cookie(
        STAFF_COOKIE,
        tokens.sign("staff-session", payload),
        secure=settings().base_url.startswith("https:"),
        max_age_s=STAFF_SESSION_S,
        strict=True,
    )


def signed_out_cookie() -> str:
    """The Set-Cookie line that takes the session away."""
    secure = settings().base_url.startswith("https:")
    return cookie(STAFF_COOKIE, "", secure=secure, max_age_s=0, strict=True)


def card_cookie_name(merchant_id: str) -> str:
    """Under which name a browser remembers its card of a merchant. Over https it is bound to our
    host (`__Host-`), which plain http on a laptop cannot have."""
    prefix = "__Host-" if settings().base_url.startswith("https:") else ""
    return f"{prefix}regulars_card_{merchant_id}"


def card_cookie(merchant_id: str, token: str) -> str:
    """The Set-Cookie line by which a browser remembers its card."""
    secure = settings().base_url.startswith("https:")
    name = card_cookie_name(merchant_id)
    return cookie(name, token, secure=secure, max_age_s=CARD_COOKIE_S)


def _claim(request: Request, *, staff_too: bool) -> Claim:
    secret = _bearer(request)
    if secret is not None:
        return _api_claim(secret)
    if staff_too and STAFF_COOKIE in request.cookies:
        return _staff_claim(request)
    raise Refused(RefusalCode.UNAUTHORIZED, "Send Authorization: Bearer with your key.")


def _bearer(request: Request) -> str | None:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


def _api_claim(secret: str) -> Claim:
    prefix, _, rest = secret.partition("_")
    mode, _, rest = rest.partition("_")
    key_id = rest.partition("_")[0]
    if prefix != "rk" or mode not in {"live", "test", "pub"} or len(key_id) != KEY_ID_LENGTH:
        raise Refused(RefusalCode.UNAUTHORIZED, "The key is not known.")
    merchant_id = ("t" if mode == "test" else "m") + key_id[:11]

    def confirm(item: Item) -> Caller | None:
        key = api_key_of(item)
        good = hmac.compare_digest(key.sha256, tokens.digest(secret))
        good = good and key.state(to_ms(clock.now())) == "live"
        return Caller(merchant_id, key=key) if good and key.merchant_id == merchant_id else None

    return Claim(merchant_id, keys.api_key(f"{mode}_{key_id}"), confirm, keepable=False)


def _staff_claim(request: Request) -> Claim:
    session = _session(request.cookies[STAFF_COOKIE])
    if session is None:
        raise Refused(RefusalCode.UNAUTHORIZED, "Open your staff link again to sign in.")
    if request.method != "GET" and request.headers.get("x-regulars") != "staff":
        # A form on another site can send the cookie, but no header of its own.
        raise Refused(RefusalCode.FORBIDDEN, "This call must come from the staff page.")
    merchant_id = session["m"]

    def confirm(item: Item) -> Caller | None:
        staff = merchants.staff_of(item)
        return Caller(merchant_id, staff) if staff.active else None

    return Claim(merchant_id, keys.staff(merchant_id, session["s"]), confirm, keepable=True)


def _session(value: str) -> dict[str, Any] | None:
    payload = tokens.unsign("staff-session", value)
    if payload is None:
        return None
    session: dict[str, Any] = json.loads(payload)
    return session if session["x"] > to_ms(clock.now()) // 1000 else None
