"""Numbers, money and dates written the way a language writes them, after CLDR.

Pure functions of a `Formats` record; `cldr.py` holds one record per language.
"""

import re
from datetime import date, datetime
from typing import NamedTuple

from regulars.i18n import cldr

MINUS = "−"
SPACE = "\u00a0"

_ISOLATE, _END = "\u2068", "\u2069"
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


class Formats(NamedTuple):
    """How one language writes things; patterns are CLDR date patterns."""

    name: str
    decimal: str
    group: str
    money: str
    percent: str
    day: str
    day_year: str
    day_long: str
    time: str
    months: tuple[str, ...]
    months_long: tuple[str, ...]
    weekdays: tuple[str, ...]
    categories: tuple[str, ...]
    samples: tuple[int, ...]
    plural: str


def formats(lang: str) -> Formats:
    """The record of `lang`; English for a language without one."""
    return Formats(**cldr.LANGUAGES.get(lang, cldr.LANGUAGES["en"]))


def exponent(currency: str) -> int:
    """How many decimal places the minor unit of an ISO 4217 currency stands for (EUR 2, JPY 0)."""
    return cldr.EXPONENTS.get(currency, 2)


def number(value: int, form: Formats) -> str:
    """An integer with the language's grouping: 42 000, 42,000."""
    sign = "-" if value < 0 else ""
    return sign + f"{abs(value):,}".replace(",", form.group)


def decimal(scaled: int, places: int, form: Formats) -> str:
    """`scaled` / 10**`places` without useless zeros, exactly."""
    whole, rest = divmod(abs(scaled), 10**places)
    tail = f"{rest:0{places}d}".rstrip("0") if rest else ""
    sign = "-" if scaled < 0 else ""
    return sign + number(whole, form) + (form.decimal + tail if tail else "")


def money(minor: int, currency: str, form: Formats) -> str:
    """`minor` units of `currency` with its narrow symbol: 840 Ft, €8.40.

    Decimals that are zero are left out where people do not use them (HUF, CZK, KZT ...).
    """
    places = exponent(currency)
    whole, rest = divmod(abs(minor), 10**places)
    digits = f"{whole:,}".replace(",", form.group)
    if places and (rest or currency not in cldr.WHOLE):
        digits += f"{form.decimal}{rest:0{places}d}"
    symbol = cldr.SYMBOLS.get(currency, currency)
    pattern = form.money
    if pattern.startswith("¤0") and symbol[-1].isalpha():
        # "Ft840" cannot be read. Behind the digits is where people write such symbols at home.
        pattern = f"0{SPACE}¤"
    return ("-" if minor < 0 else "") + pattern.replace("¤", symbol).replace("0", digits, 1)


def symbol(currency: str) -> str:
    """The narrow symbol of a currency, or its code."""
    return cldr.SYMBOLS.get(currency, currency)


def percent(value: int, form: Formats) -> str:
    """A whole percentage: 61%."""
    return form.percent.replace("0", number(value, form))


def clock(moment: datetime, form: Formats) -> str:
    """The time of day of an aware, already local `moment`: 8:42."""
    return _pattern(form.time, moment, moment.hour, moment.minute, form)


def day(value: date, pattern: str, form: Formats) -> str:
    """A date by one of the patterns of `form`."""
    return _pattern(pattern, value, 0, 0, form)


def _pattern(pattern: str, value: date, hour: int, minute: int, form: Formats) -> str:
    """Fill a CLDR pattern: the few letters our patterns use, and 'quoted' text."""
    fields = {
        "d": str(value.day),
        "dd": f"{value.day:02d}",
        "MMM": form.months[value.month - 1],
        "MMMM": form.months_long[value.month - 1],
        "y": str(value.year),
        "H": str(hour),
        "HH": f"{hour:02d}",
        "mm": f"{minute:02d}",
    }
    out: list[str] = []
    for place, text in enumerate(pattern.split("'")):
        if place % 2:
            out.append(text)
            continue
        start = 0
        while start < len(text):
            end = start + 1
            while end < len(text) and text[end] == text[start]:
                end += 1
            run = text[start:end]
            out.append(fields[run] if run[0].isalpha() and run.isascii() else run)
            start = end
    return "".join(out)


def apart(text: str) -> str:
    """Return text that can stand inside of a sentence: one that runs from right to left is isolated
    (UAX 9, FSI and PDI), else the figures behind it would be shown before it."""
    if text.isascii() or text.startswith(_ISOLATE) or not _RIGHT_TO_LEFT.search(text):
        return text
    return type(text)(f"{_ISOLATE}{text}{_END}")
