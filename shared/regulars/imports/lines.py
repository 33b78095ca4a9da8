"""What a line of a file asks for: a member with balances, a tier and consents, or its mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from regulars.core import checks, contacts, typed
from regulars.domain.program import Program
from regulars.imports import values
from regulars.imports.mistakes import Mistake

AMOUNT_MAX = 10**9
TAGS_MAX = 10
NO_AMOUNTS: Mapping[str, int] = MappingProxyType({})
NO_FACTS: Mapping[str, str] = MappingProxyType({})


class Terms(NamedTuple):
    """What lines are read by."""

    program: Program
    today: date
    places: int
    """Decimals of the currency."""


class Wish(NamedTuple):
    """What a line asks for. Contacts are in their normal form, days are ISO."""

    line: int
    external_id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    birthday: str = ""
    language: str = ""
    balances: Mapping[str, int] = NO_AMOUNTS
    """By unit, what the member should have got by imports in all."""
    expires_on: str = ""
    tier: str = ""
    tier_until: str = ""
    consents: tuple[str, ...] = ()
    """Channels with a proof; a consent without one is none."""
    consent_proof: str = ""
    consent_on: str = ""
    facts: Mapping[str, str] = NO_FACTS
    """Kept as attributes: what the programme does not count, `tags` among them."""


class _Cells:
    """The cells of one line by our columns, and what is wrong with them."""

    def __init__(self, line: int, cells: Mapping[str, tuple[str, str]]) -> None:
        self.line = line
        self.cells = cells
        self.mistakes: list[Mistake] = []

    def text(self, name: str, longest: int = checks.TEXT_MAX) -> str:
        found = typed.trimmed(self.cells.get(name, ("", ""))[1])
        if found[:1] == "'" and found[1:2] in {"=", "+", "-", "@"}:
            found = found[1:]  # what we wrote ourselves, so that no spreadsheet computes it
        found = " ".join("".join(c if c.isprintable() else " " for c in found).split())
        if len(found) > longest:
            return self.wrong(name, "long")
        return found

    def wrong(self, name: str, code: str) -> str:
        heading = self.cells.get(name, (name, ""))[0]
        self.mistakes.append(Mistake(self.line, heading, code))
        return ""


def wish_of(
    line: int, cells: Mapping[str, tuple[str, str]], terms: Terms
) -> tuple[Wish, list[Mistake]]:
    """Read a line; `cells` are heading and text by our column."""
    row, program = _Cells(line, cells), terms.program
    email, phone = _email(row), _phone(row, program)
    external_id = row.text("external_id")
    if not (external_id or email or phone or row.mistakes):
        row.wrong("external_id", "key")
    tier, until = _tier(row, terms)
    consents, consent_on, proof = _consents(row)
    wish = Wish(
        line, external_id, _name(row, program), email, phone, _birthday(row, terms),
        _language(row, program), _balances(row, program), _end(row, terms), tier, until, consents,
        proof, consent_on, _facts(row, terms),
    )  # fmt: skip
    return wish, row.mistakes


def _name(row: _Cells, program: Program) -> str:
    """The name; of two parts in the order in which the programme's language has them."""
    parts = [row.text("last_name"), row.text("first_name")]
    if program.languages[0] not in {"hu", "kk"}:
        parts.reverse()
    whole = row.text("name") or " ".join(part for part in parts if part)
    return whole if len(whole) <= checks.TEXT_MAX else row.wrong("name", "long")


def _email(row: _Cells) -> str:
    text = row.text("email")
    return (contacts.email(text) or row.wrong("email", "email")) if text else ""


def _phone(row: _Cells, program: Program) -> str:
    text = row.text("phone")
    if not text:
        return ""
    if "e+" in text.lower():
        return row.wrong("phone", "rounded")
    found = contacts.phone(text, program.country)
    if found is None and text.isdigit():  # a spreadsheet has taken the + away
        found = contacts.phone(f"+{text}", program.country)
    return found or row.wrong("phone", "phone")


def _birthday(row: _Cells, terms: Terms) -> str:
    text = row.text("birthday")
    if not text:
        return ""
    found = values.birthday(text)
    if found is None or checks.birthday(found, terms.today):
        return row.wrong("birthday", "birthday")
    if checks.old_enough(found, terms.program.join.min_age, terms.today):
        return row.wrong("birthday", "age")
    return found


def _language(row: _Cells, program: Program) -> str:
    text = row.text("language").lower().replace("_", "-").partition("-")[0]
    return text if not text or text in program.languages else row.wrong("language", "language")


def _balances(row: _Cells, program: Program) -> dict[str, int]:
    found = {}
    for unit in program.units:
        if text := row.text(unit):
            amount = values.whole(text)
            if amount is None or not 0 <= amount <= AMOUNT_MAX:
                row.wrong(unit, "amount")
            else:
                found[unit] = amount
    return found


def _day(row: _Cells, name: str) -> str:
    text = row.text(name)
    found = values.day(text) if text else None
    if text and found is None:
        return row.wrong(name, "day")
    return found.isoformat() if found else ""


def _end(row: _Cells, terms: Terms) -> str:
    found = _day(row, "expires_on")
    return row.wrong("expires_on", "past") if found and found < terms.today.isoformat() else found


def _tier(row: _Cells, terms: Terms) -> tuple[str, str]:
    text, until = row.text("tier"), _day(row, "tier_until")
    if until and not text:
        row.wrong("tier_until", "until")
    if until and until < terms.today.isoformat():
        return "", ""  # it is over: the member has none by it
    for tier in terms.program.tiers:
        names = [tier.name] if isinstance(tier.name, str) else tier.name.values()
        if text.casefold() in {tier.id.casefold(), *(one.casefold() for one in names)}:
            return tier.id, until
    return (row.wrong("tier", "tier") if text else ""), ""


def _consents(row: _Cells) -> tuple[tuple[str, ...], str, str]:
    given = []
    for channel in ("email", "sms"):
        if text := row.text(f"consent_{channel}"):
            answer = values.truth(text)
            if answer is None:
                row.wrong(f"consent_{channel}", "truth")
            elif answer:
                given.append(channel)
    proof, on = row.text("consent_proof"), _day(row, "consent_at")
    return (tuple(given), on, proof) if proof and on else ((), "", "")


def _facts(row: _Cells, terms: Terms) -> dict[str, str]:
    """What is kept as an attribute and counts for nothing: what was elsewhere, before."""
    found = {}
    if text := row.text("visits"):
        visits = values.whole(text)
        if visits is None or visits < 0:
            row.wrong("visits", "amount")
        else:
            found["visits before"] = str(visits)
    if text := row.text("spend"):
        spend = values.minor(text, terms.places)
        if spend is None:
            row.wrong("spend", "money")
        else:
            found["spend before"] = text
    if since := _day(row, "enrolled_on"):
        found["member since"] = since
    tags = [tag.strip() for tag in row.text("tags").replace(";", ",").split(",") if tag.strip()]
    if tags:
        found["tags"] = ", ".join(tags[:TAGS_MAX])
    return found
