"""Numbers, sums, days and answers as people write them in spreadsheets."""

from __future__ import annotations

import re
from datetime import date

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’]")
_WHOLE = re.compile(r"[+-]?\d{1,12}(?:[.,]0{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:[.,]0{1,2})?")
_YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})[.]?(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4})[.]?(?: .*)?")
_NO_YEAR = re.compile(r"(\d{1,2})-(\d{1,2})")
_DAY_OF_MONTH = re.compile(r"(\d{1,2})[./](\d{1,2})[.]?")

YES = frozenset(["1", "y", "yes", "true", "x", "igen", "i", "tak", "t", "да", "иә", "on"])
NO = frozenset(["0", "n", "no", "false", "nem", "nie", "нет", "жоқ", "off", "-"])


def whole(text: str) -> int | None:
    """Read a whole number: `1250`, `1 250`, `1.250`, `1,250`, `1250,00`; None for anything else."""
    bare = _SPACES.sub("", text).replace("\u2212", "-")
    if _GROUPED.fullmatch(bare):
        sign, digits = bare[:1] if bare[:1] in "+-" else "", bare.lstrip("+-")
        groups = re.split(r"[.,]", digits)
        if len(groups[-1]) < 3:  # the zeros of a sum without cents
            groups.pop()
        return int(f"{sign}{''.join(groups)}")
    if _WHOLE.fullmatch(bare):
        return int(re.split(r"[.,]", bare)[0])
    return None


def minor(text: str, places: int) -> int | None:
    """Read money in minor units: `12,50`, `1.250,00`, `1,250.00`, `€ 12`; None for no sum.
    `places` are the decimals of the currency."""
    bare = re.sub(r"[^\d.,-]", "", _SPACES.sub("", text))
    found = re.fullmatch(r"(-?)([\d.,]*?)(?:[.,](\d{1,2}))?", bare)
    if not found or not re.search(r"\d", bare):
        return None
    major = re.sub(r"[.,]", "", found.group(2)) or "0"
    if not re.fullmatch(r"\d{1,3}(?:[.,]?\d{3})*|\d+", found.group(2) or "0"):
        return None
    cents = ((found.group(3) or "") + "000")[:places] if places else ""
    if not places and (found.group(3) or "").strip("0"):
        return None
    return int(f"{found.group(1)}{major}{cents}")


def day(text: str) -> date | None:
    """Read a day: `2026-12-24`, `2026.12.24.`, `24.12.2026`, `24/12/2026`, and `12/24/2026` where
    no other reading is possible; None for anything else."""
    bare = text.strip().replace(". ", ".")
    if found := _YEAR_FIRST.fullmatch(bare):
        return _date(*map(int, found.groups()))
    if found := _DAY_FIRST.fullmatch(bare):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        return _date(year, second, first) or (
            _date(year, first, second) if found[2] == "/" else None
        )
    return None


def birthday(text: str) -> str | None:
    """Read a birthday as `YYYY-MM-DD`, or `MM-DD` without a year; None for anything else."""
    if whole_day := day(text):
        return whole_day.isoformat()
    bare = text.strip().replace(". ", ".")
    if found := _NO_YEAR.fullmatch(bare):
        month, of_month = int(found[1]), int(found[2])
    elif found := _DAY_OF_MONTH.fullmatch(bare):
        of_month, month = int(found[1]), int(found[2])
    else:
        return None
    return f"{month:02}-{of_month:02}" if _date(2000, month, of_month) else None


def truth(text: str) -> bool | None:
    """Read yes or no in four languages; None for anything else."""
    word = text.strip().casefold()
    return True if word in YES else False if word in NO else None


def _date(year: int, month: int, of_month: int) -> date | None:
    try:
        return date(year, month, of_month)
    except ValueError:
        return None
