"""The merchant's color, corrected until text on it and made of it passes WCAG AA.

Luminance is a float computation of the standard; nothing here touches a balance.
"""

import re

PAPER = "#faf7f2"
INK = "#1d1b16"
WHITE = "#ffffff"
COUNTER = "#16150f"
NIGHT = "#211f19"
"""What a mail is written on where the reader has chosen dark colors."""
FALLBACK = "#7a3a1c"
AA_TEXT = 4.5
MARGIN = 0.1
"""Aim a little above the limit, so that rounding to 8 bits never falls below it."""


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two "#rrggbb" colors, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def palette(color: str) -> dict[str, str]:
    """Custom properties for a merchant's color (anything that is not "#rrggbb" gets ours).

    `brand` the card and the main button, `on` text on it, `on-soft` quieter text on it,
    `faint` the empty part of a bar on it, `faint-line` and `veil` the edge and the ground of an
    open place, `tint` a pale ground on white,
    `mark` bars, links and text made of it on paper,
    `lamp` the same main button on the dark counter screen, and `on-lamp`,
    `night` button and links of a mail in dark colors.
    """
    base = color.lower() if re.fullmatch(r"#[0-9a-fA-F]{6}", color) else FALLBACK
    text = WHITE if contrast(base, WHITE) >= contrast(base, INK) else INK
    brand = away(base, text, AA_TEXT + MARGIN)
    lamp = _lifted(base, COUNTER, 3.1)
    on_lamp = WHITE if contrast(lamp, WHITE) >= contrast(lamp, INK) else INK
    lamp = away(lamp, on_lamp, AA_TEXT + MARGIN)
    return {
        "brand": brand,
        "on": text,
        "on-soft": _towards(text, brand),
        "faint": mix(text, brand, 0.7),
        "faint-line": mix(text, brand, 0.5),
        "veil": mix(text, brand, 0.78),
        "tint": mix(base, WHITE, 0.88),
        "mark": away(base, PAPER, AA_TEXT + MARGIN),
        "lamp": lamp,
        "on-lamp": on_lamp,
        "night": away(base, NIGHT, AA_TEXT + MARGIN),
    }


def mix(one: str, other: str, share: float) -> str:
    """`one` with `share` (0 to 1) of `other` in it."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def away(color: str, ground: str, ratio: float) -> str:
    """Return `color` moved to black or white, away from `ground`, until it has the contrast."""
    end = "#000000" if _luminance(ground) > 0.18 else WHITE
    for step in range(101):
        moved = mix(color, end, step / 100)
        if contrast(moved, ground) >= ratio:
            return moved
    return end


def _lifted(color: str, ground: str, ratio: float) -> str:
    """`color` made brighter, its hue kept, until it has the contrast to a dark ground; what is too
    dark to have a hue goes towards white."""
    for step in range(100, 401, 2):
        brighter = (min(255, round(channel * step / 100)) for channel in _channels(color))
        lifted = "#" + "".join(f"{channel:02x}" for channel in brighter)
        if contrast(lifted, ground) >= ratio:
            return lifted
    return away(color, ground, ratio)


def _towards(text: str, ground: str) -> str:
    """`text` as quiet as it can be on `ground`, at most a quarter mixed in, and still readable."""
    for step in range(25, -1, -1):
        mixed = mix(text, ground, step / 100)
        if contrast(mixed, ground) >= AA_TEXT:
            return mixed
    return text


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(color))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
