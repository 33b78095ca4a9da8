"""Reads the join form into a profile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from regulars.core import checks, contacts
from regulars.domain.program import Program
from regulars.store.members import Profile

FIELDS = ("name", "email", "phone", "birthday", "language", "source", "ref")
LONGEST = {"name": 80, "email": 254, "phone": 32}


def read(
    form: Mapping[str, str], program: Program, language: str, today: date
) -> tuple[Profile, dict[str, str]]:
    """The profile in a form, and a code per field that needs another look."""
    values = {name: form.get(name, "") for name in FIELDS}
    errors = {
        name: "too_long" if len(value) > LONGEST.get(name, checks.TEXT_MAX) else "invalid"
        for name, value in values.items()
        if len(value) > LONGEST.get(name, checks.TEXT_MAX) or not checks.printable(value)
    }
    if values["email"] and "email" not in errors:
        values["email"] = contacts.email(values["email"]) or ""
        if not values["email"]:
            errors["email"] = "invalid"
    if values["phone"] and "phone" not in errors:
        values["phone"] = contacts.phone(values["phone"], program.country) or ""
        if not values["phone"]:
            errors["phone"] = "invalid"
    if wrong := _birthday(values["birthday"], program.join.min_age, today):
        errors["birthday"] = wrong
    if values["name"] and not checks.visible(values["name"]):
        errors["name"] = "invalid"
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
