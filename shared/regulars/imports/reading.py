"""From the bytes of a file to headings and rows of cells, whatever program has written it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from regulars.domain.refusals import RefusalCode, Refused

LINES_MAX = 50_000
COLUMNS_MAX = 100
CELL_MAX = 1000
SEPARATORS = (",", ";", "\t")

_CENTRAL = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻőűŐŰáéíöüÁÉÍÓÖÚÜúšžŠŽ„”–äßÄëç"
_WESTERN = "àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜäöüßÄÖÜåøÅØñÑáíóúÁÍÓÚãõÃÕìòÌÒ¿¡"
_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯіїєґІЇЄҐњЊљЉћ"
_PAGES = (("cp1250", frozenset(_CENTRAL)), ("cp1252", frozenset(_WESTERN)),
          ("cp1251", frozenset(_CYRILLIC)))  # fmt: skip
"""Code pages of Windows with the letters that names have in the languages that use them here: the
Czech ones are left out, because they are French ones in the other page."""


class Sheet(NamedTuple):
    """A file as a table: the headings, and the rows with the numbers of their lines."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    breaks_off: int = 0
    """The line from which on it cannot be read; 0 when all of it was."""


def sheet(data: bytes) -> Sheet:
    """Read a file of headings and rows. Empty lines are passed over.

    Raises INVALID for one that has no headings or no rows, or too many of either.
    """
    text = decoded(data).replace("\0", "")
    rows: list[tuple[int, tuple[str, ...]]] = []
    breaks_off = 0
    for line, cells in _rows(text):
        if cells is None:
            breaks_off = line
        elif any(cells):
            rows.append((line, cells))
        if len(rows) > LINES_MAX + 1:
            raise _refused(f"must have at most {LINES_MAX} lines; cut it into several files")
    if not rows:
        raise _refused("must be a table: a line of headings, then a line for each member")
    headings = tuple(cell.strip() for cell in rows[0][1])
    while headings and not headings[-1]:
        headings = headings[:-1]
    if len(headings) > COLUMNS_MAX:
        raise _refused(f"must have at most {COLUMNS_MAX} columns")
    if len(rows) == 1 and not breaks_off:
        raise _refused("has headings and no members")
    return Sheet(headings, tuple(rows[1:]), breaks_off)


def decoded(data: bytes) -> str:
    """The text of a file: Unicode where it says so or is it, else the code page of Windows whose
    letters fit best."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    high = [(byte, data.count(byte)) for byte in range(128, 256)]
    odd: list[tuple[int, str]] = []
    for page, letters in _PAGES:
        known = [(bytes([byte]).decode(page, "replace"), n) for byte, n in high if n]
        odd.append((sum(n for char, n in known if char not in letters), page))
    return data.decode(min(odd, key=lambda one: one[0])[1], "replace")


def separator(text: str) -> str:
    """What stands between cells: of the likely signs the one that the headings have most often,
    outside of quotation marks."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(part for n, part in enumerate(first.split('"')) if n % 2 == 0)
    return max(SEPARATORS, key=outside.count)


def _rows(text: str) -> Iterator[tuple[int, tuple[str, ...] | None]]:
    """Each row with the line that it begins in; None for one that breaks off."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        between, text, before = first[4], rest, 1
    else:
        between, before = separator(text), 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    line = before + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, None
            return
        yield line, tuple(cell.strip()[:CELL_MAX] for cell in cells)
        line = before + reader.line_num + 1


def _refused(why: str) -> Refused:
    return Refused(RefusalCode.INVALID, "The file cannot be read as members.", (("", why),))
