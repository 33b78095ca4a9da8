"""What somebody chooses for a poster, read from the address, and what of it is refused and why.

Pure: strings in, values or refusals out; each refusal names the parameter and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, cast
from urllib.parse import quote

from regulars.domain.refusals import RefusalCode, Refused
from regulars.posters.code import LOGO_SHARE_MAX, STYLES, Style
from regulars.render import colors

LayoutName = Literal["code", "a4", "a5", "tent", "stickers", "display", "receipt", "window"]
LAYOUTS: Final[tuple[LayoutName, ...]] = (
    "code", "a4", "a5", "tent", "stickers", "display", "receipt", "window",
)  # fmt: skip
"""`code` is the code alone; the others are what is printed of it."""

Fill = Literal["color", "paper"]
FILLS: Final[tuple[Fill, ...]] = ("color", "paper")
"""What the type stands on: the shop's color, or paper with one line around it."""

CONTRAST_MIN = 3.0
SIZE_MIN_MM, SIZE_MAX_MM = 20, 400
BLEED_MAX_MM = 5
QUIET_MIN, QUIET_MAX = 4, 12
"""Modules that stay free around a code."""
TEXT_MAX = 120
FRAME_MAX = 60
LANGUAGES_MAX = 2
SOURCE = re.compile(r"[A-Za-z0-9_-]{1,40}")
BLACK = "#000000"


class Choices(NamedTuple):
    """What was chosen. `color` is None for the shop's own, `logo` None for no logo, else how much
    of the code it may cover (percent, 0 is as much as can be read); `size_mm` is 0 for the usual
    size of the layout, `languages` is empty for the shop's first two."""

    layout: LayoutName
    style: Style = "solid"
    fill: Fill = "color"
    color: str | None = None
    logo: int | None = None
    languages: tuple[str, ...] = ()
    size_mm: float = 0.0
    bleed: int = 0
    quiet: int = QUIET_MIN
    text: str = ""
    frame: str = ""
    source: str = ""


def read(query: Mapping[str, str], ending: str, known: tuple[str, ...]) -> Choices:
    """Read the choices of an address; raises INVALID with every mistake in them.

    `ending` says what there is without a layout: a PDF is an A4 poster, a picture the code alone.
    `known` are the languages that texts can be in.
    """
    wrong: list[tuple[str, str]] = []
    usual = "a4" if ending == "pdf" else "code"
    choices = Choices(
        layout=cast(LayoutName, _one_of(query, "layout", LAYOUTS, usual, wrong)),
        style=cast(Style, _one_of(query, "style", STYLES, "solid", wrong)),
        fill=cast(Fill, _one_of(query, "fill", FILLS, "color", wrong)),
        color=_color(query, wrong),
        logo=_logo(query, wrong),
        languages=_languages(query, known, wrong),
        size_mm=_number(query, "size_mm", SIZE_MIN_MM, SIZE_MAX_MM, 0, wrong),
        bleed=_number(query, "bleed", 0, BLEED_MAX_MM, 0, wrong),
        quiet=_number(query, "quiet", QUIET_MIN, QUIET_MAX, QUIET_MIN, wrong),
        text=_words(query, "text", TEXT_MAX, wrong),
        frame=_words(query, "frame", FRAME_MAX, wrong),
        source=_source(query, wrong),
    )
    if wrong:
        raise refused(*wrong)
    return choices


def link_of(base_url: str, slug: str, source: str) -> str:
    """Return what the code of a shop says: the address of its join page, with the source if any."""
    address = f"{base_url}/j/{slug}"
    return f"{address}?source={quote(source)}" if source else address


def refused(*errors: tuple[str, str]) -> Refused:
    """Return the refusal of choices: each (parameter, what to do)."""
    return Refused(RefusalCode.INVALID, "This cannot be printed so that it is read.", errors)


def readable(color: str) -> str:
    """Return the color that is nearest to one and can be read on white."""
    return colors.away(color, colors.WHITE, CONTRAST_MIN + colors.MARGIN)


def _one_of(
    query: Mapping[str, str],
    name: str,
    allowed: tuple[str, ...],
    usual: str,
    wrong: list[tuple[str, str]],
) -> str:
    value = query.get(name) or usual
    if value not in allowed:
        wrong.append((name, f"must be one of {', '.join(allowed)}"))
        return usual
    return value


def _color(query: Mapping[str, str], wrong: list[tuple[str, str]]) -> str | None:
    value = query.get("color", "").strip().lower()
    if not value:
        return None
    # A number sign begins the fragment of an address, so it may be left out.
    value = value if value.startswith("#") else f"#{value}"
    if not re.fullmatch(r"#[0-9a-f]{6}", value):
        wrong.append(("color", "must be a color such as 7a3a1c: six hexadecimal digits"))
        return None
    ratio = colors.contrast(value, colors.WHITE)
    if ratio < CONTRAST_MIN:
        wrong.append(("color", f"is too pale to scan: {_ratio(ratio)} to 1 on white, "
                      f"{CONTRAST_MIN:g} is needed; use {readable(value)}"))  # fmt: skip
        return None
    return value


def _ratio(ratio: float) -> str:
    """A contrast that is too low, to one place, and never rounded up to what is needed."""
    return f"{min(ratio, CONTRAST_MIN - 0.1):.1f}"


def _logo(query: Mapping[str, str], wrong: list[tuple[str, str]]) -> int | None:
    value = query.get("logo", "").strip().lower()
    if value in {"", "0", "off", "false", "no"}:
        return None
    if value in {"on", "true", "1", "yes"}:
        return 0
    if not re.fullmatch(r"[0-9]{1,3}", value):
        wrong.append(("logo", "must be on, off, or how much of the code it covers in percent"))
        return None
    if int(value) > LOGO_SHARE_MAX:
        wrong.append(("logo", f"covers {int(value)} % of the code, and up to {LOGO_SHARE_MAX} % "
                      f"can be read; use {LOGO_SHARE_MAX} or less"))  # fmt: skip
        return None
    return int(value)


def _languages(
    query: Mapping[str, str], known: tuple[str, ...], wrong: list[tuple[str, str]]
) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(filter(None, query.get("lang", "").lower().split(","))))
    if len(asked) > LANGUAGES_MAX or not set(asked) <= set(known):
        wrong.append(("lang", f"must be one or two of {', '.join(known)}, with a comma between"))
        return ()
    return asked


def _number(
    query: Mapping[str, str],
    name: str,
    least: int,
    most: int,
    usual: int,
    wrong: list[tuple[str, str]],
) -> int:
    value = query.get(name, "").strip()
    if not value:
        return usual
    if not re.fullmatch(r"[0-9]{1,4}", value) or not least <= int(value) <= most:
        wrong.append((name, f"must be a whole number from {least} to {most}"))
        return usual
    return int(value)


def _words(query: Mapping[str, str], name: str, most: int, wrong: list[tuple[str, str]]) -> str:
    value = " ".join(query.get(name, "").split(" ")).strip()
    if len(value) > most:
        wrong.append((name, f"has {len(value)} characters, and may have {most}; shorten it"))
        return ""
    if not value.isprintable():
        wrong.append((name, "must be one line of text without control characters"))
        return ""
    return value


def _source(query: Mapping[str, str], wrong: list[tuple[str, str]]) -> str:
    value = query.get("source", "")
    if value and not SOURCE.fullmatch(value):
        wrong.append(("source", "must be the id of a source: letters, digits, - and _"))
        return ""
    return value
