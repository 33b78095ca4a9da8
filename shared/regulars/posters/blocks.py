"""The parts that pieces are made of: the code on its panel, the mark with the name, the promise,
the places of a card; and the poster, which has them all."""

from __future__ import annotations

from typing import NamedTuple

from regulars.posters import lettering
from regulars.posters.choices import Choices, refused
from regulars.posters.code import Code, drawn
from regulars.posters.content import Content, Wording
from regulars.posters.lettering import Block
from regulars.posters.shapes import Circle, Picture, Rect, Shape, Text
from regulars.render import colors

LEAST_TYPE = 2.3
"""The smallest type (mm): 6.5 points."""


class Draft(NamedTuple):
    """What a piece is drawn from: its size, what it says, and its code, `side` wide (mm)."""

    width: float
    height: float
    content: Content
    choices: Choices
    code: Code
    side: float
    color: str

    @property
    def quiet(self) -> float:
        """The free margin of the code (mm)."""
        return self.choices.quiet * self.side / self.code.across

    @property
    def panel(self) -> float:
        """The code with its margin (mm)."""
        return self.side + 2 * self.quiet

    @property
    def filled(self) -> bool:
        return self.choices.fill == "color"

    @property
    def ground(self) -> str:
        """What the type stands on."""
        return colors.palette(self.color)["brand"] if self.filled else colors.WHITE

    @property
    def on(self) -> str:
        """The color of type on the ground."""
        if self.filled:
            return colors.palette(self.color)["on"]
        return colors.away(self.color, colors.WHITE, colors.AA_TEXT + colors.MARGIN)

    @property
    def quieter(self) -> str:
        """The color of smaller type on the ground."""
        return colors.palette(self.color)["on-soft"] if self.filled else self.on


def whole(draft: Draft, color: str) -> Rect:
    """The ground of the whole piece, up to the end of the bleed."""
    bleed = draft.choices.bleed
    return Rect(-bleed, -bleed, draft.width + 2 * bleed, draft.height + 2 * bleed, color)


def code(draft: Draft, x: float, y: float, radius: float = 0.0) -> tuple[Shape, ...]:
    """The code on white with its margin, its upper left corner at (x, y), and its logo."""
    left, top, unit = x + draft.quiet, y + draft.quiet, draft.side / draft.code.across
    parts: list[Shape] = [Rect(x, y, draft.panel, draft.panel, colors.WHITE, radius)]
    parts += drawn(draft.code, draft.choices.style, left, top, draft.side, draft.color)
    if draft.code.logo:
        side = (draft.code.logo - 0.8) * unit
        middle = draft.side / 2 - side / 2
        parts += mark(draft.content, left + middle, top + middle, side, draft.color, colors.WHITE)
    return tuple(parts)


def mark(
    content: Content, x: float, y: float, side: float, ground: str, color: str
) -> tuple[Shape, ...]:
    """The shop's logo, or the first letter of its name, in a square."""
    if content.logo is not None:
        return (Picture(x, y, side, side, content.logo),)
    size = side * 0.62
    wide = lettering.width(content.initial, size, "bold")
    down = y + side / 2 + lettering.CAPITAL * size / 2
    return (
        Rect(x, y, side, side, ground, side * 0.26),
        Text(x + side / 2 - wide / 2, down, content.initial, size, "bold", color),
    )


def named(draft: Draft, x: float, y: float, side: float, wide: float) -> tuple[Shape, ...]:
    """The mark and the name beside it, in one line as long as it fits."""
    parts = list(mark(draft.content, x, y, side, draft.on, draft.ground))
    block = fitted_name(draft.content.name, wide - side * 1.4, side * 0.9, side * 0.46)
    if block:
        parts += block.texts(x + side * 1.4, y + side / 2 - block.height / 2, draft.on)
    return tuple(parts)


def fitted_name(name: str, wide: float, high: float, size: float) -> Block | None:
    """A name as a block; a long one is cut with an ellipsis, since it is on the card in full."""
    while name:
        block = lettering.fit(name, wide, high, "bold", size, max(LEAST_TYPE, size * 0.55))
        if block or len(name) < 3:
            return block
        name = name.rstrip("…")[:-1].rstrip() + "…"
    return None


def text(
    draft: Draft, path: str, words: str, box: tuple[float, float], largest: float,
    smallest: float, weight: str = "bold",
) -> Block:  # fmt: skip
    """A text as large as it fits a box (width, height); raises INVALID when it does not."""
    block = lettering.fit(words, *box, "bold" if weight == "bold" else "regular", largest,
                          max(LEAST_TYPE, smallest))  # fmt: skip
    if block is None:
        raise refused((path, f"does not fit on {draft.choices.layout}: shorten it, or make the "
                       "code smaller (size_mm)"))  # fmt: skip
    return block


def places(draft: Draft, x: float, y: float, wide: float, most: float) -> tuple[Shape, ...]:
    """The places of a card in rows, the last one full; none where a card has none."""
    count = draft.content.places
    if not count:
        return ()
    across = places_across(count)
    gap = 0.22
    size = min(most, wide / (across + gap * (across - 1)))
    line = max(0.3, size * 0.045)
    found: list[Shape] = []
    for at in range(count):
        row, column = divmod(at, across)
        centre = (x + size / 2 + column * size * (1 + gap), y + size / 2 + row * size * (1 + gap))
        last = at == count - 1
        found.append(Circle(*centre, size / 2 - line / 2, draft.on if last else None,
                            draft.on, line))  # fmt: skip
    return tuple(found)


def places_high(draft: Draft, wide: float, most: float) -> float:
    """How high the places of a card are (mm)."""
    count = draft.content.places
    if not count:
        return 0.0
    across = places_across(count)
    size = min(most, wide / (across + 0.22 * (across - 1)))
    rows = -(-count // across)
    return size * (rows + 0.22 * (rows - 1))


def places_across(count: int) -> int:
    """In how long rows so many places stand: up to ten in one, else in equal ones."""
    rows = -(-count // 10)
    return -(-count // rows)


def promise(
    draft: Draft, wording: tuple[Wording, ...], x: float, top: float, box: tuple[float, float],
    largest: float,
) -> tuple[Shape, ...]:  # fmt: skip
    """The promise in the first language, and below in a second one at a third of the size."""
    wide, high = box
    smallest = max(4.0, largest * 0.36)
    second = (
        wording[1].promise if len(wording) > 1 and wording[1].promise != wording[0].promise else ""
    )
    kept = min(high * 0.25, largest * 1.1) if second else 0.0
    first = text(draft, "text", wording[0].promise, (wide, high - kept), largest, smallest)
    parts = list(first.texts(x, top, draft.on))
    small = max(3.0, first.size / 3)
    block = second and lettering.fit(second, wide, kept * 0.8, "regular", small, LEAST_TYPE)
    if block:
        parts += block.texts(x, top + first.height + first.size * 0.55, draft.quieter)
    return tuple(parts)


def call(
    draft: Draft,
    wording: Wording,
    x: float,
    bottom: float,
    box: tuple[float, float],
    largest: float,
) -> tuple[Shape, ...]:
    """What to do, and a line below, ending at `bottom`; in type for the ground."""
    wide, high = box
    first = text(draft, "frame", wording.call, (wide, high * 0.6), largest, largest * 0.5)
    below = lettering.fit(
        wording.below, wide, high - first.height - largest, "regular", largest * 0.62, LEAST_TYPE
    )
    parts: list[Shape] = []
    at = bottom
    if below:
        at -= below.height
        parts += below.texts(x, at, draft.quieter)
        at -= largest * 0.75
    parts += first.texts(x, at - first.height, draft.on)
    return tuple(parts)


def poster(draft: Draft) -> tuple[Shape, ...]:
    """A4 and A5: everything in one column, the code at the lower edge."""
    wide, high = draft.width, draft.height
    margin = wide * 0.1
    inner = wide - 2 * margin
    parts: list[Shape] = [whole(draft, draft.ground)]
    if not draft.filled:
        parts.append(Rect(margin / 2, margin / 2, wide - margin, high - margin, None, margin / 3,
                          draft.on, wide * 0.0035))  # fmt: skip
    side = wide * 0.065
    parts += named(draft, margin, margin, side, inner)
    panel_top = high - margin - draft.panel
    top = margin + side + wide * 0.07
    disc = wide * 0.068
    between = places_high(draft, inner, disc)
    room = panel_top - top - between - wide * (0.13 if between else 0.07)
    parts += promise(draft, draft.content.wording, margin, top, (inner, room), wide * 0.138)
    parts += places(draft, margin, panel_top - between - wide * 0.055, inner, disc)
    parts += code(draft, margin, panel_top, wide * 0.02)
    left = margin + draft.panel + wide * 0.045
    parts += call(draft, draft.content.wording[0], left, high - margin - wide * 0.01,
                  (wide - margin - left, draft.panel * 0.85), wide * 0.046)  # fmt: skip
    return tuple(parts)
