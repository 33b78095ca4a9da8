"""Where templates come from: compiled by Jinja beforehand, or the sources when those are newer.

Compiling a template costs more than rendering it, and a card is almost always opened on a cold
start. `python -m regulars.render.loader` compiles all of them into `compiled/`, which is not in
git: `make setup` does it for the machine, `make build` for the layer (and leaves the sources out).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from jinja2 import BaseLoader, FileSystemLoader, ModuleLoader

PACKAGE: Final = Path(__file__).parents[1]
FOLDERS: Final = (PACKAGE / "render" / "templates", PACKAGE)
"""Shared templates go by their file name, a page's own by its path in the package."""

COMPILED: Final = PACKAGE / "render" / "compiled"
_SOURCES: Final = "sources.txt"


def loader() -> BaseLoader:
    """Return the loader of the compiled templates, or of the sources when one has changed."""
    return ModuleLoader(COMPILED) if _is_current() else FileSystemLoader(FOLDERS)


def compile_all(target: Path = COMPILED) -> None:
    """Compile every template into `target` and note which sources they were made of."""
    import shutil  # not at the top: a page's cold start does not need it

    from regulars.render.page import environment

    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    env = environment().overlay(loader=FileSystemLoader(FOLDERS))
    env.compile_templates(target, zip=None, ignore_errors=False, filter_func=_is_page)
    lines = [
        f"{path.stat().st_mtime_ns} {path.relative_to(PACKAGE)}"
        for path in sorted(PACKAGE.rglob("*.html"))
    ]
    (target / _SOURCES).write_text("\n".join(lines) + "\n", "utf-8")


def _is_page(name: str) -> bool:
    return name.endswith(".html") and not name.startswith("render/")  # these go by their file name


def _is_current() -> bool:
    """Whether no source is newer; one that is not there (in the layer) cannot be."""
    try:
        lines = (COMPILED / _SOURCES).read_text("utf-8").splitlines()
    except OSError:
        return False
    for line in lines:
        changed, _, name = line.partition(" ")
        try:
            if (PACKAGE / name).stat().st_mtime_ns != int(changed):
                return False
        except FileNotFoundError:
            continue
    return True


if __name__ == "__main__":
    compile_all(*map(Path, sys.argv[1:]))
