"""What a card needs to be installed, and to be shown without network."""

from __future__ import annotations

from base64 import b64encode

from regulars.core import guest_codes, tokens
from regulars.core.config import settings
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import protocol
from regulars.pages.customer.card import opening, pictures
from regulars.render import assets
from regulars.render.brand import brand_of
from regulars.render.colors import palette
from regulars.store import connect

PAPER = "#faf7f2"


def key(request: protocol.Request) -> protocol.Response:
    """GET /card/{slug}/code?key=1: what this device makes its codes of without network. Raises
    DEVICE_NEEDED elsewhere than on a device that the card lives on."""
    one = opening.opened(request)
    if one.device is None:
        raise Refused(RefusalCode.DEVICE_NEEDED)
    handle = one.profile.handle
    made = guest_codes.offline_key(one.shop.merchant_id, handle, one.device.device_id)
    body = {
        "handle": handle,
        "key": b64encode(made).decode(),
        "url": f"{settings().base_url}/s/",
        "step_s": tokens.CODE_STEP_S,
        "now_ms": to_ms(one.shop.now),
    }
    return protocol.json_answer(200, body)


def manifest(request: protocol.Request) -> protocol.Response:
    """GET /card/{slug}/manifest: the shop's card as an app."""
    slug = request.param("slug").lower()
    program = pictures.program_in_force(opening.merchant_of(connect.lean_table(), slug))
    brand = brand_of(program)
    colors = palette(brand.color)
    body = {
        "name": brand.name,
        "short_name": brand.name[:12].strip(),
        "id": f"/card/{slug}",
        "start_url": f"/card/{slug}",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": colors["brand"],
        "icons": [
            {
                "src": f"/card/{slug}/pictures/{name}",
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "any maskable",
            }
            for name, size in pictures.ICONS.items()
        ],
    }
    own = {"Content-Type": "application/manifest+json", "Cache-Control": "max-age=3600"}
    return protocol.json_answer(200, body, own)


def worker(_: protocol.Request) -> protocol.Response:
    """GET /card/sw.js: the worker that keeps the last known card. Its address has no hash in it:
    browsers look for a new one by themselves."""
    body = assets.asset("worker.js").body.decode()
    return protocol.script(body)
