"""Where an AWS service is and how long we wait for it: the same for both transports."""

from __future__ import annotations

import os
from typing import Final

CONNECT_TIMEOUT_S: Final = 1.0
READ_TIMEOUT_S: Final = 3.0


def place(service: str) -> tuple[str, str]:
    """Return endpoint and region of a service as the environment says.

    `AWS_ENDPOINT_URL_<SERVICE>` goes before `AWS_ENDPOINT_URL`, and both before the public
    regional address. Raises KeyError when no region is set.
    """
    env = os.environ
    region = env.get("AWS_REGION") or env["AWS_DEFAULT_REGION"]
    chosen = env.get(f"AWS_ENDPOINT_URL_{service.upper()}") or env.get("AWS_ENDPOINT_URL")
    return chosen or f"https://{service}.{region}.amazonaws.com", region
