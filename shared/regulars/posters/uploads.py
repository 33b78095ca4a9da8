"""Pictures that an owner uploads: read, made small, written again; and the colors in them.

What comes from outside is decoded once, here, and never given out as it came.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageOps

from regulars.domain.refusals import RefusalCode, Refused
from regulars.render import colors

UPLOAD_MAX = 2 * 1024 * 1024
"""Bytes of a picture that is sent."""

PIXELS_MAX = 24_000_000
"""Pixels of one: a phone's photo has twelve million. Looked at before anything is decoded."""

BYTES_MAX = 100 * 1024
SIDES = (512, 384, 256, 192, 128, 64)
SHADES = 256
COLORS_MAX = 5

FORMATS = ("PNG", "JPEG", "WEBP")


class Upload(NamedTuple):
    """A picture as it is kept: a PNG of at most 512 pixels a side and 100 KB, and the colors in it
    that can be read on white, the most frequent first."""

    png: bytes
    width: int
    height: int
    colors: tuple[str, ...]


def read(data: bytes) -> Upload:
    """Return a picture as it is kept; raises TOO_LARGE and INVALID for what cannot be one."""
    if len(data) > UPLOAD_MAX:
        raise Refused(RefusalCode.TOO_LARGE, f"A picture may have {UPLOAD_MAX // 1024**2} MB.")
    picture = _decoded(data)
    for side in SIDES:
        small = picture.copy()
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        for kept in (small, small.quantize(SHADES, Image.Quantize.FASTOCTREE)):
            out = BytesIO()
            kept.save(out, "PNG", optimize=True)
            if len(out.getvalue()) <= BYTES_MAX:
                return Upload(out.getvalue(), *small.size, _colors(small))
    raise _unreadable()


def fitted(png: bytes, wide: int, high: int) -> bytes:
    """Return a picture of ours as a PNG file that is at most so wide and so high."""
    picture = Image.open(BytesIO(png), formats=("PNG",)).convert("RGBA")
    small = ImageOps.contain(picture, (wide, high), Image.Resampling.LANCZOS)
    out = BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def _decoded(data: bytes) -> Image.Image:
    """The picture, upright and in full color; nothing is decoded that would be too large."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = Image.open(BytesIO(data), formats=FORMATS)
            wide, high = picture.size
            if wide * high > PIXELS_MAX:
                raise Refused(
                    RefusalCode.INVALID, "The picture is too large.",
                    (("", f"has {wide} x {high} pixels, and may have {PIXELS_MAX // 10**6} "
                      "million; make it smaller"),),
                )  # fmt: skip
            picture.load()
            return ImageOps.exif_transpose(picture).convert("RGBA")
    except Refused:
        raise
    except Exception as error:  # a decoder meets whatever somebody has made up
        raise _unreadable() from error


def _unreadable() -> Refused:
    return Refused(
        RefusalCode.INVALID, "The picture cannot be read.",
        (("", "must be a PNG, JPEG or WebP picture"),),
    )  # fmt: skip


def _colors(picture: Image.Image) -> tuple[str, ...]:
    """The most frequent colors that are neither white nor see-through, each moved until white text
    can be read on it."""
    tiny = picture.copy()
    tiny.thumbnail((64, 64))
    solid = Image.new("RGB", tiny.size, colors.WHITE)
    solid.paste(tiny, mask=tiny.getchannel("A"))
    few = solid.quantize(12, Image.Quantize.MEDIANCUT).convert("RGB")
    counted = sorted(few.getcolors(1 << 16) or [], key=lambda pair: -pair[0])
    found: dict[str, None] = {}
    for _, shade in counted:
        red, green, blue = shade if isinstance(shade, tuple) else (0, 0, 0)
        color = f"#{red:02x}{green:02x}{blue:02x}"
        if colors.contrast(color, colors.WHITE) >= NEAR_WHITE:
            found[colors.away(color, colors.WHITE, colors.AA_TEXT + colors.MARGIN)] = None
    return tuple(found)[:COLORS_MAX]


NEAR_WHITE = 1.3
"""Below this contrast to white a color is the paper of a logo, and not a color of it."""
