"""Pictures as PNG files, of few colors, with nothing but the standard library."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PALETTE = 3
"""The kind of picture in which a pixel is the number of a color."""


def png(width: int, pixels: bytes, colors: Sequence[str]) -> bytes:
    """Return a PNG file. `pixels` are the numbers of colors ("#rrggbb", at most 256), row by row,
    `width` in each."""
    rows = (pixels[start : start + width] for start in range(0, len(pixels), width))
    head = struct.pack(">IIBBBBB", width, len(pixels) // width, 8, PALETTE, 0, 0, 0)
    return (
        SIGNATURE
        + _chunk(b"IHDR", head)
        + _chunk(b"PLTE", b"".join(bytes.fromhex(color[1:]) for color in colors))
        + _chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows), 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    """A part of the file: its length, name, body, and a check of name and body."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
