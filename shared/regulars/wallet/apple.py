"""A pass for Apple's wallet: the file `.pkpass`, with what it says, its pictures and its signature.

The file is an archive. `manifest.json` holds the SHA-1 of each other file, `signature` signs that
manifest with our certificate, beside Apple's own that has signed ours (PKCS #7, detached).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha1
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from regulars.core import passes
from regulars.core.config import settings
from regulars.render import pictures as icons
from regulars.render.colors import palette
from regulars.render.layout import code_groups
from regulars.store import assets
from regulars.store.table import Table
from regulars.wallet import pictures
from regulars.wallet.certificates import Apple
from regulars.wallet.content import Content, Line

MEDIA_TYPE: Final = "application/vnd.apple.pkpass"
SERVICE: Final = "/wallet/apple"
"""Where phones find us; they add `/v1/` themselves."""

SCALES: Final = {"": 1, "@2x": 2, "@3x": 3}
ICON = 29
"""Points of the icon on the lock screen."""
MADE: Final = (2026, 1, 1, 0, 0, 0)
"""When each file in the archive was made, so that the same pass is the same file but for its
signature."""


def package(table: Table, content: Content, own: Apple) -> bytes:
    """Return the signed file of a pass."""
    files = {
        "pass.json": json.dumps(document(content, own), ensure_ascii=False).encode(),
        **_pictures(table, content),
    }
    sums = {name: sha1(body, usedforsecurity=False).hexdigest() for name, body in files.items()}
    manifest = json.dumps(sums, indent=1, sort_keys=True).encode()
    files |= {"manifest.json": manifest, "signature": signed(manifest, own)}
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(ZipInfo(name, MADE), body, ZIP_DEFLATED)
    return out.getvalue()


def signed(manifest: bytes, own: Apple) -> bytes:
    """Return the detached signature of a manifest.

    Both options are needed: without `DetachedSignature` the manifest lies in the signature, and
    without `Binary` its ends of lines are changed before it is signed.
    """
    builder = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(manifest)
        .add_signer(own.certificate, own.key, hashes.SHA256())
        .add_certificate(own.between)
    )
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    return builder.sign(Encoding.DER, options)


def document(content: Content, own: Apple) -> dict[str, Any]:
    """Return `pass.json`. A pass that is over names no service: the phone asks no more."""
    colors, words = palette(content.brand.color), content.words
    shown: dict[str, Any] = {
        "formatVersion": 1,
        "passTypeIdentifier": own.pass_type,
        "serialNumber": str(content.serial),
        "teamIdentifier": own.team,
        "organizationName": content.brand.name,
        "description": words.t("Card of {shop}", shop=content.brand.name),
        "logoText": content.brand.name,
        "backgroundColor": _rgb(colors["brand"]),
        "foregroundColor": _rgb(colors["on"]),
        "labelColor": _rgb(colors["on-soft"]),
        "sharingProhibited": True,
        "storeCard": _fields(content),
    }
    if content.is_over:
        return {**shown, "voided": True}
    return {
        **shown,
        "webServiceURL": f"{settings().base_url}{SERVICE}",
        "authenticationToken": passes.token(content.serial),
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": content.code_url,
                "messageEncoding": "iso-8859-1",
                "altText": code_groups(content.code),
            }
        ],
    }


def _fields(content: Content) -> dict[str, list[Mapping[str, Any]]]:
    """What stands where. One field alone says what is new, so that a change is told once."""
    words = content.words
    news = {"key": "news", "label": words.t("Now"), "value": content.news, "changeMessage": "%@"}
    back = [news, *(_field(f"about{n}", it) for n, it in enumerate(content.about))]
    back += [_link(f"link{n}", it) for n, it in enumerate(content.links)]
    below = [_field("reward", content.reward), _field("tier", content.tier)]
    count = [_field("count", content.counted)]
    over_the_band = "headerFields" if content.punched else "primaryFields"
    return {
        over_the_band: [it for it in count if it],
        "secondaryFields": [it for it in below if it],
        "backFields": [it for it in back if it],
    }


def _field(key: str, line: Line | None) -> dict[str, Any]:
    return {"key": key, "label": line.label, "value": line.value} if line else {}


def _link(key: str, line: Line) -> dict[str, Any]:
    shown = f'<a href="{line.value}">{line.value}</a>'
    return {**_field(key, line), "attributedValue": shown}


def _pictures(table: Table, content: Content) -> dict[str, bytes]:
    brand, punched = content.brand, content.punched
    own = assets.read(table, content.logo) if content.logo else None
    files = {}
    for suffix, scale in SCALES.items():
        files[f"icon{suffix}.png"] = icons.icon(brand, ICON * scale)
        files[f"logo{suffix}.png"] = (
            pictures.logo(own, scale) if own else pictures.mark(brand, scale)
        )
        if punched:
            files[f"strip{suffix}.png"] = pictures.stamps(
                brand, punched.have, punched.places, pictures.STRIP, scale
            )
    return files


def _rgb(color: str) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"
