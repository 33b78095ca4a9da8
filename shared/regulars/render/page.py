"""Views into HTML, with what their headers depend on."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from regulars.i18n import Words, cldr
from regulars.render import assets, layout
from regulars.render.brand import Brand
from regulars.render.colors import palette
from regulars.render.loader import FOLDERS, loader
from regulars.render.qr import qr_svg


class Template(NamedTuple):
    """Which files make a page: paths below `render/templates` or below the package."""

    html: str
    css: tuple[str, ...]
    camera: bool = False
    """Whether the page may ask for the camera."""


class RenderedPage(NamedTuple):
    """One rendered page and what its headers depend on."""

    html: str
    style_hashes: tuple[str, ...]
    """CSP sources of its <style> elements: "sha256-…"."""
    camera: bool = False


class View(Protocol):
    """What every page is rendered from: a frozen value; `brand` is None on pages of no merchant."""

    @property
    def brand(self) -> Brand | None: ...


def render(template: Template, view: View, words: Words, **more: object) -> RenderedPage:
    """Render a view in the language of `words`; `more` are further names for the template."""
    brand = view.brand
    colors = palette(brand.color if brand else "")
    local = _local(view)
    style = _properties(colors) + "".join(map(_sheet, template.css))
    html = (
        environment()
        .get_template(template.html)
        .render(
            view=view,
            brand=brand,
            w=words,
            t=words.t,
            n=words.n,
            rich=_rich(words),
            bound=lambda text: layout.bound(text, words.lang),
            style=Markup(style),  # noqa: S704 - our own sheets and colors that were computed
            tile=tile(brand.name if brand else "", colors),
            colors=colors,
            local=local,
            last_day=lambda ends: local(ends - timedelta(microseconds=1)),
            **more,
        )
    )
    digest = hashlib.sha256(style.encode()).digest()
    source = f"sha256-{base64.b64encode(digest).decode()}"
    return RenderedPage(html, (source,), template.camera)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The template environment: everything is escaped, a name nobody filled is an error."""
    env = Environment(
        loader=loader(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    env.globals.update(
        asset=assets.url,
        qr=qr_svg,
        columns=layout.columns,
        share=layout.share,
        code_groups=layout.code_groups,
        initial=layout.initial,
        most_stamps=layout.MOST_STAMPS,
        language_name=language_name,
    )
    return env


def language_name(code: str) -> str:
    """A language in its own words: "Magyar"."""
    return str(cldr.LANGUAGES.get(code, {}).get("name", code))


def _rich(words: Words) -> Any:
    """`t` for texts whose values may be markup made by the template; plain ones are escaped."""

    def rich(msg: str, **values: object) -> Markup:
        return escape(words.t(msg)).format(**values)

    return rich


def _local(view: View) -> Callable[[datetime], date]:
    """The calendar day of an instant in the merchant's zone, where the view has one."""
    zone = ZoneInfo(getattr(view, "zone", "UTC"))
    return lambda moment: moment.astimezone(zone).date()


@lru_cache(maxsize=16)
def _sheet(name: str) -> str:
    """A style sheet without its comments and line breaks."""
    text = next(folder / name for folder in FOLDERS if (folder / name).exists()).read_text("utf-8")
    while "/*" in text:
        start = text.index("/*")
        text = text[:start] + text[text.index("*/", start) + 2 :]
    return "".join(line.strip() for line in text.splitlines())


def _properties(colors: dict[str, str]) -> str:
    return ":root{" + "".join(f"--{name}:{value};" for name, value in colors.items()) + "}"


def tile(name: str, colors: dict[str, str]) -> str:
    """The merchant's initial on its color, as the picture of the browser's tab."""
    initial = escape(layout.initial(name))
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="9" fill="{colors["brand"]}"/>'
        f'<text x="16" y="22" font-family="sans-serif" font-size="17" font-weight="700" '
        f'text-anchor="middle" fill="{colors["on"]}">{initial}</text></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
