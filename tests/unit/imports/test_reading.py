"""Files as spreadsheets write them: code pages, separators, quoted line ends, numbers, days."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.core.folding import folded
from regulars.domain.refusals import Refused
from regulars.imports import columns, reading, values
from regulars.imports.mistakes import SENTENCES
from tests.unit.domain.shop import make_program, unit, visit_rule

HUNGARIAN = "Név;E-mail;Pont\nSzűcs Ödön;odon@example.com;3\nTóth Győző;gy@example.com;4\n"
POLISH = "Imię;E-mail\nŁukasz Żak;l@example.com\nMałgorzata Dąbrowska;m@example.com\n"
FRENCH = "Nom;E-mail\nFrançoise Lefèvre;f@example.com\nZoë Bérénice;z@example.com\n"
GERMAN = "Name;E-Mail\nJörg Weiß;j@example.com\nÄnne Müller;m@example.com\n"
RUSSIAN = "Имя;Почта\nАнна Иванова;a@example.com\nДанияр Ким;d@example.com\n"

cells = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\"',;\t"), max_size=20
).map(lambda text: text.strip().replace("\r", ""))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize(
    "text", [HUNGARIAN, POLISH, FRENCH, RUSSIAN, "Аты;Пошта\nӘйгерім;a@b.kz\n"]
)
def test_unicode_is_read_with_and_without_a_mark(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    if encoding == "utf-16-le":
        data = b"\xff\xfe" + data
    assert reading.decoded(data) == text


@pytest.mark.parametrize(
    ("text", "page"),
    [(HUNGARIAN, "cp1250"), (POLISH, "cp1250"), (FRENCH, "cp1252"), (GERMAN, "cp1252"),
     (GERMAN, "cp1250"), (RUSSIAN, "cp1251")],
)  # fmt: skip
def test_code_pages_are_told_by_their_letters(text: str, page: str) -> None:
    assert reading.decoded(text.encode(page)) == text


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8),
       st.sampled_from(reading.SEPARATORS), st.sampled_from(["\n", "\r\n"]))  # fmt: skip
def test_what_a_program_writes_is_what_is_read(
    rows: list[list[str]], separator: str, ends: str
) -> None:
    """Any cells, with separators, quotation marks and line ends in them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=ends)
    writer.writerow(["name", "email", "phone"])
    wanted = []
    for row in rows:
        begins_in = 1 + sum(1 for _ in io.StringIO(text.getvalue(), newline=""))
        writer.writerow(row)
        if any(row):
            wanted.append((begins_in, tuple(row)))
    if not wanted:
        with pytest.raises(Refused):
            reading.sheet(text.getvalue().encode())
        return
    found = reading.sheet(text.getvalue().encode())
    assert found.headings == ("name", "email", "phone")
    assert list(found.rows) == wanted


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    try:
        found = reading.sheet(data)
    except Refused:
        return
    assert found.rows or found.breaks_off


def test_excel_says_its_separator_itself() -> None:
    found = reading.sheet(b"sep=;\nname;email\nA;a@example.com\n")
    assert (found.headings, found.rows) == (("name", "email"), ((3, ("A", "a@example.com")),))


def test_a_line_that_goes_over_several_counts_from_where_it_begins() -> None:
    found = reading.sheet(b'name,email\n"A\nB",a@example.com\nC,c@example.com\n')
    assert [line for line, _ in found.rows] == [2, 4]


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("1 250", 1250), ("1.250", 1250), ("1,250", 1250), ("1\u00a0250", 1250),
     ("1250,00", 1250), ("1.250,00", 1250), ("1'250", 1250), ("-3", -3), ("0", 0), ("1.5", None),
     ("12,5", None), ("a", None), ("", None), ("1.2.3", None), ("1e3", None), ("٣", 3)],
)  # fmt: skip
def test_whole_numbers(text: str, number: int | None) -> None:
    assert values.whole(text) == number


@pytest.mark.parametrize(
    ("text", "places", "minor"),
    [("12,50", 2, 1250), ("12.5", 2, 1250), ("1.250,00", 2, 125000), ("1,250.00", 2, 125000),
     ("€ 12", 2, 1200), ("12 500 Ft", 0, 12500), ("4 500,00", 0, 4500), ("12,50", 0, None),
     ("", 2, None), ("free", 2, None), ("-3,20 zł", 2, -320), ("1.2.3", 2, None)],
)  # fmt: skip
def test_sums_of_money(text: str, places: int, minor: int | None) -> None:
    assert values.minor(text, places) == minor


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-12-24", date(2026, 12, 24)), ("2026.12.24.", date(2026, 12, 24)),
     ("2026. 12. 24.", date(2026, 12, 24)), ("24.12.2026", date(2026, 12, 24)),
     ("24/12/2026", date(2026, 12, 24)), ("12/24/2026", date(2026, 12, 24)),
     ("3/4/2026", date(2026, 4, 3)), ("2026-12-24 10:30:00", date(2026, 12, 24)),
     ("2026-02-30", None), ("12.24.2026", None), ("24.12.26", None), ("x", None)],
)  # fmt: skip
def test_days(text: str, day: date | None) -> None:
    assert values.day(text) == day


@given(
    st.dates(date(1000, 1, 1)), st.sampled_from(["%Y-%m-%d", "%Y.%m.%d.", "%d.%m.%Y", "%d/%m/%Y"])
)
def test_days_in_every_notation(day: date, notation: str) -> None:
    assert values.day(day.strftime(notation)) == day


@pytest.mark.parametrize(
    ("text", "birthday"),
    [("05-21", "05-21"), ("21.05.", "05-21"), ("21/05", "05-21"), ("1990-05-21", "1990-05-21"),
     ("1990.05.21.", "1990-05-21"), ("02-29", "02-29"), ("13-01", None), ("May", None)],
)  # fmt: skip
def test_birthdays(text: str, birthday: str | None) -> None:
    assert values.birthday(text) == birthday


@pytest.mark.parametrize(
    ("headings", "ours"),
    [
        (("Customer ID", "First name", "Last name", "E-mail", "Mobile", "Date of birth", "Points"),
         ("external_id", "first_name", "last_name", "email", "phone", "birthday", "stamp")),
        (("Ügyfélszám", "Név", "E-mail cím", "Telefon", "Születési dátum", "Pont", "Hírlevél"),
         ("external_id", "name", "email", "phone", "birthday", "stamp", "consent_email")),
        (("Numer karty", "Imię i nazwisko", "Adres e-mail", "Telefon", "Urodziny", "Pieczątki",
          "Poziom"),
         ("external_id", "name", "email", "phone", "birthday", "stamp", "tier")),
        (("Номер карты", "ФИО", "Эл. почта", "Телефон", "Дата рождения", "Баллы", "Теги"),
         ("external_id", "name", "email", "phone", "birthday", "stamp", "tags")),
        (("Карта номері", "Толық аты", "Электрондық пошта", "Телефон нөмірі", "Туған күні", "Ұпай",
          "Деңгей"),
         ("external_id", "name", "email", "phone", "birthday", "stamp", "tier")),
    ],
)  # fmt: skip
def test_columns_are_guessed_in_the_languages_of_the_product(
    headings: tuple[str, ...], ours: tuple[str, ...]
) -> None:
    program = make_program(units=[unit("stamp", "stamps")], earn=[visit_rule()])
    guessed = columns.guess(headings, program)
    assert tuple(guessed.columns[one] for one in headings) == ours
    assert guessed.doubts == ()


def test_with_several_units_a_balance_is_nobody_s() -> None:
    program = make_program(
        units=[unit("stamp", "stamps"), unit("point", "points")], earn=[visit_rule()]
    )
    guessed = columns.guess(("email", "balance", "point"), program)
    assert guessed.columns == {"email": "email", "balance": "", "point": "point"}


@pytest.mark.parametrize(
    ("headings", "doubt"),
    [(("name", "shoes"), "key"), (("email", "mail"), "twice"), (("email", "x", "x"), "headings")],
)
def test_doubts(headings: tuple[str, ...], doubt: str) -> None:
    program = make_program(units=[unit("stamp", "stamps")], earn=[visit_rule()])
    assert doubt in columns.guess(headings, program).doubts


def test_no_heading_means_two_columns() -> None:
    names = [folded(name) for known in columns._CALLED.values() for name in known.split("|")]
    assert len(set(names)) == len(names)


def test_every_mistake_has_a_sentence_that_ends() -> None:
    assert all(text.endswith(".") for text in SENTENCES.values())
