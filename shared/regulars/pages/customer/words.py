"""In which language a customer reads a page, and how a birthday is told there."""

from __future__ import annotations

from datetime import date

from regulars.domain.program import Program
from regulars.http import protocol
from regulars.i18n import negotiate
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.store.profiles import Profile


def member_words(request: protocol.Request, profile: Profile, program: Program) -> Words:
    """The language asked for on the page, chosen when joining, or of the browser."""
    wanted = request.query.get("lang") or profile.language
    wanted = wanted or request.headers.get("accept-language", "")
    return words_of(negotiate.language(wanted, program.languages))


LEAP_YEAR = 2028
"""In it every birthday is a day."""


def birthday_words(birthday: str, words: Words) -> str:
    """A birthday, with the year where it is known."""
    if len(birthday) > len("MM-DD"):
        return words.date(date.fromisoformat(birthday))
    born = date.fromisoformat(f"{LEAP_YEAR}-{birthday}")
    return words.day(born, born)
