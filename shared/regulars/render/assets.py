"""Scripts and pictures with a hash of their content in the name.

Standard library only: the function that serves them starts cold in front of a customer.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

_FOLDER: Final = Path(__file__).parents[1] / "pages"
_SCRIPT: Final = "text/javascript; charset=utf-8"


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    """Every file that may be served, by its plain name: the scripts of all pages.

    Nothing is looked up by a path that came from outside.
    """
    return {path.name: path for path in sorted(_FOLDER.rglob("*.js"))}


class Asset(NamedTuple):
    """One file: its bytes, media type and the public name it has for as long as it is the same."""

    body: bytes
    media_type: str
    name: str


@lru_cache(maxsize=32)
def asset(name: str) -> Asset:
    """The asset with the plain name `name` ("card.js"); KeyError when there is none."""
    body = _files()[name].read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:12]
    stem, _, ending = name.rpartition(".")
    return Asset(body, _SCRIPT, f"{stem}.{digest}.{ending}")


def url(name: str) -> str:
    """The path a page links to: "/assets/card.0123456789ab.js"."""
    return f"/assets/{asset(name).name}"


def by_public_name(public: str) -> Asset | None:
    """The asset behind a public name, or None: unknown, or a hash that is not today's."""
    stem, _, rest = public.partition(".")
    ending = rest.rpartition(".")[2]
    name = f"{stem}.{ending}"
    if name not in _files():
        return None
    found = asset(name)
    return found if found.name == public else None
