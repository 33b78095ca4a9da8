"""Ids, secrets and codes: how they are made, signed and read back.

Every purpose has a key of its own, derived from a secret of the ring (`ring.py`), so that a
signature made for one thing is worth nothing for another. What is looked up in the table, or set at
a till, is made with the ring's first key for ever; all else with the current one, which it names
(docs/adr/0021). Capability tokens have 128 bits; codes that people type are short and therefore
only accepted from signed-in staff or tills.
"""

from __future__ import annotations

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256

from regulars.core import ring
from regulars.domain import codes

CODE_STEP_S = 30
"""How long a rotating card code is shown."""

CODE_STEPS_ACCEPTED = 2
"""A code is accepted in the step it was made in and in the one after it."""

HANDLE_LENGTH = 5
"""Characters of a card's handle, the short name it is found by; 25 bits."""

CODE_OF_DEVICE, CODE_OF_LINK = "card-code", "card-code-link"
"""Whether a code is shown by a device that the card lives on, or by somebody with its link."""

CODE_LENGTH = 8
OFFLINE_CODE_LENGTH = 11
HANDLE_BITS, CHECK_BITS = 25, 15

MERCHANT_ID_LENGTH = 12
CARD_TOKEN_LENGTH = 26
"""128 bits, five in each character."""

SIGN_IN_ID_LENGTH = 26

MAC_LENGTH = 20
"""96 bits, five in each character."""

INSTANT_LENGTH = 9
"""Characters of an instant in milliseconds."""

CONTACT_CODE_DIGITS = 6
SEED_LENGTH = 16
"""Random characters that a contact's code is made from; the name of a key comes before them."""

PIN_DIGEST_LENGTH = 40
"""Hexadecimal digits."""

SIGNED_S = 24 * 3600
"""How long what is signed is good for at the longest."""

SIGN_IN_S = 3600
"""The same for a link by which somebody signs in."""


def random_id(length: int) -> str:
    """`length` random characters of lower-case base 32, five bits each."""
    return "".join(codes.ALPHABET[byte & 31] for byte in os.urandom(length)).lower()


def new_merchant_id() -> str:
    """A live merchant's id; its sandbox twin's differs in the first letter only."""
    return f"m{random_id(MERCHANT_ID_LENGTH - 1)}"


def twin(merchant_id: str) -> str:
    """The sandbox of a live merchant, or the live merchant of a sandbox."""
    return ("m" if is_sandbox(merchant_id) else "t") + merchant_id[1:]


def is_sandbox(merchant_id: str) -> bool:
    return merchant_id.startswith("t")


def new_member_id() -> str:
    return f"c{random_id(14)}"


def digest(secret: str) -> str:
    """How a secret that we only ever compare lies in the table."""
    return sha256(secret.encode()).hexdigest()


def derive(purpose: str, *parts: str, key: str = "") -> bytes:
    """HMAC-SHA256 of the parts under the key of a purpose. Length-prefixed, so parts cannot run
    into each other.

    `key` names the key of the ring; the first one, which stays for ever, is not named. Raises
    UnknownKeyError.
    """
    own = hmac.digest(ring.secret(key), purpose.encode(), "sha256")
    message = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)
    return hmac.digest(own, message, "sha256")


def key_name() -> str:
    """The name of the key that new links and ids are made with; empty for the ring's first one."""
    return ring.newest()


def card_token(merchant_id: str, member_id: str, number: int, key: str) -> str:
    """The capability of a card's link, 128 bits. `number` rises when it is renewed; the profile
    keeps `key`, the name of the key that it is made with (`store.members.link_token`)."""
    mac = derive("card-link", merchant_id, member_id, str(number), key=key)
    return _word(mac[:16], CARD_TOKEN_LENGTH)


def earlier_card_token(token: str) -> str | None:
    """How the same link was spelled before tokens had letters and digits only; None for no token.

    Cards of that time are stored under it.
    """
    number = codes.decode(token.upper()) if len(token) == CARD_TOKEN_LENGTH else None
    return _b64(number.to_bytes(16)) if number is not None and number < 1 << 128 else None


def device_secret(merchant_id: str, op: str) -> str:
    """The secret of the device on which a card was made, from the operation that made it. With the
    ring's first key for ever: the form that is posted twice gets the same secret again."""
    return _word(derive("card-device", merchant_id, op)[:16], CARD_TOKEN_LENGTH)


def unsubscribe_token(merchant_id: str, member_id: str, key: str | None = None) -> str:
    """Names a member in an unsubscribe link; readable only with our key, the current one if none is
    named. It is good for as long as its key is on the ring: mails are kept for years."""
    key = ring.newest() if key is None else key
    mac = _word(_unsubscribe_mac(merchant_id, member_id, key), MAC_LENGTH)
    return f"{key}{merchant_id}{member_id}{mac}"


def read_unsubscribe_token(token: str) -> tuple[str, str] | None:
    """Merchant and member of an unsubscribe link, None when it is not one of ours."""
    if "." in token:
        return _read_earlier_unsubscribe_token(token)
    key, rest = _named(token)
    found = rest[:MERCHANT_ID_LENGTH], rest[MERCHANT_ID_LENGTH:-MAC_LENGTH]
    good = ring.takes(key) and same(unsubscribe_token(*found, key), token)
    return found if good else None


def _read_earlier_unsubscribe_token(token: str) -> tuple[str, str] | None:
    """A token of before they had letters and digits only; messengers cut off a dash at its end."""
    merchant_id, _, rest = token.partition(".")
    member_id = rest.partition(".")[0]
    mac = _b64(_unsubscribe_mac(merchant_id, member_id))
    expected = f"{merchant_id}.{member_id}.{mac}"
    good = same(expected.rstrip("-_"), token.rstrip("-_"))
    return (merchant_id, member_id) if good else None


def _unsubscribe_mac(merchant_id: str, member_id: str, key: str = "") -> bytes:
    return derive("unsubscribe", f"{merchant_id}.{member_id}", key=key)[:12]


def _named(token: str) -> tuple[str, str]:
    """The name of the key at the start of a token, and the rest, which starts with a merchant's id:
    with another letter than the names of keys."""
    at = ring.NAME_LENGTH if token.startswith("k") else 0
    return token[:at], token[at:]


def mailed_token(merchant_id: str, member_id: str, claimed_ms: int, key: str | None = None) -> str:
    """Names what a member claimed at an instant, in the link that is mailed to it; readable only
    with our key, the current one if none is named."""
    key = ring.newest() if key is None else key
    return _instant_token("mailed", merchant_id, member_id, claimed_ms, key)


def read_mailed_token(token: str, lasts_s: float) -> tuple[str, str, int] | None:
    """Merchant, member and instant of a mailed link that is good for so long, None when it is not
    one of ours."""
    return _read_instant_token("mailed", token, lasts_s)


def way_token(merchant_id: str, member_id: str, asked_ms: int) -> str:
    """Leads a member to the card, in the link that was mailed at an instant to a confirmed address;
    readable only with our key."""
    return _instant_token("way", merchant_id, member_id, asked_ms, ring.newest())


def read_way_token(token: str, lasts_s: float) -> tuple[str, str, int] | None:
    """Merchant, member and instant of a link to the card that is good for so long, None when it is
    not one of ours."""
    return _read_instant_token("way", token, lasts_s)


def shop_token(purpose: str, merchant_id: str, at: int) -> str:
    """A mailed link about a merchant and an instant, for a purpose; readable only with our key."""
    return _instant_token(purpose, merchant_id, "", at, ring.newest())


def read_shop_token(purpose: str, token: str, lasts_s: float) -> tuple[str, int] | None:
    """Merchant and instant of such a link that is good for so long at most, None when it is not
    one of ours."""
    found = _read_instant_token(purpose, token, lasts_s)
    return (found[0], found[2]) if found and not found[1] else None


def seed() -> str:
    """What a contact's code or a device's key is made from: random, after the key's name."""
    return f"{ring.newest()}{random_id(SEED_LENGTH)}"


def contact_code(merchant_id: str, member_id: str, contact: str, made_from: str) -> str:
    """The digits that confirm a contact. They are made from what is stored: the code itself
    is kept nowhere, in clear or hashed."""
    key = made_from[:-SEED_LENGTH]
    mac = derive("contact-code", merchant_id, member_id, contact, made_from, key=key)
    number = int.from_bytes(mac[:8]) % 10**CONTACT_CODE_DIGITS
    return f"{number:0{CONTACT_CODE_DIGITS}}"


def contact_digest(merchant_id: str, contact: str) -> str:
    """How a normalized e-mail address or phone number is looked up: keyed, per merchant. With the
    ring's first key for ever: it is a key of the table, and one contact has one."""
    return derive("contact", merchant_id, contact).hex()[:40]


def pin_digest(merchant_id: str, staff_id: str, pin: str, key: str | None = None) -> str:
    """How a person's PIN lies in the table: worth nothing without our key, since there are only
    ten thousand PINs to try. It starts with the key's name; the current one if none is named."""
    key = ring.newest() if key is None else key
    return key + derive("pin", merchant_id, staff_id, pin, key=key).hex()[:PIN_DIGEST_LENGTH]


def is_pin(stored: str, merchant_id: str, staff_id: str, pin: str) -> bool:
    """Tell whether a PIN is the one that is stored so."""
    key = stored[:-PIN_DIGEST_LENGTH]
    return ring.takes(key) and same(stored, pin_digest(merchant_id, staff_id, pin, key))


def mailbox_digest(email: str) -> str:
    """How people are looked up by a normalized address over all merchants; keyed, with the ring's
    first key for ever."""
    return derive("mailbox", email).hex()[:40]


def new_sign_in_id() -> str:
    """The id of a sign-in: random, after the name of the current key."""
    return f"{ring.newest()}{random_id(SIGN_IN_ID_LENGTH)}"


def sign_in_token(sign_in_id: str) -> str:
    """What the link of a sign-in ends with; readable only with our key, which the id names."""
    mac = derive("sign-in-link", sign_in_id, key=sign_in_id[:-SIGN_IN_ID_LENGTH])
    return f"{sign_in_id}{_word(mac[:12], MAC_LENGTH)}"


def read_sign_in_token(token: str) -> str | None:
    """The id of the sign-in a link is for; None when it is not one of ours."""
    sign_in_id = token[:-MAC_LENGTH]
    if not ring.takes(sign_in_id[:-SIGN_IN_ID_LENGTH], SIGN_IN_S):
        return None
    return sign_in_id if same(sign_in_token(sign_in_id), token) else None


def sign_in_code(sign_in_id: str) -> str:
    """The six digits that a sign-in's mail shows."""
    mac = derive("sign-in-code", sign_in_id, key=sign_in_id[:-SIGN_IN_ID_LENGTH])
    return f"{int.from_bytes(mac[:8]) % 10**6:06}"


def hook_secret(hook_id: str) -> str:
    """The Standard Webhooks secret of a generic hook: `whsec_` and 32 bytes in base64. With the
    ring's first key for ever: it is set at a till, and changes when its owner says so."""
    return "whsec_" + _standard_b64(derive("hook", hook_id))


def card_code(merchant_id: str, handle: str, epoch_s: int, shown_by: str = CODE_OF_DEVICE) -> str:
    """The eight characters a card shows for one step: its handle, masked, and a check.

    Nothing of the handle can be seen in it, and it says nothing about the next code. What is
    `shown_by` a link only names the member as well, but is no proof that the member is there.
    """
    step, key = epoch_s // CODE_STEP_S, ring.newest()
    number = codes.decode(codes.normal(handle))
    if number is None:
        raise ValueError(f"{handle!r} is not a handle")
    check = _code_check(shown_by, merchant_id, number, step, key)
    masked = number ^ _code_mask(merchant_id, check, step, key)
    return codes.encode((masked << CHECK_BITS) | check, CODE_LENGTH)


def read_card_code(merchant_id: str, code: str, epoch_s: int) -> str | None:
    """The handle in a code that is still accepted at this time, whoever shows it, else None."""
    handle = _read_card_code(merchant_id, code, epoch_s, CODE_OF_DEVICE)
    return handle or _read_card_code(merchant_id, code, epoch_s, CODE_OF_LINK)


def is_of_device(merchant_id: str, code: str, epoch_s: int) -> bool:
    """Tell whether a code that is accepted is shown by a device that the card lives on. One of a
    device without network (see `guest_codes`) has a length of its own."""
    if len(codes.normal(code)) == OFFLINE_CODE_LENGTH:
        return True
    return _read_card_code(merchant_id, code, epoch_s, CODE_OF_DEVICE) is not None


def _read_card_code(merchant_id: str, code: str, epoch_s: int, shown_by: str) -> str | None:
    """The handle in a code. A code has no room for the name of its key: each that codes are made
    with these minutes is tried."""
    code = codes.normal(code)
    number = codes.decode(code)
    if number is None or len(code) != CODE_LENGTH:
        return None
    masked, check = number >> CHECK_BITS, number & ((1 << CHECK_BITS) - 1)
    for key in code_keys(epoch_s):
        for step in accepted_steps(epoch_s):
            handle = masked ^ _code_mask(merchant_id, check, step, key)
            if _code_check(shown_by, merchant_id, handle, step, key) == check:
                return codes.encode(handle, HANDLE_LENGTH)
    return None


def code_expires_s(epoch_s: int) -> int:
    """When a code made now is replaced on the card, in seconds since the epoch."""
    return (epoch_s // CODE_STEP_S + 1) * CODE_STEP_S


def sign(purpose: str, payload: str) -> str:
    """`payload` with its signature, for cookies that last a day at most. The payload is readable by
    whoever holds it."""
    return _signed(purpose, _b64(payload.encode()), ring.newest())


def unsign(purpose: str, signed: str) -> str | None:
    """The payload of `sign`, None when the signature does not fit."""
    key, _, encoded = signed.rpartition(".")[0].rpartition(".")
    if not ring.takes(key, SIGNED_S) or not same(_signed(purpose, encoded, key), signed):
        return None
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()


def _signed(purpose: str, encoded: str, key: str) -> str:
    before = f"{key}." if key else ""
    return f"{before}{encoded}.{_b64(derive(purpose, encoded, key=key)[:24])}"


def code_keys(epoch_s: int) -> Iterator[str]:
    """The names of the keys that codes of these minutes are made with."""
    return ring.names_at(epoch_s, CODE_STEPS_ACCEPTED * CODE_STEP_S)


def accepted_steps(epoch_s: int) -> Iterator[int]:
    """The steps whose codes are accepted at this time, the newest first."""
    current = epoch_s // CODE_STEP_S
    return iter(range(current, current - CODE_STEPS_ACCEPTED, -1))


def _instant_token(purpose: str, merchant_id: str, member_id: str, at_ms: int, key: str) -> str:
    at = codes.encode(at_ms, INSTANT_LENGTH).lower()
    mac = derive(purpose, merchant_id, member_id, str(at_ms), key=key)[:12]
    return f"{key}{merchant_id}{member_id}{at}{_word(mac, MAC_LENGTH)}"


def _read_instant_token(purpose: str, token: str, lasts_s: float) -> tuple[str, str, int] | None:
    key, rest = _named(token)
    named, instant = rest[: -INSTANT_LENGTH - MAC_LENGTH], rest[:-MAC_LENGTH][-INSTANT_LENGTH:]
    at_ms = codes.decode(instant.upper())
    if at_ms is None or not ring.takes(key, lasts_s):
        return None
    found = named[:MERCHANT_ID_LENGTH], named[MERCHANT_ID_LENGTH:], at_ms
    return found if same(_instant_token(purpose, *found, key), token) else None


def _code_check(shown_by: str, merchant_id: str, number: int, step: int, key: str) -> int:
    mac = derive(shown_by, merchant_id, str(number), str(step), key=key)
    return int.from_bytes(mac[:4]) & ((1 << CHECK_BITS) - 1)


def _code_mask(merchant_id: str, check: int, step: int, key: str) -> int:
    mac = derive("card-code-mask", merchant_id, str(check), str(step), key=key)
    return int.from_bytes(mac[:4]) & ((1 << HANDLE_BITS) - 1)


def _word(data: bytes, length: int) -> str:
    """Bytes as `length` small letters and digits, as messengers leave them alone."""
    return codes.encode(int.from_bytes(data), length).lower()


def same(expected: str, given: str) -> bool:
    """Tell in constant time whether two secrets are the same."""
    return hmac.compare_digest(expected.encode(), given.encode())


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _standard_b64(data: bytes) -> str:
    return _b64(data).replace("-", "+").replace("_", "/") + "=" * (-len(data) % 3)
