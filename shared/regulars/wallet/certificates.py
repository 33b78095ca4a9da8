"""The certificates and keys of the wallets: read at run time by the functions that need them.

They are parameters that `scripts/wallet` puts (docs/wallet.md). A process keeps what it read for
some minutes, so that a new certificate is used without a deployment. Where there is none, where it
cannot be read, or where its time is over, there is no wallet.
"""

from __future__ import annotations

import json
import time
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, NamedTuple, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from regulars.core import clock
from regulars.core.config import settings
from regulars.core.observability import logger
from regulars.store import wire
from regulars.store.errors import ServiceError

RENEW_S: Final = 300.0
"""For how long a process keeps what it has read."""

monotonic: Callable[[], float] = time.monotonic  # seam: tests move it

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Apple(NamedTuple):
    """What signs passes for Apple's wallet and tells Apple of them."""

    pass_type: str
    team: str
    certificate: x509.Certificate
    key: Key
    between: x509.Certificate
    """Apple's own certificate that has signed ours (WWDR)."""


class Google(NamedTuple):
    """What signs links to Google's wallet and changes what it holds."""

    issuer: str
    account: str
    """The e-mail address of the service account."""
    key_id: str
    key: rsa.RSAPrivateKey


Kept = TypeVar("Kept")


class _Holder(Generic[Kept]):
    """What this process knows of one wallet's certificates."""

    def __init__(self, name: str, read: Callable[[], Kept]) -> None:
        self.name = name
        self._read = read
        self._known: Kept | None = None
        self._until_s = float("-inf")

    def get(self) -> Kept | None:
        """Return what there is, None where there is nothing (good)."""
        if self.name not in settings().wallets:
            return None
        if monotonic() >= self._until_s:
            self._until_s = monotonic() + RENEW_S
            try:
                self._known = self._read()
            except ServiceError as error:
                self._missing(error.code)
            except (ValueError, TypeError, KeyError) as error:
                self._missing(type(error).__name__)
        return self._known

    def _missing(self, why: str) -> None:
        self._known = None
        logger().warning("no certificate of a wallet", extra={"wallet": self.name, "why": why})

    def forget(self) -> None:
        """Know nothing, as a process that has just begun."""
        self._known, self._until_s = None, float("-inf")


def _document(name: str) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(wire.parameter(f"{settings().wallet_parameters}/{name}"))
    return read


def _read_apple() -> Apple:
    own, between = _document("apple"), _document("wwdr")
    certificate = x509.load_der_x509_certificate(b64decode(own["certificate"]))
    if not certificate.not_valid_before_utc <= clock.now() < certificate.not_valid_after_utc:
        raise ValueError("its time is over")
    key = serialization.load_der_private_key(b64decode(own["key"]), None)
    if not isinstance(key, Key):
        raise ValueError("the key must be RSA or EC")
    signed_by = x509.load_der_x509_certificate(b64decode(between["certificate"]))
    return Apple(own["pass_type"], own["team"], certificate, key, signed_by)


def _read_google() -> Google:
    own = _document("google")
    key = serialization.load_der_private_key(b64decode(own["key"]), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("the key must be RSA")
    return Google(own["issuer"], own["account"], own["key_id"], key)


_apple = _Holder("apple", _read_apple)
_google = _Holder("google", _read_google)


def apple() -> Apple | None:
    """What there is for Apple's wallet; None where there is nothing."""
    return _apple.get()


def google() -> Google | None:
    """What there is for Google's wallet; None where there is nothing."""
    return _google.get()


def forget() -> None:
    """Know nothing of either, as a process that has just begun."""
    _apple.forget()
    _google.forget()
