"""QR codes as small inline SVG."""

from typing import Final

from markupsafe import Markup

MASK: Final = 2
"""Weighing all eight masks takes 8 ms for each code; what we encode is random, and any will do."""


QUIET: Final = 4
"""Modules of free margin that scanners need."""


def qr_picture(text: str) -> Markup:
    """`text` as a whole SVG picture: black on white with the margin that scanners need."""
    drawn, size = _drawn(text)
    whole = size + 2 * QUIET
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" width="{1}" height="{1}" '
        'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{0}v{0}h-{0}z"/>'
        '<path transform="translate({2} {2})" d="{3}"/></svg>'
    ).format(whole, whole * 8, QUIET, Markup(drawn))  # noqa: S704 - digits only


def qr_svg(text: str, label: str = "") -> Markup:
    """`text` as an SVG as one path without style; the white panel around it is its quiet zone.

    Error level H: on a cracked screen it is read most often (`bench/damaged_codes.py`). `label` is
    what a screen reader says; without one the picture is hidden from it (the typed code stands
    beside it).
    """
    drawn, size = _drawn(text)
    attributes = (
        Markup('role="img" aria-label="{}"').format(label) if label else 'aria-hidden="true"'
    )
    return Markup(
        '<svg class="qr" viewBox="0 0 {0} {0}" {1} shape-rendering="crispEdges">'
        '<path d="{2}"/></svg>'
    ).format(size, Markup(attributes), Markup(drawn))  # noqa: S704 - digits only


def modules(text: str, level: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of `text` at an error level ("l", "m", "q", "h"), True for dark; the mask
    is the one that scanners read best."""
    import segno

    matrix = segno.make(text, error=level, micro=False, boost_error=False).matrix
    return tuple(tuple(bool(module) for module in row) for row in matrix)


def _drawn(text: str) -> tuple[str, int]:
    """The dark modules of a code as one path, and how many modules wide it is."""
    import segno  # here, because join pages have no code to draw and start cold without it

    matrix = segno.make(text, error="h", micro=False, mask=MASK).matrix
    size = len(matrix)
    runs: list[str] = []
    for y, row in enumerate(matrix):
        x = 0
        while x < size:
            if not row[x]:
                x += 1
                continue
            start = x
            while x < size and row[x]:
                x += 1
            runs.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
    return "".join(runs), size
