"""The printed pieces: what stands where, in millimetres. The same grid for each: mark, promise,
picture, code at the lower edge; nothing important within 5 mm of the cut.

Pure: content and choices in, a sheet out, or a refusal that says what to change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from regulars.posters import blocks, rounds, sides
from regulars.posters.blocks import Draft
from regulars.posters.choices import BLACK, Choices, LayoutName, readable, refused
from regulars.posters.code import code_of, most_covered
from regulars.posters.content import Content
from regulars.posters.shapes import Rect, Shape, Sheet
from regulars.render import colors


class Layout(NamedTuple):
    """A piece: its size after cutting, the usual and the largest width of its code (mm), how many
    codes it has, and what draws it."""

    width: float
    height: float
    usual: float
    largest: float
    codes: int
    draw: Callable[[Draft], tuple[Shape, ...]]


LAYOUTS: dict[LayoutName, Layout] = {
    "a4": Layout(210, 297, 80, 100, 1, blocks.poster),
    "a5": Layout(148, 210, 57, 70, 1, blocks.poster),
    "tent": Layout(100, 260, 43, 50, 2, sides.tent),
    "stickers": Layout(210, 297, 33, 34, 6, rounds.stickers),
    "display": Layout(148, 105, 56, 64, 1, sides.beside),
    "receipt": Layout(80, 42, 31, 31, 1, sides.strip),
    "window": Layout(120, 80, 40, 46, 1, sides.beside),
}


def sheet(content: Content, choices: Choices, link: str) -> Sheet:
    """Return the sheet that says what was chosen; `link` is what its codes say.

    Raises INVALID when it cannot be: a code or a logo that is too large, a text that does not fit.
    """
    code = code_of(link, choices.style, _covered(link, choices))
    color = _color(choices)
    if choices.layout == "code":
        side = choices.size_mm or 40.0
        unit = side / code.across
        whole = side + 2 * choices.quiet * unit
        draft = Draft(whole, whole, content, choices, code, side, color)
        ground = Rect(-choices.bleed, -choices.bleed, whole + 2 * choices.bleed,
                      whole + 2 * choices.bleed, colors.WHITE)  # fmt: skip
        parts: tuple[Shape, ...] = (ground, *blocks.code(draft, 0, 0))
        return Sheet(_title(content), whole, whole, parts, choices.bleed, 1, side, unit)
    layout = LAYOUTS[choices.layout]
    side = choices.size_mm or layout.usual
    largest = int(layout.largest)
    if side > largest:
        raise refused(("size_mm", f"is too large for {choices.layout}: at most {largest}"))
    draft = Draft(layout.width, layout.height, content, choices, code, side, color)
    return Sheet(
        _title(content), layout.width, layout.height, layout.draw(draft), choices.bleed,
        layout.codes, side, side / code.across,
    )  # fmt: skip


def _covered(link: str, choices: Choices) -> int | None:
    """How much of the code its logo covers; raises INVALID when it is too much for this code."""
    if choices.logo is None:
        return None
    most = most_covered(code_of(link, choices.style, 0).across)
    if choices.logo > most:
        raise refused(("logo", f"covers {choices.logo} % of this code, and up to {most} % can be "
                       f"read; use {most} or less"))  # fmt: skip
    return choices.logo or min(7, most)


def _color(choices: Choices) -> str:
    if choices.layout == "receipt":
        return BLACK  # a printer of receipts has no other
    return readable(choices.color or colors.INK)


def _title(content: Content) -> str:
    return content.name or "Regulars"
