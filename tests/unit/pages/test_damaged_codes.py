"""The card's code on a cracked and dim screen."""

from __future__ import annotations

import re

import zxingcpp
from PIL import Image

from bench.damaged_codes import URL, damaged, drawn, read
from regulars.render.qr import qr_svg

PICTURES = 40


def test_the_level_of_our_codes_reads_best_on_damaged_pictures() -> None:
    counts = {level: read(level, 0.03, PICTURES) for level in ("m", "h")}
    assert counts["h"] >= 1.4 * counts["m"], counts


def test_the_page_draws_that_level() -> None:
    (size,) = map(int, re.findall(r'viewBox="0 0 (\d+)', qr_svg(URL)))
    picture = Image.new("L", (size + 8, size + 8), 255)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)", qr_svg(URL)):
        for step in range(int(width)):
            picture.putpixel((int(x) + 4 + step, int(y) + 4), 0)
    (found,) = zxingcpp.read_barcodes(picture.resize((8 * picture.width, 8 * picture.width)))
    assert (found.text, found.ec_level) == (URL, "H")


def test_a_whole_code_is_read_and_a_destroyed_one_is_not() -> None:
    """So that the damage is what makes the difference."""
    assert read("m", 0.0, 5) == 5
    assert zxingcpp.read_barcodes(damaged(drawn("h"), 1, 0.5)) == []
