"""The types that the scripts of the pages are checked with say what the pages really have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from regulars.i18n import words
from regulars.pages.counter.screen.texts import setup
from tests.unit.pages.samples import STAFF

ROOT = Path(__file__).resolve().parents[2]


def source(name: str) -> str:
    """The text of the one file of this name in the package."""
    (path,) = (ROOT / "shared").rglob(name)
    return path.read_text("utf-8")


def members(interface: str, file: str = "counter.d.ts") -> set[str]:
    """The names in an interface of a file of types."""
    (body,) = re.findall(rf"^interface {interface} {{\n(.*?)^}}", source(file), re.M | re.S)
    return set(re.findall(r"^  (\w+)\??:", body, re.MULTILINE))


@pytest.mark.parametrize(
    ("interface", "file", "page"),
    [
        ("CardElements", "types.d.ts", "card.html"),
        ("CounterElements", "counter.d.ts", "screen.html"),
    ],
)
def test_every_element_is_on_its_page(interface: str, file: str, page: str) -> None:
    (folder,) = (path.parent for path in (ROOT / "shared").rglob(page))
    html = "".join(path.read_text("utf-8") for path in folder.glob("*.html"))
    ids = set(re.findall(r'\bid="(\w+)"', html))
    assert members(interface, file) - ids == set()


def test_what_the_counter_is_given_is_what_its_type_says() -> None:
    given = setup(STAFF, words("en"))
    texts = re.search(r"^type CounterText =(.*?);", source("counter.d.ts"), re.M | re.S)

    assert members("Setup") == set(given)
    assert texts is not None
    assert set(re.findall(r'"(\w+)"', texts.group(1))) == set(given["words"])
