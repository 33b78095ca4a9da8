"""Queues and their event source mappings, with Lambda's rules.

A message that is not processed stays in its queue and comes again after the visibility time-out;
after `maxReceiveCount` deliveries the queue itself moves it to its dead-letter queue.
"""

import json
import sys
import threading
from collections.abc import Mapping
from typing import Any

from local.aws import AwsError, Client
from local.pace import Pace
from local.template import Queue, QueueSource
from local.workers import Busy, FunctionError, Invoke

_MOST_AT_ONCE = 10  # what one ReceiveMessage can give


def create_queues(sqs: Client, queues: Mapping[str, Queue], arn_of: Any) -> dict[str, str]:
    """Create every queue, dead-letter queues first; returns URLs by logical id."""
    urls: dict[str, str] = {}
    for queue in sorted(queues.values(), key=lambda it: it.dead_letter_queue != ""):
        attributes = {
            "VisibilityTimeout": str(queue.visibility_timeout_s),
            "MessageRetentionPeriod": str(queue.retention_s),
        }
        if queue.dead_letter_queue:
            attributes["RedrivePolicy"] = json.dumps(
                {
                    "deadLetterTargetArn": arn_of(queue.dead_letter_queue),
                    "maxReceiveCount": queue.max_receive_count,
                }
            )
        answer = sqs.call("CreateQueue", {"QueueName": queue.name, "Attributes": attributes})
        urls[queue.logical_id] = str(answer["QueueUrl"])
    return urls


class QueuePoller:
    """Reads one queue for one function, in a thread of its own."""

    def __init__(
        self, sqs: Client, url: str, queue_arn: str, source: QueueSource, pace: Pace
    ) -> None:
        self._sqs = sqs
        self._pace = pace
        self._url = url
        self._arn = queue_arn
        self._source = source

    def run(self, invoke: Invoke, stopping: threading.Event) -> None:
        """Poll until `stopping` is set."""
        while not stopping.is_set():
            try:
                if self.poll_once(invoke) == 0:
                    self._pace.wait(stopping)
            except (OSError, AwsError) as error:
                if not stopping.wait(1.0):
                    print(f"{self._source.name}: {error}", file=sys.stderr)

    def poll_once(self, invoke: Invoke) -> int:
        """Receive and process one batch; returns how many messages there were."""
        received = self._sqs.call(
            "ReceiveMessage",
            {
                "QueueUrl": self._url,
                "MaxNumberOfMessages": min(self._source.batch_size, _MOST_AT_ONCE),
                "AttributeNames": ["All"],
                "MessageAttributeNames": ["All"],
            },
        )
        messages: list[dict[str, Any]] = received.get("Messages", [])
        if not messages:
            return 0
        records = [to_record(message, self._arn) for message in messages]
        try:
            answer = invoke({"Records": records})
        except (FunctionError, Busy) as error:
            print(f"{self._source.name}: {error}", file=sys.stderr)
            return len(messages)
        failed = failed_ids(answer, records) if self._source.partial_failures else set()
        for message in messages:
            if message["MessageId"] not in failed:
                self._sqs.call(
                    "DeleteMessage",
                    {"QueueUrl": self._url, "ReceiptHandle": message["ReceiptHandle"]},
                )
        return len(messages)


def to_record(message: dict[str, Any], queue_arn: str) -> dict[str, Any]:
    """One record of an SQS event."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {key[0].lower() + key[1:]: value for key, value in attribute.items()}
            for name, attribute in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


def failed_ids(answer: Any, records: list[dict[str, Any]]) -> set[str]:
    """The messages a partial answer keeps; all of them when it names an unknown one."""
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    known = {record["messageId"] for record in records}
    named = {str(it.get("itemIdentifier")) if isinstance(it, dict) else "" for it in failures or []}
    return named if named <= known else known
