"""Pieces with the code beside or below the words: table tent, till display, window, receipt."""

from __future__ import annotations

from regulars.posters import blocks, lettering
from regulars.posters.blocks import Draft
from regulars.posters.choices import BLACK
from regulars.posters.content import Wording
from regulars.posters.shapes import Line, Rect, Shape, Text, Turned
from regulars.render import colors


def tent(draft: Draft) -> tuple[Shape, ...]:
    """Two sides of 100 x 130 mm, one language each; the upper one stands on its head, so that both
    are upright once the sheet is folded."""
    wide, high = draft.width, draft.height / 2
    wording = draft.content.wording
    first, second = wording[0], wording[-1]
    back = Turned(wide / 2, high / 2, 180, _side(draft, second, 0, high))
    fold = Line(0, high, wide, high, "#a39c90", 0.2, 2)
    return (blocks.whole(draft, colors.WHITE), *_side(draft, first, high, high), back, fold)


def _side(draft: Draft, wording: Wording, top: float, high: float) -> tuple[Shape, ...]:
    wide, margin, bleed = draft.width, 8.0, draft.choices.bleed
    inner = wide - 2 * margin
    upper = high - draft.panel - 17
    ground = Rect(-bleed, top, wide + 2 * bleed, upper, draft.ground)
    between = blocks.places_high(draft, inner, 9)
    parts: list[Shape] = [ground]
    parts += blocks.promise(
        draft, (wording,), margin, top + margin + 2, (inner, upper - between - margin * 2 - 6), 14
    )
    parts += blocks.places(draft, margin, top + upper - between - 6, inner, 9)
    if not draft.filled:
        parts.append(Line(margin, top + upper, wide - margin, top + upper, draft.on, 0.4))
    # The code's own margin lines it up with the words above.
    left, code_top = max(0.0, margin - draft.quiet) + 1, top + upper + 2
    parts += blocks.code(draft, left, code_top)
    x = left + draft.panel + 1
    on_white = colors.away(draft.color, colors.WHITE, colors.AA_TEXT)
    block = blocks.text(
        draft, "frame", wording.call, (wide - margin - x, draft.panel * 0.6), 6.5, 3.2
    )
    parts += block.texts(x, code_top + draft.panel / 2 - block.height / 2, on_white)
    name = blocks.fitted_name(draft.content.name, inner, 5, 3.4)
    if name:
        parts += name.texts(margin, top + high - 9.5, on_white)
    return tuple(parts)


def beside(draft: Draft) -> tuple[Shape, ...]:
    """Till display and window: words at the left, the code on white at the right, so that nothing
    behind the glass shows through it."""
    wide, high, bleed = draft.width, draft.height, draft.choices.bleed
    margin = high * 0.1
    right = draft.panel + margin * 1.2
    split = wide - right
    parts: list[Shape] = [
        blocks.whole(draft, colors.WHITE),
        Rect(-bleed, -bleed, split + bleed, high + 2 * bleed, draft.ground),
    ]
    if not draft.filled:
        parts.append(Line(split, margin, split, high - margin, draft.on, 0.4))
    inner = split - 2 * margin
    wording = draft.content.wording
    calls = high * 0.24
    parts += blocks.promise(
        draft,
        wording,
        margin,
        margin,
        (inner, high - 2 * margin - calls - margin * 0.5),
        high * 0.17,
    )
    parts += blocks.call(draft, wording[0], margin, high - margin, (inner, calls), high * 0.062)
    below = high * 0.11
    top = (high - draft.panel - below) / 2
    parts += blocks.code(draft, split + (right - draft.panel) / 2, max(0.0, top))
    on_white = colors.away(draft.color, colors.WHITE, colors.AA_TEXT)
    name = blocks.fitted_name(draft.content.name, right - margin, below, high * 0.052)
    if name:
        for line in name.texts(0, max(0.0, top) + draft.panel + 1, on_white):
            long = lettering.width(line.text, line.size, line.weight, line.spacing)
            parts.append(line._replace(x=split + right / 2 - long / 2))
    return tuple(parts)


def strip(draft: Draft) -> tuple[Shape, ...]:
    """The end of a receipt: black on white, no grounds and no fine lines."""
    wide, high = draft.width, draft.height
    top = (high - draft.panel) / 2
    x = draft.panel + 1
    wording = draft.content.wording
    box = (wide - x - 3, high * 0.5)
    first = blocks.text(draft, "text", wording[0].promise, box, 5, LEAST_HEADING)
    small = lettering.fit(
        wording[0].call, box[0], high * 0.25, "regular", 3, blocks.LEAST_TYPE
    ) or blocks.text(draft, "frame", wording[0].call, (box[0], high * 0.3), 2.6, blocks.LEAST_TYPE)
    whole = first.height + 4 + small.height
    start = (high - whole) / 2
    words: tuple[Text, ...] = (
        *first.texts(x, start, BLACK),
        *small.texts(x, start + first.height + 4, BLACK),
    )
    return (blocks.whole(draft, colors.WHITE), *blocks.code(draft, 0, top), *words)


LEAST_HEADING = 2.8
"""The smallest promise on a receipt (mm)."""
