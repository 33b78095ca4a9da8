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
def _files() -> dict[str, tuple[Path, ...]]:
    """Every file that may be served, by its plain name: the scripts of all pages. The files of a
    folder `scripts` are one, by the name of the page; `main.js` of them comes last.

    Nothing is looked up by a path that came from outside.
    """
    files: dict[str, tuple[Path, ...]] = {}
    for path in sorted(_FOLDER.rglob("*.js"), key=lambda path: (path.stem == "main", path)):
        name = path.name if path.parent.name != "scripts" else f"{path.parent.parent.name}.js"
        files[name] = (*files.get(name, ()), path)
    return files


class Asset(NamedTuple):
    """One file: its bytes, media type and the public name it has for as long as it is the same."""

    body: bytes
    media_type: str
    name: str


@lru_cache(maxsize=32)
def asset(name: str) -> Asset:
    """The asset with the plain name `name` ("card.js"); KeyError when there is none."""
    body = b"\n".join(path.read_bytes() for path in _files()[name])
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
