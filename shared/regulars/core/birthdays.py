"""Birthdays as people type them: "21 5", "21.5.1990", "May 21", "1990. május 21."."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence

YEAR_FIRST = frozenset({"hu", "kk", "ja", "ko", "zh", "lt"})
"""Languages that write the largest part first: there "5. 21." is 21 May."""

_LEAP_YEAR = 2000
STEM = 3
"""How many letters of a month's name are enough."""


def read(typed: str, language: str, months: Sequence[Sequence[str]]) -> str:
    """Return what was typed as `MM-DD`, or `YYYY-MM-DD` with a year; what cannot be read, as it is.

    `months` are the names of the twelve months, each in every form that may be typed. Where both
    numbers could be the month, the order of the language decides.
    """
    if re.fullmatch(r"\d{2}-\d{2}", typed):
        return typed  # as the API writes it
    text = typed.casefold()
    numbers = [int(one) for one in re.findall(r"\d+", text)]
    year = next((one for one in numbers if one > 31), None)
    if re.fullmatch(r"\d{8}", text):  # 19900521 or 21051990
        year, numbers = _eight(text)
    rest = [one for one in numbers if one != year]
    month = _named(text, months)
    if month and len(rest) == 1:
        found = month, rest[0]
    elif month or len(rest) != 2:
        return typed
    else:
        large_first = typed.strip()[:4].isdigit() or language in YEAR_FIRST
        found = (rest[0], rest[1]) if large_first else (rest[1], rest[0])
        if not 1 <= found[0] <= 12:
            found = found[1], found[0]
    month, day = found
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(_LEAP_YEAR, month)[1]:
        return typed
    date = f"{month:02}-{day:02}"
    return f"{year:04}-{date}" if year else date


def _eight(text: str) -> tuple[int, list[int]]:
    """Eight digits without a sign between them."""
    if 1900 <= int(text[:4]) < 2100:
        return int(text[:4]), [int(text[4:6]), int(text[6:])]
    return int(text[4:]), [int(text[:2]), int(text[2:4])]


def _named(text: str, months: Sequence[Sequence[str]]) -> int:
    """The month whose name the text has, from its first letters; 0 for none."""
    for word in re.findall(r"[^\W\d_]{3,}", text):
        for number, names in enumerate(months, 1):
            for name in names:
                name = name.casefold().rstrip(".")
                if len(name) >= STEM and (word.startswith(name) or name.startswith(word)):
                    return number
    return 0
