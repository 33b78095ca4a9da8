"""What tests of passes share: certificates of our own, phones, and what opens a pass.

Nothing of ours is replaced: certificates lie in the parameters where `scripts/wallet` puts them,
and a phone asks the handlers as Apple's does.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import boto3
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from regulars.core import config
from regulars.wallet import apple_push, certificates, google
from tests.ops import scripts
from tests.service import Browser, Merchant, Reply, Service

SCRIPT = scripts.load("wallet")
PASS_TYPE: str = SCRIPT.TRIED
ISSUER = "3388000000000000000"
ACCOUNT = "cards@example.iam.gserviceaccount.example"
PUSH_TOKEN = "0123456789abcdef" * 4
NOBODY = "http://127.0.0.1:9/"
"""Where nobody listens; tests that need somebody say who."""
AT = "/wallet/apple/v1"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148"


@dataclass(frozen=True)
class Made:
    """Certificates and an account that only the tests know."""

    own: x509.Certificate
    key: rsa.RSAPrivateKey
    between: x509.Certificate
    account: rsa.RSAPrivateKey

    def account_file(self) -> dict[str, str]:
        """The file of the service account, as Google gives it."""
        pem = self.account.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return {
            "type": "service_account", "client_email": ACCOUNT, "private_key_id": "k1",
            "private_key": pem.decode(),
        }  # fmt: skip


@cache
def made() -> Made:
    """The certificates of this process: making them takes a second."""
    own, key, between = SCRIPT.self_made()
    return Made(own, key, between, rsa.generate_private_key(65537, 2048))


def forget() -> None:
    """Know nothing of certificates and connections, as a process that has just begun."""
    certificates.forget()
    apple_push.forget()
    google.forget()


def place(service: Service, stack: str) -> Any:
    """The parameters of a stack, as `scripts/wallet` sees them."""
    return SCRIPT.Parameters(boto3.client("ssm", endpoint_url=service.aws_services.url), stack)


def turn_on(service: Service, monkeypatch: pytest.MonkeyPatch, which: str = "both") -> str:
    """Put certificates where the functions read them, and say so; returns the stack's name."""
    stack = f"s{uuid4().hex}"
    if which in {"apple", "both"}:
        SCRIPT.put_apple(place(service, stack), made().own, made().key, made().between)
    if which in {"google", "both"}:
        SCRIPT.put_google(place(service, stack), made().account_file(), ISSUER)
    for owner, name in ((apple_push, "ADDRESS"), (google, "ADDRESS"), (google, "TOKENS")):
        monkeypatch.setattr(owner, name, NOBODY)
    monkeypatch.setenv("WALLETS", which)
    monkeypatch.setenv("WALLET_PARAMETERS", f"/{stack}/wallet")
    config.settings.cache_clear()
    forget()
    return stack


def member(cafe: Merchant, **fields: str) -> Browser:
    """A phone on which somebody has just joined."""
    browser = Browser(cafe.service, {"user-agent": IPHONE})
    assert browser.post(f"/j/{cafe.created['slug']}", **fields).status == 200
    return browser


def member_id(browser: Browser) -> str:
    """Whose card lives on a phone."""
    (value,) = (it for name, it in browser.cookies.items() if "regulars_card_" in name)
    return value.partition(".")[0]


@dataclass(frozen=True)
class Pass:
    """An opened pass."""

    files: Mapping[str, bytes]

    @property
    def document(self) -> dict[str, Any]:
        """What `pass.json` says."""
        document: dict[str, Any] = json.loads(self.files["pass.json"])
        return document

    @property
    def serial(self) -> str:
        return str(self.document["serialNumber"])

    @property
    def token(self) -> str:
        return str(self.document["authenticationToken"])

    @property
    def code(self) -> str:
        """The code in its QR code."""
        return str(self.document["barcodes"][0]["message"]).rpartition("/")[2]

    def field(self, key: str) -> dict[str, Any]:
        """A field, wherever it stands."""
        fields = (one for several in self.document["storeCard"].values() for one in several)
        found: dict[str, Any] = next(one for one in fields if one["key"] == key)
        return found


def opened(reply: Reply) -> Pass:
    """The pass in an answer."""
    assert reply.status == 200, reply.text
    assert reply.headers["content-type"] == "application/vnd.apple.pkpass"
    with ZipFile(BytesIO(b64decode(reply.text))) as archive:
        assert archive.testzip() is None
        return Pass({name: archive.read(name) for name in archive.namelist()})


def download(browser: Browser, cafe: Merchant) -> Pass:
    """The pass that the button of the card gives."""
    return opened(browser.get(f"/card/{cafe.created['slug']}/wallet/apple"))


@dataclass
class Phone:
    """A phone with Apple's wallet: it asks as Apple describes it."""

    service: Service
    name: str = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
    push_token: str = PUSH_TOKEN

    def ask(
        self, method: str, path: str, token: str = "", *, body: Any = None,
        headers: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None,
        source: str = "192.0.2.1",
    ) -> Reply:  # fmt: skip
        """One request, with the token of a pass if there is one."""
        sent = {**(headers or {}), **({"authorization": f"ApplePass {token}"} if token else {})}
        return self.service.request(
            method, f"{AT}{path}", body=body, headers=sent, query=query, source=source
        )

    def registration(self, serial: str) -> str:
        return f"/devices/{self.name}/registrations/{PASS_TYPE}/{serial}"

    def add(self, one: Pass, token: str = "") -> Reply:
        """Put a pass into the wallet: the phone asks to be told of it."""
        body = {"pushToken": self.push_token}
        return self.ask("POST", self.registration(one.serial), token or one.token, body=body)

    def remove(self, one: Pass) -> Reply:
        """Take it out of the wallet."""
        return self.ask("DELETE", self.registration(one.serial), one.token)

    def changed(self, since: str = "") -> Reply:
        """Ask what has changed."""
        query = {"passesUpdatedSince": since} if since else {}
        return self.ask("GET", f"/devices/{self.name}/registrations/{PASS_TYPE}", query=query)

    def fetch(self, one: Pass, since: str = "", token: str = "") -> Reply:
        """Ask for a pass, as it is now."""
        headers = {"if-modified-since": since} if since else {}
        path = f"/passes/{PASS_TYPE}/{one.serial}"
        return self.ask("GET", path, token or one.token, headers=headers)


def write_certificates(folder: Path) -> tuple[Path, Path]:
    """The certificate of the passes and the one above it, as files for openssl."""
    files = folder / "own.pem", folder / "between.pem"
    for file, certificate in zip(files, (made().own, made().between), strict=True):
        file.write_bytes(certificate.public_bytes(Encoding.PEM))
    return files
