"""The same transport as `wire`, over boto3: for functions that load boto3 anyway.

boto3's own retries are off, so that both transports try again in the same cases (see `retry`).
Without them botocore takes half an answer for an empty one, so damage is looked for here.
"""

from __future__ import annotations

import zlib
from functools import cache
from typing import Any

import boto3
import botocore.exceptions
from botocore import xform_name
from botocore.config import Config
from botocore.parsers import ResponseParserError

from regulars.store.errors import Lost, ServiceError
from regulars.store.place import CONNECT_TIMEOUT_S, READ_TIMEOUT_S, place
from regulars.store.retry import persist


class Boto:
    """One AWS service through boto3: `boto(operation, params)` returns the parsed answer.

    Raises what `wire.Wire` raises. Safe to share between threads.
    """

    def __init__(self, service: str, endpoint: str, region: str) -> None:
        # A session of its own: making a client from boto3's default session is not thread-safe.
        self._client = boto3.session.Session().client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            config=Config(
                connect_timeout=CONNECT_TIMEOUT_S,
                read_timeout=READ_TIMEOUT_S,
                retries={"total_max_attempts": 1},
                # The plain regional address, as `wire` uses it, not one per account.
                account_id_endpoint_mode="disabled",
            ),
        )
        self._client.meta.events.register("before-parse", _refuse_damage)

    def __call__(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """Carry out one operation, again where that helps (see `retry`)."""
        return persist(lambda: self._once(operation, params), operation)

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._client.close()

    def _once(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, xform_name(operation))(**params)
        except botocore.exceptions.ClientError as error:
            found: dict[str, Any] = dict(error.response)
            status = found["ResponseMetadata"]["HTTPStatusCode"]
            message = found["Error"].get("Message", "")
            raise ServiceError(found["Error"].get("Code", ""), message, status, found) from error
        except _LOST as error:
            raise Lost(f"{operation}: {error!r}") from error
        return answer


_LOST = (
    botocore.exceptions.ConnectionError,
    botocore.exceptions.HTTPClientError,
    ResponseParserError,
)


def _refuse_damage(response_dict: dict[str, Any], **_: Any) -> None:
    """Raise `Lost` for an answer that arrived changed or in part."""
    body, status = response_dict["body"], response_dict["status_code"]
    checksum = response_dict["headers"].get("x-amz-crc32")
    if checksum is not None and checksum != str(zlib.crc32(body)):
        raise Lost("the answer does not match its checksum")
    if status == 200 and not (body.startswith(b"{") and body.endswith(b"}")):
        raise Lost("200 without a JSON object")


def dynamodb() -> Boto:
    """Return DynamoDB as the environment describes it; `Table` takes it as its transport."""
    return _client("dynamodb", *place("dynamodb"))


def send_message(queue_url: str, body: str) -> None:
    """Send one message to an SQS queue: at least once, since a lost answer is sent again."""
    sqs = _client("sqs", *place("sqs"))
    sqs("SendMessage", {"QueueUrl": queue_url, "MessageBody": body})


@cache
def _client(service: str, endpoint: str, region: str) -> Boto:
    return Boto(service, endpoint, region)
