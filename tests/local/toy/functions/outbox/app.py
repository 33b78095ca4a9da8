"""Processes records in order; stumbles over poison, dies of venom."""

from typing import Any

from toyshare import note


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    names = [record["dynamodb"]["Keys"]["SK"]["S"] for record in event["Records"]]
    note("batches", names)
    if any("venom" in name for name in names):
        raise RuntimeError("venom")
    for record in event["Records"]:
        name = record["dynamodb"]["Keys"]["SK"]["S"]
        if "poison" in name:
            sequence = record["dynamodb"]["SequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": sequence}]}
        note("processed", name)
    return {"batchItemFailures": []}
