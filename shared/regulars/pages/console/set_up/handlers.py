"""Creating the first merchant: whoever installed the service has the code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from regulars.api import merchants
from regulars.api.models import NewMerchant
from regulars.core import folding, set_up, tokens, zones
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import limits as heard
from regulars.http import problems, protocol
from regulars.http.protocol import Request, Response
from regulars.i18n import languages
from regulars.i18n.currencies import CURRENCIES
from regulars.i18n.words import Words
from regulars.pages import answer
from regulars.pages.console.frame import forms
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import Outcome, words_here
from regulars.pages.console.set_up.view import TEMPLATE, SetUpPage
from regulars.pages.console.sign_in.signing import SET_UP, SIGN_IN, is_set_up, sign_in_as
from regulars.program.mistakes import invalid
from regulars.store import connect, limits, staff
from regulars.store.staff import OWNER

FIRST_RUN = "/console/first-run"
USUAL = {
    "hu": ("HUF", "Europe/Budapest"),
    "pl": ("PLN", "Europe/Warsaw"),
    "kk": ("KZT", "Asia/Almaty"),
}
OTHERS = ("EUR", "Europe/London")
SLUG_MAX, TRIES_MAX = 32, 5

T = Callable[..., str]


def trades(t: T) -> tuple[tuple[str, str], ...]:
    """(template, trade in words), the most frequent first."""
    return (
        ("mug-club", t("Café")),
        ("corner-cafe", t("Café, with stamps alone")),
        ("supper-club", t("Restaurant")),
        ("vip-collective", t("Hair and beauty salon")),
        ("bakery", t("Bakery")),
        ("bookshop", t("Bookshop")),
        ("car-wash", t("Car wash")),
        ("dog-groomer", t("Dog groomer")),
        ("consultant", t("Consultant")),
    )


def show(request: Request) -> Response:
    """GET /console/set-up: the form, as long as there is no merchant."""
    if is_set_up():
        return protocol.redirect(SIGN_IN)
    return _page(request, forms.fresh())


def create(request: Request) -> Response:
    """POST /console/set-up: the first merchant; who creates it is its owner, and signed in."""
    protocol.require_own_page(request)
    if is_set_up():
        return protocol.redirect(SIGN_IN)
    words, form = words_here(request), request.form
    if not _is_code(request, form.get("code", "")):
        wrong = words.t("This is not the set-up code. It stands where the service was started.")
        return _page(request, Form(form, {"code": wrong}), 422)
    try:
        made = _made(form)
    except Refused as refused:
        return _page(request, _refused(words, form, refused), problems.STATUS[refused.code].value)
    people = staff.people(connect.table(), made["merchant_id"])
    owner = next(one for one in people if one.role == OWNER)
    signed = sign_in_as(request, made["merchant_id"], owner)
    return protocol.redirect(FIRST_RUN, signed.cookies)


def _is_code(request: Request, typed: str) -> bool:
    """Whether the set-up code was typed; wrong ones are counted, by target and by address."""
    at = limits.of_target("set-up", "")
    by = limits.of_one("set-up", heard.source(request)) if request.source else at
    tries = (at, by) if request.source else (at,)
    limits.begin(connect.table(), *tries)
    code = re.sub(r"[^0-9a-z]", "", typed.lower())
    if not tokens.same(set_up.code(), code):
        return False
    limits.right(connect.table(), *tries)
    return True


def _made(form: dict[str, str]) -> dict[str, Any]:
    """Make the merchant under a slug of its name, with digits when that one is taken."""
    name = form.get("name", "").strip()
    bare = re.sub(r"[^a-z0-9]+", "-", folding.folded(name)).strip("-")[:SLUG_MAX].strip("-")
    language = form.get("language", "en")
    wanted: dict[str, Any] = {
        "name": name, "template": form.get("template", ""), "currency": form.get("currency", ""),
        "timezone": form.get("zone", ""), "owner_email": form.get("email", "").strip(),
        "languages": list(dict.fromkeys([language, *(["en"] if form.get("english") else [])])),
    }  # fmt: skip
    slug = bare if len(bare) >= 3 else f"shop-{tokens.random_id(4)}"
    for _ in range(TRIES_MAX):
        try:
            body = NewMerchant.model_validate({**wanted, "slug": slug})
        except ValueError as error:
            raise invalid(error, wanted) from error  # type: ignore[arg-type]
        try:
            return merchants.make(body)
        except Refused as refused:
            if refused.code is not RefusalCode.SLUG_TAKEN:
                raise
            slug = f"{bare or 'shop'}-{tokens.random_id(4)}"
    raise Refused(RefusalCode.SLUG_TAKEN)


def _refused(words: Words, form: dict[str, str], refused: Refused) -> Form:
    names = {"owner_email": "email", "timezone": "zone", "languages.0": "language"}
    errors = {
        names.get(path, path): forms.mistake(words, message) for path, message in refused.errors
    }
    _, document = problems.document(refused)
    problem = "" if errors else forms.refusal(words, Outcome(0, document, refused))
    return Form(form, errors, problem)


def _page(request: Request, form: Form, status: int = 200) -> Response:
    words = words_here(request)
    currency, zone = USUAL.get(words.lang, OTHERS)
    view = SetUpPage(
        form, _twice(CURRENCIES), currency, _twice(zones.names()), zone,
        tuple(languages().items()), words.lang, trades(words.t),
    )  # fmt: skip
    return answer.page(status, TEMPLATE, view, words)


def _twice(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, name) for name in sorted(names))


ROUTES = {f"GET {SET_UP}": answer.as_page(show), f"POST {SET_UP}": answer.as_page(create)}
