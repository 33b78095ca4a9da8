"""Names as their language writes them."""

from __future__ import annotations

import pytest

from regulars.domain.names import given, shown


@pytest.mark.parametrize(
    ("name", "language", "first", "for_others"),
    [
        ("", "en", "", ""),
        ("  ", "hu", "", ""),
        ("Anna", "en", "Anna", "Anna"),
        ("Anna", "hu", "Anna", "Anna"),
        ("Anna Kovács", "en", "Anna", "Anna K."),
        ("Kovács Anna", "hu", "Anna", "Anna K."),
        ("Kovács Anna Mária", "hu", "Anna", "Anna K."),
        ("Nagyné Szabó Boglárka", "hu", "Boglárka", "Boglárka N."),
        ("Dr. Kovács Anna", "hu", "Anna", "Anna K."),
        ("dr Anna Kowalska", "pl", "Anna", "Anna K."),
        ("Kowalska, Anna", "pl", "Anna", "Anna K."),
        ("Kovács, Anna", "en", "Anna", "Anna K."),
        ("山田 太郎", "ja", "太郎", "太郎 山."),
        ("Гүлбаршын Сейфуллина", "kk", "Гүлбаршын", "Гүлбаршын С."),
        ("  anna  maria  kovács ", "en", "anna", "anna K."),
        ("Ádám Őri", "en", "Ádám", "Ádám Ő."),
        ("Wolfeschlegelsteinhausenbergerdorff Ute", "de", "Wolfeschlegelsteinhausenbergerdorff",
         "Wolfeschlegelsteinhausen U."),
        ("Dr.", "en", "Dr.", "Dr."),
        (",", "en", ",", ","),
    ],
)  # fmt: skip
def test_others_see_a_given_name_and_an_initial(
    name: str, language: str, first: str, for_others: str
) -> None:
    assert given(name, language) == first
    assert shown(name, language) == for_others


@pytest.mark.parametrize("title", ["Dr", "dr.", "Prof.", "ifj.", "id.", "özv.", "Mr", "Mrs.", "MS"])
def test_a_title_is_no_part_of_a_name(title: str) -> None:
    assert shown(f"{title} Kovács Anna", "hu") == "Anna K."
    assert shown(f"{title} Anna Kovács", "en") == "Anna K."


@pytest.mark.parametrize("language", ["hu", "hu-HU", "ja", "ko", "vi", "zh", "zh-TW"])
def test_the_family_name_comes_first(language: str) -> None:
    assert shown("Kovács Anna", language) == "Anna K."
    assert shown("Anna Kovács", "en-GB") == "Anna K."
