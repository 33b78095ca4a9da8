"""The shop's pictures decode, in its colors, and say how many places a card has."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from regulars.render import pictures
from regulars.render.brand import Brand
from regulars.render.colors import palette
from regulars.render.strokes import coverage, lines_of

ICONS = ("cup", "scissors", "plate", "book", "bread", "drop", "paw", "gift")


def opened(body: bytes) -> Image.Image:
    """The picture of a file, read whole: a wrong check of a part is an error."""
    picture = Image.open(BytesIO(body))
    picture.verify()
    return Image.open(BytesIO(body)).convert("RGB")


def pixel(picture: Image.Image, x: int, y: int) -> str:
    red, green, blue = picture.getpixel((x, y))  # type: ignore[misc]
    return f"#{red:02x}{green:02x}{blue:02x}"


@pytest.mark.parametrize(
    ("icon", "size"), [*((icon, 192) for icon in ICONS), ("cup", 180), ("cup", 512)]
)
def test_an_icon_is_a_full_square_with_the_drawing_where_no_phone_cuts(
    icon: str, size: int
) -> None:
    colors = palette("#6b2436")
    picture = opened(pictures.icon(Brand("Shop", "#6b2436", icon), size))  # type: ignore[arg-type]
    assert picture.size == (size, size)
    drawn = [
        (x, y) for x in range(size) for y in range(size) if pixel(picture, x, y) != colors["brand"]
    ]
    assert colors["on"] in {pixel(picture, x, y) for x, y in drawn}
    assert len(drawn) > size * size // 50
    middle = size / 2
    furthest = max((x + 0.5 - middle) ** 2 + (y + 0.5 - middle) ** 2 for x, y in drawn) ** 0.5
    assert furthest < 0.4 * size, "phones show a circle of 80 % at least"


@pytest.mark.parametrize(("places", "discs"), [(0, 1), (1, 1), (5, 5), (10, 10), (30, 30), (31, 1)])
def test_the_picture_of_a_link_shows_every_place(places: int, discs: int) -> None:
    colors = palette("#1f4d3a")
    picture = opened(pictures.card(Brand("Shop", "#1f4d3a", "plate"), places))
    assert picture.size == (1200, 630)
    assert pixel(picture, 0, 0) == pixel(picture, 1199, 629) == colors["brand"]
    assert _islands(picture, colors["on"]) == discs


def _islands(picture: Image.Image, color: str) -> int:
    """How many discs there are: their left edges, at the height where no drawing cuts them."""
    edges = 0
    rows = [_row(picture, y, color) for y in range(630)]
    for top in (y for y in range(1, 630) if rows[y] and not rows[y - 1]):
        bottom = next(y for y in range(top, 630) if not rows[y])
        # A tenth below the top edge a disc is not yet cut by the drawing in it.
        line = rows[top + max(1, (bottom - top) // 10)]
        edges += sum(1 for x in line if x - 1 not in line)
    return edges


def _row(picture: Image.Image, y: int, color: str) -> set[int]:
    """Where a color is in a row."""
    wanted, row = bytes.fromhex(color[1:]), picture.crop((0, y, 1200, y + 1)).tobytes()
    return {x for x in range(1200) if row[3 * x : 3 * x + 3] == wanted}


def test_a_path_is_drawn_where_it_says() -> None:
    assert lines_of("M2 3h4v5z") == [[2 + 3j, 6 + 3j, 6 + 8j, 2 + 3j]]
    (arc,) = lines_of("M12 4a8 8 0 1 0 .1 0")
    assert all(abs(abs(point - (12.05 + 12j)) - 8) < 0.05 for point in arc)
    half = coverage("M0 12h24", 24, 2.0)
    assert [half[y * 24 + 12] for y in (10, 11, 12, 13)] == [0, 15, 15, 0]
    with pytest.raises(ValueError, match="no command of our drawings: Q"):
        lines_of("M0 0Q1 1 2 2")
