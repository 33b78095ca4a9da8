"""What phones ask of a pass in Apple's wallet, as Apple describes it (`/wallet/apple/v1/…`).

A phone shows the pass's own token, which is checked without the table: who guesses costs nothing.
It reads that pass, and no other. Only the list of what has changed comes without a token, as Apple
has it: it is asked for by the name that the phone has made up for itself, and names serial numbers.
"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from regulars.actions import wallets as following
from regulars.core import clock, passes
from regulars.core.observability import logger
from regulars.core.passes import Serial, serial_in
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import limits, protocol
from regulars.program.shop import load_shop
from regulars.store import connect, wallets
from regulars.store.wallets import Phone, Wallet
from regulars.wallet import apple, certificates
from regulars.wallet.certificates import Apple
from regulars.wallet.content import Found, found

PUSH_TOKEN: Final = re.compile(r"[0-9A-Za-z]{8,200}")
SCHEME: Final = "ApplePass "
LOGS_MAX, LOG_MAX = 5, 200
"""How many lines of a phone's log are taken, and how much of each."""
SECRETS: Final = re.compile(r"[0-9A-Za-z_-]{20,}")
FILE: Final = {
    "Content-Type": apple.MEDIA_TYPE,
    "Content-Disposition": 'attachment; filename="card.pkpass"',
}


def file_answer(file: bytes, changed_s: int) -> protocol.Response:
    """Answer the file of a pass, as a phone takes it."""
    changed = format_datetime(datetime.fromtimestamp(changed_s, UTC), usegmt=True)
    answered = protocol.empty(200, {**FILE, "Last-Modified": changed})
    return {**answered, "body": b64encode(file).decode(), "isBase64Encoded": True}


def register(request: protocol.Request) -> protocol.Response:
    """POST …/devices/{device}/registrations/{pass_type}/{serial}: the phone is told from now on.
    201, or 200 when it was before; what it says now is kept."""
    _, serial = _confirmed(request)
    push_token = request.json.get("pushToken")
    if not isinstance(push_token, str) or not PUSH_TOKEN.fullmatch(push_token):
        wrong = (("pushToken", "must be letters and digits"),)
        raise Refused(RefusalCode.INVALID, "", wrong)
    one = _pass(serial)
    if one.content.is_over:
        raise Refused(RefusalCode.NOT_FOUND)
    shop = load_shop(connect.lean_table(), serial.merchant_id)
    now_ms, phone = to_ms(shop.now), passes.phone(request.param("device"))
    was_there = False

    def add(now: Wallet) -> Wallet:
        nonlocal was_there
        was = {(it.phone, it.link): it for it in now.phones}.get((phone, serial.link))
        was_there = was is not None
        known = now.changed(now_ms // 1000, one.seq, one.profile)
        told_s, since_ms = (was.told_s, was.since_ms) if was else (known.changed_s, now_ms)
        added = Phone(phone, push_token, serial.link, since_ms, told_s)
        return now if was == added else known.with_phone(added)

    following.change(shop, serial.member_id, add)
    return protocol.json_answer(200 if was_there else 201, {})


def unregister(request: protocol.Request) -> protocol.Response:
    """DELETE the same: the phone is told no more, and nothing is kept of it."""
    _, serial = _confirmed(request)
    shop = load_shop(connect.lean_table(), serial.merchant_id, closed=True)
    gone = frozenset({(passes.phone(request.param("device")), serial.link)})
    following.change(shop, serial.member_id, lambda now: now.without(gone))
    return protocol.json_answer(200, {})


def changed(request: protocol.Request) -> protocol.Response:
    """GET …/devices/{device}/registrations/{pass_type}: which passes of the phone have changed
    since the tag that it was given last; 204 when none has."""
    limits.require_heard(request)
    _require_type(request)
    table, phone = connect.lean_table(), passes.phone(request.param("device"))
    serials = list(wallets.serials_of(table, phone))
    if not serials:
        limits.missed(connect.lean_table, request)
    tag = request.query.get("passesUpdatedSince", "")
    since_s = int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 16 else 0
    cards = zip(serials, wallets.several(table, serials), strict=True)
    newer = [(serial, card.changed_s) for serial, card in cards if card.changed_s > since_s]
    if not newer:
        return protocol.empty(204)
    last_s = max(at_s for _, at_s in newer)
    numbers = [str(serial) for serial, _ in newer]
    return protocol.json_answer(200, {"serialNumbers": numbers, "lastUpdated": str(last_s)})


def latest(request: protocol.Request) -> protocol.Response:
    """GET …/passes/{pass_type}/{serial}: the pass as it is now; 304 when it has not changed since
    `If-Modified-Since`. One that is over says so, and that there is nothing more to ask."""
    own, serial = _confirmed(request)
    one = _pass(serial)
    if _since_s(request) >= one.changed_s:
        return protocol.empty(304)
    return file_answer(apple.package(connect.lean_table(), one.content, own), one.changed_s)


def log(request: protocol.Request) -> protocol.Response:
    """POST …/log: what a phone says went wrong. Anybody can post here: a few lines are kept,
    without what could be a secret in them."""
    limits.require_heard(request)
    if certificates.apple() is None:
        raise Refused(RefusalCode.NOT_FOUND)
    limits.missed(connect.lean_table, request)
    lines = request.json.get("logs")
    for line in lines[:LOGS_MAX] if isinstance(lines, list) else ():
        text = SECRETS.sub("…", str(line))[:LOG_MAX]
        logger().warning("a phone says", extra={"line": text})
    return protocol.json_answer(200, {})


def _require_type(request: protocol.Request) -> Apple:
    """Our certificate. Raises NOT_FOUND without one, or for passes that are not signed with it."""
    own = certificates.apple()
    if own is None or request.param("pass_type") != own.pass_type:
        raise Refused(RefusalCode.NOT_FOUND)
    return own


def _confirmed(request: protocol.Request) -> tuple[Apple, Serial]:
    """Our certificate, and the pass whose token the phone shows. Raises UNAUTHORIZED for any other
    token or serial number, alike, and RATE_LIMITED for too many of them."""
    limits.require_heard(request)
    own = _require_type(request)
    serial = serial_in(request.param("serial"))
    shown = request.headers.get("authorization", "")
    token = shown.removeprefix(SCHEME) if shown.startswith(SCHEME) else ""
    # A serial number that is none is compared, too: the answer takes as long.
    if not passes.is_token(serial or Serial("", "", 0), token) or serial is None:
        limits.missed(connect.lean_table, request)
        raise Refused(RefusalCode.UNAUTHORIZED, "Send Authorization: ApplePass with the token.")
    return own, serial


def _pass(serial: Serial) -> Found:
    one = found(connect.lean_table(), serial)
    if one is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return one


def _since_s(request: protocol.Request) -> int:
    """What a phone has is of this second; 0 when it does not say, or nothing that can be read."""
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        at_s = to_ms(since.replace(tzinfo=since.tzinfo or UTC)) // 1000
    except (ValueError, OverflowError):
        return 0
    return at_s if at_s <= to_ms(clock.now()) // 1000 + AHEAD_S else 0


AHEAD_S: Final = 120
"""Two changes in one second are a second apart: what we said may be ahead of the time by some."""

_AT = "/wallet/apple/v1"
_REGISTRATION = f"{_AT}/devices/{{device}}/registrations/{{pass_type}}"

ROUTES: dict[str, protocol.Handler] = {
    f"POST {_REGISTRATION}/{{serial}}": register,
    f"DELETE {_REGISTRATION}/{{serial}}": unregister,
    f"GET {_REGISTRATION}": changed,
    f"GET {_AT}/passes/{{pass_type}}/{{serial}}": latest,
    f"POST {_AT}/log": log,
}
