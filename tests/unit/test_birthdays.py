"""Birthdays, however people type them."""

from __future__ import annotations

import pytest

from regulars.core.birthdays import read
from regulars.i18n.words import words


@pytest.mark.parametrize(
    ("typed", "language", "found"),
    [
        ("05-21", "en", "05-21"),
        ("05-06", "en", "05-06"),
        ("1990-05-21", "en", "1990-05-21"),
        ("21 5", "en", "05-21"),
        ("21.5.", "pl", "05-21"),
        ("21/05/1990", "en", "1990-05-21"),
        ("5/21", "en", "05-21"),
        ("6.5.", "en", "05-06"),
        ("5. 6.", "hu", "05-06"),
        ("1990. 05. 06.", "hu", "1990-05-06"),
        ("1990. május 21.", "hu", "1990-05-21"),
        ("Május 21", "hu", "05-21"),
        ("máj. 21.", "hu", "05-21"),
        ("21 maja", "pl", "05-21"),
        ("21 maja 1990 r.", "pl", "1990-05-21"),
        ("1 września", "pl", "09-01"),
        ("21 мамыр", "kk", "05-21"),
        ("May 21", "hu", "05-21"),
        ("May 21st, 1990", "en", "1990-05-21"),
        ("19900521", "en", "1990-05-21"),
        ("21051990", "pl", "1990-05-21"),
        ("29.2.", "pl", "02-29"),
        ("30.2.", "pl", "30.2."),
        ("13 13", "en", "13 13"),
        ("May", "en", "May"),
        ("1 2 3", "en", "1 2 3"),
        ("x", "en", "x"),
        ("", "en", ""),
    ],
)
def test_a_birthday_is_read_as_it_is_typed(typed: str, language: str, found: str) -> None:
    own, english = words(language).months(), words("en").months()
    months = [(*one, *other) for one, other in zip(own, english, strict=True)]
    assert read(typed, language, months) == found
