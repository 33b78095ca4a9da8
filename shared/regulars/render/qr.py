"""QR codes as small inline SVG."""

from typing import Final

from markupsafe import Markup

MASK: Final = 2
"""Weighing all eight masks takes 8 ms for each code; what we encode is random, and any will do."""


def qr_svg(text: str, label: str = "") -> Markup:
    """`text` as an SVG as one path without style; the white panel around it is its quiet zone.

    Error level H: on a cracked screen it is read most often (`bench/damaged_codes.py`). `label` is
    what a screen reader says; without one the picture is hidden from it (the typed code stands
    beside it).
    """
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
    attributes = (
        Markup('role="img" aria-label="{}"').format(label) if label else 'aria-hidden="true"'
    )
    return Markup(
        '<svg class="qr" viewBox="0 0 {0} {0}" {1} shape-rendering="crispEdges">'
        '<path d="{2}"/></svg>'
    ).format(size, Markup(attributes), Markup("".join(runs)))  # noqa: S704 - digits only
