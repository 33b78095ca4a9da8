"""E-mail addresses and telephone numbers in the one form in which they are looked up.

The libraries are imported when there is something to read: most joins bring no contact at all.
"""

from __future__ import annotations

from unicodedata import category, decimal

from regulars.core import typed

LONGEST = 500
"""Characters that are looked at; no address and no number has as many."""

NOT_AN_EMAIL = "must be an e-mail address such as anna@example.com"
NOT_A_PHONE = (
    "must be a telephone number, whole and without an extension, such as +36301234567; "
    "a number of another country needs + and the country code"
)
NEITHER = "must be an e-mail address or a whole telephone number without an extension"


def normal(contact: str, region: str) -> str | None:
    """The normal form of an e-mail address or telephone number; None when it is neither."""
    return email(contact) if "@" in contact else phone(contact, region)


def email(address: str) -> str | None:
    """Lower-case and normalized, the domain in the form that mail is sent to; no DNS look-up.

    None when it is not an address, or one that SES cannot write to (beyond ASCII before the @).
    """
    from email_validator import EmailNotValidError, validate_email

    if len(address) > LONGEST:
        return None
    plain = typed.without_format(address)
    try:
        checked = validate_email(
            plain, check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError:
        return None
    return (checked.ascii_email or checked.normalized).lower()


def phone(number: str, region: str) -> str | None:
    """E.164. Numbers without a country code are read as those of `region` (ISO 3166).

    None for what is not the whole number of one line: digits are missing, it is of no range that
    is given to people, it has an extension, or there is more than a number.
    """
    import phonenumbers

    dialed = _dialed(number) if len(number) <= LONGEST else ""
    try:
        parsed = phonenumbers.parse(dialed, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def shown(e164: str) -> str:
    """A number in full, with its country code, in groups that people can compare."""
    import phonenumbers

    parsed = phonenumbers.parse(e164)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _dialed(number: str) -> str:
    """What is dialed for a written number, `+` and digits; empty when anything else is in it."""
    dialed: list[str] = []
    for char in typed.without_format(number):
        kind = category(char)
        if kind == "Nd":
            dialed.append(str(decimal(char)))
        elif char in _PLUS and not dialed:
            dialed.append("+")
        elif kind not in _BETWEEN_KINDS and char not in _BETWEEN:
            return ""
    return "".join(dialed)


_PLUS = "+\uff0b"
_BETWEEN = frozenset("()[]./\u2212\uff08\uff09\uff0e\uff0f")
"""What is written between the digits, besides blanks and dashes: brackets, points, strokes."""
_BETWEEN_KINDS = frozenset({"Zs", "Pd"})
