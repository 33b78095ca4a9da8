"""Money and numbers as people type them in their language, exactly.

Money is whole minor units in the API and major units on the page; decimals are texts in a
programme. What `Words.money` and `shown_*` write, `read_*` reads back without a loss.
"""

from __future__ import annotations

import re

from regulars.i18n import cldr, exponent, formats
from regulars.i18n.words import Words

_SPACES = re.compile(r"[\s\u00a0\u202f'’]")
_GROUPED = re.compile(r"(\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,](\d+))?")
"""Thousands with a sign between them, and what stands behind another sign."""


def read_money(words: Words, text: str, currency: str) -> int | None:
    """Minor units of what was typed, with or without a symbol; None for what is no sum of this
    currency, or could be two: "4.500" where the language writes its decimals behind a point."""
    bare = _SPACES.sub("", text)
    symbol = _SPACES.sub("", cldr.SYMBOLS.get(currency, currency))
    for name in sorted({symbol, currency}, key=len, reverse=True):
        bare = bare.removeprefix(name).removesuffix(name)
    places = exponent(currency)
    whole, part = _parts(words, bare, places)
    if not re.fullmatch(r"[0-9]{1,13}", whole) or not re.fullmatch(rf"[0-9]{{0,{places}}}", part):
        return None
    return int(whole + part.ljust(places, "0"))


def _parts(words: Words, bare: str, places: int) -> tuple[str, str]:
    """What stands before and behind the decimal sign of a sum, which can be either of the two."""
    form, grouped = formats.formats(words.lang), _GROUPED.fullmatch(bare)
    if grouped:
        whole, sign, part = grouped.groups()
        is_plain = bool(part) or whole.count(sign) > 1 or sign == form.group
        if is_plain or (sign != form.decimal and places < 3):
            return whole.replace(sign, ""), part or ""
    whole, _, part = bare.replace(",", ".").partition(".")
    return whole, part


def shown_decimal(words: Words, text: str) -> str:
    """A decimal of the document with the decimal sign of the language: `1,5`."""
    return text.replace(".", formats.formats(words.lang).decimal)


def read_decimal(words: Words, text: str) -> str:
    """A decimal as documents have it; what is no decimal stays for the models to refuse."""
    return _SPACES.sub("", text).replace(",", ".", 1)


def shown_share(words: Words, text: str) -> str:
    """A share of the document as a percentage without its sign: `0.125` is `12.5`."""
    whole, _, part = text.partition(".")
    tenths = int(whole) * 1000 + int(part.ljust(3, "0")[:3])
    return words.decimal(tenths, 1)


def read_share(words: Words, text: str) -> str | None:
    """A share as documents have it, of a percentage with at most one decimal; None for others."""
    bare = _SPACES.sub("", text).removesuffix("%").replace(",", ".", 1)
    found = re.fullmatch(r"(\d{1,3})(?:\.(\d))?", bare)
    if found is None:
        return None
    thousandths = int(found[1]) * 10 + int(found[2] or 0)
    whole, rest = divmod(thousandths, 1000)
    tail = f"{rest:03d}".rstrip("0")
    return f"{whole}.{tail}" if tail else str(whole)


def read_whole(text: str) -> int | None:
    """A whole number as people type it, with or without a sign; None for anything else."""
    bare = _SPACES.sub("", text)
    return int(bare) if re.fullmatch(r"[-+]?[0-9]{1,13}", bare) else None
