"""What can go wrong between a function and AWS.

StoreError
├── ServiceError      AWS answered and said no; carries its code, message, HTTP status and body
├── Lost              no usable answer: the request may or may not have been carried out
├── Unavailable       a transient failure outlived every try; worth trying again later
└── Cancelled         a transaction met a failed condition; carries one reason per write

`ServiceError` and `Lost` are what a transport sees on one try; callers of `Table` meet
`Cancelled` (decide again), `Unavailable` (answer 503) and, for mistakes of ours such as a missing
permission or a malformed request, `ServiceError` (a 500 with a trace).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

CONDITION_FAILED = "ConditionalCheckFailed"


class StoreError(Exception):
    """Anything that went wrong between us and AWS."""


class ServiceError(StoreError):
    """AWS answered with an error.

    `code` is AWS' own short name ("ThrottlingException"), empty when the answer had none;
    `body` is the parsed answer, which carries `Item` or `CancellationReasons` for some codes.
    """

    def __init__(self, code: str, message: str, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{code or status}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.body = body


class Lost(StoreError):  # noqa: N818 - named as the fact it is, like a refusal
    """The request got no usable answer, so its effect is unknown.

    `stale` says that a kept-alive connection turned out to be dead, which calls for another try on
    a new connection at once: waiting would not help.
    """

    def __init__(self, message: str, *, stale: bool = False) -> None:
        super().__init__(message)
        self.stale = stale


class Unavailable(StoreError):  # noqa: N818 - named as the fact it is, like a refusal
    """Every try ended in a transient failure. The last one is the `__cause__`.

    The effect is unknown: one of the tries may have been carried out and its answer lost.
    """

    def __init__(self, operation: str, tries: int) -> None:
        super().__init__(f"{operation} failed {tries} times")
        self.operation = operation
        self.tries = tries


class CancellationReason(NamedTuple):
    """Why one write of a cancelled transaction did not happen.

    `code` is DynamoDB's ("None" for a write that was fine by itself); `item` is the item that was
    there when its condition failed, None when there was none.
    """

    code: str
    item: dict[str, Any] | None

    @property
    def failed(self) -> bool:
        """Whether this write's own condition was the one that did not hold."""
        return self.code == CONDITION_FAILED


class Cancelled(StoreError):  # noqa: N818 - named as the fact it is, like a refusal
    """A transaction was refused because of a condition; nothing was written.

    `reasons` has one entry per write, in the order of the call.
    """

    def __init__(self, reasons: Sequence[CancellationReason]) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = list(reasons)


def parsed(operation: str, status: int, content: bytes) -> dict[str, Any]:
    """Read an answer of AWS JSON. Raises ServiceError for one that says what is wrong, Lost for one
    that is none."""
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if status == 200 and isinstance(body, dict):
        return body
    if status == 200 or (status >= 500 and body is None):
        raise Lost(f"{operation}: {status} without a JSON object")
    body = body if isinstance(body, dict) else {}
    code = str(body.get("__type", "")).rpartition("#")[2].partition(":")[0]
    message = body.get("message") or body.get("Message") or content[:200].decode(errors="replace")
    raise ServiceError(code, message, status, body)
