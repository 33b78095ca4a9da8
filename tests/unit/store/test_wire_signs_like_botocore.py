"""botocore as the oracle: the same call gives the same request, byte for byte, signature included.

Left out of the comparison are the headers that are not part of the protocol and not signed:
User-Agent and the two in which the SDK numbers its own tries.
"""

from __future__ import annotations

import http.client
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

import boto3
import botocore.auth
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.store import wire
from regulars.store.marshal import to_item
from tests.examples import examples

REGIONS = ("eu-central-1", "us-east-1")
OWN_HEADERS = {"user-agent", "amz-sdk-invocation-id", "amz-sdk-request"}

Request = tuple[str, dict[str, str], bytes]  # host, headers by lower-case name, body
KEY_ID, SECRET = "AKIDEXAMPLE", "secret/with+signs"


class Oracle(Protocol):
    """What boto3 would send."""

    def __call__(
        self,
        service: str,
        region: str,
        token: str,
        port: int | None,
        operation: str,
        params: dict[str, Any],
    ) -> Request: ...


names = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789_", min_size=3, max_size=20)
texts = st.text(max_size=40)
scalars = (
    texts | st.integers(-(10**20), 10**20) | st.booleans() | st.none() | st.binary(max_size=30)
)
values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(texts, scalars, max_size=3)
items = st.dictionaries(texts.filter(bool), values, max_size=5).map(to_item)
keys = st.builds(lambda pk, sk: to_item({"PK": pk, "SK": sk}), texts, texts)
puts = st.fixed_dictionaries(
    {"TableName": names, "Item": items},
    optional={
        "ConditionExpression": texts,
        "ExpressionAttributeNames": st.dictionaries(names, texts, max_size=2),
        "ExpressionAttributeValues": items,
        "ReturnValuesOnConditionCheckFailure": st.just("ALL_OLD"),
    },
)
checks = st.fixed_dictionaries({"TableName": names, "Key": keys, "ConditionExpression": texts})
dynamodb_calls = st.one_of(
    st.tuples(
        st.just("GetItem"),
        st.fixed_dictionaries(
            {"TableName": names, "Key": keys}, optional={"ConsistentRead": st.booleans()}
        ),
    ),
    st.tuples(st.just("PutItem"), puts),
    st.tuples(
        st.just("Query"),
        st.fixed_dictionaries(
            {"TableName": names, "KeyConditionExpression": texts},
            optional={
                "Limit": st.integers(1, 1000),
                "ScanIndexForward": st.booleans(),
                "ExclusiveStartKey": keys,
                "ExpressionAttributeValues": items,
            },
        ),
    ),
    st.tuples(
        st.just("TransactWriteItems"),
        st.fixed_dictionaries(
            {
                "TransactItems": st.lists(
                    puts.map(lambda put: {"Put": put})
                    | checks.map(lambda check: {"ConditionCheck": check}),
                    min_size=1,
                    max_size=4,
                ),
                "ClientRequestToken": st.text("0123456789abcdef", min_size=32, max_size=32),
            }
        ),
    ),
    st.tuples(
        st.just("BatchGetItem"),
        st.builds(
            lambda name, wanted: {"RequestItems": {name: {"Keys": wanted, "ConsistentRead": True}}},
            names,
            st.lists(keys, min_size=1, max_size=4),
        ),
    ),
)
sqs_calls = st.tuples(
    st.just("SendMessage"),
    st.builds(
        lambda name, body: {"QueueUrl": f"https://sqs.example/123/{name}", "MessageBody": body},
        names,
        st.text(max_size=200),
    ),
)
ssm_calls = st.tuples(
    st.just("GetParameter"),
    st.builds(
        lambda name: {"Name": f"/{name}/ring", "WithDecryption": True},
        names,
    ),
)
any_call = st.one_of(
    st.tuples(st.just("dynamodb"), dynamodb_calls),
    st.tuples(st.just("sqs"), sqs_calls),
    st.tuples(st.just("ssm"), ssm_calls),
)
moments = st.integers(0, 10**9).map(
    lambda s: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)


def endpoint_of(service: str, region: str, port: int | None) -> str:
    return f"http://127.0.0.1:{port}" if port else f"https://{service}.{region}.amazonaws.com"


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    """Makes boto3 build and sign a request, and catches it before it leaves."""
    caught: list[AWSPreparedRequest] = []
    clients: dict[tuple[str, str, str, int | None], Any] = {}

    def client(service: str, region: str, token: str, port: int | None) -> Any:
        made = boto3.session.Session().client(
            service,
            region_name=region,
            endpoint_url=endpoint_of(service, region, port),
            aws_access_key_id=KEY_ID,
            aws_secret_access_key=SECRET,
            aws_session_token=token or None,
            config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
        )

        def catch(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
            caught.append(request)
            answer = AWSResponse(request.url, 200, {}, None)
            answer._content = b"{}"  # what botocore would have read from the network
            return answer

        made.meta.events.register(f"before-send.{service}", catch)
        return made

    def ask(
        service: str,
        region: str,
        token: str,
        port: int | None,
        operation: str,
        params: dict[str, Any],
    ) -> Request:
        key = (service, region, token, port)
        if key not in clients:
            clients[key] = client(*key)
        getattr(clients[key], xform_name(operation))(**params)
        request = caught.pop()
        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in request.headers.items()
            if name.lower() not in OWN_HEADERS
        }
        return urlsplit(request.url).netloc, headers, request.body

    yield ask
    for made in clients.values():
        made.close()


class Socket:
    """Stands for the network: keeps what was written, answers an empty object."""

    def __init__(self) -> None:
        self.written = bytearray()

    def sendall(self, data: bytes) -> None:
        self.written += data

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    def settimeout(self, _seconds: float) -> None:
        pass

    def close(self) -> None:
        pass


def sent(client: wire.Wire, operation: str, params: dict[str, Any]) -> Request:
    """What the client writes to its socket for one call, taken apart."""
    socket = Socket()

    def connect(connection: http.client.HTTPConnection) -> None:
        connection.sock = socket

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http.client.HTTPConnection, "connect", connect)
        patch.setattr(http.client.HTTPSConnection, "connect", connect)
        assert client(operation, params) == {}
    head, _, body = bytes(socket.written).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    assert first == "POST / HTTP/1.1"
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    assert headers.pop("accept-encoding") == "identity"
    return headers.pop("host"), headers, body


@settings(max_examples=examples(600), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    call=any_call,
    moment=moments,
    region=st.sampled_from(REGIONS),
    token=st.sampled_from(["", "FwoGZXIvYXdzEXAMPLE//token=="]),
    port=st.sampled_from([None, 8000]),
)
def test_every_request_is_the_same(
    oracle: Oracle, call: Any, moment: datetime, region: str, token: str, port: int | None
) -> None:
    service, (operation, params) = call
    client = wire.Wire(service, endpoint_of(service, region, port), region)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.auth, "get_current_datetime", lambda: moment)
        patch.setattr(wire, "clock", moment.timestamp)
        patch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        patch.setenv("AWS_SESSION_TOKEN", token)
        ours = sent(client, operation, params)
        theirs = oracle(service, region, token, port, operation, params)
    assert ours == theirs


def test_a_changed_byte_changes_the_signature(oracle: Oracle) -> None:
    """The comparison above can fail: the oracle looks at every part of the request."""
    params = {"TableName": "table", "Key": to_item({"PK": "a", "SK": "b"})}
    other = {"TableName": "table", "Key": to_item({"PK": "a", "SK": "c"})}
    _, one, _ = oracle("dynamodb", REGIONS[0], "", None, "GetItem", params)
    _, two, _ = oracle("dynamodb", REGIONS[0], "", None, "GetItem", other)
    assert one["authorization"] != two["authorization"]
