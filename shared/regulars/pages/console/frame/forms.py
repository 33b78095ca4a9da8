"""Forms: what was typed, what is wrong with it, and in which words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from regulars.core import tokens
from regulars.domain.refusals import RefusalCode
from regulars.i18n.words import Words
from regulars.pages.console.frame.here import KEY, Console, Outcome

NOTHING: Mapping[str, str] = {}


class Form(NamedTuple):
    """A form as a page shows it."""

    values: Mapping[str, str] = NOTHING
    """By field, as typed; a field that is not named has the value that the page gives it."""
    errors: Mapping[str, str] = NOTHING
    """What is wrong, by field, in words that say what to do."""
    problem: str = ""
    """What stands against it as a whole."""
    key: str = ""
    """Under this key what it does is done once, however often it is sent."""

    def value(self, name: str, otherwise: object = "") -> str:
        """Return what a field shows: what was typed, else what is there now."""
        return self.values.get(name, "" if otherwise is None else str(otherwise))


def fresh(**values: str) -> Form:
    """A form that nobody has sent yet."""
    return Form(values, key=tokens.random_id(22))


def refused(here: Console, outcome: Outcome, fields: Mapping[str, str] | None = None) -> Form:
    """The form that was sent, with what the API found wrong with it.

    `fields` say which field of the form a path of the body stands in, where it has another name;
    what belongs to no field of the form stands on top.
    """
    typed = dict(here.request.form)
    names = fields or {}
    errors: dict[str, str] = {}
    loose: list[str] = []
    for one in outcome.body.get("errors", ()):
        name = names.get(one["path"], one["path"])
        phrase = mistake(here.words, one["message"])
        if name in typed or name in names.values():
            errors.setdefault(name, phrase)
        else:
            loose.append(f"{one['path']}: {phrase}" if one["path"] else phrase)
    problem = " ".join(loose)
    if not errors and not problem:
        problem = refusal(here.words, outcome)
    return Form(typed, errors, problem, typed.get(KEY, ""))


def wrong(here: Console, **errors: str) -> Form:
    """The form that was sent, with mistakes that the page itself found: what cannot be a body."""
    typed = dict(here.request.form)
    return Form(typed, errors, "", typed.get(KEY, ""))


def refusal(words: Words, outcome: Outcome) -> str:
    """Why the API refused something, for a person."""
    code = outcome.code
    if code is None:
        return ""
    phrase = _REFUSALS.get(code)
    return phrase(words.t) if phrase else words.t("That cannot be done: {why}", why=_why(outcome))


def _why(outcome: Outcome) -> str:
    return str(outcome.body.get("detail") or outcome.body.get("title") or outcome.code)


T = Callable[..., str]

_REFUSALS: dict[RefusalCode, Callable[[T], str]] = {
    RefusalCode.FORBIDDEN: lambda t: t("Your role may not do this. Ask the owner."),
    RefusalCode.NOT_FOUND: lambda t: t("It is not there any more."),
    RefusalCode.TOO_LARGE: lambda t: t("This is too large. Send less at once."),
    RefusalCode.CONFLICT: lambda t: t("Somebody else changed it at this moment. Try again."),
    RefusalCode.STALE_VERSION: lambda t: t("Somebody else changed it meanwhile."),
    RefusalCode.RATE_LIMITED: lambda t: t("Too much at once. Wait a minute and try again."),
    RefusalCode.UNAVAILABLE: lambda t: t("The service is busy. Try again."),
    RefusalCode.INTERNAL: lambda t: t("Something went wrong on our side. Try again."),
    RefusalCode.IDEMPOTENCY_MISMATCH: lambda t: t(
        "This form was sent before with something else. Open the page again."
    ),
    RefusalCode.SLUG_TAKEN: lambda t: t("This name in the address is taken. Choose another one."),
    RefusalCode.CONTACT_TAKEN: lambda t: t("Another member has this contact."),
    RefusalCode.CAP_REACHED: lambda t: t("This card has had all visits that count today."),
    RefusalCode.STAFF_LIMIT: lambda t: t("Your own limit of today is reached."),
    RefusalCode.HELD: lambda t: t("This card is on hold and redeems nothing."),
    RefusalCode.DEBT: lambda t: t(
        "The card owes something after a refund. It must be earned first."
    ),
    RefusalCode.TIER_REQUIRED: lambda t: t("This is for members of a higher tier."),
    RefusalCode.OUT_OF_STOCK: lambda t: t("There is none left."),
    RefusalCode.LIMIT_REACHED: lambda t: t("There are as many as there can be."),
    RefusalCode.INSUFFICIENT_BALANCE: lambda t: t("There is not enough on the card."),
    RefusalCode.VOUCHER_REDEEMED: lambda t: t("It was redeemed before."),
    RefusalCode.VOUCHER_CANCELLED: lambda t: t("It was cancelled."),
    RefusalCode.VOUCHER_EXPIRED: lambda t: t("It has expired."),
    RefusalCode.ALREADY_REVERSED: lambda t: t("It was taken back before."),
    RefusalCode.UNDO_EXPIRED: lambda t: t("It is too late to undo this."),
    RefusalCode.ALREADY_SPENT: lambda t: t("What came over was used meanwhile."),
    RefusalCode.CODE_EXPIRED: lambda t: t("The code is over. Ask for another one."),
    RefusalCode.CODE_USED: lambda t: t("The code was used before."),
}


def mistake(words: Words, message: str) -> str:
    """One mistake of a field in the language of who is here; the API's own words where there are
    no others."""
    for pattern, counted in _COUNTED:
        found = pattern.fullmatch(message)
        if found:
            return counted(words.n, int(found["n"]))
    for pattern, say in _MISTAKES:
        found = pattern.fullmatch(message)
        if found:
            return say(words.t, **found.groupdict())
    return words.sentence(message)


def _phrase(pattern: str, say: Callable[..., str]) -> tuple[re.Pattern[str], Callable[..., str]]:
    return re.compile(pattern), say


_COUNTED: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = (
    _phrase(r"must have at least (?P<n>\d+) characters",
            lambda n, k: n("At least {n} character.", "At least {n} characters.", k)),
    _phrase(r"must have at most (?P<n>\d+) characters",
            lambda n, k: n("At most {n} character.", "At most {n} characters.", k)),
)  # fmt: skip
"""Those in which a noun stands beside a number."""

_MISTAKES: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = (
    _phrase(r"is required|must not be null|must not be empty|must have at least one .*",
          lambda t: t("This is needed.")),
    _phrase(r"must be at least (?P<n>-?\d+)", lambda t, n: t("At least {n}.", n=n)),
    _phrase(r"must be at most (?P<n>-?\d+)", lambda t, n: t("At most {n}.", n=n)),
    _phrase(r"must have at most (?P<n>\d+) items", lambda t, n: t("At most {n} of them.", n=n)),
    _phrase(r"must have at least (?P<n>\d+) items", lambda t, n: t("At least {n} of them.", n=n)),
    _phrase(r"must be a (whole )?number", lambda t, **_: t("Type a number.")),
    _phrase(r"must be from (?P<a>-?\d+) to (?P<b>-?\d+).*",
          lambda t, a, b: t("From {a} to {b}.", a=a, b=b)),
    _phrase(r"must not contain control characters or line breaks",
          lambda t: t("Type it in one line, without special characters.")),
    _phrase(r"must be an? e-?mail address.*", lambda t: t("Type a mail address, such as {example}.",
                                                        example="eva@example.com")),
    _phrase(r"must be an? (e-?mail address|telephone number|phone number) or .*",
          lambda t: t("Type a mail address or a phone number.")),
    _phrase(r".*telephone number.*|.*phone number.*", lambda t: t("Type a phone number.")),
    _phrase(r"must be a real day such as 05-21.*|must lie in the last 120 years",
          lambda t: t("Type a birthday, such as 05-21 or 1990-05-21.")),
    _phrase(r"must be a day such as .*", lambda t: t("Choose a day.")),
    _phrase(r"must be an instant.*", lambda t: t("Choose a day and a time.")),
    _phrase(r"must be one of: .*|must be true or false", lambda t: t("Choose one of these.")),
)  # fmt: skip
"""The sentences of `core.checks` and the models (a test makes all of them) for people."""
