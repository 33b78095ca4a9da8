"""Reads the join form into a profile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from regulars.core import birthdays, checks, contacts
from regulars.core import typed as unseen
from regulars.domain.program import Program
from regulars.i18n.words import words
from regulars.store.profiles import Profile

FIELDS = ("name", "email", "phone", "birthday", "language", "source", "ref")
LONGEST = {"name": 80, "email": 254, "phone": 32}


def trimmed(value: str) -> str:
    """Return what was typed without what is unseen around it. What is nothing else is kept, and
    found to show nothing."""
    return unseen.trimmed(value) or value.strip()


def read(
    form: Mapping[str, str], program: Program, language: str, today: date
) -> tuple[Profile, dict[str, str]]:
    """The profile in a form, and a code per field that needs another look."""
    found = {name: normal(name, form.get(name, ""), program, today, language) for name in FIELDS}
    values = {name: value for name, (value, _) in found.items()}
    errors = {name: wrong for name, (_, wrong) in found.items() if wrong}
    profile = Profile(
        member_id="",
        handle="",
        enrolled_ms=0,
        name=values["name"],
        email=values["email"],
        phone=values["phone"],
        birthday=values["birthday"],
        language=language,
        consents={
            "email": bool(form.get("consent_email")),
            "sms": bool(form.get("consent_sms")),
        },
        source=values["source"],
        referred_by=values["ref"],
    )
    return profile, errors


def normal(name: str, typed: str, program: Program, today: date, language: str) -> tuple[str, str]:
    """Return what was typed into a field in its normal form, and what is wrong with it: `invalid`,
    `too_long` or `too_young`. A birthday is read as `language` writes it."""
    if len(typed) > LONGEST.get(name, checks.TEXT_MAX):
        return typed, "too_long"
    if not checks.printable(typed) or (name == "name" and typed and not checks.visible(typed)):
        return typed, "invalid"
    if name == "birthday":
        read = birthdays.read(typed, language, _months(language))
        return read, _birthday(read, program.join.min_age, today)
    if typed and name in {"email", "phone"}:
        email = name == "email"
        found = contacts.email(typed) if email else contacts.phone(typed, program.country)
        return found or "", "" if found else "invalid"
    return typed, ""


def _months(language: str) -> list[tuple[str, ...]]:
    """The names of the months in a language, and in English."""
    own, english = words(language).months(), words("en").months()
    return [(*one, *other) for one, other in zip(own, english, strict=True)]


def _birthday(typed: str, min_age: int, today: date) -> str:
    """What is wrong with a birthday: `invalid`, also when it is missing where an age is asked for,
    or `too_young`."""
    if (typed and checks.birthday(typed, today)) or (min_age and checks.age(typed, today) is None):
        return "invalid"
    return "too_young" if checks.old_enough(typed, min_age, today) else ""


def typed(profile: Profile) -> str:
    """What was typed, as a digest: the same page filled in by the next person is another form."""
    text = json.dumps([profile.name, profile.email, profile.phone, profile.birthday])
    return sha256(text.encode()).hexdigest()[:16]
