"""The page of campaigns: three taps, the month, what is used of totals and budgets."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from regulars.pages.console.campaigns import calendar_of
from tests.conftest import Clock
from tests.functional.console import Browser
from tests.functional.test_program_editor import EARNING, form, look, program, send
from tests.service import Merchant, Service

PAGE = "/console/campaigns"


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    return service.new_merchant(owner_email="anna@example.com")


@pytest.fixture
def anna(service: Service, cafe: Merchant) -> Browser:
    return Browser(service).sign_in("anna@example.com")


def publish(cafe: Merchant, **more: Any) -> None:
    document = {**program(cafe), **more}
    reply = cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"})
    assert reply.status == 200, reply.text


def test_double_stamps_on_tuesdays_are_published_at_once(cafe: Merchant, anna: Browser) -> None:
    assert "No campaign yet" in anna.go("GET", PAGE).text
    reply = anna.go("POST", PAGE, form={"day.tue": "1", "factor": "2", "unit": "stamp"})
    assert reply.status == 303
    page = look(anna, reply.headers["location"])
    assert "Published." in page.text
    assert program(cafe)["campaigns"] == [
        {"id": "campaign", "multiplier": "2", "weekdays": ["tue"], "units": ["stamp"]}
    ]
    assert cafe.call("GET", "/v1/program").json["version"] == 2
    marks = re.findall(r'<td class="[^"]*"><span>\d+</span><b class="mark">1</b></td>', page.text)
    assert len(marks) in {4, 5}


def test_it_waits_in_the_draft_where_something_else_is_edited(
    cafe: Merchant, anna: Browser
) -> None:
    fields = form(anna.go("GET", EARNING), "earn.visit")
    send(anna, EARNING, "earn.visit", fields, amount="2")
    assert "Put it into the draft" in anna.go("GET", PAGE).text
    reply = anna.go("POST", PAGE, form={"day.tue": "1", "factor": "2", "unit": ""})
    assert reply.headers["location"] == "/console/programme/campaigns#r-campaigns.campaign"
    assert not program(cafe).get("campaigns")
    assert "2 changes are not published" in anna.go("GET", EARNING).text


@pytest.mark.parametrize(
    "sent",
    [
        {"factor": "2"},
        {"day.mon": "1", "factor": "9"},
        {"day.mon": "1", "factor": "2", "until": "x"},
    ],
)
def test_what_cannot_be_is_worded_at_its_field(
    cafe: Merchant, anna: Browser, sent: dict[str, str]
) -> None:
    reply = anna.go("POST", PAGE, form=sent)
    assert (reply.status, 'class="mistake"' in reply.text) == (422, True)
    assert not program(cafe).get("campaigns")


def test_uses_and_budgets_are_the_counters_of_the_ledger(
    cafe: Merchant, anna: Browser, frozen: Clock
) -> None:
    reward = program(cafe)["rewards"][0]["id"]
    publish(
        cafe,
        rewards=[{**program(cafe)["rewards"][0], "cost_minor": 90}],
        campaigns=[{"id": "first", "name": "The first", "on": ["visit"], "total": 3,
                    "bonus": {"unit": "stamp", "amount": 1}},
                   {"id": "all", "name": "Always", "multiplier": "2", "on": ["visit"]}],
        surprises=[{"id": "treat", "name": "A treat", "reward": reward, "by": "staff",
                    "budget": {"amount_minor": 900, "window": "month"}}],
        raffles=[{"id": "draw", "name": "Draw", "from": "2027-01-01", "until": "2027-01-31",
                  "reward": reward}],
        leaderboards=[{"id": "most", "name": "Most visits", "metric": "visits", "window": "month"}],
    )  # fmt: skip
    member = cafe.join()["member_id"]
    cafe.earn(member)
    assert cafe.call("POST", "/v1/gifts", {"member_id": member, "surprise": "treat"}).status == 200
    frozen.now += timedelta(minutes=1)
    page = anna.go("GET", PAGE).text
    assert "1 of 3 used" in page
    assert "€0.90 of €9.00 used" in page
    assert "1 time in the last 24 hours" in page
    assert "Drawn after" in page
    assert "nobody takes part yet" in page


def test_a_month_is_walked_and_anything_else_is_this_one(anna: Browser) -> None:
    assert "February 2027" in look(anna, f"{PAGE}?month=2027-02").text
    this = re.findall(r"<h2>(\w+ \d{4})</h2>", anna.go("GET", PAGE).text)
    for text in ("2027-13", "x", "9999-01", "2027-1"):
        assert re.findall(r"<h2>(\w+ \d{4})</h2>", look(anna, f"{PAGE}?month={text}").text) == this


def test_a_month_says_what_runs_on_each_day() -> None:
    campaigns: list[dict[str, Any]] = [
        {"weekdays": ["tue"]},
        {"from": "2027-02-10", "until": "2027-02-11"},
        {},
    ]
    weeks = list(calendar_of.weeks(date(2027, 2, 1), campaigns))
    days = {day.day.day: day.campaigns for week in weeks for day in week if day.inside}
    assert len(days) == 28
    assert (days[2], days[10], days[11], days[12]) == ((0, 2), (1, 2), (1, 2), (2,))
