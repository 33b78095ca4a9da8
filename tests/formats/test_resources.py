"""What keeps something in the stack of a release stays when the stack is upgraded: CloudFormation
makes another one where the name in the template, the type or one of these properties changes.

`resources.json` has them of each release; `lasting(read_yaml(template))` gives those of a new one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from local.intrinsics import read_yaml
from tests.formats.tables import HERE, RELEASED

TEMPLATE = HERE.parents[1] / "template.yaml"
RESOURCES = json.loads((HERE / "resources.json").read_text("utf-8"))
REPLACING = {
    "AWS::DynamoDB::Table": (
        "TableName", "KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes",
        "StreamSpecification", "TimeToLiveSpecification",
    ),
    "AWS::SQS::Queue": ("QueueName", "FifoQueue"),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::Serverless::HttpApi": (),
}  # fmt: skip
"""By the type of what keeps something: properties that make another one when they change, or lose
something. A new API would have a new address."""


def lasting(document: Mapping[str, Any]) -> dict[str, Any]:
    """What keeps something in a template, with the properties that must stay."""
    return {
        name: {
            "Type": it["Type"],
            **{key: it.get("Properties", {}).get(key) for key in REPLACING[it["Type"]]},
        }
        for name, it in document["Resources"].items()
        if it["Type"] in REPLACING
    }


def test_each_release_is_there() -> None:
    assert sorted(RESOURCES) == RELEASED
    assert all("LedgerTable" in found for found in RESOURCES.values())


@pytest.mark.parametrize("release", RESOURCES)
def test_what_a_release_keeps_stays(release: str) -> None:
    now = lasting(read_yaml(TEMPLATE))
    assert {name: now.get(name) for name in RESOURCES[release]} == RESOURCES[release]


def test_the_table_is_never_taken_away() -> None:
    table = read_yaml(TEMPLATE)["Resources"]["LedgerTable"]
    assert table["DeletionPolicy"] == "RetainExceptOnCreate"
    assert table["UpdateReplacePolicy"] == "Retain"
