"""The pictures of a shop: the icon of its card as an app, and what a shared link is shown with.

They are made of the drawings of the pages, in the shop's color. A pixel says how far it is from the
ground to what is drawn on it, so that pictures of different shops differ in their colors alone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import hypot

from regulars.render.brand import Brand
from regulars.render.colors import mix, palette
from regulars.render.layout import MOST_STAMPS, columns
from regulars.render.page import environment
from regulars.render.png import png
from regulars.render.strokes import FULL, coverage

ICON_SIZES = (180, 192, 512)
"""Pixels: of iOS, and those that an app of the web must have."""
WIDE, HIGH = 1200, 630
"""Pixels of a picture beside a link, as messengers show it."""
STROKE = 1.8
MARGIN = 0.06
"""The part of a stamp's place that stays free on each side."""


@lru_cache(maxsize=16)
def icon(brand: Brand, size: int) -> bytes:
    """The shop's drawing on its color, as a PNG file: a full square, which phones cut as they like;
    the drawing stands in the part that none of them cuts off."""
    inner = size * 14 // 25
    pixels = bytearray(size * size)
    _put(pixels, size, _drawing(brand.icon, inner), inner, (size - inner) // 2, (size - inner) // 2)
    return _file(brand, size, pixels)


@lru_cache(maxsize=8)
def card(brand: Brand, places: int) -> bytes:
    """A card with `places` stamps on the shop's color, as a PNG file of 1200 x 630; one large stamp
    where the card has no places (0), or too many to be seen."""
    shown = places if 0 < places <= MOST_STAMPS else 1
    in_row = columns(shown)
    rows = -(-shown // in_row)
    cell = min(1040 // in_row, 510 // rows, 330)
    left, top = (WIDE - cell * in_row) // 2, (HIGH - cell * rows) // 2
    pixels = bytearray(WIDE * HIGH)
    for place in range(shown):
        last = place == shown - 1 and shown > 1
        stamp = _stamp(_of_goal(brand) if last else brand.icon, cell)
        x, y = left + place % in_row * cell, top + place // in_row * cell
        _put(pixels, WIDE, stamp, cell, x, y)
    return _file(brand, WIDE, pixels)


def _of_goal(brand: Brand) -> str:
    goals: dict[str, str] = environment().get_template("icons.html").module.GOALS  # type: ignore[attr-defined]
    return goals[brand.icon]


@lru_cache(maxsize=16)
def _drawing(name: str, size: int) -> bytes:
    """How much of each pixel of a square one of the pages' drawings covers."""
    shapes: dict[str, str] = environment().get_template("icons.html").module.SHAPES  # type: ignore[attr-defined]
    (path,) = re.findall(r' d="([^"]+)"', shapes[name])
    thick = re.search(r'stroke-width="([\d.]+)"', shapes[name])
    return coverage(path, size, float(thick[1]) if thick else STROKE)


@lru_cache(maxsize=16)
def _stamp(name: str, size: int) -> bytes:
    """A full disc with a drawing left out of it."""
    inner, middle = size // 2, size / 2
    start, radius = (size - inner) // 2, size * (0.5 - MARGIN)
    drawing = _drawing(name, inner)
    pixels = bytearray(size * size)
    for y in range(size):
        for x in range(size):
            share = radius + 0.5 - hypot(x + 0.5 - middle, y + 0.5 - middle)
            if share > 0:
                pixels[y * size + x] = round(min(1.0, share) * FULL)
    for y in range(inner):
        for x in range(inner):
            pixels[(start + y) * size + start + x] -= drawing[y * inner + x]
    return bytes(pixels)


def _put(pixels: bytearray, width: int, part: bytes, size: int, x: int, y: int) -> None:
    """Put a square of `size` pixels onto a picture that is `width` pixels wide."""
    for row in range(size):
        at = (y + row) * width + x
        pixels[at : at + size] = part[row * size : (row + 1) * size]


def _file(brand: Brand, width: int, pixels: bytearray) -> bytes:
    colors = palette(brand.color)
    steps = [mix(colors["brand"], colors["on"], level / FULL) for level in range(FULL + 1)]
    return png(width, bytes(pixels), steps)
