"""What is on a printed sheet: shapes in millimetres, from the upper left corner of the cut sheet.

The writers (`svg`, `pdf`) draw the same shapes; what a sheet holds is decided in `layouts`. Parts
are drawn in order, later ones over earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Weight = Literal["regular", "bold"]

CIRCLE = 0.5523
"""How far the handles of four curves stand out that are a circle of radius 1."""


class Gradient(NamedTuple):
    """From one color at the upper left to another at the lower right of a square."""

    start: str
    end: str
    x: float
    y: float
    side: float


Ink = str | Gradient
"""A color ("#7a3a1c"), or two that flow into each other."""


class Rect(NamedTuple):
    """A rectangle, filled, or with an edge of `line` mm, or both."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None
    radius: float = 0.0
    stroke: str | None = None
    line: float = 0.0


class Circle(NamedTuple):
    """A circle by its centre and radius, filled, or with an edge, or both."""

    x: float
    y: float
    radius: float
    fill: str | None
    stroke: str | None = None
    line: float = 0.0


class Line(NamedTuple):
    """A straight line; `dash` is how long its dashes are (0 for none)."""

    x1: float
    y1: float
    x2: float
    y2: float
    color: str
    width: float
    dash: float = 0.0


Step = tuple[str, tuple[float, ...]]
"""A step of a path: ("M", (x, y)), ("L", (x, y)), ("C", (x1, y1, x2, y2, x, y)), ("Z", ())."""


class Path(NamedTuple):
    """Closed lines, filled; what they surround the other way round stays free."""

    steps: tuple[Step, ...]
    fill: Ink


class Text(NamedTuple):
    """One line of text from its left end on its baseline; `size` is the height of the type (mm),
    `spacing` what is added behind each letter (in parts of the size), `turn` is in degrees, as a
    clock goes, around that point."""

    x: float
    y: float
    text: str
    size: float
    weight: Weight
    color: str
    spacing: float = 0.0
    turn: float = 0.0


class Picture(NamedTuple):
    """A picture of pixels (PNG), such as a logo that was uploaded."""

    x: float
    y: float
    width: float
    height: float
    png: bytes


class Turned(NamedTuple):
    """Shapes that are turned around a point, as a clock goes (degrees)."""

    x: float
    y: float
    degrees: float
    parts: tuple[Shape, ...]


Shape = Rect | Circle | Line | Path | Text | Picture | Turned


class Sheet(NamedTuple):
    """A printed sheet: its size after cutting, what is on it, and how many codes.

    `bleed` is how far the ground goes beyond the cut; with it there are crop marks. `module` is the
    width of the smallest dark square of a code (mm), `code` that of a code.
    """

    title: str
    width: float
    height: float
    parts: tuple[Shape, ...]
    bleed: float
    codes: int
    code: float
    module: float

    @property
    def margin(self) -> float:
        """What is around the cut sheet for bleed and marks (mm)."""
        return self.bleed + MARKS if self.bleed else 0.0


MARKS = 7.0
"""Room for crop marks beyond the bleed (mm)."""


def marks(sheet: Sheet) -> tuple[Line, ...]:
    """Return the crop marks of a sheet: two at each corner, which do not touch the bleed."""
    if not sheet.bleed:
        return ()
    near, far = sheet.bleed + 1, sheet.margin - 0.5
    found: list[Line] = []
    for x, out in ((0.0, -1), (sheet.width, 1)):
        for y, down in ((0.0, -1), (sheet.height, 1)):
            found.append(Line(x + out * near, y, x + out * far, y, "#000000", 0.1))
            found.append(Line(x, y + down * near, x, y + down * far, "#000000", 0.1))
    return tuple(found)


def texts(parts: Iterable[Shape]) -> list[Text]:
    """Return every line of text among shapes, in order."""
    found: list[Text] = []
    for part in parts:
        if isinstance(part, Text):
            found.append(part)
        elif isinstance(part, Turned):
            found.extend(texts(part.parts))
    return found
