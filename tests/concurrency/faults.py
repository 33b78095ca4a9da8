"""Faults at the k-th request to AWS, in either transport, beneath its own retries."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal

import botocore.exceptions
from botocore.awsrequest import AWSResponse

from regulars.store.boto import Boto
from regulars.store.errors import Lost, ServiceError, parsed
from regulars.store.wire import Wire

Kind = Literal["lost", "dropped", "throttled", "conflict", "broken", "dies before", "dies after"]

KINDS: tuple[Kind, ...] = (
    "lost",  # the request never arrives
    "dropped",  # it is carried out and its answer never arrives
    "throttled",
    "conflict",
    "broken",  # a 5xx
    "dies before",
    "dies after",
)


class Death(BaseException):
    """The process ends here: nothing that catches errors catches this."""


class Faults:
    """Counts requests and lets those from `first` on, `times` in all, go wrong."""

    def __init__(self, kind: Kind, first: int, times: int) -> None:
        self.kind, self.first, self.times = kind, first, times
        self.requests = 0

    def due(self) -> bool:
        """Count a request; whether it goes wrong."""
        self.requests += 1
        return self.first <= self.requests < self.first + self.times

    @property
    def after(self) -> bool:
        """Whether the fault comes after the request was carried out."""
        return self.kind in {"dropped", "dies after"}

    def error(self, operation: str) -> tuple[int, dict[str, Any]] | None:
        """Status and body of the error that AWS answers; None when it answers nothing."""
        transaction = operation == "TransactWriteItems"
        reasons = [{"Code": "None"}, {"Code": "TransactionConflict", "Message": "told to"}]
        conflict = "TransactionCanceledException" if transaction else "TransactionConflictException"
        sentence: dict[str, tuple[int, dict[str, Any]]] = {
            "throttled": (400, {"__type": "x#ProvisionedThroughputExceededException"}),
            "conflict": (
                400,
                {"__type": f"x#{conflict}", "CancellationReasons": reasons if transaction else []},
            ),
            "broken": (500, {"__type": "x#InternalServerError"}),
        }
        return sentence.get(self.kind)


@contextmanager
def faulty(client: Any, faults: Faults) -> Iterator[None]:
    """Let the requests of a client go wrong within the block."""
    if isinstance(client, Wire):
        with _faulty_wire(client, faults):
            yield
    else:
        assert isinstance(client, Boto)
        with _faulty_boto(client, faults):
            yield


@contextmanager
def _faulty_wire(client: Wire, faults: Faults) -> Iterator[None]:
    once: Callable[[str, bytes], dict[str, Any]] = client._once

    def fail(operation: str, body: bytes) -> dict[str, Any]:
        if not faults.due():
            return once(operation, body)
        if faults.after:
            with suppress(ServiceError):  # that answer is lost like any other
                once(operation, body)
        if faults.kind.startswith("dies"):
            raise Death
        sentence = faults.error(operation)
        if sentence is None:
            raise Lost(f"{operation}: told to")
        return parsed(operation, sentence[0], json.dumps(sentence[1]).encode())

    client._once = fail  # type: ignore[method-assign] # put back below
    try:
        yield
    finally:
        del client._once  # the class has its own


@contextmanager
def _faulty_boto(client: Boto, faults: Faults) -> Iterator[None]:
    """By botocore's own events: before the request is sent, or when its answer has arrived."""
    due = False

    def before_send(request: Any, **_: Any) -> AWSResponse | None:
        nonlocal due
        due = faults.due()
        if not due or faults.after:
            return None
        if faults.kind == "dies before":
            raise Death
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        sentence = faults.error(operation)
        if sentence is None:
            raise botocore.exceptions.ConnectionClosedError(endpoint_url=request.url)
        return AWSResponse(request.url, sentence[0], {}, _Raw(json.dumps(sentence[1]).encode()))

    def before_parse(**_: Any) -> None:
        if due and faults.after:
            if faults.kind == "dies after":
                raise Death
            raise botocore.exceptions.ReadTimeoutError(endpoint_url="told to")

    events = client._client.meta.events
    events.register("before-send.dynamodb.*", before_send)
    events.register_first("before-parse.dynamodb.*", before_parse)
    try:
        yield
    finally:
        events.unregister("before-send.dynamodb.*", before_send)
        events.unregister("before-parse.dynamodb.*", before_parse)


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
