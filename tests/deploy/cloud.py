"""A CloudFormation on this machine: ministack, given what `make build` left.

It makes stacks of our template, several side by side, and rolls back what fails. What it does not
know is in `REFUSED`, and is held by `tests/artifact/test_translated.py` and cfn-lint instead.
"""

from __future__ import annotations

import copy
import io
import json
import os
import subprocess
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from local import children, engine

ROOT = Path(__file__).parents[2]
ACCOUNT = "123456789012"
REGION = "eu-central-1"
BUCKET = "code"
PARAMETERS = {
    "PlatformKeySha256": "0" * 64,
    "MailFrom": "cards@regulars.example",
    "OwnerAlarmEmail": "owner@regulars.example",
}

EVERYTHING = {
    "Alarms": "all",
    "MonthlyBudget": "20",
    "BaseUrl": "https://cards.example",
    "CertificateArn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1",
}
"""The parameters that add to a stack."""

Document = dict[str, Any]


def _by_type(kind: str) -> Any:
    return lambda resource: resource["Type"] == kind


REFUSED: Mapping[str, Any] = {
    "what moves callers to a new version": _by_type("AWS::CodeDeploy::DeploymentGroup"),
    "the application of that": _by_type("AWS::CodeDeploy::Application"),
    "budgets": _by_type("AWS::Budgets::Budget"),
    "alarms that add up": lambda resource: (
        resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]
    ),
}
"""What this CloudFormation refuses. `test_stacks.py` fails when it takes one of them."""


def translated(build: Path | None = None, **parameters: str) -> Document:
    """The built template as SAM translates it."""
    template = [] if build is None else [str(build / "template.yaml")]
    given = [word for name, value in parameters.items() for word in ("-p", f"{name}={value}")]
    done = subprocess.run(
        [ROOT / "scripts" / "translate", *template, *given],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: Document = json.loads(done.stdout)
    return found


def without(document: Document, refused: Mapping[str, Any] = REFUSED) -> Document:
    """A template without the resources that are refused."""
    kept = copy.deepcopy(document)
    kept["Resources"] = {
        name: resource
        for name, resource in kept["Resources"].items()
        if not any(is_refused(resource) for is_refused in refused.values())
    }
    for resource in kept["Resources"].values():
        resource.pop("UpdatePolicy", None)  # it names what moves callers
    return kept


class Cloud:
    """A running ministack and what the tests ask of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.formation = self.client("cloudformation")
        self._s3 = self.client("s3")
        location = {"LocationConstraint": REGION}
        self._s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location)

    @classmethod
    @contextmanager
    def running(cls, log: Path) -> Iterator[Cloud]:
        """A new and empty one; it ends with this block."""
        program = engine.install_ministack()
        port = children.free_port()
        environment = {**os.environ, "GATEWAY_PORT": str(port), "MINISTACK_ACCOUNT_ID": ACCOUNT}
        process = children.spawn_guarded([str(program)], log, environment)
        try:
            address = ("127.0.0.1", port)
            children.wait_until_listening(address, lambda: process.poll() is None, 30)
            yield cls(f"http://127.0.0.1:{port}")
        finally:
            children.stop(process)

    def client(self, service: str) -> Any:
        """A client of a service of it."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="secret",
        )

    def create(self, stack: str, document: Document, **parameters: str) -> str:
        """Make a stack and wait; returns the status it came to."""
        self.formation.create_stack(**self._asked(stack, document, parameters))
        return self.settled(stack)

    def update(self, stack: str, document: Document, **parameters: str) -> str:
        """Change a stack and wait; returns the status it came to."""
        self.formation.update_stack(**self._asked(stack, document, parameters))
        return self.settled(stack)

    def delete(self, stack: str) -> None:
        """Delete a stack and wait until it is gone."""
        arn = self.formation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
        self.formation.delete_stack(StackName=stack)
        assert self.settled(arn) == "DELETE_COMPLETE"

    def settled(self, stack: str) -> str:
        """The status of a stack, once nothing goes on any more."""
        for _ in range(600):
            (found,) = self.formation.describe_stacks(StackName=stack)["Stacks"]
            status = str(found["StackStatus"])
            if not status.endswith("IN_PROGRESS"):
                return status
            time.sleep(0.1)
        raise AssertionError(f"{stack} does not come to an end")

    def why(self, stack: str) -> list[str]:
        """What went wrong in a stack."""
        events = self.formation.describe_stack_events(StackName=stack)["StackEvents"]
        return [
            f"{it['LogicalResourceId']}: {it['ResourceStatusReason']}"
            for it in events
            if it.get("ResourceStatusReason")
        ]

    def physical(self, stack: str) -> dict[str, str]:
        """What the resources of a stack are called, by logical id."""
        found = self.formation.describe_stack_resources(StackName=stack)["StackResources"]
        return {it["LogicalResourceId"]: it["PhysicalResourceId"] for it in found}

    def outputs(self, stack: str) -> dict[str, str]:
        """The outputs of a stack."""
        (found,) = self.formation.describe_stacks(StackName=stack)["Stacks"]
        return {it["OutputKey"]: it["OutputValue"] for it in found["Outputs"]}

    def _asked(self, stack: str, document: Document, parameters: dict[str, str]) -> Document:
        for resource in document["Resources"].values():
            properties = resource.get("Properties", {})
            for part in (properties.get("Code"), properties.get("Content")):
                if isinstance(part, dict) and "S3Key" in part:
                    self._s3.put_object(Bucket=BUCKET, Key=part["S3Key"], Body=_zip())
        self._s3.put_object(Bucket=BUCKET, Key=f"{stack}.json", Body=json.dumps(document))
        given = {**PARAMETERS, **parameters}
        return {
            "StackName": stack,
            "TemplateURL": f"{self.url}/{BUCKET}/{stack}.json",
            "Capabilities": ["CAPABILITY_IAM"],
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value} for name, value in given.items()
            ],
        }


def _zip() -> bytes:
    """Code that is never run: ministack wants a zip where a function has one."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("app.py", "def lambda_handler(event, context):\n    return {}\n")
    return written.getvalue()
