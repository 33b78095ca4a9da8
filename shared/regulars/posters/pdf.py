"""A sheet as PDF at its printed size: vectors, the fonts embedded, trim and bleed boxes for print.

The same sheet is the same file, byte for byte.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import FILL_NON_ZERO, Canvas

from regulars.posters import lettering
from regulars.posters.shapes import (
    Circle,
    Gradient,
    Line,
    Path,
    Picture,
    Rect,
    Shape,
    Sheet,
    Text,
    Turned,
    marks,
)


def pdf(sheet: Sheet) -> bytes:
    """Return the file of a sheet: one page."""
    fonts()
    out, margin = BytesIO(), sheet.margin
    size = ((sheet.width + 2 * margin) * mm, (sheet.height + 2 * margin) * mm)
    canvas = Canvas(out, pagesize=size, invariant=1, pageCompression=1)
    canvas.setTitle(sheet.title)
    canvas.setTrimBox(_box(sheet, 0))
    canvas.setBleedBox(_box(sheet, sheet.bleed))
    # Down and to the right from the upper left corner of the cut sheet, as in the shapes.
    canvas.translate(margin * mm, (sheet.height + margin) * mm)
    canvas.saveState()
    clip = canvas.beginPath()
    bleed = sheet.bleed * mm
    clip.rect(-bleed, -sheet.height * mm - bleed, sheet.width * mm + 2 * bleed,
              sheet.height * mm + 2 * bleed)  # fmt: skip
    canvas.clipPath(clip, stroke=0, fill=0)
    for part in sheet.parts:
        _draw(canvas, part)
    canvas.restoreState()
    for mark in marks(sheet):
        _draw(canvas, mark)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


@cache
def fonts() -> None:
    """Make the fonts known to the library, once a process."""
    for weight, path in lettering.FILES.items():
        pdfmetrics.registerFont(TTFont(_font(weight), str(path)))


def _font(weight: str) -> str:
    return f"Inter-{weight.capitalize()}"


def _box(sheet: Sheet, beyond: float) -> tuple[float, float, float, float]:
    """The cut sheet on the page, and so much beyond it, by its corners."""
    low = (sheet.margin - beyond) * mm
    return (
        low,
        low,
        (sheet.width + sheet.margin + beyond) * mm,
        (sheet.height + sheet.margin + beyond) * mm,
    )


def _draw(canvas: Any, part: Shape) -> None:
    match part:
        case Rect():
            _ink(canvas, part)
            where = (part.x * mm, -(part.y + part.height) * mm, part.width * mm, part.height * mm)
            drawn = {"fill": int(bool(part.fill)), "stroke": int(bool(part.stroke))}
            if part.radius:
                canvas.roundRect(*where, part.radius * mm, **drawn)
            else:
                canvas.rect(*where, **drawn)
        case Circle():
            _ink(canvas, part)
            canvas.circle(
                part.x * mm, -part.y * mm, part.radius * mm,
                fill=int(bool(part.fill)), stroke=int(bool(part.stroke)),
            )  # fmt: skip
        case Line():
            canvas.setStrokeColor(HexColor(part.color))
            canvas.setLineWidth(part.width * mm)
            canvas.setDash([part.dash * mm] if part.dash else [])
            canvas.line(part.x1 * mm, -part.y1 * mm, part.x2 * mm, -part.y2 * mm)
        case Path():
            _path(canvas, part)
        case Text():
            _text(canvas, part)
        case Picture():
            canvas.drawImage(
                ImageReader(BytesIO(part.png)), part.x * mm, -(part.y + part.height) * mm,
                part.width * mm, part.height * mm, mask="auto",
            )  # fmt: skip
        case Turned():
            canvas.saveState()
            canvas.translate(part.x * mm, -part.y * mm)
            canvas.rotate(-part.degrees)
            canvas.translate(-part.x * mm, part.y * mm)
            for one in part.parts:
                _draw(canvas, one)
            canvas.restoreState()


def _ink(canvas: Any, part: Rect | Circle) -> None:
    if part.fill:
        canvas.setFillColor(HexColor(part.fill))
    if part.stroke:
        canvas.setStrokeColor(HexColor(part.stroke))
        canvas.setLineWidth(part.line * mm)
        canvas.setDash([])


def _path(canvas: Any, part: Path) -> None:
    path = canvas.beginPath()
    for letter, values in part.steps:
        points = [value * mm * (-1 if at % 2 else 1) for at, value in enumerate(values)]
        if letter == "M":
            path.moveTo(*points)
        elif letter == "L":
            path.lineTo(*points)
        elif letter == "C":
            path.curveTo(*points)
        else:
            path.close()
    if not isinstance(part.fill, Gradient):
        canvas.setFillColor(HexColor(part.fill))
        canvas.drawPath(path, fill=1, stroke=0, fillMode=FILL_NON_ZERO)
        return
    canvas.saveState()
    canvas.clipPath(path, stroke=0, fill=0, fillMode=FILL_NON_ZERO)
    ink = part.fill
    canvas.linearGradient(
        ink.x * mm, -ink.y * mm, (ink.x + ink.side) * mm, -(ink.y + ink.side) * mm,
        (HexColor(ink.start), HexColor(ink.end)), extend=True,
    )  # fmt: skip
    canvas.restoreState()


def _text(canvas: Any, part: Text) -> None:
    canvas.saveState()
    canvas.translate(part.x * mm, -part.y * mm)
    canvas.rotate(-part.turn)
    canvas.setFillColor(HexColor(part.color))
    line = canvas.beginText(0, 0)
    line.setFont(_font(part.weight), part.size * mm)
    line.setCharSpace(part.spacing * part.size * mm)
    line.textOut(part.text)
    canvas.drawText(line)
    canvas.restoreState()
