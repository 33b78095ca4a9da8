"""The pass for Google's wallet: the signed link that saves it, and changes over REST to a server
that listens in the place of Google's."""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError
from PIL import Image

from regulars.store import keys
from regulars.store import wallets as kept
from regulars.wallet import google
from tests import wallets
from tests.conftest import Clock
from tests.service import Browser, Merchant, Service, context, handler, stream_record
from tests.wallets import ACCOUNT, ISSUER

ANY_TIME: Any = {"verify_exp": False, "verify_iat": False}
"""The clock of a test is not that of the machine."""


@dataclass
class AtGoogle:
    """A server in the place of Google's: what it was asked, and what it answers next."""

    address: str = ""
    asked: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    holds: set[str] = field(default_factory=set)
    is_saved: bool = True
    """Whether somebody has what it holds in a wallet."""

    def patches(self, kind: str = "loyaltyObject") -> list[Any]:
        """The changes of objects or classes, as they came."""
        return [body for _, path, _, body in self.asked if f"/{kind}/" in path]

    def posts(self) -> list[Any]:
        """What was put there."""
        return [body for _, path, _, body in self.asked if path.startswith("/walletobjects/v1/")
                and path.count("/") == 3]  # fmt: skip

    def tokens(self) -> list[Any]:
        return [body for _, path, _, body in self.asked if path == "/token"]


@contextmanager
def listening() -> Iterator[AtGoogle]:
    """Listen on this machine."""
    server = AtGoogle()

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path == "/token":
                form = {name: values[0] for name, values in parse_qs(text).items()}
                server.asked.append(("POST", self.path, dict(self.headers), form))
                self.send(200, {"access_token": "t1", "expires_in": 3600})
                return
            body = json.loads(text)
            server.asked.append(("POST", self.path, dict(self.headers), body))
            self.send(409 if body["id"] in server.holds else 200, {})
            server.holds.add(body["id"])

        def do_PATCH(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append(("PATCH", self.path, dict(self.headers), body))
            status = server.answers.pop(0) if server.answers else 200
            self.send(status, {"hasUsers": server.is_saved})

        def send(self, status: int, body: Any) -> None:
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    listener.daemon_threads = True
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
    thread.start()
    server.address = f"http://127.0.0.1:{listener.server_port}"
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


@pytest.fixture
def at_google(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtGoogle]:
    with listening() as server:
        monkeypatch.setattr(google, "ADDRESS", server.address)
        monkeypatch.setattr(google, "TOKENS", f"{server.address}/token")
        wallets.forget()
        yield server
        wallets.forget()


def claims(browser: Browser, cafe: Merchant) -> dict[str, Any]:
    """What the link says that the button leads to, with its signature checked."""
    path = f"/card/{cafe.created['slug']}/wallet/google"
    reply = browser.service.request("GET", path, cookies=browser.cookies)
    assert reply.status == 303
    token = reply.headers["location"].removeprefix("https://pay.google.com/gp/v/save/")
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": "k1", "typ": "JWT"}
    public = wallets.made().account.public_key()
    read: dict[str, Any] = jwt.decode(
        token, public, algorithms=["RS256"], audience="google", options=ANY_TIME
    )
    return read


def saved(browser: Browser, cafe: Merchant) -> dict[str, Any]:
    """The object that Google saves when the member says yes."""
    (found,) = claims(browser, cafe)["payload"]["loyaltyObjects"]
    one: dict[str, Any] = found
    return one


def stamp(cafe: Merchant, anna: Browser) -> None:
    """One visit, and what the stream brings after it."""
    cafe.earn(wallets.member_id(anna))
    partition = keys.card(cafe.id, wallets.member_id(anna))
    (newest,) = cafe.service.table.query(
        partition, prefix=keys.ENTRY_PREFIX, newest_first=True, limit=1, consistent=True
    ).items
    handler("outbox")({"Records": [stream_record(newest, 1)]}, context())


class TestLink:
    def test_it_names_what_was_put_there_and_is_short(
        self, anna: Browser, cafe: Merchant, at_google: AtGoogle
    ) -> None:
        path = f"/card/{cafe.created['slug']}/wallet/google"
        for _ in range(2):
            reply = cafe.service.request("GET", path, cookies=anna.cookies)
            assert len(reply.headers["location"]) < 1800
        payload = claims(anna, cafe)["payload"]
        put = at_google.posts()
        (shop,), (one,) = payload["loyaltyClasses"], payload["loyaltyObjects"]
        assert shop == {"id": put[0]["id"]}
        assert one == {"id": put[1]["id"], "classId": shop["id"]}
        assert put[1]["loyaltyPoints"]["balance"] == {"string": "1 / 10"}
        assert len(at_google.patches()) == 2, "what is there already is changed"

    def test_where_google_does_not_answer_us_it_is_signed_for_google_with_class_and_object(
        self, anna: Browser, cafe: Merchant
    ) -> None:
        document = claims(anna, cafe)
        assert document["iss"] == ACCOUNT
        assert document["typ"] == "savetowallet"
        assert document["origins"] == ["https://cards.example"]
        (shop,) = document["payload"]["loyaltyClasses"]
        assert shop["id"] == f"{ISSUER}.{cafe.id}"
        assert {"issuerName", "programName", "programLogo", "reviewStatus"} <= set(shop)
        (one,) = document["payload"]["loyaltyObjects"]
        assert one["classId"] == shop["id"]
        assert one["id"] == f"{ISSUER}.{cafe.id}.{wallets.member_id(anna)}.1"
        assert one["state"] == "ACTIVE"
        assert one["barcode"]["type"] == "QR_CODE"
        assert one["loyaltyPoints"]["balance"] == {"string": "1 / 10"}

    def test_it_says_what_apples_says(self, anna: Browser, cafe: Merchant) -> None:
        one, other = saved(anna, cafe), wallets.download(anna, cafe)
        assert one["barcode"]["value"] == other.document["barcodes"][0]["message"]
        (news,) = (it for it in one["textModulesData"] if it["id"] == "news")
        assert news["body"] == other.field("news")["value"]

    def test_another_key_did_not_sign_it(self, anna: Browser, cafe: Merchant) -> None:
        path = f"/card/{cafe.created['slug']}/wallet/google"
        reply = cafe.service.request("GET", path, cookies=anna.cookies)
        token = reply.headers["location"].rpartition("/")[2]
        other = wallets.made().key.public_key()
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(token, other, algorithms=["RS256"], audience="google")

    def test_google_can_fetch_its_pictures(self, anna: Browser, cafe: Merchant) -> None:
        document = claims(anna, cafe)["payload"]
        addresses = [
            document["loyaltyClasses"][0]["programLogo"]["sourceUri"]["uri"],
            document["loyaltyObjects"][0]["heroImage"]["sourceUri"]["uri"],
        ]
        for address in addresses:
            reply = cafe.service.request("GET", address.removeprefix("https://cards.example"))
            assert reply.status == 200, address
            Image.open(BytesIO(b64decode(reply.text))).load()

    @pytest.mark.parametrize("name", ["stamps-11-of-10.png", "stamps-1-of-99.png", "x.png", "é"])
    def test_other_pictures_are_not_found(self, cafe: Merchant, name: str) -> None:
        path = f"/card/{cafe.created['slug']}/wallet/pictures/{name}"
        assert cafe.service.request("GET", path).status == 404


class TestChanges:
    def test_a_stamp_changes_what_google_holds_silently(
        self, anna: Browser, cafe: Merchant, service: Service, at_google: AtGoogle
    ) -> None:
        before = saved(anna, cafe)
        at_google.asked.clear()
        stamp(cafe, anna)
        assert at_google.asked == []
        assert service.deliver("messages", "notify") == {"batchItemFailures": []}
        (change,) = at_google.patches()
        assert change["loyaltyPoints"]["balance"] == {"string": "2 / 10"}
        assert change["id"] == before["id"]
        assert "notifyPreference" not in str(at_google.asked)
        google.forget()
        stamp(cafe, anna)
        service.deliver("messages", "notify")
        (form,) = at_google.tokens()
        public = wallets.made().account.public_key()
        address = f"{at_google.address}/token"
        asked = jwt.decode(
            form["assertion"], public, algorithms=["RS256"], audience=address, options=ANY_TIME
        )
        assert asked["exp"] - asked["iat"] == 3600, "Google takes an hour at most"
        assert asked["scope"].endswith("/auth/wallet_object.issuer")
        sent = [headers for method, _, headers, _ in at_google.asked if method == "PATCH"]
        assert {it["Authorization"] for it in sent} == {"Bearer t1"}

    def test_it_is_told_once_and_with_one_token(
        self, anna: Browser, cafe: Merchant, service: Service, at_google: AtGoogle
    ) -> None:
        saved(anna, cafe)
        for _ in range(2):
            stamp(cafe, anna)
            records = service.aws_services.receive(service.queues["messages"])
            for _ in range(2):
                handler("notify")({"Records": records}, context())
        assert len(at_google.patches()) == 2
        assert len(at_google.tokens()) == 1

    def test_a_shop_that_looks_different_is_changed_with_the_next_stamp(
        self, anna: Browser, cafe: Merchant, service: Service, at_google: AtGoogle
    ) -> None:
        saved(anna, cafe)
        document = cafe.call("GET", "/v1/program").json["program"]
        document["name"] = "The Other Café"
        assert cafe.call("PUT", "/v1/program", document, headers={"if-match": "1"}).status == 200
        for _ in range(2):
            stamp(cafe, anna)
            service.deliver("messages", "notify")
        assert [it["programName"] for it in at_google.patches("loyaltyClass")] == ["The Other Café"]

    @pytest.mark.parametrize("answers", [[404] * 9, []])
    def test_who_pressed_the_button_and_saved_nothing_is_forgotten_after_a_day(
        self, frozen: Clock, anna: Browser, cafe: Merchant, service: Service, at_google: AtGoogle,
        answers: list[int],
    ) -> None:  # fmt: skip
        saved(anna, cafe)
        at_google.is_saved, at_google.answers = False, answers

        def is_known() -> bool:
            stamp(cafe, anna)
            assert service.deliver("messages", "notify") == {"batchItemFailures": []}
            return kept.read(service.table, cafe.id, wallets.member_id(anna)).google is not None

        frozen.now += timedelta(hours=20)
        assert is_known()
        frozen.now += timedelta(hours=20)
        assert not is_known()
        last = at_google.patches()[-1]
        assert (last["state"], last["accountName"]) == ("INACTIVE", "-")

    @pytest.mark.parametrize("status", [429, 500, 401, 403])
    def test_what_google_does_not_take_is_tried_again(
        self, anna: Browser, cafe: Merchant, service: Service, at_google: AtGoogle, status: int
    ) -> None:
        saved(anna, cafe)
        stamp(cafe, anna)
        records = service.aws_services.receive(service.queues["messages"])
        records = [
            {**it, "attributes": {"ApproximateReceiveCount": "1"}}
            for it in records
            if "wallet" in it["body"]
        ]
        at_google.answers = [status]
        with pytest.raises(BatchProcessingError):
            handler("notify")({"Records": records}, context())
        assert handler("notify")({"Records": records}, context()) == {"batchItemFailures": []}
        assert len(at_google.patches()) == 2

    def test_who_is_erased_leaves_nothing_at_google(
        self, anna: Browser, cafe: Merchant, service: Service, at_google: AtGoogle
    ) -> None:
        saved(anna, cafe)
        assert at_google.posts()[-1]["accountName"] == "Anna"
        cafe.call("DELETE", f"/v1/members/{wallets.member_id(anna)}")
        service.deliver("messages", "notify")
        (change,) = at_google.patches()
        assert change["state"] == "INACTIVE"
        assert change["accountName"] == change["accountId"] == "-"
        assert change["barcode"] is None
        assert "Anna" not in json.dumps(change)
        assert kept.read(service.table, cafe.id, wallets.member_id(anna)).is_empty
