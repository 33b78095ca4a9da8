"""Texts as people type and paste them, without the signs at their ends that nobody sees."""

from __future__ import annotations

from unicodedata import category

UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
"""Categories of blanks, line ends, controls and format characters (zero-width space, soft hyphen,
direction marks)."""

JOINERS = "\u200c\u200d"
FLAG, LAST_OF_A_FLAG = "\U0001f3f4", "\U000e007f"


def trimmed(text: str) -> str:
    """Return a text without what cannot be seen at its two ends; all between them stays."""
    start, end = 0, len(text)
    while start < end and category(text[start]) in UNSEEN:
        start += 1
    while end > start and category(text[end - 1]) in UNSEEN and not _is_part(text, end - 1):
        end -= 1
    return text[start:end]


def without_format(text: str) -> str:
    """Return a text that has format characters nowhere, and nothing unseen at its ends."""
    return trimmed("".join(char for char in text if category(char) != "Cf"))


def _is_part(text: str, place: int) -> bool:
    """Whether an unseen character changes what is drawn before it: a joiner after a vowel sign
    (Malayalam, Sinhala), the end of a flag."""
    if text[place] in JOINERS:
        return place > 0 and category(text[place - 1]).startswith("M")
    return text[place] == LAST_OF_A_FLAG and FLAG in text[:place]
