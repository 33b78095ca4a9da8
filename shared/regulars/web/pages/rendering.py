"""Views into HTML, with the headers that go with it."""

import base64
import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from regulars.i18n import Words, cldr
from regulars.web.pages import assets, counter, layout, views
from regulars.web.pages.colours import palette
from regulars.web.pages.loader import Loader
from regulars.web.pages.qr import qr_svg

FOLDER: Final = Path(__file__).parent / "templates"


class Page(NamedTuple):
    """One rendered page and what its headers depend on."""

    html: str
    style_hashes: tuple[str, ...]
    """CSP sources of its <style> elements: "sha256-…"."""
    camera: bool = False


_KINDS: Final[dict[type, tuple[str, tuple[str, ...]]]] = {
    views.JoinView: ("join.html", ("base.css", "punch.css", "join.css")),
    views.CardView: ("card.html", ("base.css", "punch.css", "card.css")),
    views.StaffView: ("staff.html", ("staff.css",)),
    views.MessageView: ("message.html", ("base.css", "join.css")),
    views.ConfirmView: ("confirm.html", ("base.css", "join.css")),
    views.UnsubscribeView: ("unsubscribe.html", ("base.css", "join.css")),
}
"""Template and style sheets of each view."""


def render(view: views.View, words: Words) -> Page:
    """The page of `view` in the language of `words`."""
    template, sheets = _KINDS[type(view)]
    colours = palette(view.brand.colour if view.brand else "")
    local = _local(view)
    style = _properties(colours) + "".join(map(_sheet, sheets))
    html = (
        environment()
        .get_template(template)
        .render(
            view=view,
            brand=view.brand,
            w=words,
            t=words.t,
            n=words.n,
            rich=_rich(words),
            style=Markup(style),  # noqa: S704 - our own sheets and colours that were computed
            tile=_tile(view.brand.name if view.brand else "", colours),
            colours=colours,
            local=local,
            last_day=lambda ends: local(ends - timedelta(microseconds=1)),
            setup=counter.setup(view, words) if isinstance(view, views.StaffView) else None,
        )
    )
    digest = hashlib.sha256(style.encode()).digest()
    source = f"sha256-{base64.b64encode(digest).decode()}"
    return Page(html, (source,), camera=isinstance(view, views.StaffView))


def csp(page: Page) -> str:
    """The Content-Security-Policy of `page`: ours only, nothing inline but its own style."""
    hashes = " ".join(f"'{source}'" for source in page.style_hashes)
    return (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' {hashes}; img-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


def headers(page: Page) -> dict[str, str]:
    """Every header of an HTML answer, names in lower case."""
    camera = "camera=(self)" if page.camera else "camera=()"
    return {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": csp(page),
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "permissions-policy": f"{camera}, geolocation=(), microphone=()",
        "cross-origin-opener-policy": "same-origin",
        "strict-transport-security": "max-age=63072000; includeSubDomains",
    }


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The template environment: everything is escaped, a name nobody filled is an error."""
    env = Environment(
        loader=Loader(FOLDER),
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


def _local(view: views.View) -> Callable[[datetime], date]:
    """The calendar day of an instant in the merchant's zone, where the view has one."""
    zone = ZoneInfo(getattr(view, "zone", "UTC"))
    return lambda moment: moment.astimezone(zone).date()


@lru_cache(maxsize=16)
def _sheet(name: str) -> str:
    """A style sheet without its comments and line breaks."""
    text = (FOLDER / name).read_text("utf-8")
    while "/*" in text:
        start = text.index("/*")
        text = text[:start] + text[text.index("*/", start) + 2 :]
    return "".join(line.strip() for line in text.splitlines())


def _properties(colours: dict[str, str]) -> str:
    return ":root{" + "".join(f"--{name}:{value};" for name, value in colours.items()) + "}"


def _tile(name: str, colours: dict[str, str]) -> str:
    """The merchant's initial on its colour, as the picture of the browser's tab."""
    initial = escape(layout.initial(name))
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="9" fill="{colours["brand"]}"/>'
        f'<text x="16" y="22" font-family="sans-serif" font-size="17" font-weight="700" '
        f'text-anchor="middle" fill="{colours["on"]}">{initial}</text></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
