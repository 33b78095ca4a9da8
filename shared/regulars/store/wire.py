"""DynamoDB, SQS and one call of SSM over the standard library: sign, send, read the answer.

The path of a stamp uses this instead of boto3, because at a small shop almost every scan is a cold
start (docs/adr/0001). It speaks AWS JSON with Signature Version 4 and keeps connections for
the next call. The requests are botocore's, byte for byte, and a test compares thousands of them.
"""

from __future__ import annotations

import http.client
import json
import ssl
import time
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from regulars.store.credentials import Keyring
from regulars.store.errors import Lost, parsed
from regulars.store.place import CONNECT_TIMEOUT_S, READ_TIMEOUT_S, place
from regulars.store.retry import persist
from regulars.store.signature import sign

IDLE_MAX_S: Final = 20.0  # what idled longer may have died while Lambda was frozen: do not risk it

_SERVICES: Final[Mapping[str, tuple[str, dict[str, str]]]] = {  # target prefix, headers
    "dynamodb": ("DynamoDB_20120810", {"Content-Type": "application/x-amz-json-1.0"}),
    "sqs": (
        "AmazonSQS",
        {"Content-Type": "application/x-amz-json-1.0", "x-amzn-query-mode": "true"},
    ),
    "ssm": ("AmazonSSM", {"Content-Type": "application/x-amz-json-1.1"}),
}

clock: Callable[[], float] = time.time  # seam: tests set the time


class Wire:
    """One AWS service: `wire(operation, params)` returns the parsed answer.

    Raises `ServiceError` for an error that another try cannot fix, `Unavailable` for one that
    outlived every try. Safe to share between threads.
    """

    def __init__(self, service: str, endpoint: str, region: str) -> None:
        url = urlsplit(endpoint)
        self._host, self._secure = url.netloc, url.scheme == "https"
        self._service, self._region = service, region
        self._prefix, self._headers = _SERVICES[service]
        self._keyring = Keyring()
        self._idle: list[tuple[http.client.HTTPConnection, float]] = []  # with when last used

    def __call__(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """Carry out one operation, again where that helps (see `retry`)."""
        body = json.dumps(params, default=_base64).encode()
        return persist(lambda: self._once(operation, body), f"{self._service} {operation}")

    def close(self) -> None:
        """Close the connections that are not in use; later calls open new ones."""
        while self._idle:
            self._idle.pop()[0].close()

    def _once(self, operation: str, body: bytes) -> dict[str, Any]:
        headers = self._signed(operation, body)
        connection = self._connection()
        reused = connection.sock is not None
        try:
            if not reused:
                connection.connect()
                connection.sock.settimeout(READ_TIMEOUT_S)
            connection.request("POST", "/", body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()  # it may be half-way through an answer
            stale = reused and isinstance(error, ConnectionError)
            if stale:
                self.close()  # the others have been idle for longer
            raise Lost(f"{operation}: {error!r}", stale=stale) from error
        if connection.sock is not None:
            self._idle.append((connection, clock()))
        # A damaged answer to a write is as good as a lost one. DynamoDB sends the sum, SQS none.
        crc = answer.headers.get("x-amz-crc32")
        if crc is not None and crc != str(zlib.crc32(content)):
            raise Lost(f"{operation}: the answer does not match its checksum")
        return parsed(operation, answer.status, content)

    def _signed(self, operation: str, body: bytes) -> dict[str, str]:
        headers = {
            "X-Amz-Target": f"{self._prefix}.{operation}",
            **self._headers,
        }
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(clock()))
        keys = self._keyring.current()
        return sign(self._service, self._region, self._host, headers, body, keys, stamp)

    def _connection(self) -> http.client.HTTPConnection:
        """A connection that nobody else uses now: the one used last, or a new one not yet open."""
        try:  # list.pop is atomic: two threads never get the same connection
            connection, used_at = self._idle.pop()
        except IndexError:
            if self._secure:
                return http.client.HTTPSConnection(
                    self._host, timeout=CONNECT_TIMEOUT_S, context=_tls()
                )
            return http.client.HTTPConnection(self._host, timeout=CONNECT_TIMEOUT_S)
        if clock() - used_at > IDLE_MAX_S:
            connection.close()
        return connection


def dynamodb() -> Wire:
    """Return DynamoDB as the environment describes it; `Table` takes it as its transport."""
    return _client("dynamodb", *place("dynamodb"))


def send_message(queue_url: str, body: str, group: str = "") -> None:
    """Send one message to an SQS queue: at least once, since a lost answer is sent again.

    `group` names whose it is: SQS holds nobody's messages back behind many of somebody else.
    """
    of_group = {"MessageGroupId": group} if group else {}
    params = {"QueueUrl": queue_url, "MessageBody": body, **of_group}
    _client("sqs", *place("sqs"))("SendMessage", params)


def parameter(name: str) -> str:
    """Return the text of a parameter, decrypted. Raises ServiceError when there is none."""
    answer = _client("ssm", *place("ssm"))("GetParameter", {"Name": name, "WithDecryption": True})
    return str(answer["Parameter"]["Value"])


@cache
def _client(service: str, endpoint: str, region: str) -> Wire:
    return Wire(service, endpoint, region)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()  # once per process: reading the roots takes 20 ms


def _base64(value: object) -> str:
    if not isinstance(value, bytes):
        raise TypeError(f"a request cannot hold a {type(value).__name__}")
    return b64encode(value).decode()
