"""A sheet of six round stickers of 80 mm: the code with its whole margin on a white disc, the words
around it."""

from __future__ import annotations

from math import cos, degrees, pi, sin

from regulars.posters import blocks, lettering
from regulars.posters.blocks import Draft
from regulars.posters.choices import refused
from regulars.posters.shapes import Circle, Shape, Text
from regulars.render import colors

RADIUS, DISC = 40.0, 29.5
"""Of a sticker, and of the white disc in it (mm)."""

LARGEST, SMALLEST = 6.2, 3.2
"""Of the type on the ring (mm)."""


def stickers(draft: Draft) -> tuple[Shape, ...]:
    """Two across and three down, to be cut along their edges."""
    if draft.panel / 2**0.5 > DISC:
        most = int(DISC * 2**0.5 * draft.side / draft.panel)
        raise refused(("size_mm", f"leaves the code no margin on a round sticker: at most {most}"))
    parts: list[Shape] = [blocks.whole(draft, colors.WHITE)]
    across, down = draft.width / 2, draft.height / 3
    for at in range(6):
        x, y = across * (at % 2 + 0.5), down * (at // 2 + 0.5)
        parts += _sticker(draft, x, y)
    return tuple(parts)


def _sticker(draft: Draft, x: float, y: float) -> tuple[Shape, ...]:
    bleed = draft.choices.bleed
    parts: list[Shape] = [Circle(x, y, RADIUS + min(bleed, 3), draft.ground)]
    parts.append(Circle(x, y, RADIUS - 0.1, None, draft.on if not draft.filled else None, 0.2))
    parts.append(Circle(x, y, DISC, colors.WHITE))
    parts += blocks.code(draft, x - draft.panel / 2, y - draft.panel / 2)
    wording = draft.content.wording
    words, below = wording[0].promise, wording[1].promise if len(wording) > 1 else wording[0].call
    size = _size(words, LARGEST)
    if size is None and not draft.choices.text:
        # What nobody has chosen gives way: the ring is short.
        words, below = wording[0].call, wording[1].call if len(wording) > 1 else ""
        size = _size(words, LARGEST)
    if size is None:
        path = "text" if draft.choices.text else "frame"
        raise refused((path, "does not fit around a sticker: shorten it"))
    parts += _around(draft, words, x, y, size, top=True)
    smaller = _size(below, size * 0.8) if below else None
    if smaller is not None:
        parts += _around(draft, below, x, y, smaller, top=False)
    return tuple(parts)


def _size(text: str, largest: float) -> float | None:
    """The size at which a text takes less than its half of the ring."""
    long = lettering.width(text, 1.0, "bold", 0.02)
    size = min(largest, 0.86 * pi * (RADIUS + DISC) / 2 / long)
    return size if size >= SMALLEST * 0.8 else None


def _around(
    draft: Draft, text: str, x: float, y: float, size: float, *, top: bool
) -> tuple[Text, ...]:
    """A text along the ring, upright at its middle."""
    middle = (RADIUS + DISC) / 2
    half = lettering.CAPITAL * size / 2
    radius = middle - half if top else middle + half
    at = -lettering.width(text, size, "bold", 0.02) / 2
    found: list[Text] = []
    for letter in text:
        wide = lettering.width(letter, size, "bold")
        turn = (at + wide / 2) / middle
        angle = turn if top else -turn
        # The left end of the letter's baseline, from the middle of the letter on the ring.
        out = radius if top else -radius
        px = x + out * sin(angle) - cos(angle) * wide / 2
        py = y - out * cos(angle) - sin(angle) * wide / 2
        found.append(Text(px, py, letter, size, "bold", draft.on, 0.0, degrees(angle)))
        at += wide + size * 0.02
    return tuple(found)
