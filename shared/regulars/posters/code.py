"""QR codes as shapes: modules in four styles, and a place for a logo that scanners can do without.

Pure: text and choices in, shapes out. Whether a scanner reads it is tried in `proof`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from regulars.posters.shapes import CIRCLE, Gradient, Path, Step
from regulars.render import qr
from regulars.render.colors import INK, mix

Style = Literal["solid", "rounded", "outline", "gradient"]
STYLES: Final[tuple[Style, ...]] = ("solid", "rounded", "outline", "gradient")

FINDER = 7
"""Modules of a finder: the squares in three corners stay square, scanners look for them."""

ROUND = 0.42
"""The radius of a rounded corner, in modules."""

HOLE = 0.34
"""The side of the hole in each module of the style `outline`, in modules."""

LOGO_MODULES_MAX = 9
LOGO_SHARE_MAX = 12
"""A logo covers at most so many modules across, and so much of the code (percent): tried with codes
that are blurred, turned and darkened."""


class Code(NamedTuple):
    """A code: its modules (True is dark), and how many modules across are kept for a logo."""

    modules: tuple[tuple[bool, ...], ...]
    logo: int

    @property
    def across(self) -> int:
        """How many modules a side has."""
        return len(self.modules)

    @property
    def share(self) -> int:
        """What the logo covers, in percent of the code."""
        return round(100 * self.logo**2 / self.across**2)


def code_of(text: str, style: Style, logo: int | None) -> Code:
    """Return the code of a text, with room for a logo of `logo` percent (None for no logo).

    Level M reads best where nothing is covered and modules are square; else level Q. The room is
    odd in modules, so that it is in the middle: the largest that covers no more than was asked.
    """
    level: Literal["m", "q"] = "m" if style in {"solid", "gradient"} and logo is None else "q"
    modules = qr.modules(text, level)
    if logo is None:
        return Code(modules, 0)
    across = len(modules)
    room = int((logo / 100) ** 0.5 * across)
    room -= 1 - room % 2
    low, high = (across - room) // 2, (across + room) // 2
    kept = tuple(
        tuple(dark and not (low <= x < high and low <= y < high) for x, dark in enumerate(row))
        for y, row in enumerate(modules)
    )
    return Code(kept, max(0, room))


def most_covered(across: int) -> int:
    """Return how much of a code of so many modules a logo may cover (percent)."""
    return min(LOGO_SHARE_MAX, 100 * LOGO_MODULES_MAX**2 // across**2)


def drawn(code: Code, style: Style, x: float, y: float, side: float, color: str) -> tuple[Path]:
    """Return a code as one path, its upper left module at (x, y), `side` wide without margin."""
    unit = side / code.across
    steps: list[Step] = []
    for loop in _contours(code.modules):
        rounded = style == "rounded" and not _of_finder(loop, code.across)
        steps += _rounded(loop) if rounded else _straight(loop)
    if style == "outline":
        steps += _holes(code)
    placed = tuple(
        (letter, tuple((x, y)[at % 2] + value * unit for at, value in enumerate(values)))
        for letter, values in steps
    )
    ink = Gradient(color, mix(color, INK, 0.7), x, y, side) if style == "gradient" else color
    return (Path(placed, ink),)


Point = tuple[int, int]


def _contours(modules: tuple[tuple[bool, ...], ...]) -> list[list[Point]]:
    """The edges of all dark areas as closed loops of corners; dark is on their right.

    One path for everything: modules that are drawn one by one show fine lines between them.
    """
    size = len(modules)

    def dark(x: int, y: int) -> bool:
        return 0 <= x < size and 0 <= y < size and modules[y][x]

    follow: dict[tuple[Point, Point], None] = {}
    for y in range(size):
        for x in range(size):
            if not modules[y][x]:
                continue
            if not dark(x, y - 1):
                follow[(x, y), (x + 1, y)] = None
            if not dark(x + 1, y):
                follow[(x + 1, y), (x + 1, y + 1)] = None
            if not dark(x, y + 1):
                follow[(x + 1, y + 1), (x, y + 1)] = None
            if not dark(x - 1, y):
                follow[(x, y + 1), (x, y)] = None
    loops: list[list[Point]] = []
    while follow:
        start, end = next(iter(follow))
        del follow[start, end]
        loop, before = [start], start
        while end != loop[0]:
            dx, dy = end[0] - before[0], end[1] - before[1]
            # Where two areas touch at a corner, each keeps to itself: turn right first.
            for ahead in ((-dy, dx), (dx, dy), (dy, -dx)):
                following = (end[0] + ahead[0], end[1] + ahead[1])
                if (end, following) in follow:
                    break
            del follow[end, following]
            if ahead != (dx, dy):
                loop.append(end)
            before, end = end, following
        loops.append(loop)
    return loops


def _of_finder(loop: list[Point], across: int) -> bool:
    near = across - FINDER
    return all(
        (x <= FINDER or x >= near) and (y <= FINDER or y >= near) and not (x >= near and y >= near)
        for x, y in loop
    )


def _straight(loop: Sequence[tuple[float, float]]) -> list[Step]:
    first, *others = loop
    return [("M", first), *(("L", point) for point in others), ("Z", ())]


def _rounded(loop: list[Point]) -> list[Step]:
    """A loop whose outer corners are round; inner ones stay, so that modules stay whole."""
    steps: list[Step] = []
    for at, (x, y) in enumerate(loop):
        (px, py), (nx, ny) = loop[at - 1], loop[(at + 1) % len(loop)]
        ix, iy = _sign(x - px), _sign(y - py)
        ox, oy = _sign(nx - x), _sign(ny - y)
        letter = "L" if steps else "M"
        if ix * oy - iy * ox <= 0:
            steps.append((letter, (x, y)))
            continue
        bend = ROUND * (1 - CIRCLE)
        steps.append((letter, (x - ix * ROUND, y - iy * ROUND)))
        steps.append(("C", (x - ix * bend, y - iy * bend, x + ox * bend, y + oy * bend,
                            x + ox * ROUND, y + oy * ROUND)))  # fmt: skip
    return [*steps, ("Z", ())]


def _holes(code: Code) -> list[Step]:
    """A small square the other way round in each module that is not of a finder."""
    steps: list[Step] = []
    near = code.across - FINDER
    for y, row in enumerate(code.modules):
        for x, dark in enumerate(row):
            of_finder = (x < FINDER or x >= near) and (y < FINDER or y >= near)
            if not dark or (of_finder and not (x >= near and y >= near)):
                continue
            low, high = (1 - HOLE) / 2, (1 + HOLE) / 2
            corners = [(x + low, y + low), (x + low, y + high), (x + high, y + high)]
            steps += _straight([*corners, (x + high, y + low)])
    return steps


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)
