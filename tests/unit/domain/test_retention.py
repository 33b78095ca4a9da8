"""Until which day a member is kept, and which entries tell that a card was used."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain import calendar, retention
from regulars.domain.calendar import to_ms
from regulars.domain.card import Card, OpenVoucher, TierRight
from regulars.domain.ledger import Entry

ZONE = "Europe/Budapest"
USED = to_ms(datetime(2026, 11, 22, 9, tzinfo=UTC))


def entry(kind: Any, source: str = "api", **facts: Any) -> Entry:
    return Entry(1, "op", kind, USED, USED, source, 1, (), {}, facts=facts)


def kept(months: int = 12, used_ms: int = USED, **card: Any) -> date | None:
    return retention.kept_until(Card("m", **card), used_ms, months, ZONE)


def voucher(expires_on: str, cost: int) -> OpenVoucher:
    return OpenVoucher("coffee", "CODE", USED, expires_on, cost)


class TestUse:
    @pytest.mark.parametrize("kind", ["join", "earn", "issue", "redeem", "cancel", "merge"])
    def test_what_a_member_takes_part_in(self, kind: str) -> None:
        assert retention.is_use(entry(kind))
        assert retention.is_use(entry(kind, source="square"))
        assert not retention.is_use(entry(kind, source="job"))

    @pytest.mark.parametrize("kind", ["bonus", "expire", "reverse", "adjust", "tier", "erase"])
    def test_what_others_do_is_none(self, kind: str) -> None:
        assert not retention.is_use(entry(kind))
        assert not retention.is_use(entry(kind, source="staff"))

    def test_an_action_a_gift_to_a_friend_and_what_is_paid_are(self) -> None:
        assert retention.is_use(entry("tier", by="membership"))
        assert not retention.is_use(entry("tier", by="hand"))
        assert not retention.is_use(entry("tier", source="job", by="invitation"))
        assert retention.is_use(entry("bonus", action="review"))
        assert retention.is_use(entry("adjust", to="friend"))
        assert not retention.is_use(entry("adjust", giver="friend"))
        assert not retention.is_use(entry("bonus", source="job", action="review"))


class TestKept:
    @pytest.mark.parametrize(
        ("used", "months", "until"),
        [("2026-11-22T09:00:00", 12, "2027-11-22"), ("2026-11-22T23:30:00", 12, "2027-11-23"),
         ("2026-01-31T09:00:00", 1, "2026-02-28"), ("2028-02-29T09:00:00", 12, "2029-02-28"),
         ("2026-11-22T09:00:00", 240, "2046-11-22")],
    )  # fmt: skip
    def test_for_whole_months_by_the_merchants_calendar(
        self, used: str, months: int, until: str
    ) -> None:
        used_ms = to_ms(datetime.fromisoformat(used).replace(tzinfo=UTC))
        assert kept(months, used_ms) == date.fromisoformat(until)

    @pytest.mark.parametrize("by", ["membership", "purchase"])
    def test_a_right_that_was_paid_for_keeps_to_its_last_day(self, by: str) -> None:
        right = TierRight("gold", "2026-01-01", "2028-06-30")
        assert kept(held={f"gold/{by}": right}) == date(2028, 6, 30)
        assert kept(held={f"gold/{by}": right._replace(until="2026-12-31")}) == date(2027, 11, 22)
        assert kept(held={f"gold/{by}": right._replace(until="")}) is None

    @pytest.mark.parametrize("name", ["gold", "gold/invitation", "gold/hand"])
    def test_a_right_that_was_not_paid_for_keeps_nobody(self, name: str) -> None:
        assert kept(held={name: TierRight("gold", "2026-01-01", "")}) == date(2027, 11, 22)

    def test_a_voucher_that_took_units_keeps_to_its_last_day(self) -> None:
        assert kept(open={"v": voucher("2028-03-31", 10)}) == date(2028, 3, 31)
        assert kept(open={"v": voucher("2027-03-31", 10)}) == date(2027, 11, 22)
        assert kept(open={"v": voucher("2028-03-31", 0)}) == date(2027, 11, 22)
        assert kept(open={"v": voucher("", 10)}) == date(2027, 11, 22)

    def test_a_card_on_hold_is_kept(self) -> None:
        assert kept(holds={"signal": USED}) is None

    @given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(1, 240))
    def test_who_came_later_is_kept_as_long_or_longer(
        self, one: int, other: int, months: int
    ) -> None:
        earlier, later = sorted((one, other))
        first, last = (retention.last_day(ms, months, ZONE) for ms in (earlier, later))
        assert first <= last
        assert first > calendar.local_date(calendar.from_ms(earlier), ZONE)
