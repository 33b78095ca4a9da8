"""`make deploy STAGE=…`, less the build: the real `sam deploy`, against a CloudFormation here."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tests.artifact.conftest import BUILT, why_not
from tests.deploy.cloud import PARAMETERS, REGION, ROOT, Cloud
from tests.ops.scripts import load

pytestmark = pytest.mark.deploy

NEEDED = [f"{name}={PARAMETERS[name]}" for name in ("MailFrom", "OwnerAlarmEmail")]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build in a folder of its own, less what this CloudFormation refuses."""
    reason = why_not()
    if reason is not None:
        pytest.fail(reason, pytrace=False)
    folder = tmp_path_factory.mktemp("built") / "build"
    subprocess.run(["cp", "-al", str(BUILT / "build"), str(folder)], check=True)
    file = folder / "template.yaml"
    document = yaml.safe_load(file.read_text("utf-8"))
    del document["Globals"]["Function"]["DeploymentPreference"]
    file.unlink()
    file.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    return folder


def deploy(cloud: Cloud, build: Path, *words: str, status: int = 0) -> str:
    """What `scripts/deploy` says; it must end with this status."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(build.parent),
        "AWS_ENDPOINT_URL": cloud.url,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "SAM_CLI_TELEMETRY": "0",
    }
    done = subprocess.run(
        [sys.executable, "scripts/deploy", "--build", str(build), *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_it_says_once_what_it_must_know(cloud: Cloud, build: Path) -> None:
    printed = deploy(cloud, build, "--stage", "asked", status=1)
    assert 'make deploy SET="MailFrom=… OwnerAlarmEmail=…"' in printed
    printed = deploy(cloud, build, "--stage", "asked", "Sender=a@b.example", status=1)
    assert "the template has no parameter Sender" in printed


def test_a_stage_is_made_and_changed_without_a_question(cloud: Cloud, build: Path) -> None:
    first = deploy(cloud, build, "--stage", "dev", *NEEDED)
    outputs = cloud.outputs("regulars-dev")
    assert f"API={outputs['ApiUrl']}" in first
    assert "confirm it there, or no alarm arrives" in first
    (key,) = re.findall(r"rk_platform_[0-9a-f]{48}", first)
    functions, names = cloud.client("lambda"), cloud.physical("regulars-dev")

    def environment() -> dict[str, str]:
        live = functions.get_function_configuration(
            FunctionName=names["ApiFunction"], Qualifier="live"
        )
        return dict(live["Environment"]["Variables"])

    made = environment()
    assert made["PLATFORM_KEY_SHA256"] == hashlib.sha256(key.encode()).hexdigest()
    ring = cloud.client("ssm").get_parameter(Name=made["RING_PARAMETER"])["Parameter"]
    table = cloud.client("dynamodb").describe_table(TableName=outputs["TableName"])["Table"]
    assert table["DeletionProtectionEnabled"] is True
    log = cloud.client("logs").describe_log_groups(
        logGroupNamePrefix="/aws/lambda/regulars-dev-stamp"
    )
    assert log["logGroups"][0]["retentionInDays"] == 7, "what samconfig.toml says of this stage"

    # Only what changes is printed; callers of the alias see it.
    again = deploy(cloud, build, "--stage", "dev", "BaseUrl=https://cards.example")
    assert "rk_platform_" not in again
    changed = environment()
    assert changed["BASE_URL"] == "https://cards.example"
    assert changed["PLATFORM_KEY_SHA256"] == made["PLATFORM_KEY_SHA256"]
    assert changed["MAIL_FROM"] == PARAMETERS["MailFrom"]
    assert cloud.client("ssm").get_parameter(Name=made["RING_PARAMETER"])["Parameter"] == ring

    assert "No changes to deploy" in deploy(cloud, build, "--stage", "dev")


def test_a_stack_is_led_to_a_restored_table_and_back(cloud: Cloud, build: Path) -> None:
    """By the commands of the runbook: callers of the alias use it, and it is protected."""
    deploy(cloud, build, "--stage", "restored", *NEEDED)
    script, dynamodb = load("restore"), cloud.client("dynamodb")
    point = datetime.now(UTC) - timedelta(seconds=1)
    script.restore(dynamodb, "regulars-restored-ledger", "another", point)
    stream = script.make_ready(dynamodb, "regulars-restored-ledger", "another", point)

    def used() -> str:
        live = cloud.client("lambda").get_function_configuration(
            FunctionName=cloud.physical("regulars-restored")["StampFunction"], Qualifier="live"
        )
        return str(live["Environment"]["Variables"]["TABLE_NAME"])

    given = (f"RestoredStream={stream}", "Deployment=AllAtOnce")
    assert "TableName=another" in deploy(cloud, build, "--stage", "restored", *given)
    assert used() == "another"
    assert dynamodb.describe_table(TableName="another")["Table"]["DeletionProtectionEnabled"]
    deploy(cloud, build, "--stage", "restored", "BaseUrl=https://cards.example")
    assert used() == "another", "the next deployment says nothing of it"
    deploy(cloud, build, "--stage", "restored", "RestoredStream=")
    assert used() == "regulars-restored-ledger"


def test_what_a_failed_first_attempt_left_is_taken_away(cloud: Cloud, build: Path) -> None:
    file = build / "template.yaml"
    whole = file.read_text("utf-8")
    document = yaml.safe_load(whole)
    document["Resources"]["Planted"] = {
        "Type": "AWS::CloudWatch::Alarm",
        "DependsOn": "LedgerTable",
        "Properties": {"Metrics": [{"Id": "all", "Expression": "1"}]},  # refused: see REFUSED
    }
    file.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    assert "sam failed" in deploy(cloud, build, "--stage", "again", *NEEDED, status=1)
    assert cloud.settled("regulars-again") == "ROLLBACK_COMPLETE"

    file.write_text(whole, "utf-8")
    assert "taking away" in deploy(cloud, build, "--stage", "again", *NEEDED)
    assert cloud.settled("regulars-again") == "CREATE_COMPLETE"
