"""Names as they are spoken of."""

from __future__ import annotations

import pytest

from regulars.core.folding import folded, is_named


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Kovács Réka", "kovacs reka"), ("O’Brien-Żak", "obrien zak"), ("ŁUKASZ", "lukasz"),
     ("Weiß", "weiss"), ("  Ann\u200be  ", "ann e"), ("Íñigo", "inigo"), ("Ержан", "ержан"),
     ("ﬁona", "fiona"), ("李 小龍", "李 小龍")],
)  # fmt: skip
def test_letters_without_what_is_not_said(name: str, plain: str) -> None:
    assert folded(name) == plain


@pytest.mark.parametrize(
    ("asked", "found"),
    [("", True), ("reka kov", True), ("kov kov", False), ("kovacs nagy", False), ("--", False)],
)
def test_each_word_is_another_one_of_the_name(asked: str, found: bool) -> None:
    assert is_named("Kovács Réka", asked) is found
