"""Our extract of CLDR against Babel, language by language."""

from datetime import UTC, date, datetime

import pytest
from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from regulars.i18n import cldr, exponent, words

LANGUAGES = sorted(cldr.LANGUAGES)
CURRENCIES = ["EUR", "HUF", "PLN", "KZT", "USD", "GBP", "JPY", "CZK", "RON", "KWD", "CHF", "XYZ"]


def oracle(lang: str) -> Locale:
    return Locale.parse("en_GB" if lang == "en" else lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@given(n=st.integers(-(10**9), 10**9))
def test_numbers(lang: str, n: int) -> None:
    assert words(lang).number(n) == format_decimal(n, locale=oracle(lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_percent(lang: str) -> None:
    assert words(lang).percent(61) == format_percent(0.61, locale=oracle(lang))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("minor", [0, 1, 99, 100, 840, 84000, 84050, 123456789])
def test_money(lang: str, currency: str, minor: int) -> None:
    places = exponent(currency)
    whole = currency in cldr.WHOLE and minor % 10**places == 0
    shown = 0 if whole else places
    pattern = "#,##0" + ("." + "0" * shown if shown else "")
    digits = format_currency(
        minor / 10**places, currency, pattern, locale=oracle(lang), currency_digits=False
    )
    symbol = cldr.SYMBOLS.get(currency, currency)
    in_front = lang == "en" and not symbol[-1].isalpha()
    expected = symbol + digits if in_front else f"{digits}\u00a0{symbol}"
    assert words(lang).money(minor, currency) == expected


def test_money_as_people_know_it() -> None:
    sentence = [words("hu").money(84000, "HUF"), words("en").money(840, "EUR")]
    assert sentence == ["840\u00a0Ft", "€8.40"]
    assert words("pl").money(123456, "PLN") == "1\u00a0234,56\u00a0zł"
    assert words("kk").money(500000, "KZT") == "5\u00a0000\u00a0₸"
    assert words("en").money(-840, "USD") == "-$8.40"


@pytest.mark.parametrize(("currency", "places"), [("JPY", 0), ("EUR", 2), ("HUF", 2), ("KWD", 3)])
def test_minor_units_are_those_of_iso_4217(currency: str, places: int) -> None:
    assert exponent(currency) == places


@pytest.mark.parametrize("lang", LANGUAGES)
@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_dates(lang: str, day: date) -> None:
    locale = oracle(lang)
    assert words(lang).date(day) == format_date(day, "long", locale=locale)
    same = format_skeleton("MMMd", day, locale=locale)
    other = format_skeleton("yMMMd", day, locale=locale)
    assert words(lang).day(day, day) == same
    assert words(lang).day(day, day.replace(day=1, year=day.year + 1)) == other
    assert words(lang).weekday(day) == locale.days["format"]["wide"][day.weekday()]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plural_categories(lang: str) -> None:
    rule = oracle(lang).plural_form
    for n in (*range(250), 1000, 1001, 1_000_000):
        assert words(lang).category(n) == rule(n), n


@given(st.integers(-(10**7), 10**7), st.integers(0, 4))
def test_decimals_are_exact(scaled: int, places: int) -> None:
    text = words("en").decimal(scaled, places).replace(",", "")
    assert float(text) == pytest.approx(scaled / 10**places)
    assert not ("." in text and text.endswith("0"))


def test_an_instant_is_told_in_the_merchants_zone() -> None:
    now = datetime(2026, 11, 22, 7, 50, tzinfo=UTC)
    hu, en = words("hu"), words("en")
    zone = "Europe/Budapest"
    assert hu.when(datetime(2026, 11, 22, 7, 42, tzinfo=UTC), zone, now) == "ma 8:42"
    assert en.when(datetime(2026, 11, 22, 7, 42, tzinfo=UTC), zone, now) == "today 8:42"
    assert en.when(datetime(2026, 11, 20, 23, 30, tzinfo=UTC), zone, now) == "yesterday 0:30"
    assert hu.when(datetime(2026, 11, 19, 9, tzinfo=UTC), zone, now) == "nov. 19."
    assert en.when(datetime(2025, 11, 19, 9, tzinfo=UTC), zone, now) == "19 Nov 2025"
    assert hu.when(now, zone, now, capital=True) == "Ma 8:50"
    assert hu.when(datetime(2026, 11, 19, 9, tzinfo=UTC), zone, now, capital=True) == "nov. 19."
    assert hu.clock(now, "Asia/Almaty") == "12:50"


@pytest.mark.parametrize(
    ("day", "expected"), [(22, "today"), (21, "yesterday"), (20, "2 days ago"), (1, "21 days ago")]
)
def test_how_long_ago(day: int, expected: str) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    then = datetime(2026, 11, day, 12, tzinfo=UTC)
    assert words("en").ago(then, "Europe/Budapest", now) == expected


def test_long_ago_is_a_date() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert words("en").ago(datetime(2026, 9, 1, tzinfo=UTC), "UTC", now) == "1 Sept"
