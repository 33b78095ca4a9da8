"""What CloudFormation gets: the built template as SAM translates it, held to the limits of AWS.

`sam validate` checks a template against schemas; the limits below abort a deployment only when
half of it is done.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.artifact.conftest import ROOT, Build, Translated, translate

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
            _, named = integrations[name]["uri"]["Fn::Sub"]
            called.add(named["Alias"]["Ref"])
    assert called == callable_by_api
    assert called <= set(translated.resources)


class TestAliases:
    """Whoever calls a function comes to its alias, and so to a version that can be gone back to."""

    def test_each_function_has_one(self, translated: Translated) -> None:
        functions = set(translated.of_type("AWS::Lambda::Function"))
        aliases = translated.of_type("AWS::Lambda::Alias")
        assert set(aliases) == {f"{name}Aliaslive" for name in functions}

    def test_each_caller_names_it(self, translated: Translated) -> None:
        aliases = set(translated.of_type("AWS::Lambda::Alias"))
        called = [
            *(it["FunctionName"] for it in translated.of_type("AWS::Lambda::Permission").values()),
            *(
                it["FunctionName"]
                for it in translated.of_type("AWS::Lambda::EventSourceMapping").values()
            ),
            *(
                it["Target"]["Arn"]
                for it in translated.of_type("AWS::Scheduler::Schedule").values()
            ),
        ]
        assert len(called) >= 17, "the API calls 9 functions; queues, stream and clock call 8"
        assert [it for it in called if it.get("Ref") not in aliases] == []
        for asynchronous in translated.of_type("AWS::Lambda::EventInvokeConfig").values():
            assert asynchronous["Qualifier"] == "live"

    def test_a_new_version_is_tried_by_few_and_taken_back_by_an_alarm(
        self, translated: Translated
    ) -> None:
        groups = translated.of_type("AWS::CodeDeploy::DeploymentGroup")
        moved = {
            resource["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]["Ref"]
            for resource in translated.resources.values()
            if resource["Type"] == "AWS::Lambda::Alias"
        }
        assert moved == set(groups)
        named = {
            it["AlarmName"]["Fn::Sub"]
            for it in translated.of_type("AWS::CloudWatch::Alarm").values()
            if "AlarmName" in it
        }
        for group in groups.values():
            _, config = group["DeploymentConfigName"]["Fn::Sub"]
            assert config == {"ConfigName": "Canary10Percent5Minutes"}
            assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
            how, careful, at_once = group["AlarmConfiguration"]["Fn::If"]
            assert (how, at_once) == ("IsCareful", {})
            assert careful["Enabled"] is True
            assert {it["Name"]["Fn::Sub"] for it in careful["Alarms"]} == named


class TestVersions:
    """A version is new whenever what it runs is: else a deployment would take no effect."""

    @pytest.fixture
    def copied(self, build: Build, tmp_path: Path) -> Path:
        """The build in a folder of its own, its files shared with the real one."""
        folder = tmp_path / "build"
        subprocess.run(["cp", "-al", str(build.folder), str(folder)], check=True)
        replace(folder / "template.yaml", lambda text: text)
        return folder

    def test_one_byte_of_our_package_makes_all_new(self, build: Build, copied: Path) -> None:
        before = versions(build, copied)
        assert versions(build, copied) == before, "the same build has the same versions"
        module = copied / "SharedLayer" / "python" / "regulars" / "domain" / "decide.py"
        replace(module, lambda text: text.replace("e", "E", 1))
        after = versions(build, copied)
        assert set(before) == set(after) == set(build.functions)
        assert [name for name in before if before[name] == after[name]] == []

    def test_code_of_a_function_makes_its_own_new(self, build: Build, copied: Path) -> None:
        before = versions(build, copied)
        replace(copied / "StampFunction" / "app.py", lambda text: text + "\n")
        after = versions(build, copied)
        assert [name for name in before if before[name] != after[name]] == ["StampFunction"]

    def test_a_setting_of_a_function_makes_its_own_new(self, build: Build, copied: Path) -> None:
        before = versions(build, copied)
        replace(copied / "template.yaml", lambda text: text.replace("Timeout: 60", "Timeout: 61"))
        after = versions(build, copied)
        assert [name for name in before if before[name] != after[name]] == ["OutboxFunction"]

    def test_a_parameter_makes_all_new(self, build: Build, copied: Path) -> None:
        """Its value is in the environment, and a version has the environment it was made with."""
        before = versions(build, copied)
        after = versions(build, copied, "BaseUrl=https://cards.example")
        assert [name for name in before if before[name] == after[name]] == []


def replace(file: Path, change: Callable[[str], str]) -> None:
    """Change a file without changing the one it shares its content with."""
    text = file.read_text("utf-8")
    file.unlink()
    file.write_text(change(text), "utf-8")


def versions(build: Build, folder: Path, *parameters: str) -> dict[str, str]:
    """The logical id of each function's version, as the build in a folder is deployed."""
    options = ["--build", str(folder), *parameters]
    subprocess.run([build.python, "scripts/versions", *options], cwd=ROOT, check=True)
    found = translate(build, folder / "template.yaml").of_type("AWS::Lambda::Version")
    return {it["FunctionName"]["Ref"]: name for name, it in found.items()}
