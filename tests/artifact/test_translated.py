"""What CloudFormation gets: the built template as SAM translates it, held to the limits of AWS.

`sam validate` checks a template against schemas; the limits below abort a deployment only when
half of it is done.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.artifact.conftest import Translated

pytestmark = pytest.mark.artifact

POLICY_BYTES = 2_000
"""A tenth of what Lambda allows for all permissions of a function (20,480)."""
RESOURCES = 300
"""CloudFormation allows 500."""
TEMPLATE_BYTES = 500_000
"""CloudFormation allows a million."""


def size_of_policy(permissions: list[dict[str, Any]]) -> int:
    """How many bytes the policy takes that Lambda keeps for these permissions of a function."""
    name = "arn:aws:lambda:ap-southeast-2:123456789012:function:" + "n" * 64 + ":live"
    source = "arn:aws:execute-api:ap-southeast-2:123456789012:abcdefghij/*/GET" + "/a-long-part" * 6
    statements = [
        {
            "Sid": "s" * 64,
            "Effect": "Allow",
            "Principal": {"Service": it["Principal"]},
            "Action": it["Action"],
            "Resource": name,
            "Condition": {"ArnLike": {"AWS:SourceArn": source}},
        }
        for it in permissions
    ]
    return len(json.dumps({"Version": "2012-10-17", "Id": "default", "Statement": statements}))


def test_what_may_call_a_function_is_far_from_the_limit(translated: Translated) -> None:
    permissions: dict[str, list[dict[str, Any]]] = {}
    for permission in translated.of_type("AWS::Lambda::Permission").values():
        name = json.dumps(permission["FunctionName"])
        permissions.setdefault(name, []).append(permission)
    assert len(permissions) >= 9, "the functions behind the API"
    assert {name: size_of_policy(it) for name, it in permissions.items()
            if size_of_policy(it) > POLICY_BYTES} == {}  # fmt: skip


def test_the_stack_is_far_from_the_limits(translated: Translated) -> None:
    assert len(translated.resources) <= RESOURCES
    assert len(json.dumps(translated.document)) <= TEMPLATE_BYTES


def test_each_route_reaches_a_function_that_the_api_may_call(translated: Translated) -> None:
    document = translated.resources["Api"]["Properties"]["Body"]
    integrations = document["components"]["x-amazon-apigateway-integrations"]
    callable_by_api = {
        it["FunctionName"]["Ref"]
        for it in translated.of_type("AWS::Lambda::Permission").values()
        if it["Principal"] == "apigateway.amazonaws.com"
    }
    called = set()
    for operations in document["paths"].values():
        for operation in operations.values():
            name = operation["x-amazon-apigateway-integration"]["$ref"].rsplit("/", 1)[-1]
            uri = integrations[name]["uri"]["Fn::Sub"]
            called.add(uri.rpartition("${")[2].partition("}")[0].removesuffix(".Arn"))
    assert called == callable_by_api
    assert called <= set(translated.resources)
