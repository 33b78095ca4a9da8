"""The sandbox: its clock, what would have been sent, and samples over the real path."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from regulars.core import config, deadline
from tests.conftest import Clock
from tests.functional.test_earning import balance
from tests.functional.tills import book
from tests.service import Merchant, Reply, Service
from tests.serving import serving

MAIL = {"email": "anna@example.com", "consents": {"email": True}}


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    return service.new_merchant()


def moved(cafe: Merchant, **to: str) -> Reply:
    return cafe.call("POST", "/v1/test/clock", to, test=True)


def messages(cafe: Merchant, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cafe.call(
        "GET", "/v1/test/messages", test=True, query=query
    ).json["items"]
    return found


class TestClock:
    def test_stands_at_the_real_time_until_it_is_moved(self, cafe: Merchant) -> None:
        assert cafe.call("GET", "/v1/test/clock", test=True).json == {"now": "2026-11-22T09:00:00Z"}
        assert moved(cafe, advance="P1DT2H").json["now"] == "2026-11-23T11:00:00Z"
        assert moved(cafe, now="2026-12-01T00:00:00+01:00").json["now"] == "2026-11-30T23:00:00Z"
        assert cafe.call("GET", "/v1/test/clock", test=True).json["now"] == "2026-11-30T23:00:00Z"

    def test_runs_on_from_there(self, cafe: Merchant, frozen: Clock) -> None:
        moved(cafe, advance="P1D")
        frozen.now = frozen.now.replace(hour=10)
        assert cafe.call("GET", "/v1/test/clock", test=True).json["now"] == "2026-11-23T10:00:00Z"
        assert cafe.join(test=True)["enrolled_at"] == "2026-11-23T10:00:00Z"
        assert cafe.join()["enrolled_at"] == "2026-11-22T10:00:00Z"

    def test_goes_forward_only(self, cafe: Merchant) -> None:
        moved(cafe, advance="P1D")
        reply = moved(cafe, now="2026-11-23T08:59:59Z")
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, "now")
        assert moved(cafe, now="2026-11-23T09:00:00Z").status == 200

    @pytest.mark.parametrize(
        "to",
        [{}, {"advance": "P1D", "now": "2027-01-01T00:00:00Z"}, {"advance": "P"}, {"advance": "PT"},
         {"advance": "1D"}, {"advance": "P-1D"}, {"advance": "-P1D"}, {"advance": "30"},
         {"advance": "P9999999D"}, {"advance": "P9999W"}, {"now": "tomorrow"},
         {"now": "2027-01-01"},
         {"now": "9999-12-31T23:59:59Z"}, {"now": "9999-12-31T23:59:59-23:59"}, {"advance": 7},
         {"advance": None, "now": None}, {"to": "2027-01-01T00:00:00Z"}],
    )  # fmt: skip
    def test_no_other_way_to_say_it(self, cafe: Merchant, to: dict[str, Any]) -> None:
        reply = cafe.call("POST", "/v1/test/clock", to, test=True)
        assert (reply.status, reply.code) == (422, "invalid")

    @pytest.mark.parametrize(
        ("advance", "now"),
        [("P1M", "2026-12-22T09:00:00Z"), ("P1Y", "2027-11-22T09:00:00Z"),
         ("P1Y3M", "2028-02-22T09:00:00Z"), ("P5M", "2027-04-22T08:00:00Z"),
         ("P1M1DT1H", "2026-12-23T10:00:00Z"), ("P2W", "2026-12-06T09:00:00Z")],
    )  # fmt: skip
    def test_months_and_years_go_by_the_merchants_calendar(
        self, cafe: Merchant, advance: str, now: str
    ) -> None:
        """From 22 November, 10:00 in Budapest; in April that is 8:00 UTC."""
        assert moved(cafe.without_digest(), advance=advance).json["now"] == now

    def test_a_month_from_the_last_day_is_the_last_day(self, cafe: Merchant) -> None:
        moved(cafe.without_digest(), now="2027-01-31T12:00:00Z")
        assert moved(cafe, advance="P1M").json["now"] == "2027-02-28T12:00:00Z"

    def test_stops_in_time_and_the_same_body_goes_on(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(deadline, "SECONDS", 0.0)
        answers = [moved(cafe, advance="P15D").json]
        while answers[-1]["more"]:
            answers.append(moved(cafe, advance="P15D").json)
        assert [it["now"] for it in answers] == [
            "2026-11-23T07:00:00Z", "2026-11-30T07:00:00Z", "2026-12-07T07:00:00Z",
            "2026-12-07T09:00:00Z",
        ]  # fmt: skip
        assert [len(it["jobs"]) for it in answers] == [1, 1, 1, 0]
        after = moved(cafe, advance="P15D").json
        assert after["now"] == "2026-12-14T07:00:00Z", "it had arrived: fifteen more days"

    def test_another_body_sets_a_new_target_never_before_now(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(deadline, "SECONDS", 0.0)
        assert moved(cafe, advance="P15D").json["now"] == "2026-11-23T07:00:00Z"
        back = moved(cafe, now="2026-11-23T06:00:00Z")
        assert (back.status, back.json["errors"][0]["path"]) == (422, "now")
        assert moved(cafe, advance="P1D").json == {
            "now": "2026-11-24T07:00:00Z", "jobs": [], "more": False,
        }  # fmt: skip
        assert moved(cafe, advance="P15D").json["now"] == "2026-11-30T07:00:00Z"

    @pytest.mark.long
    def test_a_year_with_sixty_birthdays(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However often it stops on the way, each has one birthday and nobody is forgotten."""
        monkeypatch.setattr(deadline, "SECONDS", 0.05)
        document = cafe.call("GET", "/v1/program", test=True).json["program"]
        gift = {"id": "birthday", "on": "birthday", "unit": "stamp", "amount": 1}
        document |= {"earn": [gift], "messages": {}}
        put = cafe.call("PUT", "/v1/program", document, test=True, headers={"if-match": "1"})
        assert put.status == 200
        days = [(date(2027, 1, 1) + timedelta(days=5 * n)).isoformat()[5:] for n in range(60)]
        ids = [cafe.join(test=True, birthday=day)["member_id"] for day in days]
        calls, answer = 0, dict[str, Any](more=True)
        while answer["more"]:
            answer = moved(cafe.without_digest(), advance="P1Y").json
            calls += 1
        assert calls > 1
        assert answer["now"] == "2027-11-22T09:00:00Z"
        for member_id, day in zip(ids, days, strict=True):
            entries = cafe.call("GET", f"/v1/members/{member_id}/entries", test=True).json["items"]
            given = [it for it in entries if it["kind"] == "bonus"]
            assert [it["recorded_at"][5:10] for it in given] == [day]

    def test_what_falls_due_on_the_way_is_done_in_order_of_time(self, cafe: Merchant) -> None:
        member_id = cafe.join(test=True, **MAIL)["member_id"]
        cafe.earn(member_id, test=True, visits=8, spend_minor=15_000)
        jobs = moved(cafe, advance="P15D").json["jobs"]
        assert jobs == [
            {"name": "digest", "at": "2026-11-23T07:00:00Z", "members": 1},
            {"name": "remind", "at": "2026-11-29T09:00:00Z", "members": 1},
            {"name": "digest", "at": "2026-11-30T07:00:00Z", "members": 1},
            {"name": "digest", "at": "2026-12-07T07:00:00Z", "members": 1},
        ]
        reported = messages(cafe)
        assert [(it["kind"], it["at"][:10]) for it in reported[::-1]] == [
            ("digest", "2026-11-23"), ("close_to_reward", "2026-11-29"),
            ("digest", "2026-11-30"), ("digest", "2026-12-07"),
        ]  # fmt: skip

    def test_a_tier_ends_with_its_period(self, cafe: Merchant) -> None:
        document = cafe.call("GET", "/v1/program", test=True).json["program"]
        enter = [{"metric": "spend", "window": "month", "at_least": 15_000}]
        document["tiers"][1]["enter"] = enter
        cafe.call("PUT", "/v1/program", document, test=True, headers={"if-match": "1"})
        member_id = cafe.join(test=True)["member_id"]
        cafe.earn(member_id, test=True, spend_minor=15_000)
        for now, tier in (("2026-12-31T22:59:59Z", "regular"), ("2026-12-31T23:00:00Z", "guest")):
            assert moved(cafe, now=now).status == 200
            assert cafe.card(member_id, test=True)["tier"]["id"] == tier

    def test_the_live_merchant_does_not_move_along(self, cafe: Merchant) -> None:
        live = cafe.join()["member_id"]
        cafe.earn(live, visits=8)
        before = cafe.card(live)
        moved(cafe, advance="P30D")
        assert cafe.card(live) == before

    def test_where_hours_begin_at_half_past_jobs_run_at_the_half(
        self, service: Service, frozen: Clock
    ) -> None:
        cafe = service.new_merchant(timezone="Asia/Kolkata")
        member_id = cafe.join(test=True, **MAIL)["member_id"]
        cafe.earn(member_id, test=True, visits=8)
        for now, reported in (("2026-11-29T04:29:00Z", 0), ("2026-11-29T04:31:00Z", 1)):
            moved(cafe, now=now)
            kinds = [it["kind"] for it in messages(cafe)]
            assert kinds.count("close_to_reward") == reported, now


class TestMessages:
    def test_what_would_have_been_sent_can_be_read_and_nothing_is_sent(
        self, service: Service, cafe: Merchant
    ) -> None:
        before = len(service.aws_services.mails())
        card = cafe.join(test=True, name="Anna", language="hu", **MAIL)
        for _ in range(2):
            service.deliver_entries(cafe.sandbox_id, card["member_id"])
        (message,) = messages(cafe)
        assert (message["to"], message["channel"], message["kind"], message["language"]) == (
            "anna@example.com", "email", "welcome", "hu",
        )  # fmt: skip
        assert card["card_url"] in message["text"]
        assert service.aws_services.receive(service.queues["messages"]) == []
        assert len(service.aws_services.mails()) == before

    def test_the_list_is_walked_whole_newest_first(self, service: Service, cafe: Merchant) -> None:
        for number in range(5):
            card = cafe.join(test=True, email=f"{number}@example.com", consents={"email": True})
            service.deliver_entries(cafe.sandbox_id, card["member_id"])
        whole = messages(cafe)
        assert len(whole) == 5
        cursor, walked = None, []
        for _ in range(10):
            query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
            page = cafe.call("GET", "/v1/test/messages", test=True, query=query).json
            walked += page["items"]
            cursor = page["next"]
            if cursor is None:
                break
        assert walked == whole
        assert cursor is None

    @pytest.mark.parametrize("query", [{"limit": "0"}, {"cursor": "x"}, {"cursor": "1.a"}])
    def test_a_page_that_is_none_is_refused(self, cafe: Merchant, query: dict[str, str]) -> None:
        reply = cafe.call("GET", "/v1/test/messages", test=True, query=query)
        assert (reply.status, reply.code) == (422, "invalid")


@pytest.fixture
def served(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The service on a port of this machine, for what goes out over the network and comes in."""
    with serving(service) as url:
        monkeypatch.setenv("BASE_URL", url)
        config.settings.cache_clear()
        yield url


def sample(cafe: Merchant, provider: str, **body: Any) -> Reply:
    """A sample event; its way back into the service is another request of its own."""
    headers = {"authorization": f"Bearer {cafe.created['test_api_key']}"}
    return cafe.service.request("POST", f"/v1/test/hooks/{provider}", body=body, headers=headers)


class TestSamples:
    @pytest.mark.parametrize("provider", ["generic", "square"])
    def test_a_sale_and_its_refund_are_signed_sent_and_booked(
        self, served: str, service: Service, provider: str
    ) -> None:
        club = service.new_merchant("mug-club")
        member_id = club.join(test=True, email="anna@example.com")["member_id"]
        for body, points in (
            ({"order_id": "o", "total_minor": 1500, "contact": "anna@example.com"}, 15),
            ({"order_id": "o", "type": "sale.refunded", "refund_id": "r", "total_minor": 500}, 10),
        ):
            reply = sample(club, provider, **body)
            assert (reply.status, reply.json["status"]) == (200, 200)
            assert book(service) == []
            assert balance(club.card(member_id, test=True), "point") == points

    def test_it_goes_to_us_whatever_address_the_till_signs(
        self, served: str, service: Service
    ) -> None:
        club = service.new_merchant("mug-club")
        hook = {"url": "https://metadata.internal.example/", "secret": "the owner's own"}
        club.call("PUT", "/v1/hooks/square", hook, test=True)
        reply = sample(club, "square")
        assert reply.json["status"] == 200
        assert len(service.aws_services.receive(service.queues["orders"])) == 1

    def test_when_nobody_answers_it_says_so(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cafe = service.new_merchant()
        monkeypatch.setenv("BASE_URL", "http://127.0.0.1:9")
        config.settings.cache_clear()
        reply = sample(cafe, "generic")
        assert (reply.status, reply.code) == (503, "unavailable")

    def test_a_till_nobody_knows_is_not_found(self, service: Service) -> None:
        assert sample(service.new_merchant(), "clover").status == 404
