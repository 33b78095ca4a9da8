"""The template as the tests of it read it: its resources by type, and what its functions may do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.intrinsics import read_yaml
from regulars.api.routes import ROUTES, UNKNOWN

ROOT = Path(__file__).parents[2]
TEMPLATE = read_yaml(ROOT / "template.yaml")
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
GLOBALS: dict[str, Any] = TEMPLATE["Globals"]["Function"]


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of one type, by logical id."""
    return {
        name: resource.get("Properties", {})
        for name, resource in RESOURCES.items()
        if resource["Type"] == kind
    }


FUNCTIONS = of_type("AWS::Serverless::Function")
QUEUES = of_type("AWS::SQS::Queue")
ALARMS = of_type("AWS::CloudWatch::Alarm")
STACK_NAME = {"Ref": "AWS::StackName"}
NAMES = {
    "AlarmName", "ConfigurationSetName", "DashboardName", "GroupName",
    "LogGroupName", "Name", "QueueName", "RoleName", "TableName", "TopicName", "BucketName",
}  # fmt: skip
BEHIND_HTTP = {f"{route.function.capitalize()}Function" for route in (*ROUTES, UNKNOWN)}


def statements(function: dict[str, Any]) -> list[dict[str, Any]]:
    """What a function may do, in IAM's terms. Its policies are written here, not borrowed."""
    found: list[dict[str, Any]] = []
    for policy in function["Policies"]:
        assert set(policy) == {"Statement"}, "named actions on named resources, no policy templates"
        found += policy["Statement"]
    return found


def actions(function: dict[str, Any]) -> set[str]:
    return {action for statement in statements(function) for action in statement["Action"]}


def events(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Function and properties of every event of one type."""
    for name, function in FUNCTIONS.items():
        for event in function.get("Events", {}).values():
            if event["Type"] == kind:
                yield name, event["Properties"]


def target(value: Any) -> str:
    """The logical id that a Ref or GetAtt points at."""
    return str(value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0])


def verb(name: str) -> str:
    return name.removesuffix("Function").lower()
