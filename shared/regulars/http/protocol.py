"""HTTP as API Gateway hands it to a function (payload version 2.0): requests in, answers out.

No framework here: these few lines are on the path of every stamp. A function is a table from
route key to a handler; whatever a handler raises ends as one problem document.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from string import ascii_letters, digits
from typing import Any
from urllib.parse import parse_qsl, unquote

from regulars.core import checks
from regulars.core.config import learn_origin
from regulars.core.observability import begin, count, logger
from regulars.domain.refusals import RefusalCode, Refused, StaleProgram
from regulars.http import headers, problems
from regulars.store.answers import Answer, Idempotency
from regulars.store.errors import Unavailable

BODY_MAX = 256 * 1024
"""Bytes a request body may have (webhooks have their own, larger limit)."""

PARAM_MAX = 200
"""Characters a part of a path may have; more would not fit a key of the table either."""

FORM_FIELDS_MAX = 100
KEY_CHARACTERS = frozenset(f"{ascii_letters}{digits}._:-")

Response = dict[str, Any]
Handler = Callable[["Request"], Response]


@dataclass(frozen=True)
class Request:
    """One HTTP request."""

    event: Mapping[str, Any]

    @property
    def route(self) -> str:
        return str(self.event["routeKey"])

    @property
    def method(self) -> str:
        return str(self.event["requestContext"]["http"]["method"])

    @property
    def path(self) -> str:
        return str(self.event["rawPath"])

    @property
    def source(self) -> str:
        """The source address; empty when nobody says."""
        return str(self.event["requestContext"]["http"].get("sourceIp", ""))

    @property
    def headers(self) -> Mapping[str, str]:
        """By lower-case name, as API Gateway gives them."""
        headers: Mapping[str, str] = self.event.get("headers", {})
        return headers

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.event.get("rawQueryString", ""), keep_blank_values=True))

    @cached_property
    def cookies(self) -> dict[str, str]:
        pairs = (cookie.partition("=") for cookie in self.event.get("cookies", ()))
        return {name.strip(): value for name, _, value in pairs}

    def param(self, name: str) -> str:
        """A part of the path; nothing of ours has a name longer than PARAM_MAX."""
        value = unquote(str(self.event.get("pathParameters", {}).get(name, "")))
        if len(value) > PARAM_MAX:
            raise Refused(RefusalCode.NOT_FOUND)
        return value

    def at(self, path: str) -> Request:
        """The same request for another path of the same route."""
        names, values = self.route.partition(" ")[2].split("/"), path.split("/")
        pairs = zip(names, values, strict=False)
        parameters = {name[1:-1]: value for name, value in pairs if name.startswith("{")}
        return Request({**self.event, "rawPath": path, "pathParameters": parameters})

    @cached_property
    def body(self) -> bytes:
        """The raw bytes, exactly as they were sent."""
        body = self.event.get("body") or ""
        if self.event.get("isBase64Encoded"):
            return b64decode(body)
        return str(body).encode()

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object; raises the refusals of a body that is none."""
        self._expect("application/json")
        if len(self.body) > BODY_MAX:
            raise Refused(RefusalCode.TOO_LARGE, f"A body may have {BODY_MAX // 1024} KB.")
        try:
            document = json.loads(
                self.body.decode("utf-8"),
                parse_float=checks.Point,
                parse_constant=checks.Point,
                object_pairs_hook=_no_key_twice,
            )
        except (ValueError, RecursionError) as error:
            raise Refused(
                RefusalCode.MALFORMED, f"The body must be JSON: {_words(error)}"
            ) from error
        if not isinstance(document, dict):
            raise Refused(RefusalCode.INVALID, "", (("", "must be a JSON object"),))
        return document

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a posted form."""
        self._expect("application/x-www-form-urlencoded")
        if len(self.body) > BODY_MAX:
            raise Refused(RefusalCode.TOO_LARGE)
        text = self.body.decode("utf-8", "replace")
        try:
            fields = parse_qsl(text, keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX)
        except ValueError as error:
            raise Refused(RefusalCode.MALFORMED, "The form has too many fields.") from error
        return dict(fields)

    def file(self, media_type: str, most: int) -> bytes:
        """The body as a file of a type, of so many bytes at most."""
        self._expect(media_type)
        if len(self.body) > most:
            raise Refused(RefusalCode.TOO_LARGE, f"A file may have {most // 1024 // 1024} MB.")
        return self.body

    def _expect(self, media_type: str) -> None:
        """Refuse a body that says it is of another type; one that says nothing is read."""
        given = self.headers.get("content-type", media_type).partition(";")[0].strip().lower()
        if self.body and given != media_type:
            raise Refused(RefusalCode.UNSUPPORTED_MEDIA_TYPE, f"Send the body as {media_type}.")

    def fingerprint(self) -> str:
        """What was asked, as a digest: method, path and body, however the JSON was laid out."""
        return _fingerprint(self.method, self.path, self.json if self.body else None)

    def idempotency(self, *, status: int = 200, alias: str | None = None) -> Idempotency:
        """How the ledger recognises this request when it comes again with the same key."""
        return _idempotency(self.fingerprint(), status, alias)


def _fingerprint(method: str, path: str, document: Any) -> str:
    body = "" if document is None else json.dumps(document, sort_keys=True, default=str)
    text = f"{method} {path}\n{body}"
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _idempotency(fingerprint: str, status: int, alias: str | None) -> Idempotency:
    return Idempotency(
        fingerprint=fingerprint, alias=alias, expires=True, status=status, store_refusal=True
    )


def idempotency_of(method: str, path: str, document: Any) -> Idempotency:
    """How the ledger recognises a request that comes inside of another one: as if it came alone."""
    return _idempotency(_fingerprint(method, path, document), 200, None)


def serve(routes: Mapping[str, Handler]) -> Callable[[Mapping[str, Any], Any], Response]:
    """A Lambda handler that answers these route keys (`"POST /v1/earn"`)."""

    def lambda_handler(event: Mapping[str, Any], context: Any) -> Response:
        begin(getattr(context, "aws_request_id", ""))
        learn_origin(event["requestContext"].get("domainName", ""))
        request = Request(event)
        try:
            return _packed(_read_again(routes[request.route], request), request)
        except Refused as refused:
            log_refusal(request, refused)
            return problem(refused)
        except Unavailable:
            logger().exception("the table did not answer", extra={"route": request.route})
            return problem(Refused(RefusalCode.UNAVAILABLE))
        except Exception:
            logger().exception("unexpected", extra={"route": request.route})
            return problem(Refused(RefusalCode.INTERNAL))

    return lambda_handler


def log_refusal(request: Request, refused: Refused) -> None:
    """Say in the log which route refused with which code, and count it."""
    logger().info("refused", extra={"route": request.route, "code": refused.code.value})
    count("Refusals", code=refused.code.value)


PACKED_FROM = 1000
"""Bytes from which a page is worth packing."""


def _packed(answer: Response, request: Request) -> Response:
    """An answer whose page is compressed where the browser takes that: phones on slow networks wait
    for bytes, not for us."""
    body, own = answer["body"], answer["headers"]
    takes = "gzip" in request.headers.get("accept-encoding", "")
    if not takes or len(body) < PACKED_FROM or not own.get("Content-Type", "").startswith(PAGE):
        return answer
    text = zlib.compressobj(PACKED_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    packed = text.compress(body.encode()) + text.flush()
    headers_ = {**own, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return {**answer, "headers": headers_, "body": b64encode(packed).decode(),
            "isBase64Encoded": True}  # fmt: skip


PAGE = "text/html"
PACKED_LEVEL = 6

forget: list[Callable[[], None]] = []
"""What empties the memories of this process."""


def _read_again(handler: Handler, request: Request) -> Response:
    """Answer; a second time from the table as it is now when a programme was kept too long."""
    try:
        return handler(request)
    except StaleProgram:
        for empty in forget:
            empty()
        return handler(request)


def require_own_page(request: Request) -> None:
    """Raise FORBIDDEN for a form that a page of another site has sent, as far as browsers say.

    Their `Origin` says nothing here: our pages send no referrer, and then it is `null`.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Refused(RefusalCode.FORBIDDEN, "This form belongs to our own pages.")


def json_answer(
    status: int,
    body: Mapping[str, Any] | list[Any],
    own: Mapping[str, str] | None = None,
    cookies: tuple[str, ...] = (),
) -> Response:
    """A JSON answer, with headers and cookies of its own."""
    return _answer(
        status,
        json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        {"Content-Type": "application/json", **(own or {})},
        cookies,
    )


def answered(answer: Answer) -> Response:
    """The answer of an operation, marked when it is a replay."""
    own = {"Idempotent-Replay": "true"} if answer.replayed else None
    return json_answer(answer.status, answer.body, own)


def idempotency_key(request: Request) -> str:
    """The caller's key; raises when it is missing or not one."""
    key = request.headers.get("idempotency-key", "")
    if not key:
        raise Refused(
            RefusalCode.IDEMPOTENCY_KEY_REQUIRED,
            "Send an Idempotency-Key header: a new one per operation, the same one per retry.",
        )
    if len(key) > 128 or not KEY_CHARACTERS.issuperset(key):
        raise Refused(
            RefusalCode.INVALID,
            "The Idempotency-Key is not valid.",
            (("Idempotency-Key", "must be 1 to 128 characters of A-Z a-z 0-9 . _ : -"),),
        )
    return key


def problem(refused: Refused) -> Response:
    """The problem document of a refusal."""
    status, document = problems.document(refused)
    own = {"Content-Type": "application/problem+json"}
    own |= problems.retry_after(refused)
    if refused.code is RefusalCode.UNAUTHORIZED:
        own["WWW-Authenticate"] = "Bearer"
    if refused.replayed:
        own["Idempotent-Replay"] = "true"
    return _answer(status, json.dumps(document, ensure_ascii=False), own)


def html(
    status: int,
    text: str,
    style_hashes: tuple[str, ...],
    *,
    camera: bool = False,
    cookies: tuple[str, ...] = (),
) -> Response:
    """An HTML page; the hashes and `camera` go into its headers (see `headers.of_page`)."""
    return _answer(status, text, headers.of_page(style_hashes, camera=camera), cookies)


def script(text: str, scope: str = "") -> Response:
    """The script of a worker; `scope` is the path below which it may work, if not its own."""
    own = {"Service-Worker-Allowed": scope} if scope else {}
    return _answer(200, text, headers.OF_WORKER | own)


def picture(body: bytes, kept: str) -> Response:
    """A PNG file, which caches may keep as `kept` says."""
    own = {"Content-Type": "image/png", "Cache-Control": kept}
    return {**_answer(200, b64encode(body).decode(), own), "isBase64Encoded": True}


def redirect(path: str, cookies: tuple[str, ...] = ()) -> Response:
    """See other: what a posted form leads to."""
    return _answer(303, "", {"Location": path}, cookies)


def empty(status: int, own: Mapping[str, str] | None = None) -> Response:
    """An answer without a body."""
    return _answer(status, "", own or {})


def cookie(
    name: str, value: str, *, secure: bool, max_age_s: int, path: str = "/", strict: bool = False
) -> str:
    """A Set-Cookie line for a cookie that scripts cannot read."""
    same_site = "Strict" if strict else "Lax"
    parts = [f"{name}={value}", f"Max-Age={max_age_s}", f"Path={path}", "HttpOnly"]
    parts.append(f"SameSite={same_site}")
    if secure:
        parts.append("Secure")
    return "; ".join(parts)


def _answer(
    status: int, body: str, own: Mapping[str, str], cookies: tuple[str, ...] = ()
) -> Response:
    response: Response = {
        "statusCode": status,
        "headers": {**headers.BASE, **own},
        "body": body,
        "isBase64Encoded": False,
    }
    if cookies:
        response["cookies"] = list(cookies)
    return response


class DuplicateKeyError(ValueError):
    """A JSON object that names a key twice: which of the values is meant is not known."""


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DuplicateKeyError
    return found


def _words(error: Exception) -> str:
    if isinstance(error, DuplicateKeyError):
        return "an object names a key twice"
    return str(error) if isinstance(error, json.JSONDecodeError) else "it cannot be decoded"
