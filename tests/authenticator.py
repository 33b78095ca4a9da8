"""An authenticator in software: it makes passkeys and signs with them as a device does.

Everything is real: ES256 keys, CBOR, the bytes of WebAuthn's authenticator data, signatures. What a
test wants to be wrong is said with `changed`; the rest stays as it should be.
"""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN: Final = "https://cards.example"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
"""Flags: somebody was there, it was the right one, there is a new key in here."""


@dataclass
class Credential:
    """One passkey, as it lies in its authenticator."""

    credential_id: bytes
    key: ec.EllipticCurvePrivateKey
    host: str
    user_handle: bytes
    uses: int = 0

    @property
    def cose(self) -> bytes:
        """The public key as COSE writes it."""
        point = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})


@dataclass
class Authenticator:
    """A device that keeps passkeys. `counts` says whether it counts how often each is used."""

    origin: str = ORIGIN
    counts: bool = True
    credentials: list[Credential] = field(default_factory=list)

    def create(self, options: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """Make a passkey, as `navigator.credentials.create` does; returns what the page sends.

        `changed`: `origin`, `challenge`, `type`, `cross_origin` of the client data; `host`, `flags`
        of the authenticator data; `fmt`, `statement` of the attestation; `cose`.
        """
        host = changed.get("host", options["rp"]["id"])
        made = Credential(
            changed.get("credential_id") or os.urandom(32), new_key(), host,
            decode(options["user"]["id"]),
        )  # fmt: skip
        self.credentials.append(made)
        client_data = self._client_data("webauthn.create", options["challenge"], changed)
        flags = changed.get("flags", PRESENT | VERIFIED | ATTESTED)
        length = len(made.credential_id).to_bytes(2, "big")
        key = changed.get("cose", made.cose)
        attested = bytes(16) + length + made.credential_id + key if flags & ATTESTED else b""
        data = self._data(made, flags) + attested
        statement: dict[str, Any] = {}
        if changed.get("fmt") == "packed":
            signed = made.key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
            statement = {"alg": -7, "sig": signed}
        attestation = cbor2.dumps({
            "fmt": changed.get("fmt", "none"),
            "attStmt": changed.get("statement", statement),
            "authData": data,
        })  # fmt: skip
        return self._answer(
            made, clientDataJSON=client_data, attestationObject=attestation
        ) | {"clientExtensionResults": {"credProps": {"rk": True}}}  # fmt: skip

    def get(self, options: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """Sign with the newest passkey for the host, as `navigator.credentials.get` does.

        `changed` as for `create`; `credential` is one to sign with, `uses` a count to claim,
        `user_handle` another one to show, `signature` another signature.
        """
        host = changed.get("host", options["rpId"])
        found = [one for one in self.credentials if one.host == options["rpId"]]
        used: Credential = changed.get("credential") or found[-1]
        if self.counts:
            used.uses += 1
        client_data = self._client_data("webauthn.get", options["challenge"], changed)
        flags = changed.get("flags", PRESENT | VERIFIED)
        data = self._data(used, flags, host, changed.get("uses"))
        signed = used.key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            used,
            clientDataJSON=client_data,
            authenticatorData=data,
            signature=changed.get("signature", signed),
            userHandle=changed.get("user_handle", used.user_handle),
        )

    def _client_data(self, kind: str, challenge: str, changed: dict[str, Any]) -> bytes:
        return json.dumps({
            "type": changed.get("type", kind),
            "challenge": changed.get("challenge", challenge),
            "origin": changed.get("origin", self.origin),
            "crossOrigin": changed.get("cross_origin", False),
        }).encode()  # fmt: skip

    def _data(
        self, one: Credential, flags: int, host: str | None = None, uses: int | None = None
    ) -> bytes:
        counted = (one.uses if uses is None else uses).to_bytes(4, "big")
        return sha256((host or one.host).encode()).digest() + bytes([flags]) + counted

    def _answer(self, one: Credential, **response: bytes) -> dict[str, Any]:
        name = encode(one.credential_id)
        encoded = {part: encode(value) for part, value in response.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": encoded}


def new_key() -> ec.EllipticCurvePrivateKey:
    """A new key on P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def encode(value: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Bytes of base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
