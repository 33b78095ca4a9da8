"""The keys that requests are signed with.

Lambda puts them into the environment, or, after a snapshot was restored, behind an endpoint on
the loopback interface from which they have to be fetched again before they expire.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from regulars.store.errors import Lost

TIMEOUT_S: Final = 1.0
RENEW_BEFORE_S: Final = 300  # so that no request is under way with keys that have just expired

clock: Callable[[], float] = time.time  # seam: tests set the time


class Credentials(NamedTuple):
    """What requests are signed with.

    `token` is "" for long-lived keys; `expires_at` is in seconds of Unix time.
    """

    key_id: str
    secret: str
    token: str
    expires_at: float = float("inf")


class Keyring:
    """Finds the current credentials; keeps those of the container endpoint until they run out."""

    def __init__(self) -> None:
        self._fetched: Credentials | None = None

    def current(self) -> Credentials:
        """Return the credentials of this moment.

        Raises `Lost` when the container endpoint gives none, KeyError when nothing names any.
        """
        env = os.environ
        uri = env.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        if uri is None or "AWS_ACCESS_KEY_ID" in env:
            token = env.get("AWS_SESSION_TOKEN", "")
            return Credentials(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], token)
        # Two threads may both fetch here: harmless, both answers are good.
        if self._fetched is None or self._fetched.expires_at - RENEW_BEFORE_S <= clock():
            self._fetched = _fetch(uri, env.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", ""))
        return self._fetched


def _fetch(uri: str, authorization: str) -> Credentials:
    url = urlsplit(uri)
    connection = http.client.HTTPConnection(url.netloc, timeout=TIMEOUT_S)
    target = f"{url.path}?{url.query}" if url.query else url.path
    try:
        connection.request("GET", target, headers={"Authorization": authorization})
        found = json.loads(connection.getresponse().read())
        return Credentials(
            found["AccessKeyId"],
            found["SecretAccessKey"],
            found["Token"],
            datetime.fromisoformat(found["Expiration"]).timestamp(),
        )
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        raise Lost(f"the container endpoint gave no credentials: {error!r}") from error
    finally:
        connection.close()
