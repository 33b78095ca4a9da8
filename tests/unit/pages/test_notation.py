"""Money as people type it: what is shown is read back, what could be two sums is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.i18n import words
from regulars.pages.console.frame import notation

LANGUAGES = ("en", "hu", "pl", "kk")
CURRENCIES = ("EUR", "HUF", "PLN", "KZT", "JPY", "KWD")


@given(st.integers(0, 10**11), st.sampled_from(LANGUAGES), st.sampled_from(CURRENCIES))
def test_what_is_shown_is_read_back(minor: int, lang: str, currency: str) -> None:
    shown = words(lang).money(minor, currency)
    assert notation.read_money(words(lang), shown, currency) == minor


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("12", 1200), ("12,5", 1250), ("12.50", 1250), ("4 500", 450000), ("€ 8,40", 840),
        ("1.500,50", 150050), ("1,500.50", 150050), ("1.500.000", 150000000), ("12 EUR", 1200),
        ("", None), ("-5", None), ("1,2,3", None), ("12,345.6.7", None), ("4,50 zł", None),
        ("12,5000", None), ("twelve", None), ("١٢", None),
    ],
)  # fmt: skip
def test_euros_as_people_type_them(lang: str, typed: str, minor: int | None) -> None:
    assert notation.read_money(words(lang), typed, "EUR") == minor


@pytest.mark.parametrize(
    ("lang", "typed", "minor"),
    [
        ("en", "4,500", 450000), ("en", "4.500", None),
        ("hu", "4.500", 450000), ("hu", "4,500", None),
        ("pl", "4.500", 450000), ("kk", "4,500", None),
    ],
)  # fmt: skip
def test_three_figures_behind_the_decimal_sign_are_no_sum(
    lang: str, typed: str, minor: int | None
) -> None:
    assert notation.read_money(words(lang), typed, "EUR") == minor


@pytest.mark.parametrize(
    ("typed", "number"), [("12", 12), ("+3", 3), ("-3", -3), ("1 200", 1200), ("1.5", None),
                          ("", None), ("--3", None), ("٣", None)],
)  # fmt: skip
def test_whole_numbers(typed: str, number: int | None) -> None:
    assert notation.read_whole(typed) == number
