"""Reading bodies, lists and conditions of the API's requests."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from regulars.domain.refusals import RefusalCode, Refused
from regulars.http.protocol import Request
from regulars.program.mistakes import invalid

LIMIT_MAX, LIMIT = 100, 25

Model = TypeVar("Model", bound=BaseModel)


def read_body(request: Request, model: type[Model]) -> Model:
    """The body as a model; raises INVALID with one message per field. No body counts as {}."""
    sent = request.json if request.body else {}
    try:
        return model.model_validate(sent)
    except ValidationError as error:
        raise invalid(error, sent) from error


def limit(request: Request) -> int:
    """How many items a list is to have."""
    text = request.query.get("limit", str(LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= LIMIT_MAX):
        raise Refused(RefusalCode.INVALID, "", (("limit", f"must be from 1 to {LIMIT_MAX}"),))
    return int(text)


def cursor_of(request: Request) -> int | None:
    """The number that a list goes on below; None at its beginning. Raises INVALID."""
    text = request.query.get("cursor")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused(
            RefusalCode.INVALID, "", (("cursor", "must be the `next` of an earlier page"),)
        )
    return int(text)


def flag(request: Request, name: str) -> bool:
    """Whether a query parameter says `true`; raises INVALID for anything but true and false."""
    text = request.query.get(name, "false")
    if text not in {"true", "false"}:
        raise Refused(RefusalCode.INVALID, "", ((name, "must be true or false"),))
    return text == "true"


def if_match(request: Request) -> int | None:
    """The version a change is based on, from the If-Match header; None for `*`, whatever it is."""
    text = request.headers.get("if-match", "").strip().strip('"')
    if text == "*":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused(
            RefusalCode.INVALID,
            "Say which version this replaces.",
            (("If-Match", "must be the version that was read, such as 3"),),
        )
    return int(text)
