"""What a browser holds of a card of a merchant: the secret of a device, or only the link.

Both lie in the same cookie. A device's secret is its own: it is made when the card comes to live
there, and ends when its owner ends it, whatever becomes of the link.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from regulars.core import tokens
from regulars.core.config import settings
from regulars.http import protocol
from regulars.store import card_devices
from regulars.store.card_devices import CardDevice

CARD_COOKIE_S = 400 * 24 * 3600


class Held(NamedTuple):
    """A card as a browser presents it, unconfirmed: by `token` of its link, or by device."""

    token: str = ""
    member_id: str = ""
    secret: str = ""


def held(request: protocol.Request, merchant_id: str) -> Held | None:
    """Return what a request's cookie holds of a merchant's card; None without one."""
    value = request.cookies.get(card_cookie_name(merchant_id), "")
    if not value or len(value) > protocol.PARAM_MAX:
        return None
    member_id, is_device, secret = value.partition(".")
    if not is_device:
        return Held(token=value)
    return Held(member_id=member_id, secret=secret) if member_id and secret else None


def new_device(
    request: protocol.Request, at_ms: int, by: str, secret: str = ""
) -> tuple[str, CardDevice]:
    """Return the secret of a new device, unless it is given, and the device of the browser."""
    secret = secret or tokens.random_id(card_devices.SECRET_LENGTH)
    user_agent = request.headers.get("user-agent", "")
    return secret, card_devices.new_device(secret, at_ms, by, user_agent)


def device_cookie(merchant_id: str, member_id: str, secret: str) -> str:
    """The Set-Cookie line by which a browser is a device that the card lives on."""
    return card_cookie(merchant_id, f"{member_id}.{secret}")


def forgotten(merchant_id: str) -> str:
    """The Set-Cookie line that takes the card away from a browser."""
    name = card_cookie_name(merchant_id)
    secure = settings().base_url.startswith("https:")
    return protocol.cookie(name, "", secure=secure, max_age_s=0)


OTHERS_MAX = 3
"""How many other cards of a shop a phone keeps, for the people who share it."""


def others(request: protocol.Request, merchant_id: str) -> list[Held]:
    """The cards that live on a browser beside the one it shows, newest first."""
    value = request.cookies.get(_others_name(merchant_id), "")[: OTHERS_MAX * protocol.PARAM_MAX]
    pairs = (one.partition(".") for one in value.split("~")[:OTHERS_MAX])
    return [Held(member_id=name, secret=secret) for name, _, secret in pairs if name and secret]


def put_aside(request: protocol.Request, merchant_id: str, shown_id: str) -> str:
    """The Set-Cookie line that keeps the cards a browser holds, except the one it shows from now
    on; empty when there is none."""
    now = held(request, merchant_id)
    known = [now] if now and now.secret else []
    kept = [one for one in (*known, *others(request, merchant_id)) if one.member_id != shown_id]
    return aside(merchant_id, kept) if known or kept else ""


def aside(merchant_id: str, cards: Iterable[Held]) -> str:
    """The Set-Cookie line of the cards that a browser keeps beside the one it shows."""
    kept = list(cards)[:OTHERS_MAX]
    value = "~".join(f"{one.member_id}.{one.secret}" for one in kept)
    secure = settings().base_url.startswith("https:")
    age_s = CARD_COOKIE_S if kept else 0
    return protocol.cookie(_others_name(merchant_id), value, secure=secure, max_age_s=age_s)


def _others_name(merchant_id: str) -> str:
    prefix = "__Host-" if settings().base_url.startswith("https:") else ""
    return f"{prefix}regulars_others_{merchant_id}"


def was_asked(request: protocol.Request, merchant_id: str) -> bool:
    """Whether this browser said that it wants to leave no address for its card."""
    return _asked_name(merchant_id) in request.cookies


def asked(merchant_id: str) -> str:
    """The Set-Cookie line by which a browser remembers that."""
    secure = settings().base_url.startswith("https:")
    return protocol.cookie(_asked_name(merchant_id), "1", secure=secure, max_age_s=CARD_COOKIE_S)


def _asked_name(merchant_id: str) -> str:
    prefix = "__Host-" if settings().base_url.startswith("https:") else ""
    return f"{prefix}regulars_asked_{merchant_id}"


def card_cookie_name(merchant_id: str) -> str:
    """Under which name a browser remembers its card of a merchant. Over https it is bound to our
    host (`__Host-`), which plain http on a laptop cannot have."""
    prefix = "__Host-" if settings().base_url.startswith("https:") else ""
    return f"{prefix}regulars_card_{merchant_id}"


def card_cookie(merchant_id: str, token: str) -> str:
    """The Set-Cookie line by which a browser remembers its card."""
    secure = settings().base_url.startswith("https:")
    name = card_cookie_name(merchant_id)
    return protocol.cookie(name, token, secure=secure, max_age_s=CARD_COOKIE_S)
