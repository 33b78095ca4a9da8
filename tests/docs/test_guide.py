"""The owner's guide: the same chapters in four languages, short, with a picture for each page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
LANGUAGES = ("en", "hu", "pl", "kk")
WORDS_MAX = 1500
"""Ten pages with their pictures."""

BYTES_MAX = 60_000


def text(lang: str) -> str:
    return (GUIDE / f"{lang}.md").read_text("utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_short_and_has_every_chapter(lang: str) -> None:
    chapters = re.findall(r"^## (\d+)\.", text(lang), re.M)
    assert chapters == re.findall(r"^## (\d+)\.", text("en"), re.M)
    assert len(text(lang).split()) < WORDS_MAX


@pytest.mark.parametrize("lang", LANGUAGES)
def test_its_pictures_are_there_in_its_own_language(lang: str) -> None:
    shown = re.findall(r'src="([^"]+)"', text(lang))
    assert shown == [
        one.replace("-en.", f"-{lang}.") for one in re.findall(r'src="([^"]+)"', text("en"))
    ]
    for picture in shown:
        path = GUIDE / picture
        assert 5_000 < path.stat().st_size < BYTES_MAX, picture
    alt = re.findall(r'alt="([^"]*)"', text(lang))
    assert len(alt) == len(shown)
    assert all(alt)


def test_no_picture_lies_around() -> None:
    shown = {one for lang in LANGUAGES for one in re.findall(r'src="pictures/([^"]+)"', text(lang))}
    assert {path.name for path in (GUIDE / "pictures").glob("*.png")} == shown
