"""Makes the demo merchant and its member, each once."""

import hashlib
import json
import os
from typing import Any

from toyshare import note


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    asked = json.loads(event["body"])
    key = event["headers"]["authorization"].removeprefix("Bearer ")
    base = os.environ["BASE_URL"]
    note("demo", [event["rawPath"], asked.get("slug")])
    if event["rawPath"] == "/v1/members":
        card = {"member_id": "c1", "card_url": f"{base}/c/token"}
        return {"statusCode": 201 if key == "rk_live_1" else 401, "body": json.dumps(card)}
    if event["rawPath"] == "/v1/staff":
        people = {"items": [{"staff_id": "s1", "role": "manager"}]}
        return {"statusCode": 200, "body": json.dumps(people)}
    if event["rawPath"] == "/v1/staff/s1/devices":
        link = {"enrol_url": f"{base}/staff/other"}
        return {"statusCode": 201, "body": json.dumps(link)}
    if event["rawPath"] == "/v1/merchant":
        return {"statusCode": 200, "body": "{}"}
    if hashlib.sha256(key.encode()).hexdigest() != os.environ["PLATFORM_KEY_SHA256"]:
        return {"statusCode": 401, "body": "{}"}
    merchant = {
        "merchant_id": "m1",
        "slug": asked["slug"],
        "api_key": "rk_live_1",
        "test_api_key": "rk_test_1",
        "join_url": f"{base}/j/corner-cafe",
        "console_url": f"{base}/console/",
        "staff_url": f"{base}/staff/token",
    }
    return {"statusCode": 201, "body": json.dumps(merchant)}
