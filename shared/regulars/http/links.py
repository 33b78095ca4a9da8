"""Links as messengers, printers and people spell them: with a slash or a full stop at the end, in
capitals. What they led to before is tried first; only what is not found is spelled again."""

from __future__ import annotations

import re
from urllib.parse import unquote

_PARTS = re.compile(r"(?:/[A-Za-z0-9._-]+){2,4}")
_DASHES = "-_"
"""Tokens of earlier releases may end with these."""


def respelled(path: str) -> str | None:
    """The path that is meant, without what was added at its end and in small letters.

    Capitals stay where they tell two tokens apart; None when there is no other spelling to try.
    """
    given = unquote(path)
    cut = _without_end(given, kept=_DASHES)
    if cut == given:
        cut = _without_end(given, kept="")
    parts = [part for part in cut.split("/") if part]
    plain = [part.lower() if part.isupper() else part for part in parts[1:]]
    other = "".join(f"/{part}" for part in [*(part.lower() for part in parts[:1]), *plain])
    return other if other != given and _PARTS.fullmatch(other) else None


def _without_end(text: str, *, kept: str) -> str:
    """A text without the punctuation, blanks and slashes at its end."""
    end = len(text)
    while end and not text[end - 1].isalnum() and text[end - 1] not in kept:
        end -= 1
    return text[:end]
