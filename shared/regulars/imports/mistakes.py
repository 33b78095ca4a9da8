"""What can be wrong with a line of a file: a closed list, with a sentence that says what to do.

The sentences are English, for the API; pages translate them (`words.t` of the same text).
"""

from __future__ import annotations

from typing import NamedTuple


class Mistake(NamedTuple):
    """What is wrong, where: the line of the file (the headings are line 1) and the heading."""

    line: int
    column: str
    code: str


SENTENCES = {
    "broken": "The file breaks off inside quotation marks. Save it again as CSV.",
    "cells": "This line has more cells than there are headings.",
    "key": "There is no e-mail address, telephone number or id of yours to know this member by.",
    "twice": "An earlier line of the file is about the same member.",
    "two": "The e-mail address and the telephone number belong to two different members.",
    "erased": "This member was erased and is not brought back by a file. They can join again.",
    "email": "This is no e-mail address such as anna@example.com.",
    "phone": "This is no whole telephone number such as +36301234567.",
    "rounded": "A spreadsheet has rounded this number. Format the column as text.",
    "birthday": "This is no birthday such as 05-21 or 1990-05-21.",
    "age": "This member is younger than the programme allows.",
    "long": "This is too long: at most 200 characters.",
    "language": "The programme has no such language.",
    "amount": "This is no whole number.",
    "money": "This is no sum of money.",
    "day": "This is no day such as 2026-12-24.",
    "past": "This day is over, so the balance would be gone at once.",
    "tier": "The programme has no such tier.",
    "until": "There is an end, but no tier.",
    "truth": "This is neither yes nor no.",
    "spent": "The balance cannot be lowered: some of it was spent since the import before.",
    "refused": "The rules of the programme refuse this.",
}
"""By code."""
