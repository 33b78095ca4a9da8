"""Birthdays lie in the past, and a programme may ask for a least age of whoever joins."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from regulars.core import checks
from tests.examples import examples
from tests.service import Merchant, Reply, Service

DAYS = st.dates(date(1890, 1, 1), date(2100, 1, 1))


def asks_for(shop: Merchant, min_age: int) -> Merchant:
    """The shop, with a programme that asks for a least age."""
    read = shop.call("GET", "/v1/program").json
    document = {**read["program"], "join": {"min_age": min_age}}
    headers = {"if-match": str(read["version"])}
    assert shop.call("PUT", "/v1/program", document, headers=headers).status == 200
    return shop


def posted(shop: Merchant, **form: str) -> Reply:
    path = f"/j/{shop.created['slug']}"
    return shop.service.request("POST", path, form=form, acting_as=shop.id)


def members(shop: Merchant) -> list[Any]:
    items: list[Any] = shop.call("GET", "/v1/members").json["items"]
    return items


def writes(shop: Merchant) -> list[str]:
    """What was written to the table since the spy was cleared."""
    return [
        name for name, _, _ in shop.service.spy.calls if name not in {"GetItem", "BatchGetItem"}
    ]


@settings(max_examples=examples(500))
@given(DAYS, DAYS)
def test_an_age_is_the_number_of_birthdays(born: date, today: date) -> None:
    """Counted one by one, the slow way."""
    if born > today:
        return
    birthdays = 0
    for year in range(born.year + 1, today.year + 1):
        leaps = (born.month, born.day) == (2, 29) and not (year % 4 == 0 and year != 1900
                                                           and year != 2100)  # fmt: skip
        birthdays += (date(year, 3, 1) if leaps else born.replace(year=year)) <= today
    assert checks.age(born.isoformat(), today) == birthdays


@settings(max_examples=examples(500))
@given(DAYS, DAYS, st.integers(1, 99))
def test_a_birthday_lies_in_the_last_120_years(born: date, today: date, least: int) -> None:
    good = not checks.birthday(born.isoformat(), today)
    try:
        oldest = today.replace(year=today.year - 120)
    except ValueError:  # 29 February
        oldest = date(today.year - 120, 3, 1)
    assert good == (oldest <= born <= today)
    if good:
        years = checks.age(born.isoformat(), today)
        assert years is not None
        assert 0 <= years <= 120
        assert (not checks.old_enough(born.isoformat(), least, today)) == (years >= least)


def test_the_day_is_the_merchants(service: Service, frozen: Any) -> None:
    """At 13:00 in UTC on the 22nd it is the 23rd on Kiritimati, and still the 22nd on Hawaii."""
    frozen.now = frozen.now.replace(hour=13)
    for zone, today in (("Pacific/Kiritimati", date(2026, 11, 23)),
                        ("Pacific/Honolulu", date(2026, 11, 22))):  # fmt: skip
        shop = asks_for(service.new_merchant(timezone=zone), 16)
        for born, good in ((today, True), (today + timedelta(days=1), False)):
            sixteen = born.replace(year=born.year - 16).isoformat()
            status = shop.call("POST", "/v1/members", {"birthday": sixteen}).status
            assert (status == 201, posted(shop, birthday=sixteen).status == 303) == (good, good)
        shop = service.new_merchant(timezone=zone)
        tomorrow = (today + timedelta(days=1)).isoformat()
        for birthday, good in ((today.isoformat(), True), (tomorrow, False)):
            status = shop.call("POST", "/v1/members", {"birthday": birthday}).status
            assert (status == 201, posted(shop, birthday=birthday).status == 303) == (good, good)


class TestWithALeastAge:
    CHILD: dict[str, str] = {  # noqa: RUF012 - nobody changes it
        "name": "Bence", "email": "bence@example.com", "phone": "+36301234567",
        "birthday": "2015-05-21",
    }  # fmt: skip

    @pytest.fixture
    def shop(self, service: Service, frozen: Any) -> Merchant:
        return asks_for(service.new_merchant(languages=["en", "hu", "pl", "kk"]), 16)

    def test_nothing_of_a_refused_child_is_stored(self, shop: Merchant) -> None:
        shop.service.spy.calls.clear()
        on_the_page = posted(shop, **self.CHILD, consent_email="1")
        by_key = shop.call("POST", "/v1/members", self.CHILD, key="child")
        for reply in (on_the_page, by_key):
            assert (reply.status, reply.cookies) == (422, [])
        assert writes(shop) == []
        assert members(shop) == []
        assert shop.service.aws_services.receive(shop.service.queues["messages"]) == []
        grown = {**self.CHILD, "birthday": "1990-05-21"}
        again = shop.call("POST", "/v1/members", grown, key="child")
        assert again.status == 201, "not even the key was kept"

    @pytest.mark.parametrize("birthday", ["2015-05-21", "2010-11-23", "", "05-21", None])
    def test_the_api_names_the_birthday(self, shop: Merchant, birthday: str | None) -> None:
        body = {"name": "Bence"} if birthday is None else {"name": "Bence", "birthday": birthday}
        reply = shop.call("POST", "/v1/members", body)
        assert (reply.status, reply.code) == (422, "invalid")
        assert [error["path"] for error in reply.json["errors"]] == ["birthday"]
        if birthday != "":
            assert "16 or older" in reply.json["errors"][0]["message"]

    @pytest.mark.parametrize(
        ("language", "words"),
        [("en", "You can join at the age of 16"), ("hu", "16 éves kortól"),
         ("pl", "po ukończeniu 16 lat"), ("kk", "16 жастан")],
    )  # fmt: skip
    def test_the_page_asks_and_refuses_politely(
        self, shop: Merchant, language: str, words: str
    ) -> None:
        page = shop.service.request(
            "GET", f"/j/{shop.created['slug']}", query={"lang": language}
        ).text
        field = page[page.index('id="birthday"') :].partition(">")[0]
        assert 'type="date"' in field
        assert "required" in field
        assert page.index('id="birthday"') < page.index("<button"), "it is asked before the tap"
        assert page.count('id="birthday"') == 1
        for birthday in ("2015-05-21", "2010-11-23"):
            reply = posted(shop, language=language, name="Bence", birthday=birthday)
            assert reply.status == 422
            error = reply.text[reply.text.index('id="birthday-error"') :].partition("</p>")[0]
            assert words in error

    @pytest.mark.parametrize("birthday", ["", "05-21", "1990", "2031-01-01", "1890-01-01", "x"])
    def test_a_date_of_birth_without_a_year_is_not_enough(
        self, shop: Merchant, birthday: str
    ) -> None:
        reply = posted(shop, name="Anna", birthday=birthday)
        assert reply.status == 422
        assert "1990-05-21" in reply.text
        assert members(shop) == []

    def test_whoever_is_old_enough_joins(self, shop: Merchant) -> None:
        assert posted(shop, birthday="2010-11-22").status == 303, "sixteen today"
        assert shop.call("POST", "/v1/members", {"birthday": "1990-05-21"}).status == 201

    def test_a_call_that_comes_again_gets_its_first_answer(self, shop: Merchant) -> None:
        """Also when the programme asks for more by now."""
        body = {"name": "Anna", "birthday": "2009-05-21"}
        first = shop.call("POST", "/v1/members", body, key="anna")
        asks_for(shop, 18)
        again = shop.call("POST", "/v1/members", body, key="anna")
        assert (again.status, again.replayed, again.json) == (201, True, first.json)
        assert shop.call("POST", "/v1/members", body, key="ben").status == 422

    def test_who_is_a_member_stays_one(self, service: Service, frozen: Any) -> None:
        """What changes later is held to it only where it says an age."""
        shop = service.new_merchant()
        old = shop.join(name="Anna", birthday="05-21")
        asks_for(shop, 16)
        path = f"/v1/members/{old['member_id']}"
        assert shop.call("PATCH", path, {"name": "Panna"}).status == 200
        assert shop.call("PATCH", path, {"birthday": None}).status == 200
        assert shop.call("PATCH", path, {"birthday": "1990-05-21"}).status == 200
        for wrong in ("2015-05-21", "05-22"):
            reply = shop.call("PATCH", path, {"birthday": wrong})
            assert (reply.status, reply.json["errors"][0]["path"]) == (422, "birthday")
        assert shop.earn(old["member_id"])

    @pytest.mark.parametrize("age", [-1, 100, "16", 16.5, None])
    def test_an_age_that_is_none_is_not_published(self, shop: Merchant, age: Any) -> None:
        read = shop.call("GET", "/v1/program").json
        document = {**read["program"], "join": {"min_age": age}}
        reply = shop.call("PUT", "/v1/program", document, headers={"if-match": "*"})
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, "join.min_age")
