"""Answers well, badly, late or not at all, as asked."""

import base64
import os
import time
from typing import Any

ANSWERS: dict[str, Any] = {
    "text": "just text",
    "full": {
        "statusCode": 201,
        "headers": {"x-one": "1", "x-flag": True},
        "cookies": ["a=1; Path=/", "b=2"],
        "body": "made",
    },
    "binary": {
        "statusCode": 200,
        "headers": {"content-type": "image/png"},
        "isBase64Encoded": True,
        "body": base64.b64encode(b"\x89PNG\x00").decode(),
    },
    "unchanged": {"statusCode": 304, "headers": {"etag": '"1"'}},
    "status": {"statusCode": "ready"},
    "body": {"statusCode": 200, "body": {"no": "text"}},
    "split": {"statusCode": 200, "headers": {"x-one": "1\r\nx-two: 2"}},
}


def lambda_handler(event: dict[str, Any], _context: Any) -> Any:
    mood = event["pathParameters"]["mood"]
    if mood == "raise":
        raise ValueError("as asked")
    if mood == "exit":
        os._exit(3)
    if mood == "late":
        time.sleep(30)
    if mood == "slow":
        time.sleep(0.2)
        return {"pid": os.getpid()}
    return ANSWERS[mood]
