"""The type of print: how wide text is, how it breaks into lines, and the outlines of its letters.

The fonts in `fonts/` are Inter (SIL Open Font License, see `fonts/OFL.txt`), cut down to Latin,
Greek and Cyrillic with the letters of Kazakh, without hints and features:
`pyftsubset Inter_700Bold.ttf --unicodes=... --layout-features='' --no-hinting`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

from regulars.posters.shapes import Text, Weight

FILES = {weight: Path(__file__).parent / "fonts" / f"Inter-{weight.capitalize()}.ttf"
         for weight in ("regular", "bold")}  # fmt: skip

TIGHT = -0.028
"""What is between the letters of large type, in parts of its size."""


class Face(NamedTuple):
    """One weight of the font: units to its height, widths and names of its letters."""

    font: TTFont
    units: int
    widths: dict[str, int]
    names: dict[int, str]


class Block(NamedTuple):
    """Lines of one size (mm) that fit; `leading` is from baseline to baseline."""

    lines: tuple[str, ...]
    size: float
    weight: Weight
    leading: float

    @property
    def height(self) -> float:
        """From the top of the first capital to the last baseline."""
        return CAPITAL * self.size + self.leading * (len(self.lines) - 1)

    def texts(self, x: float, top: float, color: str) -> tuple[Text, ...]:
        """Return the lines as shapes, the top of their first capital at `top`."""
        first = top + CAPITAL * self.size
        return tuple(
            Text(x, first + at * self.leading, line, self.size, self.weight, color, spacing(self))
            for at, line in enumerate(self.lines)
        )


CAPITAL = 0.727
"""The height of a capital letter in parts of the size."""

LARGE = 5.0
"""From which size on type is set tight (mm)."""


def spacing(block: Block) -> float:
    """Return what is between the letters of a block: large type is set tight."""
    return TIGHT if block.size >= LARGE else 0.0


@lru_cache(maxsize=2)
def face(weight: Weight) -> Face:
    """Return one weight of the font."""
    font = TTFont(FILES[weight])
    names = dict(font.getBestCmap())
    widths = {name: width for name, (width, _) in font["hmtx"].metrics.items()}
    return Face(font, font["head"].unitsPerEm, widths, names)


def missing(text: str) -> str:
    """Return the letters of a text that the font does not hold."""
    names = face("regular").names
    return "".join(dict.fromkeys(letter for letter in text if ord(letter) not in names))


def width(text: str, size: float, weight: Weight, space: float = 0.0) -> float:
    """Return how wide a line is (mm)."""
    known = face(weight)
    units = sum(known.widths[known.names[ord(letter)]] for letter in text)
    return size * (units / known.units + space * max(0, len(text) - 1))


@lru_cache(maxsize=1024)
def outline(letter: str, weight: Weight) -> str:
    """Return the outline of a letter as the path data of SVG, in units of the font, y upwards."""
    known = face(weight)
    glyphs = known.font.getGlyphSet()
    pen = SVGPathPen(glyphs, ntos=lambda value: f"{value:g}")
    glyphs[known.names[ord(letter)]].draw(pen)
    return str(pen.getCommands())


def fit(
    text: str, wide: float, high: float, weight: Weight, largest: float, smallest: float
) -> Block | None:
    """Return a text in the largest type that fits a box (mm); None when the smallest does not."""
    size = largest
    while size >= smallest:
        block = _set(text, wide, weight, size)
        if block is not None and block.height <= high:
            return block
        size -= max(0.1, size * 0.03)
    return None


def _set(text: str, wide: float, weight: Weight, size: float) -> Block | None:
    """A text in lines of one size, as even as they can be; None when a word is too wide."""
    space = TIGHT if size >= LARGE else 0.0
    lines = _broken(text, wide, weight, size, space)
    if lines is None:
        return None
    low, narrow = 0.0, wide
    for _ in range(7):  # the narrowest box with as many lines
        middle = (low + narrow) / 2
        tried = _broken(text, middle, weight, size, space)
        if tried is not None and len(tried) == len(lines):
            lines, narrow = tried, middle
        else:
            low = middle
    return Block(lines, size, weight, size * (1.06 if size >= LARGE else 1.32))


def _broken(
    text: str, wide: float, weight: Weight, size: float, space: float
) -> tuple[str, ...] | None:
    """Break a text at its spaces, never at no-break spaces; None when a word is too wide."""
    lines: list[str] = []
    for word in text.split(" "):
        if width(word, size, weight, space) > wide:
            return None
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, weight, space) <= wide:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)
