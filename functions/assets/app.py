"""GET /assets/{name}: scripts whose name carries a hash of their content.

Nothing here but the standard library: the first customer of the day waits for this.
"""

import base64
import gzip
from functools import lru_cache
from typing import Any

from regulars.render.assets import Asset, by_public_name

FOREVER = "public, max-age=31536000, immutable"


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer an API Gateway (payload 2.0) request with the asset, 304, or 404."""
    name = (event.get("pathParameters") or {}).get("name") or ""
    found = by_public_name(name)
    if found is None:
        return _not_found()
    asked = {key.lower(): value for key, value in (event.get("headers") or {}).items()}
    packed = "gzip" in asked.get("accept-encoding", "")
    etag = f'"{found.name}{"-gz" if packed else ""}"'
    headers = {
        "cache-control": FOREVER,
        "content-type": found.media_type,
        "etag": etag,
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
    }
    if etag in asked.get("if-none-match", ""):
        return {"statusCode": 304, "headers": headers, "body": "", "isBase64Encoded": False}
    if not packed:
        body = found.body.decode()
        return {"statusCode": 200, "headers": headers, "body": body, "isBase64Encoded": False}
    return {
        "statusCode": 200,
        "headers": {**headers, "content-encoding": "gzip"},
        "body": _packed(found),
        "isBase64Encoded": True,
    }


def _not_found() -> dict[str, Any]:
    headers = {
        "cache-control": "no-store",
        "content-type": "text/plain; charset=utf-8",
        "x-content-type-options": "nosniff",
    }
    body = "Not found.\n"
    return {"statusCode": 404, "headers": headers, "body": body, "isBase64Encoded": False}


@lru_cache(maxsize=8)
def _packed(asset: Asset) -> str:
    """The asset compressed, in base64; the same bytes each time."""
    return base64.b64encode(gzip.compress(asset.body, 9, mtime=0)).decode()
