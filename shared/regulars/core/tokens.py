"""Ids, secrets and codes: how they are made, signed and read back.

Every purpose has a key of its own, derived from the one secret, so that a signature made for one
thing is worth nothing for another. Capability tokens have 128 bits; codes that people type are
short and therefore only accepted from signed-in staff or tills.
"""

from __future__ import annotations

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256

from regulars.core.config import settings
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


def derive(purpose: str, *parts: str) -> bytes:
    """HMAC-SHA256 of the parts under the key of a purpose. Length-prefixed, so parts cannot run
    into each other."""
    key = hmac.digest(settings().secret, purpose.encode(), "sha256")
    message = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)
    return hmac.digest(key, message, "sha256")


def card_token(merchant_id: str, member_id: str, number: int) -> str:
    """The capability of a card's link, 128 bits. `number` rises when it is renewed."""
    return _word(derive("card-link", merchant_id, member_id, str(number))[:16], CARD_TOKEN_LENGTH)


def earlier_card_token(token: str) -> str | None:
    """How the same link was spelled before tokens had letters and digits only; None for no token.

    Cards of that time are stored under it.
    """
    number = codes.decode(token.upper()) if len(token) == CARD_TOKEN_LENGTH else None
    return _b64(number.to_bytes(16)) if number is not None and number < 1 << 128 else None


def device_secret(merchant_id: str, op: str) -> str:
    """The secret of the device on which a card was made, from the operation that made it."""
    return _word(derive("card-device", merchant_id, op)[:16], CARD_TOKEN_LENGTH)


def unsubscribe_token(merchant_id: str, member_id: str) -> str:
    """Names a member in an unsubscribe link; readable only with our key."""
    return f"{merchant_id}{member_id}{_word(_unsubscribe_mac(merchant_id, member_id), MAC_LENGTH)}"


def read_unsubscribe_token(token: str) -> tuple[str, str] | None:
    """Merchant and member of an unsubscribe link, None when it is not one of ours."""
    if "." in token:
        return _read_earlier_unsubscribe_token(token)
    found = token[:MERCHANT_ID_LENGTH], token[MERCHANT_ID_LENGTH:-MAC_LENGTH]
    return found if same(unsubscribe_token(*found), token) else None


def _read_earlier_unsubscribe_token(token: str) -> tuple[str, str] | None:
    """A token of before they had letters and digits only; messengers cut off a dash at its end."""
    merchant_id, _, rest = token.partition(".")
    member_id = rest.partition(".")[0]
    mac = _b64(_unsubscribe_mac(merchant_id, member_id))
    expected = f"{merchant_id}.{member_id}.{mac}"
    good = same(expected.rstrip("-_"), token.rstrip("-_"))
    return (merchant_id, member_id) if good else None


def _unsubscribe_mac(merchant_id: str, member_id: str) -> bytes:
    return derive("unsubscribe", f"{merchant_id}.{member_id}")[:12]


def mailed_token(merchant_id: str, member_id: str, claimed_ms: int) -> str:
    """Names what a member claimed at an instant, in the link that is mailed to it; readable only
    with our key."""
    at = codes.encode(claimed_ms, INSTANT_LENGTH).lower()
    mac = derive("mailed", merchant_id, member_id, str(claimed_ms))[:12]
    return f"{merchant_id}{member_id}{at}{_word(mac, MAC_LENGTH)}"


def read_mailed_token(token: str) -> tuple[str, str, int] | None:
    """Merchant, member and instant of a mailed link, None when it is not one of ours."""
    return _read_instant_token(token, mailed_token)


def way_token(merchant_id: str, member_id: str, asked_ms: int) -> str:
    """Leads a member to the card, in the link that was mailed at an instant to a confirmed address;
    readable only with our key."""
    at = codes.encode(asked_ms, INSTANT_LENGTH).lower()
    mac = derive("way", merchant_id, member_id, str(asked_ms))[:12]
    return f"{merchant_id}{member_id}{at}{_word(mac, MAC_LENGTH)}"


def read_way_token(token: str) -> tuple[str, str, int] | None:
    """Merchant, member and instant of a link to the card, None when it is not one of ours."""
    return _read_instant_token(token, way_token)


def contact_code(merchant_id: str, member_id: str, contact: str, made_from: str) -> str:
    """The digits that confirm a contact. They are made from what is stored: the code itself
    is kept nowhere, in clear or hashed."""
    mac = derive("contact-code", merchant_id, member_id, contact, made_from)
    number = int.from_bytes(mac[:8]) % 10**CONTACT_CODE_DIGITS
    return f"{number:0{CONTACT_CODE_DIGITS}}"


def contact_digest(merchant_id: str, contact: str) -> str:
    """How a normalized e-mail address or phone number is looked up: keyed, per merchant."""
    return derive("contact", merchant_id, contact).hex()[:40]


def pin_digest(merchant_id: str, staff_id: str, pin: str) -> str:
    """How a person's PIN lies in the table: worth nothing without our key, since there are only
    ten thousand PINs to try."""
    return derive("pin", merchant_id, staff_id, pin).hex()[:40]


def mailbox_digest(email: str) -> str:
    """How people are looked up by a normalized address over all merchants; keyed."""
    return derive("mailbox", email).hex()[:40]


def sign_in_token(sign_in_id: str) -> str:
    """What the link of a sign-in ends with; readable only with our key."""
    return f"{sign_in_id}{_word(derive('sign-in-link', sign_in_id)[:12], MAC_LENGTH)}"


def read_sign_in_token(token: str) -> str | None:
    """The id of the sign-in a link is for; None when it is not one of ours."""
    sign_in_id = token[:SIGN_IN_ID_LENGTH]
    return sign_in_id if same(sign_in_token(sign_in_id), token) else None


def sign_in_code(sign_in_id: str) -> str:
    """The six digits that a sign-in's mail shows."""
    return f"{int.from_bytes(derive('sign-in-code', sign_in_id)[:8]) % 10**6:06}"


def hook_secret(hook_id: str) -> str:
    """The Standard Webhooks secret of a generic hook: `whsec_` and 32 bytes in base64."""
    return "whsec_" + _standard_b64(derive("hook", hook_id))


def card_code(merchant_id: str, handle: str, epoch_s: int, shown_by: str = CODE_OF_DEVICE) -> str:
    """The eight characters a card shows for one step: its handle, masked, and a check.

    Nothing of the handle can be seen in it, and it says nothing about the next code. What is
    `shown_by` a link only names the member as well, but is no proof that the member is there.
    """
    step = epoch_s // CODE_STEP_S
    number = codes.decode(codes.normal(handle))
    if number is None:
        raise ValueError(f"{handle!r} is not a handle")
    check = _code_check(shown_by, merchant_id, number, step)
    masked = number ^ _code_mask(merchant_id, check, step)
    return codes.encode((masked << CHECK_BITS) | check, CODE_LENGTH)


def read_card_code(merchant_id: str, code: str, epoch_s: int) -> str | None:
    """The handle in a code that is still accepted at this time, whoever shows it, else None."""
    handle = _read_card_code(merchant_id, code, epoch_s, CODE_OF_DEVICE)
    return handle or _read_card_code(merchant_id, code, epoch_s, CODE_OF_LINK)


def is_of_device(merchant_id: str, code: str, epoch_s: int) -> bool:
    """Tell whether a code that is accepted is shown by a device that the card lives on."""
    return _read_card_code(merchant_id, code, epoch_s, CODE_OF_DEVICE) is not None


def _read_card_code(merchant_id: str, code: str, epoch_s: int, shown_by: str) -> str | None:
    code = codes.normal(code)
    number = codes.decode(code)
    if number is None or len(code) != CODE_LENGTH:
        return None
    masked, check = number >> CHECK_BITS, number & ((1 << CHECK_BITS) - 1)
    for step in _accepted_steps(epoch_s):
        handle = masked ^ _code_mask(merchant_id, check, step)
        if _code_check(shown_by, merchant_id, handle, step) == check:
            return codes.encode(handle, HANDLE_LENGTH)
    return None


def code_expires_s(epoch_s: int) -> int:
    """When a code made now is replaced on the card, in seconds since the epoch."""
    return (epoch_s // CODE_STEP_S + 1) * CODE_STEP_S


def sign(purpose: str, payload: str) -> str:
    """`payload` with its signature, for cookies. The payload is readable by whoever holds it."""
    encoded = _b64(payload.encode())
    return f"{encoded}.{_b64(derive(purpose, encoded)[:24])}"


def unsign(purpose: str, signed: str) -> str | None:
    """The payload of `sign`, None when the signature does not fit."""
    encoded, _, signature = signed.partition(".")
    if not hmac.compare_digest(_b64(derive(purpose, encoded)[:24]).encode(), signature.encode()):
        return None
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()


def _accepted_steps(epoch_s: int) -> Iterator[int]:
    current = epoch_s // CODE_STEP_S
    return iter(range(current, current - CODE_STEPS_ACCEPTED, -1))


def _read_instant_token(
    token: str, made: Callable[[str, str, int], str]
) -> tuple[str, str, int] | None:
    named, instant = token[: -INSTANT_LENGTH - MAC_LENGTH], token[:-MAC_LENGTH][-INSTANT_LENGTH:]
    at_ms = codes.decode(instant.upper())
    found = named[:MERCHANT_ID_LENGTH], named[MERCHANT_ID_LENGTH:], at_ms or 0
    return found if at_ms is not None and same(made(*found), token) else None


def _code_check(shown_by: str, merchant_id: str, number: int, step: int) -> int:
    mac = derive(shown_by, merchant_id, str(number), str(step))
    return int.from_bytes(mac[:4]) & ((1 << CHECK_BITS) - 1)


def _code_mask(merchant_id: str, check: int, step: int) -> int:
    mac = derive("card-code-mask", merchant_id, str(check), str(step))
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
