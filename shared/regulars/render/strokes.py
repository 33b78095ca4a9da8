"""Line drawings as the pages have them (SVG paths), in pixels.

A path is flattened into short straight pieces; a pixel is as dark as the stroke covers it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from math import atan2, ceil, cos, hypot, pi, radians, sin, sqrt

BOX = 24
"""The width and height of the square in which the paths are drawn."""
FULL = 15
"""The coverage of a pixel that the stroke covers whole."""
PIECES = 10
"""Into how many straight pieces a curve goes."""
ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "A": 7, "Z": 0}

Line = list[complex]
"""Points that follow one another; the imaginary part is the way down."""


def coverage(path: str, size: int, thick: float) -> bytes:
    """How much of each pixel of a square of `size` pixels a path covers, 0 to 15, row by row.

    `thick` is the width of the stroke, in units of the path.
    """
    covered, unit = bytearray(size * size), size / BOX
    half = thick * unit / 2
    for line in lines_of(path):
        points = [point * unit for point in line]
        for start, end in pairwise(points if len(points) > 1 else points * 2):
            _cover(covered, size, half, start, end)
    return bytes(covered)


def _cover(covered: bytearray, size: int, half: float, start: complex, end: complex) -> None:
    """Cover the pixels that are nearer than `half` to a straight piece."""
    way = end - start
    long = abs(way) ** 2 or 1.0
    reach = half + 1
    first_x = max(0, int(min(start.real, end.real) - reach))
    last_x = min(size, ceil(max(start.real, end.real) + reach))
    first_y = max(0, int(min(start.imag, end.imag) - reach))
    last_y = min(size, ceil(max(start.imag, end.imag) + reach))
    for y in range(first_y, last_y):
        down = y + 0.5 - start.imag
        for x in range(first_x, last_x):
            right = x + 0.5 - start.real
            part = min(1.0, max(0.0, (right * way.real + down * way.imag) / long))
            far = hypot(right - part * way.real, down - part * way.imag)
            share = min(1.0, half + 0.5 - far)
            if share > 0:
                at = y * size + x
                covered[at] = max(covered[at], round(share * FULL))


def lines_of(path: str) -> list[Line]:
    """Return the lines of a path. Raises ValueError for a command that our drawings do not use."""
    lines: list[Line] = []
    here, bend = 0j, 0j
    for command, given in _commands(path):
        kind = command.upper()
        origin = here if command.islower() else 0j
        if kind == "Z":
            lines[-1].append(lines[-1][0])
            here = lines[-1][0]
            continue
        if kind == "A":
            end = origin + complex(given[5], given[6])
            lines[-1] += _arc(here, given, end)
        elif kind in {"C", "S"}:
            points = [origin + complex(*given[at : at + 2]) for at in range(0, len(given), 2)]
            first = points[0] if kind == "C" else 2 * here - bend
            bend, end = points[-2:]
            lines[-1] += _curve(here, first, bend, end)
        else:
            end = _straight(kind, given, here, origin)
            lines.append([end]) if kind == "M" else lines[-1].append(end)
        here = end
        bend = bend if kind in {"C", "S"} else here
    return lines


def _commands(path: str) -> Iterator[tuple[str, list[float]]]:
    """The commands of a path with their numbers; one that is not repeated is written out."""
    for command, text in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        if command.upper() not in ARGUMENTS:
            raise ValueError(f"no command of our drawings: {command}")
        numbers = [float(one) for one in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", text)]
        many = ARGUMENTS[command.upper()]
        yield command, numbers[:many]
        following = {"M": "L", "m": "l"}.get(command, command)
        for at in range(many, len(numbers), many or 1):
            yield following, numbers[at : at + many]


def _straight(kind: str, given: list[float], here: complex, origin: complex) -> complex:
    """Where a straight line, or a move, ends."""
    if kind == "H":
        return complex(origin.real + given[0], here.imag)
    if kind == "V":
        return complex(here.real, origin.imag + given[0])
    return origin + complex(given[0], given[1])


def _curve(start: complex, first: complex, second: complex, end: complex) -> Line:
    """The points of a cubic curve after its start."""
    parts = [step / PIECES for step in range(1, PIECES + 1)]
    return [
        (1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * first + 3 * (1 - t) * t**2 * second
        + t**3 * end
        for t in parts
    ]  # fmt: skip


def _arc(start: complex, given: list[float], end: complex) -> Line:
    """The points of an arc of an ellipse after its start, by the formulas of SVG."""
    wide, high, turned = given[0], given[1], radians(given[2])
    turn = complex(cos(turned), sin(turned))
    half = (start - end) / 2 / turn
    grow = max(1.0, sqrt((half.real / wide) ** 2 + (half.imag / high) ** 2))
    wide, high = wide * grow, high * grow
    flat = (half.real / wide) ** 2 + (half.imag / high) ** 2
    far = sqrt(max(0.0, 1 / flat - 1)) if flat else 0.0
    far = -far if bool(given[3]) == bool(given[4]) else far
    middle = complex(far * wide * half.imag / high, -far * high * half.real / wide)
    one, other = ((side - middle) for side in (half, -half))
    first = atan2(one.imag / high, one.real / wide)
    sweep = atan2(other.imag / high, other.real / wide) - first
    if given[4] and sweep < 0:
        sweep += 2 * pi
    elif not given[4] and sweep > 0:
        sweep -= 2 * pi
    centre = middle * turn + (start + end) / 2
    angles = [first + sweep * step / PIECES for step in range(1, PIECES + 1)]
    return [centre + complex(wide * cos(a), high * sin(a)) * turn for a in angles]
