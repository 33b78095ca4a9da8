"""AWS Signature Version 4 for a JSON request: a pure function of the request, keys and time."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from regulars.store.credentials import Credentials


def sign(
    service: str,
    region: str,
    host: str,
    headers: Mapping[str, str],
    body: bytes,
    keys: Credentials,
    stamp: str,
) -> dict[str, str]:
    """Return the headers of `POST https://<host>/` with date, session token and signature added.

    `stamp` is the moment of the request in UTC as `20261122T060942Z`; `host` carries the port
    when it is not the default one, as the Host header does.
    """
    signed = {**headers, "X-Amz-Date": stamp}
    if keys.token:
        signed["X-Amz-Security-Token"] = keys.token
    lower = {"host": host, **{name.lower(): value for name, value in signed.items()}}
    names = ";".join(sorted(lower))
    lines = "".join(f"{name}:{lower[name]}\n" for name in sorted(lower))
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{keys.secret}".encode()
    for part in (*scope.split("/"), text):  # the last step turns the derived key into the signature
        key = hmac.digest(key, part.encode(), "sha256")
    signed["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={keys.key_id}/{scope}, SignedHeaders={names}, "
        f"Signature={key.hex()}"
    )
    return signed
