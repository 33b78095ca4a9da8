"""The pictures of a pass: the stamps as the card draws them, the shop's logo and its drawing."""

from __future__ import annotations

import re
from functools import lru_cache

import resvg_py

from regulars.posters import uploads
from regulars.render.brand import Brand
from regulars.render.colors import WHITE, mix, palette
from regulars.render.layout import columns
from regulars.render.page import environment

STRIP = (375, 144)
"""Points of the band across a pass of Apple's."""
HERO = (1032, 336)
"""Pixels of the picture across a pass of Google's."""
LOGO = (160, 50)
"""Points of the shop's logo at most."""
BAND = 0.16
"""How much darker the band is than the pass."""
GAP = 0.16
"""The part of a stamp's place that stays free around it."""
TURNS = ((3, 1, -7), (4, 2, 9), (5, 3, -3), (7, 4, 13))
"""Which stamps stand askew, and by how much, as in the style sheet of the card; the last one that
fits counts."""


@lru_cache(maxsize=64)
def stamps(brand: Brand, have: int, places: int, size: tuple[int, int], scale: int) -> bytes:
    """The stamps of a card, `have` of `places` full, on a band in the shop's color: a PNG file of
    `scale` times `size`."""
    wide, high = size
    colors = palette(brand.color)
    on, ground = colors["on"], band(brand)
    in_row = columns(places)
    rows = -(-places // in_row)
    cell = min(wide * 0.94 / in_row, high * 0.92 / rows)
    left, top = (wide - cell * in_row) / 2, (high - cell * rows) / 2
    drawn = "".join(
        _stamp(
            brand, place, have, places,
            (left + (place - 1) % in_row * cell + cell / 2,
             top + (place - 1) // in_row * cell + cell / 2), cell, (on, colors["brand"], ground),
        )
        for place in range(1, places + 1)
    )  # fmt: skip
    return _png(wide, high, scale, f'<path fill="{ground}" d="M0 0H{wide}V{high}H0Z"/>{drawn}')


def band(brand: Brand) -> str:
    """The color of the band: the shop's, away from the color of the text."""
    colors = palette(brand.color)
    return mix(colors["brand"], "#000000" if colors["on"] == WHITE else WHITE, BAND)


@lru_cache(maxsize=16)
def mark(brand: Brand, scale: int) -> bytes:
    """The shop's drawing in the color of the text, on nothing, as a PNG file."""
    side = LOGO[1]
    return _png(side, side, scale, _drawing(brand.icon, side / 2, side / 2, side, _on(brand)))


def logo(png: bytes, scale: int) -> bytes:
    """The picture that a shop uploaded, as large as it may be on a pass."""
    return uploads.fitted(png, LOGO[0] * scale, LOGO[1] * scale)


def _on(brand: Brand) -> tuple[str, str]:
    colors = palette(brand.color)
    return colors["on"], colors["brand"]


def _stamp(
    brand: Brand, place: int, have: int, places: int, at: tuple[float, float], cell: float,
    inks: tuple[str, str, str],
) -> str:  # fmt: skip
    """One place: full, the reward at the end, or free."""
    on, color, ground = inks
    names = environment().get_template("icons.html").module
    radius = cell * (1 - GAP) / 2
    x, y = at
    is_full, is_goal = place <= have, place == places
    marks: dict[str, str] = names.GOALS if is_goal else names.MARKS  # type: ignore[attr-defined]
    if is_full:
        ring = f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" fill="{on}"/>'
    else:
        line, dashes = on, ""
        if not is_goal:
            line, dashes = mix(on, ground, 0.45), f' stroke-dasharray="{cell * 0.05:.2f}"'
        thick = cell * (0.04 if is_goal else 0.026)
        ring = (
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius - thick / 2:.2f}" fill="none" '
            f'stroke="{line}" stroke-width="{thick:.2f}"{dashes}/>'
        )
    if not (is_full or is_goal):
        return ring
    ink = (color, on) if is_full else (on, ground)
    turn = 0 if is_goal else _turn(place)
    part = 0.52 if is_goal else 0.46
    return ring + _drawing(marks[brand.icon], x, y, radius * 2 * part, ink, turn)


def _turn(place: int) -> int:
    turn = 0
    for every, rest, angle in TURNS:
        if place % every == rest:
            turn = angle
    return turn


def _drawing(
    name: str, x: float, y: float, side: float, ink: tuple[str, str], turn: int = 0
) -> str:
    """One of the pages' drawings around a point, in a color and that of its ground."""
    shapes: dict[str, str] = environment().get_template("icons.html").module.SHAPES  # type: ignore[attr-defined]
    shape = re.sub(r"var\(--ground,[^)]*\)", ink[1], shapes[name]).replace("currentColor", ink[0])
    return (
        f'<g transform="translate({x:.2f} {y:.2f}) rotate({turn}) scale({side / 24:.4f}) '
        f'translate(-12 -12)" fill="none" stroke="{ink[0]}" stroke-width="1.8" '
        f'stroke-linecap="round" stroke-linejoin="round">{shape}</g>'
    )


def _png(wide: int, high: int, scale: int, inside: str) -> bytes:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide * scale}" height="{high * scale}" '
        f'viewBox="0 0 {wide} {high}">{inside}</svg>'
    )
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))
