"""Tells a phone, by way of Apple, that a pass has changed: an empty push; the phone then asks us.

Apple takes them over HTTP/2 only, from whoever holds the certificate of the passes.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from regulars.core.observability import logger
from regulars.wallet.calls import Line, timeout
from regulars.wallet.certificates import Apple

ADDRESS = "https://api.push.apple.com"  # seam: tests answer themselves
GONE = frozenset({"BadDeviceToken", "DeviceTokenNotForTopic", "Unregistered"})
"""Reasons by which a phone will never be reached under this token."""


class RefusedError(Exception):
    """Apple does not take what we send; somebody has to look at the certificate."""


def push(own: Apple, push_token: str) -> bool:
    """Tell a phone to look. Returns False when there is no such phone (any more).

    Raises UnreachableError for what can be tried again, RefusedError for what cannot.
    """
    answer = _line(own).call(
        "POST", f"{ADDRESS}/3/device/{push_token}", content=b"{}",
        headers={"apns-topic": own.pass_type, "apns-push-type": "background", "apns-priority": "5"},
    )  # fmt: skip
    if answer.status_code == 200:
        return True
    reason = _reason(answer)
    if answer.status_code == 410 or reason in GONE:
        return False
    logger().error("Apple refused a push", extra={"status": answer.status_code, "why": reason})
    raise RefusedError(f"{answer.status_code} {reason}")


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["reason"])[:60]
    except (ValueError, KeyError, TypeError):
        return ""


_lines: dict[bytes, Line] = {}
"""The connection of the certificate that is in use."""


def _line(own: Apple) -> Line:
    """The connection for a certificate; with a new certificate it is a new one."""
    name = own.certificate.fingerprint(SHA256())
    if name not in _lines:
        forget()
        _lines[name] = Line(lambda: httpx.Client(
            http2=True, http1=False, verify=_tls(own), timeout=timeout(), trust_env=False,
        ))  # fmt: skip
    return _lines[name]


def forget() -> None:
    """Let go of the connection, as a process that has just begun."""
    while _lines:
        _lines.popitem()[1].close()


def _tls(own: Apple) -> ssl.SSLContext:
    """TLS that shows our certificate. Python takes it from a file, which is gone right after."""
    context = ssl.create_default_context()
    key = own.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with TemporaryDirectory() as folder:
        file = Path(folder) / "certificate.pem"
        file.touch(mode=0o600)
        file.write_bytes(key + own.certificate.public_bytes(Encoding.PEM))
        context.load_cert_chain(file)
    return context
