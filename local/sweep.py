"""Time to live: the local engine accepts the setting and never deletes, so this does.

Reads the table in small pages with pauses between them, so that a stamp never waits for it.
"""

import sys
import threading
import time
from typing import Any

from local.aws import AwsError, Client

_EVERY_S = 60.0
_PAGE = 200
_PAUSE_S = 0.02


def sweep(dynamodb: Client, table: str, attribute: str, stopping: threading.Event) -> int:
    """Delete every item whose time to live has passed; returns how many."""
    now = {"N": str(int(time.time()))}
    names, values = {"#ttl": attribute}, {":now": now}
    page: dict[str, Any] = {
        "TableName": table,
        "Limit": _PAGE,
        "FilterExpression": "#ttl < :now",
        "ProjectionExpression": "PK, SK",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
    deleted = 0
    while not stopping.is_set():
        answer = dynamodb.call("Scan", page)
        for item in answer.get("Items", []):
            deleted += _delete(dynamodb, table, {"PK": item["PK"], "SK": item["SK"]}, names, values)
        if "LastEvaluatedKey" not in answer:
            break
        page["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        stopping.wait(_PAUSE_S)
    return deleted


def run(dynamodb: Client, table: str, attribute: str, stopping: threading.Event) -> None:
    """Sweep every minute until `stopping` is set."""
    while not stopping.wait(_EVERY_S):
        try:
            sweep(dynamodb, table, attribute, stopping)
        except (OSError, AwsError) as error:
            print(f"time to live: {error}", file=sys.stderr)


def _delete(
    dynamodb: Client, table: str, key: dict[str, Any], names: dict[str, str], values: dict[str, Any]
) -> int:
    try:
        dynamodb.call(
            "DeleteItem",
            {
                "TableName": table,
                "Key": key,
                "ConditionExpression": "#ttl < :now",  # it may have got more time meanwhile
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": values,
            },
        )
    except AwsError as error:
        if error.code != "ConditionalCheckFailedException":
            raise
        return 0
    return 1
