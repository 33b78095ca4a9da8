"""POST /v1/assets: an uploaded picture, kept small, with the colors in it."""

from __future__ import annotations

from regulars.core.config import settings
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.store import assets, connect

MEDIA_TYPES = ("image/png", "image/jpeg", "image/webp")


def upload(request: protocol.Request) -> protocol.Response:
    """POST /v1/assets: decoded, made small, and written again."""
    gathered = credentials.gather(connect.table(), request)
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in MEDIA_TYPES:
        wanted = ", ".join(MEDIA_TYPES)
        raise Refused(RefusalCode.UNSUPPORTED_MEDIA_TYPE, f"Send a picture as one of {wanted}.")
    from regulars.posters import uploads  # only who has the libraries of print answers this

    kept = uploads.read(request.body)
    asset_id = assets.write(connect.table(), gathered.shop.merchant_id, kept.png)
    body = {
        "asset_id": asset_id,
        "url": f"{settings().base_url}{assets.path_of(asset_id)}",
        "width": kept.width,
        "height": kept.height,
        "colors": list(kept.colors),
    }
    return protocol.json_answer(201, body)


ROUTES: dict[str, protocol.Handler] = {"POST /v1/assets": upload}
