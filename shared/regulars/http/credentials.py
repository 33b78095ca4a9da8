"""Who is asking: API keys of merchants and signed-in staff devices.

The tenant comes from the credential alone. A credential names its merchant, so that everything a
request needs - the credential's record, programme, card - can be read in one round trip and is
trusted only once the record has been checked.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from regulars.core import clock, tokens
from regulars.core.config import settings
from regulars.domain.calendar import to_ms
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import limits, protocol, roles, scopes, sessions
from regulars.http.protocol import Request
from regulars.program.load import program_of
from regulars.program.shop import Shop
from regulars.store import connect, keys, merchants
from regulars.store.api_keys import ApiKey, api_key_of
from regulars.store.audit import Actor
from regulars.store.marshal import Item
from regulars.store.merchants import ShortCache
from regulars.store.staff import OWNER, Session
from regulars.store.table import Table

if TYPE_CHECKING:
    from regulars.store.limits import Counted

KEY_ID_LENGTH = 15
"""Eleven characters of the merchant's id, four of the key's own."""

Body = TypeVar("Body")

kept = ShortCache()
"""Programmes and people that this process may use again for some seconds."""
protocol.forget.append(kept.clear)


class Claim(NamedTuple):
    """A credential as presented: whose it says it is, and the records that can confirm it."""

    merchant_id: str
    records: tuple[keys.Key, ...]
    confirm: Callable[[Mapping[keys.Key, Item | None]], Caller | None]
    kept: frozenset[keys.Key] = frozenset()
    """Records that may be used again for some seconds."""
    bucket: str = ""
    """What the limits of a session are counted under; a key's are under the key itself."""


class Caller(NamedTuple):
    """Who is asking, confirmed."""

    merchant_id: str
    staff: Session | None = None
    key: ApiKey | None = None

    @property
    def is_till(self) -> bool:
        """Whether a machine is calling (an API key) rather than a person at the counter."""
        return self.staff is None

    @property
    def places(self) -> frozenset[str]:
        """The locations a manager is kept to; empty for whoever sees all of them."""
        if self.staff is None or self.staff.role == OWNER:
            return frozenset()
        return frozenset(self.staff.person.locations)

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
    def at_the_counter(self) -> Session:
        """Who is signed in at the counter; raises FORBIDDEN for a caller who is nobody there."""
        if self.caller.staff is None:
            raise Refused(RefusalCode.FORBIDDEN, "This is for people at the counter.")
        return self.caller.staff

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
    guessing: bool = False,
    by_form: bool = False,
) -> Gathered:
    """Confirm the credential and read what the request needs.

    `wanted` make keys from the merchant's id; they are read eventually consistent, which halves
    their cost - every write is conditional on what was read, and refusals are checked again.
    `guessing` says that the request names a short code, so that the lock after wrong ones is read,
    `by_form` that it is a form of ours (which the caller checks) and no call of a script.
    Raises UNAUTHORIZED, alike for every credential that is not good; FORBIDDEN when the scopes of a
    key, or the role of a person, do not allow the route; RATE_LIMITED.
    """
    claim = _claim(request, by_form=by_form)
    m = claim.merchant_id
    base = [*claim.records, keys.program(m)]
    base += limits.admit(table, m, _bearer(request), claim.bucket, request.route)
    if tokens.is_sandbox(m):
        base.append(keys.clock(m))
    known = {key: item for key in claim.kept for held, item in [kept.get(key)] if held}
    missing = [key for key in base if key not in known]
    tries = limits.tries(_bearer(request), claim.records[0]) if guessing else ()
    asked = [*(key(m) for key in wanted), *(one.key for one in tries)]
    found = table.get(*missing, *asked, consistent=False) if missing or asked else []
    for key, item in zip(missing, found, strict=False):
        known[key] = item
        if key in claim.kept:
            kept.put(key, item)
    limits.learn(m, known)
    program_item, caller = known[keys.program(m)], claim.confirm(known)
    if caller is None or program_item is None or "closed" in program_item:
        limits.missed(lambda: table, request)
        raise Refused(RefusalCode.UNAUTHORIZED, "The key is not known.")
    _require_allowed(caller, request.route)
    items = found[len(missing) :]
    if tries:
        limits.require_open(items[len(wanted) :], tries)
    now = merchants.now_of(m, known.get(keys.clock(m)))
    program = program_of(program_item).at(to_ms(now))
    shop = Shop(table, m, program, now, shows_links=caller.is_till)
    return Gathered(caller, shop, program_item, items[: len(wanted)], tries)


def gather_for(
    table: Table,
    request: Request,
    read: Callable[[], Body],
    wanted: Callable[[Body], tuple[Callable[[str], keys.Key], ...]] = lambda _: (),
    *,
    guessing: Callable[[Body], bool] = lambda _: False,
) -> tuple[Gathered, Body]:
    """Gather as `gather` does for a body that says what is wanted, and return both.

    Raises what is wrong with the credential before what is wrong with the body: who is not known
    learns nothing of what a body must look like.
    """
    try:
        body = read()
    except Refused:
        gather(table, request)
        raise
    return gather(table, request, *wanted(body), guessing=guessing(body)), body


def _require_allowed(caller: Caller, route: str) -> None:
    """Raise FORBIDDEN when the scopes of a key, or the role of a person, do not allow a route."""
    if caller.key and not scopes.allows(caller.key.scopes, route):
        named = ", ".join(caller.key.scopes)
        raise Refused(RefusalCode.FORBIDDEN, f"A key with the scope {named} may not do this.")
    if caller.staff and not roles.allows(caller.staff.role, route):
        raise Refused(RefusalCode.FORBIDDEN, f"This needs the role {roles.needed(route)}.")
    if caller.staff and route in roles.SENSITIVE:
        require_sure(caller)


def require_sure(caller: Caller) -> None:
    """Raise CONFIRM_NEEDED for a person who has not shown lately who they are; keys always have."""
    if caller.staff and not sessions.is_sure(caller.staff):
        detail = "Sign in to the console again by mail or passkey, then repeat this."
        raise Refused(RefusalCode.CONFIRM_NEEDED, detail)


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
        kind = "owner" if staff.role == "owner" else "staff"
        return Actor(kind, staff.staff_id, staff.name, staff.device.device_id, network)
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


def _claim(request: Request, *, by_form: bool) -> Claim:
    secret = _bearer(request)
    if secret is not None:
        return _api_claim(secret)
    session = sessions.presented(request, by_form=by_form)
    if session is None:
        raise Refused(RefusalCode.UNAUTHORIZED, "Send Authorization: Bearer with your key.")
    return _session_claim(session)


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

    record = keys.api_key(f"{mode}_{key_id}")

    def confirm(found: Mapping[keys.Key, Item | None]) -> Caller | None:
        item = found[record]
        if item is None:
            return None
        key = api_key_of(item)
        good = hmac.compare_digest(key.sha256, tokens.digest(secret))
        good = good and key.state(to_ms(clock.now())) == "live"
        return Caller(merchant_id, key=key) if good and key.merchant_id == merchant_id else None

    return Claim(merchant_id, (record,), confirm)


def _session_claim(presented: sessions.Presented) -> Claim:
    """A session is confirmed by its device, as it is now, and its person, as of some seconds ago.

    What the person has booked today comes with them: reading it later would be another round trip.
    """
    m = presented.merchant_id

    def confirm(found: Mapping[keys.Key, Item | None]) -> Caller | None:
        session = presented.confirmed(found)
        return Caller(m, session) if session else None

    records = (presented.device, presented.person, presented.day)
    lasting = frozenset((presented.person, keys.program(m), keys.clock(m)))
    return Claim(m, records, confirm, lasting, tokens.digest(presented.secret))
