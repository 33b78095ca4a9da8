"""Names as they are spoken of: without case, accents, apostrophes and the order of their parts."""

from __future__ import annotations

from unicodedata import category, combining, normalize

_LETTERS = str.maketrans({
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
})  # fmt: skip
"""Letters that are others with a stroke, which Unicode does not take apart."""

_SILENT = frozenset("'’‘ʼʹ`´ʻ\u00b4\u02bc")


def folded(text: str) -> str:
    """Return a text in small letters without accents and apostrophes, one blank between words."""
    plain = normalize("NFKD", text.casefold()).translate(_LETTERS)
    kept = (
        "" if char in _SILENT or combining(char) else char if category(char)[0] in "LN" else " "
        for char in plain
    )
    return " ".join("".join(kept).split())


def is_named(name: str, asked: str) -> bool:
    """Tell whether somebody of this name may be meant: each word that is asked for begins a word of
    the name, each another one, in any order; or all of it stands somewhere in the name."""
    wanted, words = folded(asked), folded(name)
    if not wanted:
        return not asked.strip()
    if wanted in words:
        return True
    left = words.split()
    for word in sorted(wanted.split(), key=len, reverse=True):
        found = next((one for one in left if one.startswith(word)), None)
        if found is None:
            return False
        left.remove(found)
    return True
