"""A minimal client for the JSON protocol of AWS, aimed at the local engine and the stand-ins.

Requests are not really signed: nothing on this machine checks signatures. The headers only have
the shape of a signature, because both servers route by it.
"""

import http.client
import json
import threading
import time
import urllib.parse
from typing import Any

REGION = "us-east-1"
ACCOUNT = "123456789012"

_TARGETS = {
    "dynamodb": ("DynamoDB_20120810", "1.0"),
    "dynamodbstreams": ("DynamoDBStreams_20120810", "1.0"),
    "sqs": ("AmazonSQS", "1.0"),
    "ssm": ("AmazonSSM", "1.1"),
}


class AwsError(Exception):
    """A refusal of a local service. `code` is the last part of the error type."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def arn(service: str, resource: str) -> str:
    """The ARN of a local resource, in the one region and account there is."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


class Client:
    """Calls one service at one endpoint; safe to share between threads.

    With `keep`, each thread holds on to its connection: for those that call again and again.
    """

    def __init__(
        self, service: str, endpoint: str, *, keep: bool = False, timeout_s: float = 30.0
    ) -> None:
        parts = urllib.parse.urlsplit(endpoint)
        if not parts.hostname or not parts.port:
            raise ValueError(f"an endpoint needs a host and a port: {endpoint!r}")
        self._address = (parts.hostname, parts.port)
        self._service = service
        self._timeout_s = timeout_s
        self._keep = keep
        self._local = threading.local()

    def call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """One operation; raises AwsError on a refusal and OSError when nobody answers."""
        target, version = _TARGETS[self._service]
        content_type = f"application/x-amz-json-{version}"
        headers = {**self._headers(content_type), "X-Amz-Target": f"{target}.{operation}"}
        status, answer = self.request("POST", "/", json.dumps(parameters).encode(), headers)
        document: dict[str, Any] = json.loads(answer) if answer else {}
        if status >= 400:
            kind = str(document.get("__type", status)).rsplit("#", 1)[-1]
            raise AwsError(kind, str(document.get("message", document.get("Message", ""))))
        return document

    def post(self, path: str, document: dict[str, Any]) -> dict[str, Any]:
        """One call of a REST-like service (SES); raises AwsError on a refusal."""
        headers = self._headers("application/json")
        status, answer = self.request("POST", path, json.dumps(document).encode(), headers)
        if status >= 400:
            raise AwsError(str(status), answer.decode("utf-8", "replace"))
        parsed: dict[str, Any] = json.loads(answer) if answer else {}
        return parsed

    def put(self, path: str, body: bytes = b"") -> None:
        """Write one thing of a REST service (S3: a bucket, an object); raises AwsError."""
        status, answer = self.request("PUT", path, body, self._headers("application/octet-stream"))
        if status >= 400:
            raise AwsError(str(status), answer.decode("utf-8", "replace"))

    def request(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        """Send and read; again when a kept connection had gone stale."""
        kept: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if kept is not None:
            try:
                return _exchange(kept, method, path, body, headers)
            except (OSError, http.client.HTTPException):
                kept.close()
                self._local.connection = None
        fresh = http.client.HTTPConnection(*self._address, timeout=self._timeout_s)
        try:
            result = _exchange(fresh, method, path, body, headers)
        except http.client.HTTPException as error:
            fresh.close()
            raise ConnectionError(f"{self._service}: {error!r}") from error
        except BaseException:
            fresh.close()
            raise
        if self._keep:
            self._local.connection = fresh
        else:
            fresh.close()
        return result

    def _headers(self, content_type: str) -> dict[str, str]:
        now = time.gmtime()
        signed_as = "dynamodb" if self._service == "dynamodbstreams" else self._service
        scope = f"{time.strftime('%Y%m%d', now)}/{REGION}/{signed_as}/aws4_request"
        return {
            "Content-Type": content_type,
            "X-Amz-Date": time.strftime("%Y%m%dT%H%M%SZ", now),
            "Authorization": (
                f"AWS4-HMAC-SHA256 Credential=local/{scope}, "
                "SignedHeaders=host;x-amz-date, Signature=0"
            ),
        }


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes,
    headers: dict[str, str],
) -> tuple[int, bytes]:
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    return response.status, response.read()
