"""A form that was sent when somebody first had to sign in: it waits, and stands on its page again.

It is never sent from here: whoever typed it looks at it and sends it again. Nobody else sees
it: it opens with a secret of the browser in which it was typed, for the person who typed it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from regulars.core import clock
from regulars.domain.calendar import to_ms
from regulars.http import protocol, sessions
from regulars.http.protocol import Request, Response
from regulars.i18n.words import Words
from regulars.pages.console.frame import filling
from regulars.store import connect, typed_forms
from regulars.store.staff import Session
from regulars.store.typed_forms import TypedForm

FIELDS_MAX = 5000
SECRETS = frozenset({"secret", "pin", "code", "key"})
"""Fields that are never kept."""


def keep(request: Request) -> tuple[str, ...]:
    """Keep the form that a request brings; returns the cookie that opens it. Only a browser that
    is a device of the shop can have one kept, for who was signed in on it last."""
    form = _form(request)
    if not form:
        return ()
    secret = typed_forms.keep(connect.table(), form, to_ms(clock.now()))
    return (sessions.typed_cookie(secret),) if secret else ()


def put_back(request: Request, session: Session, merchant_id: str, words: Words,
             answer: Response) -> Response:  # fmt: skip
    """Put the form that waits into the page that has it."""
    form = _waiting(request)
    page = answer["body"]
    is_theirs = form and (form.merchant_id, form.staff_id) == (merchant_id, session.staff_id)
    if form is None or not is_theirs or not isinstance(page, str):
        return answer
    note = words.t(
        "You are signed in again. What you typed is not saved yet: look at it, then send it."
    )
    return {**answer, "body": filling.filled(page, form.action, form.fields, note)}


def sent(request: Request, answer: Response) -> Response:
    """Forget the form that waits, once it is sent again."""
    form = _waiting(request)
    if form is None or form.action != request.path:
        return answer
    return {**answer, "cookies": [*answer.get("cookies", ()), sessions.forget_typed_cookie()]}


def _waiting(request: Request) -> TypedForm | None:
    secret = sessions.typed(request)
    return typed_forms.read(connect.table(), secret, to_ms(clock.now())) if secret else None


def _form(request: Request) -> TypedForm | None:
    """What the request brings; None for what is no form, nothing typed, or of no known browser."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    named = sessions.device_key(request)
    if kind != "application/x-www-form-urlencoded" or named is None:
        return None
    if len(request.body) > protocol.BODY_MAX:
        return None
    (item,) = connect.table().get(named[0])
    device = sessions.confirmed_device(item, named[2])
    if device is None or not device.who:
        return None
    fields = _fields(request)
    return TypedForm(named[1], device.who, request.path, fields) if fields else None


def _fields(request: Request) -> dict[str, Any]:
    text = request.body.decode("utf-8", "replace")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError:
        return {}
    return {name: value for name, value in pairs if name not in SECRETS}
