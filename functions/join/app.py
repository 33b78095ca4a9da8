"""The join page: one tap, and the card with its first stamp is there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from regulars import tokens
from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.decide import decide
from regulars.domain.operations import Join, Origin
from regulars.domain.program import Program
from regulars.domain.refusals import Code, Refused
from regulars.i18n import negotiate
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.jobs.telling import Tell, tell
from regulars.store import connect, keys, merchants
from regulars.store.enrol import enrol
from regulars.store.ledger import Request as Known
from regulars.store.members import Profile
from regulars.store.merchants import Merchants
from regulars.web import auth, bodies, card_page, contacts, http, messages, pages

FIELDS = ("name", "email", "phone", "birthday", "language", "source", "ref")
LONGEST = {"name": 80, "email": 254, "phone": 32}
BIRTHDAY = re.compile(r"(?:\d{4}-)?(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
HONEYPOT = "website"
ONCE = re.compile(r"[0-9a-z]{8,40}")


def show(request: http.Request) -> http.Response:
    """GET /j/{slug}."""
    merchant_id, program, now = _merchant(request)
    words = _words(request, program)
    return _page(request, merchant_id, program, now, words, 200, {}, {})


def join(request: http.Request) -> http.Response:
    """POST /j/{slug}: enrol and lead to the card. The same form posted twice is one card."""
    merchant_id, program, now = _merchant(request)
    form = {name: value.strip() for name, value in request.form.items()}
    words = words_of(
        negotiate.language(
            form.get("language") or request.headers.get("accept-language", ""), program.languages
        )
    )
    if form.get(HONEYPOT):  # no person sees this field, and a robot is not told that it was seen
        return http.redirect(f"/c/{tokens.card_token(merchant_id, tokens.random_id(14), 0)}")
    profile, errors = _read(form, program, words.lang)
    if errors:
        return _page(request, merchant_id, program, now, words, 422, form, errors)
    once = form.get("once", "")
    enrolled = enrol(
        connect.lean_table(),
        merchant_id,
        program,
        profile,
        now,
        op=f"join:{once if ONCE.fullmatch(once) else tokens.random_id(20)}:{_typed(profile)}",
        source="join",
        request=Known(fingerprint="join", expires=True),
        render=lambda decision: {"member_id": decision.card.member_id},
    )
    if enrolled.answer is None:
        # The contact is known, but whoever typed it may not be its owner: the link goes to the
        # contact, not to this browser.
        hour = calendar.hour_of(now)
        tell(merchant_id, Tell(enrolled.member_id, "card_link", hour))
        return _page(request, merchant_id, program, now, words, 409, form, _taken(profile))
    token = tokens.card_token(merchant_id, enrolled.member_id, profile.link)
    return http.redirect(f"/c/{token}", (auth.card_cookie(merchant_id, token),))


def _merchant(request: http.Request) -> tuple[str, Program, datetime]:
    table = connect.lean_table()
    slug = request.param("slug").lower()
    merchant_id = Merchants(table).by_slug(slug) if len(slug) <= bodies.TEXT_MAX else None
    if merchant_id is None:
        raise Refused(Code.NOT_FOUND)
    (item,) = table.get(keys.program(merchant_id), consistent=False)
    if item is None:
        raise Refused(Code.NOT_FOUND)
    return merchant_id, merchants.program_of(item), merchants.now_of(merchant_id, None)


def _words(request: http.Request, program: Program) -> Words:
    wanted = request.query.get("lang") or request.headers.get("accept-language", "")
    return words_of(negotiate.language(wanted, program.languages))


def _read(
    form: Mapping[str, str], program: Program, language: str
) -> tuple[Profile, dict[str, str]]:
    """The profile in a form, and a code per field that needs another look."""
    values = {name: form.get(name, "") for name in FIELDS}
    errors = {
        name: "too_long" if len(value) > LONGEST.get(name, bodies.TEXT_MAX) else "invalid"
        for name, value in values.items()
        if len(value) > LONGEST.get(name, bodies.TEXT_MAX) or not bodies.printable(value)
    }
    if values["email"] and "email" not in errors:
        values["email"] = contacts.email(values["email"]) or ""
        if not values["email"]:
            errors["email"] = "invalid"
    if values["phone"] and "phone" not in errors:
        values["phone"] = contacts.phone(values["phone"], program.country) or ""
        if not values["phone"]:
            errors["phone"] = "invalid"
    if values["birthday"] and not BIRTHDAY.fullmatch(values["birthday"]):
        errors["birthday"] = "invalid"
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


def _typed(profile: Profile) -> str:
    """What was typed, as a digest: the same page filled in by the next person is another form."""
    text = json.dumps([profile.name, profile.email, profile.phone, profile.birthday])
    return sha256(text.encode()).hexdigest()[:16]


def _taken(profile: Profile) -> dict[str, str]:
    return {"email": "taken"} if profile.email else {"phone": "taken"}


def _page(
    request: http.Request,
    merchant_id: str,
    program: Program,
    now: datetime,
    words: Words,
    status: int,
    values: Mapping[str, str],
    errors: Mapping[str, str],
) -> http.Response:
    token = request.cookies.get(auth.card_cookie_name(merchant_id))
    view = pages.JoinView(
        brand=card_page.brand(program),
        action=f"/j/{request.param('slug').lower()}",
        once=tokens.random_id(20),
        languages=program.languages,
        goal=_first_goal(program, now),
        source=values.get("source") or request.query.get("source", "")[: bodies.TEXT_MAX],
        ref=values.get("ref") or request.query.get("ref", "")[: bodies.TEXT_MAX],
        values=values,
        errors=errors,
        card_path=f"/c/{token}" if token else None,
    )
    return http.page(status, pages.render(view, words))


def _first_goal(program: Program, now: datetime) -> pages.Goal | None:
    """The goal as it will stand on the new card: by really deciding the join."""
    operation = Join(Origin("preview", "join", entropy=bytes(16)), member_id="")
    card: Card = decide(program, Card(""), operation, now).card
    return card_page.goal(program, card, calendar.local_date(now, program.timezone))


lambda_handler = http.serve(
    {
        "GET /j/{slug}": messages.as_page(show),
        "POST /j/{slug}": messages.as_page(join),
    }
)
