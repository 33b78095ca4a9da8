"""Scripts and pictures with a hash of their content in the name.

Standard library only: the function that serves them starts cold in front of a customer.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

_FOLDER: Final = Path(__file__).parent / "static"
_SCRIPT: Final = "text/javascript; charset=utf-8"
_TYPES: Final = {
    "card.js": _SCRIPT,
    "jsqr.js": _SCRIPT,
    "keypad.js": _SCRIPT,
    "scanner.js": _SCRIPT,
    "sending.js": _SCRIPT,
    "staff.js": _SCRIPT,
}
"""Every file that may be served; nothing is looked up by a path that came from outside."""


class Asset(NamedTuple):
    """One file: its bytes, media type and the public name it has for as long as it is the same."""

    body: bytes
    media_type: str
    name: str


@lru_cache(maxsize=len(_TYPES))
def asset(name: str) -> Asset:
    """The asset with the plain name `name` ("card.js"); KeyError when there is none."""
    media_type = _TYPES[name]
    body = (_FOLDER / name).read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:12]
    stem, _, ending = name.rpartition(".")
    return Asset(body, media_type, f"{stem}.{digest}.{ending}")


def url(name: str) -> str:
    """The path a page links to: "/assets/card.0123456789ab.js"."""
    return f"/assets/{asset(name).name}"


def by_public_name(public: str) -> Asset | None:
    """The asset behind a public name, or None: unknown, or a hash that is not today's."""
    stem, _, rest = public.partition(".")
    ending = rest.rpartition(".")[2]
    name = f"{stem}.{ending}"
    if name not in _TYPES:
        return None
    found = asset(name)
    return found if found.name == public else None
