"""A counter without a connection: it signs what it books, and sends it later."""

from __future__ import annotations

import hmac
import json
from datetime import timedelta
from typing import Any

from regulars.core import clock
from regulars.domain.calendar import rfc3339, to_ms
from tests.service import Merchant, Reply

STAFF = {"x-regulars": "staff"}


class Counter:
    """A device of the counter and what its page does: it numbers, signs and sends."""

    def __init__(self, cafe: Merchant, **person: Any) -> None:
        self.cafe = cafe
        self.cookies = cafe.counter(**person)
        given = self.post("/staff/api/key", {})
        assert given.status == 200, given.text
        self.device_id = str(given.json["device_id"])
        self.key = bytes.fromhex(given.json["key"])
        self.staff = self.cookies["__Host-regulars_staff"].split(".")[2]
        self.n = 0

    def without_session(self) -> Counter:
        """The same device after its session."""
        self.cookies = {k: v for k, v in self.cookies.items() if "device" in k}
        return self

    def post(self, path: str, body: Any, **headers: str) -> Reply:
        sent = {**STAFF, **headers}
        return self.cafe.service.request(
            "POST", path, body=body, cookies=self.cookies, headers=sent, acting_as=self.cafe.id
        )

    def booking(self, ago: timedelta = timedelta(0), n: int = 0, **body: Any) -> dict[str, Any]:
        """A signed booking of some time ago, with the next number."""
        self.n = n or self.n + 1
        at = rfc3339(to_ms(clock.now() - ago))
        sent = {"staff": self.staff, **body}
        return {"n": self.n, "at": at, "body": sent, "signature": self.sign(self.n, at, sent)}

    def sign(self, n: int, at: str, body: Any) -> str:
        """As the page signs: HMAC-SHA-256 over number, time and body, one in each line."""
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hmac.digest(self.key, f"{n}\n{at}\n{text}".encode(), "sha256").hex()

    def send(self, *bookings: dict[str, Any]) -> list[dict[str, Any]]:
        reply = self.post("/staff/api/bookings", {"bookings": bookings})
        assert reply.status == 200, reply.text
        answers: list[dict[str, Any]] = reply.json
        return answers

    def earn(self, booking: dict[str, Any]) -> Reply:
        """The same booking sent directly, as while there is a connection."""
        key = f"{self.device_id}:{booking['n']}"
        return self.post("/v1/earn", booking["body"], **{"idempotency-key": key})


def statuses(answers: list[dict[str, Any]]) -> list[int]:
    return [int(one["status"]) for one in answers]


def reasons(answer: dict[str, Any]) -> tuple[str, str]:
    """The code of a refusal and the field it is about."""
    problem = answer["problem"]
    return problem["code"], next((one["path"] for one in problem.get("errors", ())), "")
