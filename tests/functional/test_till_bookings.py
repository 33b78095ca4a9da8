"""What tills tell, in whatever order and however often, comes to the same ledger."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import permutations
from typing import Any

import pytest

from regulars.store import keys
from regulars.tills.providers import square
from tests.functional import tills
from tests.functional.test_damaged_cards import remove
from tests.functional.tills import book, payment, post_generic, post_square, refund, sale
from tests.service import Merchant, Service


@pytest.fixture
def club(service: Service) -> Merchant:
    """A Mug Club (a point for each 1.00) of Anna."""
    return service.new_merchant("mug-club")


def anna(club: Merchant) -> str:
    return str(club.join(name="Anna", email="anna@example.com")["member_id"])


def points(club: Merchant, member_id: str) -> int:
    available: int = club.card(member_id)["balances"]["point"]["available"]
    return available


def parked(club: Merchant, order_id: str) -> list[dict[str, Any]]:
    return club.service.table.query(keys.parked(club.id, f"order:{order_id}")).items


class TestOrder:
    EVENTS = (sale(total_minor=3333), sale(total_minor=3333), refund("a", 1000), refund("b", 333))

    def test_every_order_of_sale_and_refunds_ends_the_same(self, service: Service) -> None:
        """33 points, of which floor(33 x 1333 / 3333) = 13 go back; 20.00 stay."""
        sums = set()
        for order in permutations(range(4)):
            if order.index(0) > order.index(1):
                continue  # the two sales are alike
            club = service.new_merchant("mug-club")
            member_id = anna(club)
            tills.book_all(club, [self.EVENTS[place] for place in order])
            sums.add(tills.ledger_sum(club, member_id)[:2])
            assert club.call("GET", f"/v1/members/{member_id}/verify").json["ok"] is True
        assert sums == {(20, 2000)}

    def test_everything_twice_and_at_once_ends_the_same(self, service: Service) -> None:
        for order in permutations((0, 2, 3)):
            club = service.new_merchant("mug-club")
            member_id = anna(club)
            for place in order:
                for _ in range(2):
                    post_generic(club, self.EVENTS[place])
            assert book(service) == []
            assert tills.ledger_sum(club, member_id)[:2] == (20, 2000), order

    def test_a_refund_of_the_whole_before_its_sale(self, club: Merchant) -> None:
        member_id = anna(club)
        tills.book_all(club, [refund("all"), sale()])
        assert points(club, member_id) == 0
        assert club.card(member_id)["seq"] == 3

    def test_a_refund_of_items_takes_what_they_brought(self, service: Service) -> None:
        club = service.new_merchant("supper-club")
        member_id = anna(club)
        lines = [{"category": "main", "quantity": 2, "amount_minor": 3000},
                 {"category": "dessert", "quantity": 1, "amount_minor": 500}]  # fmt: skip
        back = refund("r", items=[{"category": "main", "quantity": 1, "amount_minor": 1500}])
        tills.book_all(club, [back, sale(total_minor=3500, items=lines)])
        assert club.card(member_id)["balances"]["stamp"]["available"] == 1

    def test_the_api_and_the_till_know_the_same_order(self, club: Merchant) -> None:
        member_id = anna(club)
        tills.book_all(club, [sale("bill-7")])
        answer = club.call("POST", "/v1/earn", {"member_id": member_id, "order_id": "bill-7"})
        assert (answer.status, answer.replayed, points(club, member_id)) == (200, True, 20)


class TestWhatCannotBeBooked:
    def test_a_refund_that_is_taken_back_counts_again(self, club: Merchant) -> None:
        member_id = anna(club)
        void = {"type": "refund.void", "data": {"refund_id": "r"}}
        for event in (sale(), refund("r", 500), void, void):
            tills.book_all(club, [event])
        assert points(club, member_id) == 20

    def test_a_refund_of_nothing_is_done(self, club: Merchant) -> None:
        anna(club)
        tills.book_all(club, [sale(), refund("all"), refund("again", 100)])
        assert club.call("GET", "/v1/attention").json["items"] == []

    def test_an_order_with_another_amount_is_the_difference(self, club: Merchant) -> None:
        member_id = anna(club)
        for total in (2000, 1500, 2000, 1500):  # the last two are late duplicates
            tills.book_all(club, [sale(total_minor=total)])
        assert points(club, member_id) == 15
        assert club.card(member_id)["visits"] == 1

    def test_an_id_for_two_refunds_needs_a_person(self, club: Merchant) -> None:
        member_id = anna(club)
        tills.book_all(club, [sale(), refund("r", 500), refund("r", 600)])
        (item,) = club.call("GET", "/v1/attention").json["items"]
        assert (item["kind"], item["about"]["order_id"]) == ("unbooked", "bill-1")
        assert "500 of order bill-1" in item["why"]
        assert points(club, member_id) == 15


class TestTests:
    """What a till marks as a test: answered as any event, and nothing in a live shop."""

    @pytest.mark.parametrize("mark", [True, "true", "TRUE", 1, "yes"])
    def test_it_earns_nothing_in_a_live_shop(self, club: Merchant, mark: Any) -> None:
        member_id = anna(club)
        for event in (sale(test=mark), sale() | {"test": mark}):
            assert post_generic(club, event).status == 200
        book(club.service)
        assert points(club, member_id) == 0
        hooks = club.call("GET", "/v1/hooks").json["items"]
        (generic,) = (hook for hook in hooks if hook["provider"] == "generic")
        assert generic["state"] == "live"
        assert generic["last_event_at"] is not None
        tills.book_all(club, [sale()])  # the same order in earnest
        assert points(club, member_id) == 20

    @pytest.mark.parametrize("mark", [False, None, 0, "false", "no", "", [], {}])
    def test_a_mark_that_says_no_is_none(self, club: Merchant, mark: Any) -> None:
        member_id = anna(club)
        tills.book_all(club, [sale(test=mark)])
        assert points(club, member_id) == 20

    def test_a_refund_that_is_a_test_takes_nothing(self, club: Merchant) -> None:
        member_id = anna(club)
        tills.book_all(club, [sale(), refund("r", test=True)])
        assert points(club, member_id) == 20

    def test_a_sandbox_books_it(self, club: Merchant) -> None:
        joined = club.join(test=True, name="Anna", email="anna@example.com")
        hooks = club.call("GET", "/v1/hooks", test=True).json["items"]
        (generic,) = (hook for hook in hooks if hook["provider"] == "generic")
        body = json.dumps(sale(test=True)).encode()
        headers = tills.generic_headers(generic["secret"], body)
        path = "/hooks" + generic["url"].partition("/hooks")[2]
        assert club.service.request("POST", path, raw=body, headers=headers).status == 200
        book(club.service)
        assert club.card(joined["member_id"], test=True)["balances"]["point"]["available"] == 20


class TestMembers:
    def test_by_mail_telephone_or_the_code_on_the_card(
        self, service: Service, club: Merchant
    ) -> None:
        card = club.join(email="anna@example.com", phone="+36301234567")
        path = card["card_url"].removeprefix("https://cards.example")
        code = service.request("GET", f"{path}/code").json["code"]
        tills.book_all(club, [
            sale("1", 100, contact={"email": "ANNA@example.com"}),
            sale("2", 100, contact={"phone": "06 30 123 4567"}),
            sale("3", 100, contact=None, member_code=code),
            sale("4", 100, contact={"phone": "none", "email": "anna@example.com"}),
        ])  # fmt: skip
        assert points(club, card["member_id"]) == 4

    def test_a_sale_of_nobody_is_kept_for_thirty_days(self, service: Service, frozen: Any) -> None:
        club = service.new_merchant("mug-club")
        tills.book_all(club, [sale("bill-9")])
        (kept,) = parked(club, "bill-9")
        assert (kept["SK"], kept["order"], kept["total"]) == ("SALE", "bill-9", 2000)
        assert kept["ttl"] == int(frozen.now.timestamp()) + 30 * 24 * 3600
        assert "anna" not in json.dumps(kept)

    def test_what_was_bought_where_is_in_the_ledger(self, club: Merchant) -> None:
        member_id = anna(club)
        items = [{"sku": "mug", "category": "merch", "quantity": 1, "amount_minor": 2000}]
        tills.book_all(
            club, [sale(items=items, location="main", occurred_at="2026-11-20T10:00:00Z")]
        )
        entry = club.call("GET", f"/v1/members/{member_id}/entries").json["items"][0]
        assert (entry["source"], entry["location"], entry["order_id"], entry["effective_at"]) == (
            "generic", "main", "bill-1", "2026-11-20T10:00:00Z",
        )  # fmt: skip

    def test_a_place_that_is_not_listed_is_left_out(self, club: Merchant) -> None:
        member_id = anna(club)
        program = club.call("GET", "/v1/program").json["program"]
        document = {**program, "locations": [{"id": "main", "name": "Main"}]}
        reply = club.call("PUT", "/v1/program", document, headers={"if-match": "*"})
        assert reply.status == 200
        tills.book_all(club, [sale("1", location="main"), sale("2", location="harbour")])
        entries = club.call("GET", f"/v1/members/{member_id}/entries").json["items"]
        places = {entry["order_id"]: entry["location"] for entry in entries}
        assert (places["1"], places["2"]) == ("main", None)


class TestPoison:
    @pytest.mark.parametrize(
        "event",
        [sale(total_minor=-(10**13)), sale(total_minor=8.4), sale(order_id=""),
         sale(items=[{"quantity": 1}]), sale(contact="anna"), {"type": "sale.completed"},
         {"type": "sale.exploded", "data": {}}, {"data": {}}, [], "x", None,
         refund("r", -5), sale(occurred_at="yesterday"), sale(location="\x00")],
        ids=repr,
    )  # fmt: skip
    def test_fails_alone_and_the_others_are_booked(self, club: Merchant, event: Any) -> None:
        member_id = anna(club)
        for sent in (sale("before", 100), event, sale("after", 100)):
            assert post_generic(club, sent).status == 200
        assert len(book(club.service)) == 1
        assert points(club, member_id) == 2

    def test_bodies_that_are_no_json_fail_alone(self, club: Merchant) -> None:
        member_id = anna(club)
        secret = club.created["webhook_secrets"]["generic"]
        for body in (b"{", b"", b"[" * 100_000):
            headers = tills.generic_headers(secret, body)
            reply = club.service.request(
                "POST", tills.path_of(club, "generic"), raw=body, headers=headers
            )
            assert reply.status == 200
        post_generic(club, sale())
        assert len(book(club.service)) == 3
        assert points(club, member_id) == 20

    def test_why_it_failed_is_logged_without_who(
        self, club: Merchant, caplog: pytest.LogCaptureFixture
    ) -> None:
        anna(club)
        post_generic(club, sale(items=[{"quantity": 1}], contact={"email": "anna@example.com"}))
        post_generic(club, sale())
        book(club.service)
        (record,) = [it for it in caplog.records if it.getMessage() == "a record failed"]
        assert vars(record)["why"] == "items.0.amount_minor: is required"
        assert "anna@" not in caplog.text

    def test_what_can_be_read_but_not_booked_is_on_the_owner_s_list(self, club: Merchant) -> None:
        """Another currency, or a card that is gone: it holds up nobody, and a person decides."""
        member_id = anna(club)
        post_generic(club, sale("abroad", currency="USD"))
        assert book(club.service) == []
        state = keys.state(club.id, member_id)
        remove(club, state)
        post_generic(club, sale("gone"))
        assert book(club.service) == []
        items = club.call("GET", "/v1/attention").json["items"]
        whys = {it["about"]["order_id"]: it["why"] for it in items if it["kind"] == "unbooked"}
        assert whys == {
            "abroad": "The sale is in USD, not EUR.",
            "gone": "The member's card is gone.",
        }


class TestSquare:
    @pytest.fixture(autouse=True)
    def account(self, club: Merchant) -> None:
        club.call("PUT", "/v1/hooks/square", {"account": "SELLER"})

    def test_a_tip_earns_nothing_and_a_refund_is_measured_in_the_whole(
        self, club: Merchant
    ) -> None:
        """10.00 and a tip of 2.00: half of what was paid refunded is half of the points."""
        member_id = anna(club)
        post_square(club, payment(1000, 200, buyer_email_address="anna@example.com"))
        book(club.service)
        assert points(club, member_id) == 10
        post_square(club, tills.square_refund(600))
        book(club.service)
        assert points(club, member_id) == 5

    def test_only_what_is_completed_counts(self, club: Merchant) -> None:
        member_id = anna(club)
        mail: dict[str, Any] = {"buyer_email_address": "anna@example.com"}
        for event in (
            payment(**mail, status="APPROVED"), payment(**mail, status="CANCELED"),
            payment(**mail), tills.square_refund(2000, status="PENDING"),
            tills.square_refund(2000, status="REJECTED"),
            tills.square_event("order.updated", {"id": "x"}),
            {**payment(), "type": "webhooks.test_notification"},
            tills.square_event("customer.deleted", {"id": "c"}),
        ):  # fmt: skip
            assert post_square(club, event).status == 200
        assert book(club.service) == []
        assert points(club, member_id) == 20

    def test_another_sellers_event_fails(self, club: Merchant) -> None:
        member_id = anna(club)
        post_square(club, {**payment(buyer_email_address="anna@example.com"), "merchant_id": "B"})
        post_square(club, payment(buyer_email_address="anna@example.com"))
        assert len(book(club.service)) == 1
        assert points(club, member_id) == 20

    def test_a_customer_named_later_is_the_one_who_bought(self, club: Merchant) -> None:
        member_id = anna(club)
        customer = {"id": "CUST", "email_address": "Anna@Example.com", "phone_number": None}
        post_square(club, tills.square_event("customer.updated", customer))
        post_square(club, payment())
        assert book(club.service) == []
        assert points(club, member_id) == 0
        for _ in range(2):
            post_square(club, payment(customer_id="CUST"))
        assert book(club.service) == []
        assert points(club, member_id) == 20

    def test_who_the_customer_is_lies_in_the_table_as_digests(self, club: Merchant) -> None:
        club.service.spy.calls.clear()
        customer = {"id": "CUST", "email_address": "anna@example.com"}
        post_square(club, tills.square_event("customer.created", customer))
        book(club.service)
        written = repr([it for it in club.service.spy.calls if it[0] == "PutItem"])
        assert "CUSTOMER#" in written
        assert "anna" not in written
        assert "CUST'" not in written


class Square(BaseHTTPRequestHandler):
    """Square's API on this machine: one customer, or whatever fails."""

    status = 200
    customer: Any = None
    asked: list[tuple[str, str]] = []  # noqa: RUF012 - the handler is made again per request

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Authorization"]))
        if self.status == 0:
            self.connection.close()
            return
        body = json.dumps({"customer": self.customer}).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@contextmanager
def squares_api(status: int, customer: Any = None) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """An address that answers like this, and what it is asked."""
    asked: list[tuple[str, str]] = []
    kind = type("Answering", (Square,), {"status": status, "customer": customer, "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class TestAskingSquare:
    @pytest.fixture(autouse=True)
    def access(self, club: Merchant) -> None:
        club.call("PUT", "/v1/hooks/square", {"access_token": "let me in"})

    def test_a_customer_we_do_not_know_is_asked_for_once(
        self, club: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        member_id = anna(club)
        customer = {"id": "C/1", "email_address": "anna@example.com"}
        with squares_api(200, customer) as (url, asked):
            monkeypatch.setenv("SQUARE_API", url)
            for number in range(2):
                post_square(club, payment(id=f"pay-{number}", customer_id="C/1"))
            assert book(club.service) == []
        assert asked == [("/v2/customers/C%2F1", "Bearer let me in")]
        assert points(club, member_id) == 40

    @pytest.mark.parametrize(
        ("status", "customer"),
        [(500, None), (404, None), (429, None), (0, None), (200, None), (200, {"id": 7}),
         (200, {"id": "C", "email_address": 7})],
    )  # fmt: skip
    def test_when_square_does_not_say_the_sale_waits_in_the_queue(
        self, club: Merchant, monkeypatch: pytest.MonkeyPatch, status: int, customer: Any
    ) -> None:
        member_id = anna(club)
        with squares_api(status, customer) as (url, _):
            monkeypatch.setenv("SQUARE_API", url)
            post_square(club, payment(customer_id="C"))
            post_square(club, payment(id="other", buyer_email_address="anna@example.com"))
            assert len(book(club.service)) == 1
        assert points(club, member_id) == 20
        with squares_api(200, {"id": "C", "email_address": "anna@example.com"}) as (url, _):
            monkeypatch.setenv("SQUARE_API", url)
            post_square(club, payment(customer_id="C"))  # the queue brings it again
            assert book(club.service) == []
        assert points(club, member_id) == 40

    def test_square_is_not_waited_for_for_ever(
        self, club: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(square, "FETCH_TIMEOUT_S", 0.2)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            monkeypatch.setenv("SQUARE_API", f"http://127.0.0.1:{silent.getsockname()[1]}")
            post_square(club, payment(customer_id="C"))
            post_square(club, payment(id="other"))
            assert len(book(club.service)) == 1

    def test_square_is_asked_over_https_only(
        self, club: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SQUARE_API", "http://connect.squareup.example")
        post_square(club, payment(customer_id="C"))
        post_square(club, payment(id="other"))
        assert len(book(club.service)) == 1
