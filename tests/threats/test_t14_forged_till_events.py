"""T14: somebody who is no till sends sales."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from regulars.tills import hooks
from regulars.tills.providers import generic
from tests.conftest import Clock
from tests.functional import tills
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against

BODY = json.dumps(tills.sale()).encode()


def sent(cafe: Merchant, body: bytes, headers: dict[str, str]) -> int:
    path = tills.path_of(cafe, "generic")
    return cafe.service.request("POST", path, raw=body, headers=headers).status


def signed(cafe: Merchant, **more: Any) -> dict[str, str]:
    return tills.generic_headers(cafe.created["webhook_secrets"]["generic"], BODY, **more)


def queued(cafe: Merchant) -> int:
    return len(cafe.service.aws_services.receive(cafe.service.queues["orders"]))


@against(removal.of(generic, "verify", lambda *_: True))
def test_a_body_that_was_changed_anywhere_is_refused(
    removed: None, cafe: Merchant, frozen: Clock
) -> None:
    headers = signed(cafe)
    for place in range(len(BODY)):
        changed = bytearray(BODY)
        changed[place] ^= 1
        frozen.now += timedelta(seconds=1)  # who sends sixty in a minute is not heard
        assert sent(cafe, bytes(changed), headers) == 401
    assert queued(cafe) == 0
    assert sent(cafe, BODY, headers) == 200
    assert queued(cafe) == 1


@against(removal.of(generic, "TOLERANCE_S", 10**9))
def test_what_was_recorded_earlier_is_refused(removed: None, cafe: Merchant, frozen: Clock) -> None:
    for seconds in (-301, 301, 24 * 3600):
        at = frozen.now + timedelta(seconds=seconds)
        assert sent(cafe, BODY, signed(cafe, at=at)) in {400, 401}
    for seconds in (-299, 299):
        assert sent(cafe, BODY, signed(cafe, at=frozen.now + timedelta(seconds=seconds))) == 200


def any_key(hook: Any) -> list[bytes]:
    return [b"", *real_keys(hook)]


real_keys = hooks.keys_of


@against(removal.of(hooks, "keys_of", any_key))
def test_an_empty_key_signs_nothing(removed: None, cafe: Merchant, frozen: Clock) -> None:
    timestamp = str(int(frozen.now.timestamp()))
    signature = generic._signature(b"", "evt_1", timestamp, BODY)
    headers = {"content-type": "application/json", "webhook-id": "evt_1",
               "webhook-timestamp": timestamp, "webhook-signature": f"v1,{signature}"}  # fmt: skip
    assert sent(cafe, BODY, headers) == 401
