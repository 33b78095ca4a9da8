"""Queues and mail for tests: moto's server on this machine, as `make run` uses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from local.aws import Client
from tests import permissions

MAIL_FROM = "cards@regulars.example"
BUCKET = "regulars-archive"
ROOT = Path(__file__).resolve().parents[1]


class Queues(Client):
    """The queues of the server, as tests themselves reach them."""

    def __init__(self, url: str) -> None:
        super().__init__("sqs", url)

    def call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        permissions.asked.add("sqs")
        return super().call(operation, parameters)


class AwsServices:
    """A running server of queues and mail."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.sqs = Queues(url)
        self._unused: dict[str, str] | None = None
        self._made = count()

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[AwsServices]:
        """A server on a free port with a folder of its own; it ends with its standard input."""
        with TemporaryDirectory() as folder:
            process = subprocess.Popen(
                [sys.executable, "-m", "local.aws_services", folder],
                cwd=ROOT,
                env={**os.environ, "S3_UPLOAD_PART_MIN_SIZE": "1"},  # small archives in parts
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert process.stdin is not None
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            try:
                url = f"http://127.0.0.1:{port}"
                identity = {"EmailIdentity": MAIL_FROM}
                Client("ses", url).post("/v2/email/identities", identity)
                Client("s3", url).put(f"/{BUCKET}")
                yield cls(url, Path(folder))
            finally:
                process.stdin.close()
                process.wait(timeout=10)
                process.stdout.close()

    @contextmanager
    def queues(self) -> Iterator[dict[str, str]]:
        """URLs of empty queues for one test, by their short names. Most tests use none: the next
        one gets those then."""
        lent, self._unused = self._unused or self.new_queues(), None
        permissions.asked.discard("sqs")
        yield lent
        if "sqs" not in permissions.asked:
            self._unused = lent

    def new_queues(self) -> dict[str, str]:
        """URLs of fresh queues by their short names."""
        suffix = f"{next(self._made):032x}"  # not by chance: that of a test is its own
        return {
            name: self.sqs.call("CreateQueue", {"QueueName": f"{name}-{suffix}"})["QueueUrl"]
            for name in ("orders", "messages", "work")
        }

    def receive(self, queue_url: str) -> list[dict[str, Any]]:
        """Take everything off a queue, as SQS records of a Lambda event."""
        records = []
        while True:
            answer = self.sqs.call(
                "ReceiveMessage", {"QueueUrl": queue_url, "MaxNumberOfMessages": 10}
            )
            for message in answer.get("Messages", []):
                records.append(
                    {
                        "messageId": message["MessageId"],
                        "receiptHandle": message["ReceiptHandle"],
                        "body": message["Body"],
                        "attributes": {},
                        "messageAttributes": {},
                        "eventSource": "aws:sqs",
                        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:queue",
                        "awsRegion": "eu-central-1",
                    }
                )
                self.sqs.call(
                    "DeleteMessage",
                    {"QueueUrl": queue_url, "ReceiptHandle": message["ReceiptHandle"]},
                )
            if not answer.get("Messages"):
                return records

    def mails(self) -> list[dict[str, Any]]:
        """Mails that SES was given, the oldest first."""
        return [json.loads(path.read_text()) for path in sorted(self.folder.glob("mail/*.json"))]
