"""Views of the console to look at and to test: one module for each area, with its `PAGES` (views by
name) and `TEMPLATES` (by the type of view), found by looking into this folder."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from regulars.i18n.words import Words
from regulars.pages.console.frame.frame import Frame, Link, places, sections
from regulars.render.page import Template, View

_MODULES = [
    import_module(f"{__name__}.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("*.py"))
    if path.stem not in {"__init__"} and not path.stem.startswith("test_")
]
PAGES: dict[str, View] = {
    f"console-{module.__name__.rpartition('.')[2]}{'-' if name else ''}{name}": view
    for module in _MODULES
    for name, view in module.PAGES.items()
}
TEMPLATES: dict[type[Any], Template] = {
    kind: template for module in _MODULES for kind, template in module.TEMPLATES.items()
}


def frame(view: View, words: Words) -> Frame:
    """A frame as an owner sees it; of a long name where the shop has one."""
    name = view.brand.name if view.brand else ""
    days, own = (
        tuple(Link(area, label, path, area == "staff") for area, label, path in known(words.t))
        for known in (sections, places)
    )
    long = "Nagyné Kovács-Szentgyörgyi Boglárka"
    return Frame(name, long, words.t("owner"), days, days[:4], own, True, "staff")
