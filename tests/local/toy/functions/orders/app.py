"""Takes every order but the poisoned ones."""

from typing import Any

from toyshare import note


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    failures = []
    for record in event["Records"]:
        note("orders", [record["body"], record["attributes"]["ApproximateReceiveCount"]])
        if "poison" in record["body"]:
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
