"""The code with which whoever installed the service creates its first merchant in the browser."""

from __future__ import annotations

import hmac

from regulars.core import ring
from regulars.domain import codes

LENGTH = 12


def code(of: ring.Ring | None = None) -> str:
    """Return 12 letters and digits, the same for as long as the ring's first key is; with `of` the
    code of a ring that was read. Raises what reading the ring raises."""
    first = of.secrets[""] if of else ring.secret("")
    mac = hmac.digest(hmac.digest(first, b"set-up", "sha256"), b"", "sha256")
    return codes.encode(int.from_bytes(mac[:8]), LENGTH).lower()
