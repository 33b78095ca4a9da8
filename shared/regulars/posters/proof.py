"""Reads what was drawn, as a phone would: from its picture at the printed size, blurred and dark.

A file that is not read here is never given out.
"""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import resvg_py
import zxingcpp
from PIL import Image, ImageFilter

from regulars.posters.shapes import Sheet

DPI = 150
PNG_DPI = 300
"""Dots to the inch at which a picture is read, and at which one is given out."""

INCH = 25.4
BLUR = 0.25
"""How far a picture is blurred, in modules; one dot at least."""

DARK = 0.7
"""What is left of its light."""


def of_pdf(data: bytes, dpi: int = DPI) -> Image.Image:
    """Return the picture of the first page of a PDF, at its printed size."""
    document = pypdfium2.PdfDocument(data)
    try:
        picture: Image.Image = document[0].render(scale=dpi / 72).to_pil()
        return picture.convert("RGB")
    finally:
        document.close()


def of_svg(data: bytes) -> Image.Image:
    """Return the picture of an SVG, at its printed size."""
    png = resvg_py.svg_to_bytes(svg_string=data.decode(), dpi=DPI, skip_system_fonts=True)
    return Image.open(BytesIO(bytes(png))).convert("RGB")


def of_png(data: bytes) -> Image.Image:
    """Return the picture of a PNG of ours, at half its dots."""
    return Image.open(BytesIO(data)).convert("RGB").reduce(PNG_DPI // DPI)


def png_of(page: bytes) -> bytes:
    """Return a PDF of ours as a PNG."""
    out = BytesIO()
    of_pdf(page, PNG_DPI).save(out, "PNG", dpi=(PNG_DPI, PNG_DPI))
    return out.getvalue()


def reads(picture: Image.Image, sheet: Sheet, text: str) -> bool:
    """Return whether a scanner finds every code of a sheet in its blurred, darkened picture, each
    saying `text`."""
    blur = max(1.0, BLUR * sheet.module / INCH * DPI)
    seen = picture.convert("L").filter(ImageFilter.GaussianBlur(blur))
    seen = seen.point([round(light * DARK) for light in range(256)])
    found = zxingcpp.read_barcodes(
        seen, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return [code.text for code in found] == [text] * sheet.codes
