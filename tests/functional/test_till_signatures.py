"""Only what a till really signed, for this hook and now, is taken; nothing else is stored."""

from __future__ import annotations

import hmac
import json
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from square.utils.webhooks_helper import verify_signature
from standardwebhooks.webhooks import Webhook

from regulars.store.merchants import hook_item
from regulars.tills import hooks
from regulars.tills.providers import generic, square
from tests.functional import tills
from tests.service import Merchant, Reply, Service
from tests.spy import partitions

BODY = json.dumps(tills.sale()).encode()
SECRETS = (
    "whsec_Zmlyc3Qgc2VjcmV0IG9mIHRoZSB0aWxsLCBsb25n",
    "whsec_c2Vjb25kIHNlY3JldCBvZiB0aGUgdGlsbCwgbG9u",
)


@pytest.fixture
def club(service: Service) -> Merchant:
    return service.new_merchant("mug-club")


def post(
    club: Merchant, headers: dict[str, str], body: bytes = BODY, provider: str = "generic"
) -> Reply:
    return club.service.request("POST", tills.path_of(club, provider), raw=body, headers=headers)


def waiting(service: Service) -> int:
    return len(service.aws_services.receive(service.queues["orders"]))


def good(club: Merchant, **changes: Any) -> dict[str, str]:
    return tills.generic_headers(club.created["webhook_secrets"]["generic"], BODY, **changes)


def refuses(club: Merchant, headers: dict[str, str], body: bytes = BODY) -> None:
    club.service.spy.calls.clear()
    reply = post(club, headers, body)
    assert (reply.status, reply.code) == (401, "unauthorized")
    written = [params for operation, params, _ in club.service.spy.calls if operation != "GetItem"]
    assert all(pk.startswith("LIMIT#") for params in written for pk in partitions(params))
    assert waiting(club.service) == 0


class TestGeneric:
    def test_what_the_vendors_library_signs_is_queued_and_answered_empty(
        self, club: Merchant
    ) -> None:
        reply = post(club, good(club))
        assert (reply.status, reply.text) == (200, "")
        assert waiting(club.service) == 1

    def test_our_samples_satisfy_the_vendors_library(self, club: Merchant) -> None:
        secret = club.created["webhook_secrets"]["generic"]
        at = str(int(time.time()))
        signature = generic.sign(secret, "evt_1", at, BODY)
        headers = {
            "webhook-id": "evt_1", "webhook-timestamp": at, "webhook-signature": f"v1,{signature}",
        }  # fmt: skip
        assert Webhook(secret).verify(BODY, headers) == json.loads(BODY)

    def test_every_changed_bit_is_noticed(self, club: Merchant) -> None:
        headers = good(club)
        for place in range(0, len(BODY) * 8, 5):
            changed = bytearray(BODY)
            changed[place // 8] ^= 1 << place % 8
            reply = post(club, headers, bytes(changed))
            assert reply.status in {401, 429}, place
        assert waiting(club.service) == 0

    def test_a_body_laid_out_again_is_another_body(self, club: Merchant) -> None:
        refuses(club, good(club), json.dumps(tills.sale(), indent=2).encode())

    @pytest.mark.parametrize(
        ("seconds", "status"), [(-301, 401), (-300, 200), (300, 200), (301, 401)]
    )
    def test_five_minutes_either_way(
        self, service: Service, frozen: Any, seconds: int, status: int
    ) -> None:
        club = service.new_merchant("mug-club")
        headers = good(club, at=frozen.now + timedelta(seconds=seconds))
        assert post(club, headers).status == status

    @pytest.mark.parametrize("seconds", [-10 * 365 * 86_400, -3600, -301, 301, 86_400])
    def test_a_stale_time_stamp_is_answered_as_such(
        self, service: Service, frozen: Any, seconds: int
    ) -> None:
        """Whoever signs well and has a wrong clock looks for a mistake in the clock."""
        club = service.new_merchant("mug-club")
        headers = good(club, at=frozen.now + timedelta(seconds=seconds))
        reply = post(club, headers)
        assert (reply.status, reply.code) == (401, "unauthorized")
        assert [error["path"] for error in reply.json["errors"]] == ["webhook-timestamp"]
        assert waiting(service) == 0
        changed = post(club, headers, BODY + b" ")
        assert (changed.status, changed.json["errors"]) == (401, []), "a stranger learns no more"
        assert "signature does not fit" in changed.json["detail"]

    def test_headers_that_are_none_are_refused(self, club: Merchant) -> None:
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
            for value in ("", "x", "é", "1e9", "-1", "9" * 400, "v1,", "v1", "v1,é", "v2,abc"):
                refuses(club, {**good(club), name: value})
            missing = good(club)
            del missing[name]
            refuses(club, missing)

    def test_an_id_cannot_borrow_from_the_timestamp(self, club: Merchant) -> None:
        headers = good(club)
        at = headers["webhook-timestamp"]
        body = f"{at}.".encode() + BODY
        secret = club.created["webhook_secrets"]["generic"]
        signed = generic.sign(secret, f"evt.{at}", at, BODY)
        refuses(club, {**headers, "webhook-id": f"evt.{at}", "webhook-signature": f"v1,{signed}"})
        refuses(club, headers, body)

    def test_one_good_signature_among_others_suffices(self, club: Merchant) -> None:
        headers = good(club)
        mixed = f"v1a,xyz v1,AAAA nonsense {headers['webhook-signature']} v2,x"
        assert post(club, {**headers, "webhook-signature": mixed}).status == 200

    def test_the_names_of_svix_are_understood(self, club: Merchant) -> None:
        headers = {name.replace("webhook-", "svix-"): value for name, value in good(club).items()}
        assert post(club, headers).status == 200

    def test_while_a_secret_is_rotated_both_are_good(self, club: Merchant) -> None:
        old, new = SECRETS
        first = club.created["webhook_secrets"]["generic"]
        for secrets, accepted in ((old, {old}), (f"{new} {old}", {old, new}), (new, {new})):
            reply = club.call("PUT", "/v1/hooks/generic", {"secret": secrets})
            assert reply.json["secret"] is None, "what was brought in is not shown again"
            for secret in (first, old, new):
                status = post(club, tills.generic_headers(secret, BODY)).status
                assert status == (200 if secret in accepted else 401)

    def test_another_merchants_secret_is_none(self, service: Service, club: Merchant) -> None:
        other = service.new_merchant("mug-club")
        refuses(club, good(other))
        test_hook = club.call("GET", "/v1/hooks", test=True).json["items"][0]
        assert test_hook["provider"] == "generic"
        refuses(club, tills.generic_headers(test_hook["secret"], BODY))


class TestSquare:
    @pytest.fixture
    def url(self, club: Merchant) -> str:
        url: str = club.created["webhook_urls"]["square"]
        return url

    def headers(self, club: Merchant, body: bytes, key: str = "") -> dict[str, str]:
        key = key or club.created["webhook_secrets"]["square"]
        return tills.square_headers(club.created["webhook_urls"]["square"], body, key)

    def test_it_is_what_the_vendors_library_accepts(self, club: Merchant, url: str) -> None:
        body = json.dumps(tills.payment()).encode()
        key = club.created["webhook_secrets"]["square"]
        ours = square.sign(key, url, body)
        assert verify_signature(
            request_body=body.decode(), signature_header=ours, signature_key=key,
            notification_url=url,
        )  # fmt: skip
        assert post(club, self.headers(club, body), body, "square").status == 200

    def test_another_body_address_or_key_is_refused(
        self, service: Service, club: Merchant, url: str
    ) -> None:
        event = tills.payment()
        body = json.dumps(event).encode()
        other = service.new_merchant("mug-club").created
        indented = json.dumps(event, indent=1).encode()
        for headers, sent in self.wrong(club, body, indented, url, other):
            reply = post(club, headers, sent, "square")
            assert (reply.status, reply.code) == (401, "unauthorized")
        assert waiting(service) == 0

    def wrong(
        self, club: Merchant, body: bytes, indented: bytes, url: str, other: dict[str, Any]
    ) -> Iterator[tuple[dict[str, str], bytes]]:
        key = club.created["webhook_secrets"]["square"]
        yield self.headers(club, body), indented
        yield self.headers(club, body, other["webhook_secrets"]["square"]), body
        yield tills.square_headers(other["webhook_urls"]["square"], body, key), body
        yield tills.square_headers(f"{url}/", body, key), body
        yield {}, body
        for place in range(0, len(body), 9):
            changed = bytearray(body)
            changed[place] ^= 1
            yield self.headers(club, body), bytes(changed)

    def test_the_owners_key_and_address_replace_ours(self, club: Merchant) -> None:
        body = json.dumps(tills.payment()).encode()
        url = "https://till.example/through/a/proxy"
        club.call("PUT", "/v1/hooks/square", {"secret": tills.SQUARE_KEY, "url": url})
        good = tills.square_headers(url, body, tills.SQUARE_KEY)
        assert post(club, good, body, "square").status == 200
        assert post(club, self.headers(club, body), body, "square").status == 401


class TestHooks:
    def test_unknown_hooks_and_wrong_providers_are_not_there(self, club: Merchant) -> None:
        path = tills.path_of(club, "generic")
        hook_id = path.rpartition("/")[2]
        for wrong in (f"/hooks/square/{hook_id}", f"/hooks/clover/{hook_id}", "/hooks/generic/x",
                      f"/hooks/generic/{hook_id}x", f"/hooks/generic/{'x' * 3000}"):  # fmt: skip
            reply = club.service.request("POST", wrong, raw=BODY, headers=good(club))
            assert (reply.status, reply.code) == (404, "not_found"), wrong
        assert waiting(club.service) == 0

    def test_more_than_a_megabyte_is_too_large_before_anything_is_read(
        self, club: Merchant
    ) -> None:
        body = b" " * (1024 * 1024 + 1)
        club.service.spy.calls.clear()
        reply = post(club, {}, body)
        assert (reply.status, reply.code, club.service.spy.calls) == (413, "too_large", [])

    def test_a_megabyte_of_a_real_event_is_queued(self, club: Merchant) -> None:
        event = tills.sale(lines=["a large bill"] * 65_000)
        body = json.dumps(event).encode()
        assert 1_000_000 < len(body) <= 1024 * 1024
        secret = club.created["webhook_secrets"]["generic"]
        assert post(club, tills.generic_headers(secret, body), body).status == 200

    def test_bytes_are_verified_as_they_came(self, club: Merchant) -> None:
        """API Gateway hands some bodies over in base64, others as text."""
        secret = club.created["webhook_secrets"]["generic"]
        body = json.dumps(tills.sale(note="Kávé \N{HOT BEVERAGE}"), ensure_ascii=False).encode()
        headers = tills.generic_headers(secret, body)
        for kind in ("application/json", "application/octet-stream", "text/plain"):
            assert post(club, {**headers, "content-type": kind}, body).status == 200, kind

    def test_hooks_are_listed_and_set_up_without_showing_what_was_brought_in(
        self, club: Merchant
    ) -> None:
        shown = {it["provider"]: it for it in club.call("GET", "/v1/hooks").json["items"]}
        assert {name: it["url"] for name, it in shown.items()} == club.created["webhook_urls"]
        secrets = {name: it["secret"] for name, it in shown.items()}
        assert secrets == club.created["webhook_secrets"]
        reply = club.call(
            "PUT",
            "/v1/hooks/square",
            {"secret": tills.SQUARE_KEY, "account": "SELLER", "access_token": "t"},
        )
        assert (reply.json["secret"], reply.json["account"]) == (None, "SELLER")
        assert "access_token" not in reply.json

    @pytest.mark.parametrize(
        ("provider", "secret"),
        [("generic", "whsec_"), ("generic", "no base64 at all!"), ("generic", "whsec_AAAA"),
         ("generic", "whsec_" + "A" * 31), ("square", "short"), ("square", " " * 30)],
    )  # fmt: skip
    def test_a_secret_that_does_not_protect_is_refused_and_is_none(
        self, club: Merchant, provider: str, secret: str
    ) -> None:
        """One that is no base64 once became an empty key, with which anybody could sign sales."""
        reply = club.call("PUT", f"/v1/hooks/{provider}", {"secret": secret})
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, "secret")
        hook = hooks.read(club.service.table, club.id, provider)
        club.service.table.put(hook_item(hook._replace(secret=secret)))
        assert hooks.keys_of(hook._replace(secret=secret)) == []
        at = str(int(time.time()))
        for key in (b"", secret.encode()):
            if provider == "generic":
                message = f"evt_1.{at}.".encode() + BODY
                signature = b64encode(hmac.digest(key, message, "sha256")).decode()
                headers = {"webhook-id": "evt_1", "webhook-timestamp": at,
                           "webhook-signature": f"v1,{signature}"}  # fmt: skip
            else:
                message = hook.url.encode() + BODY
                signature = b64encode(hmac.digest(key, message, "sha256")).decode()
                headers = {"x-square-hmacsha256-signature": signature}
            path = urlsplit(hook.url).path
            posted = club.service.request("POST", path, raw=BODY, headers=headers)
            assert posted.status == 401

    @pytest.mark.parametrize(
        ("provider", "body", "status"),
        [("square", {"url": "http://till.example"}, 422), ("square", {"url": ""}, 422),
         ("square", {"colour": "red"}, 422), ("clover", {}, 404), ("square", {"secret": 7}, 422)],
    )  # fmt: skip
    def test_settings_that_are_none_are_refused(
        self, club: Merchant, provider: str, body: dict[str, Any], status: int
    ) -> None:
        assert club.call("PUT", f"/v1/hooks/{provider}", body).status == status
