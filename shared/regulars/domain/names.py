"""Read names by the rules of the language they are written in: which part is the given one."""

from __future__ import annotations

FAMILY_FIRST = frozenset({"hu", "ja", "ko", "vi", "zh"})
"""Languages in which the family name comes first."""

TITLES = frozenset({"dr", "prof", "ifj", "id", "özv", "mr", "mrs", "ms"})
NAME_MAX = 24
"""How many characters of a given name are shown."""


def given(name: str, language: str) -> str:
    """Return the given name: the first word, or in a language in which the family name comes first
    the word after it. What stands behind a comma is given in any language. Empty for no name."""
    _, comma, rest = name.partition(",")
    if comma and rest.strip():
        return _words(rest)[0]
    words = _words(name)
    if language.partition("-")[0] not in FAMILY_FIRST or len(words) < 2:
        return words[0] if words else ""
    married = words[0].lower().endswith("né") and len(words) > 2  # "Nagyné Kovács Anna"
    return words[2 if married else 1]


def family(name: str, language: str) -> str:
    """Return the family name; empty where there is only one word."""
    before, comma, rest = name.partition(",")
    if comma and rest.strip():
        return (_words(before) or [""])[0]
    words = _words(name)
    if len(words) < 2:
        return ""
    return words[0] if language.partition("-")[0] in FAMILY_FIRST else words[-1]


def shown(name: str, language: str) -> str:
    """Shorten a name for others: the given name and the initial of the family name."""
    initial = family(name, language)[:1].upper()
    return given(name, language)[:NAME_MAX] + (f" {initial}." if initial else "")


def _words(name: str) -> list[str]:
    """The words of a name without titles, unless there is nothing else."""
    words = name.split()
    return [one for one in words if one.lower().rstrip(".") not in TITLES] or words
