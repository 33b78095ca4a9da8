"""The runbook is run: every block of commands in `docs/operations.md`, as it stands there.

The stack is one of ministack's, the API the product on this machine. A block that cannot be run
here has a comment above it that says why.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.deploy.cloud import REGION, ROOT, Cloud, Document
from tests.e2e.product import Product

pytestmark = pytest.mark.deploy

TEXT = (ROOT / "docs" / "operations.md").read_text("utf-8")
REASON = re.compile(r"<!-- AWS only: (.+) -->\n$")


class Block(NamedTuple):
    """Commands, and why they are not run here; '' when they are."""

    commands: str
    why_not: str


def blocks() -> list[Block]:
    """All blocks of commands, in their order."""
    found = []
    for match in re.finditer(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL):
        reason = REASON.search(TEXT[: match.start()])
        found.append(Block(match[1], reason[1] if reason else ""))
    return found


POINT = datetime.now(UTC) - timedelta(minutes=1)
RESTORED = f"regulars-restored-{POINT:%Y%m%dT%H%M%SZ}"
"""As `scripts/restore begin` calls the table, which the blocks after it use."""
RUN = [block for block in blocks()[1:] if not block.why_not]


class Place(NamedTuple):
    """A stack, and the product in the place of its API."""

    cloud: Cloud
    template: Document
    product: Product
    merchant_id: str
    """Of a merchant that may be closed."""

    def switch(self) -> None:
        """Let the stack use the restored table: the deployment before, which is AWS only."""
        described = self.cloud.client("dynamodb").describe_table(TableName=RESTORED)["Table"]
        given = {"RestoredStream": described["LatestStreamArn"], "Deployment": "AllAtOnce"}
        status = self.cloud.update("regulars", self.template, **given)
        assert status == "UPDATE_COMPLETE", self.cloud.why("regulars")

    def run(self, block: Block) -> str:
        """What a block prints; each of its commands must go well."""
        member = self.product.demo["member_id"]
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "AWS_ENDPOINT_URL": self.cloud.url,
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "KEY": self.product.demo["api_key"],
            "MEMBER": member,
            "PLATFORM_KEY": self.product.access["platform_key"],
            "MERCHANT": self.merchant_id,
            "POINT": f"{POINT:%Y-%m-%dT%H:%M:%SZ}",
            "RESTORED": RESTORED,
        }
        script = f"set -eu\n{blocks()[0].commands}\nAPI={self.product.base_url}\n{block.commands}"
        done = subprocess.run(
            ["bash", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{block.commands}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def place(
    cloud: Cloud, template: Document, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """The stack `regulars` with its ring, and the product."""
    assert cloud.create("regulars", template) == "CREATE_COMPLETE", cloud.why("regulars")
    ring = {"base": "k001", "current": "k001", "since": 0, "keys": {"k001": "s" * 64}}
    cloud.client("ssm").put_parameter(
        Name="/regulars/ring", Value=json.dumps(ring), Type="SecureString"
    )
    product = Product(tmp_path_factory.mktemp("product"))
    yield Place(cloud, template, product, another_merchant(product))
    product.stop()


def another_merchant(product: Product) -> str:
    """The id of a new merchant, beside that of the demo."""
    body = {
        "name": "Closing down", "slug": "closing-down", "template": "corner-cafe",
        "currency": "EUR", "timezone": "Europe/Budapest", "languages": ["en"],
        "owner_email": "owner@example.com",
    }  # fmt: skip
    headers = {"authorization": f"Bearer {product.access['platform_key']}"}
    reply = product.request("POST", "/v1/merchants", json.dumps(body).encode(), {
        **headers, "content-type": "application/json",
    })  # fmt: skip
    assert reply.status == 201, reply.text
    return str(reply.json["merchant_id"])


def test_the_first_block_makes_ready(place: Place) -> None:
    printed = place.run(Block('scripts/stack\necho "API=$API"', ""))
    assert "TableName=regulars-ledger" in printed


def test_there_is_something_to_run() -> None:
    assert len(RUN) >= 5
    assert all(len(block.why_not) > 20 for block in blocks() if block.why_not)


@pytest.mark.parametrize("block", RUN, ids=lambda block: block.commands.split("\n")[0][:40])
def test_a_block_of_the_runbook_can_be_run(place: Place, block: Block) -> None:
    if "restore replay" in block.commands:
        place.switch()
    printed = place.run(block)
    assert "urn:regulars:problem" not in printed, printed


class TestWhatTheBlocksDo:
    """They went well above over empty queues; here something is in them."""

    def test_a_dead_order_goes_back_to_its_queue(self, place: Place) -> None:
        outputs, sqs = place.cloud.outputs("regulars"), place.cloud.client("sqs")
        sqs.send_message(QueueUrl=outputs["OrdersDeadLetterQueueUrl"], MessageBody='{"a": 1}')
        assert '{"a": 1}' in place.run(Block("scripts/redrive orders", ""))

    def test_a_failed_job_is_run_once_and_forgotten(self, place: Place) -> None:
        outputs, sqs = place.cloud.outputs("regulars"), place.cloud.client("sqs")
        name = place.cloud.physical("regulars")["DigestFunction"]
        arn = f"arn:aws:lambda:{REGION}:123456789012:function:{name}:live"
        failure: dict[str, Any] = {"requestContext": {"functionArn": arn}, "requestPayload": {}}
        dead = outputs["SchedulesDeadLetterQueueUrl"]
        for _ in range(3):
            sqs.send_message(QueueUrl=dead, MessageBody=json.dumps(failure))
        assert "1 jobs run again" in place.run(Block("scripts/redrive schedules --go", ""))
        assert "0 jobs run again" in place.run(Block("scripts/redrive schedules --go", ""))


def test_every_script_that_is_named_exists() -> None:
    named = set(re.findall(r"scripts/(\w+)", TEXT))
    assert named <= {path.name for path in Path(ROOT / "scripts").iterdir()}
