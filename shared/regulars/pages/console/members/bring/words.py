"""What the API says about files, in the language of who is here."""

from __future__ import annotations

from collections.abc import Callable

T = Callable[..., str]


def column(t: T, name: str) -> str:
    """One of our columns in words."""
    return {
        "external_id": t("Your own id"), "name": t("Name"), "first_name": t("First name"),
        "last_name": t("Last name"), "email": t("E-mail"), "phone": t("Phone"),
        "birthday": t("Birthday"), "language": t("Language"),
        "expires_on": t("Last day of the balance"), "tier": t("Tier"),
        "tier_until": t("Last day of the tier"), "enrolled_on": t("Member since"),
        "visits": t("Visits before"), "spend": t("Spent before"),
        "consent_email": t("Yes to mails"), "consent_sms": t("Yes to SMS"),
        "consent_at": t("Day of the consent"), "consent_proof": t("Proof of the consent"),
        "tags": t("Tags"),
    }.get(name, name)  # fmt: skip


def doubt(t: T, text: str) -> str:
    """Why somebody must say what the columns are."""
    if text.startswith("no column"):
        return t("Choose the column of the e-mail address, the phone or an id of yours.")
    if text.startswith("two columns are"):
        return t("Two columns mean the same. Choose one of them.")
    return t("Two columns have the same heading. Change one in the file.")


def mistake(t: T, code: str) -> str:
    """What is wrong with a line, and what to do."""
    return {
        "broken": t("The file breaks off inside quotation marks. Save it again as CSV."),
        "cells": t("This line has more cells than there are headings."),
        "key": t("Nothing to know this member by: an e-mail, a phone or an id of yours."),
        "twice": t("An earlier line of the file is about the same member."),
        "two": t("The e-mail and the phone belong to two different members."),
        "erased": t("This member was erased and is not brought back by a file."),
        "email": t("This is no e-mail address."),
        "phone": t("This is no whole phone number."),
        "rounded": t("The spreadsheet has rounded this number. Format the column as text."),
        "birthday": t("This is no birthday."),
        "age": t("This member is younger than the programme allows."),
        "long": t("This is too long: at most 200 characters."),
        "language": t("The programme has no such language."),
        "amount": t("This is no whole number."),
        "money": t("This is no sum of money."),
        "day": t("This is no day."),
        "past": t("This day is over, so the balance would be gone at once."),
        "tier": t("The programme has no such tier."),
        "until": t("There is an end, but no tier."),
        "truth": t("This is neither yes nor no."),
        "spent": t("Some of the balance was spent since the import before."),
        "refused": t("The rules of the programme refuse this."),
    }[code]
