"""Makes a file of a poster: drawn, written, read again from its own picture, and then given."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from PIL.Image import Image

from regulars.posters import layouts, pdf, proof, svg
from regulars.posters.choices import Choices, refused
from regulars.posters.content import Content
from regulars.posters.shapes import Sheet
from regulars.render import colors

Ending = Literal["svg", "png", "pdf"]
MEDIA_TYPES: Final[dict[Ending, str]] = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
}


class Made(NamedTuple):
    """A file that was read: its bytes, and the sheet it shows."""

    data: bytes
    sheet: Sheet


def make(content: Content, choices: Choices, link: str, ending: Ending) -> Made:
    """Return the file that was chosen; raises INVALID when it cannot be printed or not be read."""
    sheet = layouts.sheet(content, choices, link)
    data, picture = _written(sheet, ending)
    if not proof.reads(picture, sheet, link):
        raise refused(_unread(choices))
    return Made(data, sheet)


def _written(sheet: Sheet, ending: Ending) -> tuple[bytes, Image]:
    """The file of a sheet, and its picture at the printed size."""
    if ending == "svg":
        data = svg.svg(sheet)
        return data, proof.of_svg(data)
    page = pdf.pdf(sheet)
    if ending == "pdf":
        return page, proof.of_pdf(page)
    data = proof.png_of(page)
    return data, proof.of_png(data)


def _unread(choices: Choices) -> tuple[str, str]:
    """What to change when a scanner does not read a code: what makes it hardest to read."""
    if choices.logo is not None:
        return "logo", "hides what a scanner needs: make it smaller, or leave it out (logo=off)"
    if choices.style != "solid":
        return "style", "a scanner does not read this code: use style=solid, or a larger size_mm"
    if choices.color and colors.contrast(choices.color, colors.WHITE) < colors.AA_TEXT:
        return "color", "a scanner does not read this code: use a darker color"
    return "size_mm", "a scanner does not read this code: make it larger"
