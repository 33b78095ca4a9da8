"""For how long a tier is certain once it was reached, by the owner's own rule."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.domain.refusals import Refused
from tests.unit.domain.shop import Shop, items, make_program, spend_rule, unit


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shop(way: dict[str, Any], now: datetime) -> Shop:
    """Everybody is in `base`; one way leads to `top`."""
    tiers = [{"id": "base", "name": "Base"}, {"id": "top", "name": "Top", "enter": [way]}]
    of = make_program(units=[unit()], earn=[spend_rule(1, 100)], tiers=tiers, timezone="UTC")
    opened = Shop(of, now)
    opened.join()
    return opened


def tier(cafe: Shop) -> tuple[str, str]:
    assert cafe.card.tier is not None
    return cafe.card.tier.id, cafe.card.tier.until


@pytest.mark.parametrize(
    ("window", "keep", "until"),
    [
        ("year", {}, "2027-12-31"),
        ("year", {"for": "next_period"}, "2027-12-31"),
        ("year", {"for": "period"}, "2026-12-31"),
        ("year", {"for": "months", "months": 3}, "2026-11-30"),
        ("year", {"for": "months", "months": 18}, "2028-02-29"),
        ("year", {"for": "ever"}, ""),
        ("quarter", {"for": "period"}, "2026-09-30"),
        ("month", {"for": "period"}, "2026-08-31"),
        ("month", {"for": "months", "months": 6}, "2027-02-28"),
        ("rolling:12", {"for": "period"}, "2026-08-31"),
        ("rolling:12", {"for": "next_period"}, "2027-08-31"),
    ],
)
def test_the_last_certain_day(window: str, keep: dict[str, Any], until: str) -> None:
    cafe = shop({"metric": "spend", "window": window, "at_least": 1000, "keep": keep},
                at("2026-08-10T12:00"))  # fmt: skip
    cafe.sale(1000)

    assert tier(cafe) == ("top", until)
    cafe.now = at(f"{until or '2090-01-01'}T23:59")
    cafe.review()  # it may prolong it
    assert tier(cafe)[0] == "top"


def test_it_is_prolonged_while_the_window_holds_enough() -> None:
    """On 1 December the year still holds it; in the new year nothing does."""
    way = {"metric": "spend", "window": "year", "at_least": 1000}
    cafe = shop({**way, "keep": {"for": "months", "months": 3}}, at("2026-08-10T12:00"))
    cafe.sale(1000)

    for day, held in (
        ("2026-12-01", ("top", "2027-03-31")),
        ("2027-03-31", ("top", "2027-03-31")),
        ("2027-04-01", ("base", "")),
    ):
        cafe.now = at(f"{day}T00:00")
        cafe.review()
        assert tier(cafe) == held, day


def test_a_rolling_window_is_kept_for_as_long_as_it_holds() -> None:
    """With `period` it is looked at month by month: enough in the last three months or not."""
    way = {"metric": "visits", "window": "rolling:3", "at_least": 2, "keep": {"for": "period"}}
    cafe = shop(way, at("2026-01-10T12:00"))
    cafe.visit()
    cafe.visit()

    for month_end, held in (("2026-02-01", "top"), ("2026-03-01", "top"), ("2026-04-01", "base")):
        cafe.now = at(f"{month_end}T00:00")
        cafe.review()
        assert tier(cafe)[0] == held, month_end


def test_less_is_enough_to_keep_it() -> None:
    way = {"metric": "spend", "window": "year", "at_least": 5000, "keep": {"at_least": 3000}}
    cafe = shop(way, at("2026-05-01T12:00"))
    cafe.sale(4999)
    assert tier(cafe)[0] == "base"  # less is enough for those who have it, not for others
    cafe.sale(1)
    assert tier(cafe) == ("top", "2027-12-31")

    cafe.now = at("2027-05-01T12:00")
    cafe.sale(2999)
    assert tier(cafe) == ("top", "2027-12-31")
    cafe.sale(1)
    assert tier(cafe) == ("top", "2028-12-31")

    cafe.now = at("2029-01-01T00:00")
    cafe.review()
    assert tier(cafe)[0] == "base"
    cafe.sale(3000)
    assert tier(cafe)[0] == "base"  # it is over: it takes the whole again


def test_a_refund_of_what_kept_it_leaves_it_as_long_as_it_was_before() -> None:
    way = {"metric": "spend", "window": "year", "at_least": 5000, "keep": {"at_least": 3000}}
    cafe = shop(way, at("2026-05-01T12:00"))
    cafe.sale(5000)
    cafe.now = at("2027-05-01T12:00")
    kept = cafe.sale(3000)
    assert tier(cafe) == ("top", "2028-12-31")

    cafe.refund(kept)
    assert tier(cafe) == ("top", "2027-12-31")


def test_what_was_bought_is_kept_by_its_rule() -> None:
    way = {"metric": "purchase", "categories": ["package"], "keep": {"for": "months", "months": 12}}
    salon = shop(way, at("2026-05-05T12:00"))
    salon.sale(20_000, items=items((1, 20_000, "package")))

    assert tier(salon) == ("top", "2027-05-31")


@pytest.mark.parametrize(
    ("way", "hint"),
    [
        ({"metric": "spend", "window": "year", "at_least": 9, "keep": {"at_least": 10}}, "at most"),
        ({"metric": "spend", "at_least": 9, "keep": {"for": "period"}}, "for ever"),
        ({"metric": "visits", "window": "year", "at_least": 9, "keep": {"months": 3}}, "months"),
        ({"metric": "visits", "window": "year", "at_least": 9, "keep": {"for": "months"}}, "needs"),
        ({"metric": "membership", "period": "year", "keep": {"for": "ever"}}, "belongs to"),
        ({"metric": "purchase", "skus": ["P"], "window": "year", "keep": {"at_least": 1}}, "enter"),
    ],
)
def test_what_makes_no_sense_is_refused(way: dict[str, Any], hint: str) -> None:
    with pytest.raises(Refused) as caught:
        shop(way, at("2026-05-05T12:00"))
    ((path, message),) = caught.value.errors
    assert path.startswith("tiers.1.enter.0")
    assert hint in message
