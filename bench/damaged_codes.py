"""Which error level reads best on a cracked or dim screen: codes drawn, damaged, and read again.

A card's code is drawn as the page draws it, 150 CSS pixels wide on a phone that has three pixels
for each. Then cracks run over it, spots lie on it, it is dimmed and blurred; the same damage for
each level. Run `python -m bench.damaged_codes`; it prints how many of the pictures are read.
"""

from __future__ import annotations

import random

import segno
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from regulars.render.qr import MASK

URL = "https://cards.example.com/s/7F3KQ9AB"
WIDTH = 450
QUIET = 60
LEVELS = ("l", "m", "q", "h")


def drawn(level: str, text: str = URL) -> Image.Image:
    """The code as it is on the screen, with its quiet zone, in grey values."""
    rows = segno.make(text, error=level, micro=False, boost_error=False, mask=MASK).matrix
    small = Image.new("L", (len(rows), len(rows)), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                small.putpixel((x, y), 29)
    picture = Image.new("L", (WIDTH + 2 * QUIET, WIDTH + 2 * QUIET), 255)
    picture.paste(small.resize((WIDTH, WIDTH), Image.Resampling.NEAREST), (QUIET, QUIET))
    return picture


def damaged(picture: Image.Image, seed: int, share: float) -> Image.Image:
    """The picture with cracks and spots over about this share of it, dimmed and out of focus."""
    draw, dice = ImageDraw.Draw(picture), random.Random(seed)  # noqa: S311 - repeatable, no secret
    side, lost = picture.width, share * picture.width**2
    start = dice.uniform(0, side), dice.uniform(0, side)
    while lost > 0:
        end = dice.uniform(0, side), dice.uniform(0, side)
        width = dice.randint(3, 9)
        draw.line((start, end), fill=dice.choice((20, 235)), width=width)
        lost -= width * ((start[0] - end[0]) ** 2 + (start[1] - end[1]) ** 2) ** 0.5
        x, y, r = dice.uniform(0, side), dice.uniform(0, side), dice.uniform(4, 16)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=dice.choice((20, 235)))
        lost -= 3.14 * r * r
    dim = picture.point(lambda value: 40 + value * 0.35)
    return dim.filter(ImageFilter.GaussianBlur(1.4)).rotate(dice.uniform(-8, 8), fillcolor=129)


def read(level: str, share: float, pictures: int) -> int:
    """How many of so many damaged pictures are read right."""
    found = 0
    for seed in range(pictures):
        codes = zxingcpp.read_barcodes(damaged(drawn(level), seed, share))
        found += any(code.text == URL for code in codes)
    return found


def main() -> None:
    """Print a table."""
    print("share lost " + "".join(f"{level:>6}" for level in LEVELS))
    for share in (0.0, 0.03, 0.056, 0.08):
        row = [read(level, share, 60) for level in LEVELS]
        print(f"{share:>9.1%}  " + "".join(f"{count:>6}" for count in row))


if __name__ == "__main__":
    main()
