"""E-mail addresses and telephone numbers in the one form in which they are looked up.

The libraries are imported when there is something to read: most joins bring no contact at all.
"""

from __future__ import annotations


def normal(contact: str, region: str) -> str | None:
    """The normal form of an e-mail address or telephone number; None when it is neither."""
    return email(contact) if "@" in contact else phone(contact, region)


def email(address: str) -> str | None:
    """Lower-case and normalized, the domain in the form that mail is sent to; no DNS look-up.

    None when it is not an address, or one that SES cannot write to (beyond ASCII before the @).
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(
            address.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError:
        return None
    return (checked.ascii_email or checked.normalized).lower()


def phone(number: str, region: str) -> str | None:
    """E.164. Numbers without a country code are read as those of `region` (ISO 3166)."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
