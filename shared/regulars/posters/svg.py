"""A sheet as SVG, in millimetres: letters as outlines, so that it looks the same everywhere."""

from __future__ import annotations

from base64 import b64encode
from html import escape

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


def svg(sheet: Sheet) -> bytes:
    """Return the file of a sheet."""
    writer = _Writer()
    printed = "".join(writer.shape(part) for part in sheet.parts)
    cuts = "".join(writer.shape(mark) for mark in marks(sheet))
    margin = sheet.margin
    wide, high = sheet.width + 2 * margin, sheet.height + 2 * margin
    # What goes beyond the bleed is not printed, and must not show around it.
    bleed = sheet.bleed
    ground = (
        f'<clipPath id="bleed"><path d="M{_n(-bleed)} {_n(-bleed)}H{_n(sheet.width + bleed)}'
        f'V{_n(sheet.height + bleed)}H{_n(-bleed)}Z"/></clipPath>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(wide)}mm" height="{_n(high)}mm" '
        f'viewBox="{_n(-margin)} {_n(-margin)} {_n(wide)} {_n(high)}">'
        f"<title>{escape(sheet.title)}</title><defs>{ground}{''.join(writer.defined.values())}"
        f'</defs><path fill="#fff" d="M{_n(-margin)} {_n(-margin)}h{_n(wide)}v{_n(high)}'
        f'h{_n(-wide)}z"/><g clip-path="url(#bleed)">{printed}</g>{cuts}</svg>'
    ).encode()


class _Writer:
    """Writes shapes; what is used more than once stands in `defined`, by its id."""

    def __init__(self) -> None:
        self.defined: dict[str, str] = {}

    def shape(self, part: Shape) -> str:
        match part:
            case Rect():
                return (
                    f'<rect x="{_n(part.x)}" y="{_n(part.y)}" width="{_n(part.width)}" '
                    f'height="{_n(part.height)}"{_radius(part.radius)}{_edge(part)}/>'
                )
            case Circle():
                return (
                    f'<circle cx="{_n(part.x)}" cy="{_n(part.y)}" r="{_n(part.radius)}"'
                    f"{_edge(part)}/>"
                )
            case Line():
                dash = f' stroke-dasharray="{_n(part.dash)}"' if part.dash else ""
                return (
                    f'<path d="M{_n(part.x1)} {_n(part.y1)}L{_n(part.x2)} {_n(part.y2)}" '
                    f'stroke="{part.color}" stroke-width="{_n(part.width)}"{dash}/>'
                )
            case Path():
                return f'<path fill="{self.ink(part)}" d="{_data(part)}"/>'
            case Text():
                return self.text(part)
            case Picture():
                return (
                    f'<image x="{_n(part.x)}" y="{_n(part.y)}" width="{_n(part.width)}" '
                    f'height="{_n(part.height)}" '
                    f'href="data:image/png;base64,{b64encode(part.png).decode()}"/>'
                )
            case Turned():
                inner = "".join(self.shape(one) for one in part.parts)
                where = f"{_n(part.degrees)} {_n(part.x)} {_n(part.y)}"
                return f'<g transform="rotate({where})">{inner}</g>'

    def ink(self, part: Path) -> str:
        if not isinstance(part.fill, Gradient):
            return part.fill
        name, ink = f"flow{len(self.defined)}", part.fill
        self.defined[name] = (
            f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="{_n(ink.x)}" '
            f'y1="{_n(ink.y)}" x2="{_n(ink.x + ink.side)}" y2="{_n(ink.y + ink.side)}">'
            f'<stop stop-color="{ink.start}"/><stop offset="1" stop-color="{ink.end}"/>'
            "</linearGradient>"
        )
        return f"url(#{name})"

    def text(self, part: Text) -> str:
        face = lettering.face(part.weight)
        scale = part.size / face.units
        at, uses = 0.0, []
        for letter in part.text:
            data = lettering.outline(letter, part.weight)
            if data:
                name = f"{part.weight[0]}{ord(letter):x}"
                self.defined[name] = f'<path id="{name}" d="{data}"/>'
                uses.append(f'<use href="#{name}" x="{at:.0f}"/>')
            at += face.widths[face.names[ord(letter)]] + part.spacing * face.units
        turn = f" rotate({_n(part.turn)})" if part.turn else ""
        return (
            f'<g fill="{part.color}" transform="translate({_n(part.x)} {_n(part.y)}){turn} '
            f'scale({scale:.6f} {-scale:.6f})">{"".join(uses)}</g>'
        )


def _edge(part: Rect | Circle) -> str:
    edge = f' stroke="{part.stroke}" stroke-width="{_n(part.line)}"' if part.stroke else ""
    return f' fill="{part.fill or "none"}"{edge}'


def _radius(radius: float) -> str:
    return f' rx="{_n(radius)}"' if radius else ""


def _data(part: Path) -> str:
    return "".join(
        letter + " ".join(_n(value) for value in values) for letter, values in part.steps
    )


def _n(value: float) -> str:
    """A number of millimetres, to the thousandth."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if value else "0"
