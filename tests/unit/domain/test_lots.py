"""Lots: when what was earned can be spent, in which order, and until when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from regulars.domain.card import Card, Lot, add_lots, normal, take
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit


def shop(day: str, **policy: Any) -> Shop:
    """A shop at noon of a day; 1 point per cent; a reward of 10."""
    of = make_program(
        units=[unit(**policy)],
        earn=[spend_rule(1, 1)],
        rewards=[reward("ten", 10)],
        timezone="UTC",
    )
    opened = Shop(of, datetime.fromisoformat(f"{day}T12:00:00+00:00"))
    opened.join()
    return opened


MONTHS = "months"


def test_points_can_be_spent_on_their_last_day_and_not_after() -> None:
    cafe = shop("2026-01-31", expiry={"type": MONTHS, "months": 1})
    cafe.sale(20)

    cafe.now = datetime(2026, 2, 28, 23, 59, 59, 999_000, tzinfo=UTC)
    assert cafe.available() == 20
    assert cafe.expire().entry is None, "nothing has expired yet"
    cafe.issue("ten")

    cafe.now = datetime(2026, 3, 1, tzinfo=UTC)
    assert cafe.available() == 0
    with pytest.raises(Refused) as refused:
        cafe.issue("ten")
    assert refused.value.code is RefusalCode.INSUFFICIENT_BALANCE
    expired = cafe.expire().entry
    assert expired is not None
    assert [(line.amount, line.lot) for line in expired.lines] == [(-10, "2026-02-28")]
    assert cafe.card.lots == {}
    assert cafe.expire().entry is None, "once"


def test_the_first_to_expire_is_spent_first_and_what_never_expires_last() -> None:
    lots = normal(
        (
            Lot("", "", 4),
            Lot("2027-02-28", "", 3),
            Lot("2026-12-31", "2026-11-01", 2),
            Lot("2026-12-31", "", 1),
        )
    )

    pieces, rest = take(lots, 8, "2026-11-22")

    assert pieces == (
        Lot("2026-12-31", "", 1),
        Lot("2026-12-31", "2026-11-01", 2),
        Lot("2027-02-28", "", 3),
        Lot("", "", 2),
    )
    assert rest == 0


def test_what_is_expired_or_held_back_is_passed_over() -> None:
    lots = (Lot("2026-11-21", "", 5), Lot("2026-11-22", "", 1), Lot("", "2026-11-23", 5))

    assert take(lots, 4, "2026-11-22") == ((Lot("2026-11-22", "", 1),), 3)
    assert take(lots, 4, "2026-11-23") == ((Lot("", "2026-11-23", 4),), 0)


def test_points_on_hold_are_pending_until_their_day() -> None:
    cafe = shop("2026-11-22", hold_days=3)
    cafe.sale(15)

    for later, available, pending in ((0, 0, 15), (2, 0, 15), (1, 15, 0)):
        cafe.later(days=later)
        assert (cafe.available(), cafe.card.pending("point", cafe.today)) == (available, pending)
        if not available:
            with pytest.raises(Refused):
                cafe.issue("ten")
    assert cafe.issue("ten").lots == (Lot("", "2026-11-25", 10),)


def test_the_day_is_the_shops_own() -> None:
    """In Kiritimati (UTC+14) the year ends while it is still the morning of the 31st in UTC."""
    policy = {"type": "date", "month": 12, "day": 31}
    for zone, lasts in (("Pacific/Kiritimati", "2027-12-31"), ("America/New_York", "2026-12-31")):
        of = make_program(units=[unit(expiry=policy)], earn=[spend_rule(1, 1)], timezone=zone)
        cafe = Shop(of, datetime(2026, 12, 31, 10, 0, tzinfo=UTC))
        cafe.sale(1)
        assert cafe.amounts() == {lasts: 1}


LOTS = st.lists(
    st.builds(
        Lot,
        st.sampled_from(["", "2026-11-20", "2026-11-22", "2026-12-31", "2027-12-31"]),
        st.sampled_from(["", "2026-11-22", "2026-11-23"]),
        st.integers(0, 9),
    ),
    max_size=8,
)


@given(LOTS, st.integers(0, 60))
def test_spending_takes_exactly_what_it_says(lots: list[Lot], amount: int) -> None:
    """And leaves a card whose lots are merged, ordered and never empty."""
    card = Card("c").with_lots("point", lots)
    had = card.available("point", "2026-11-22")

    pieces, rest = take(card.lots.get("point", ()), amount, "2026-11-22")
    after = add_lots(card, "point", pieces, sign=-1)

    assert sum(piece.amount for piece in pieces) == amount - rest == min(had, amount)
    assert after.available("point", "2026-11-22") == had - (amount - rest)
    left = after.lots.get("point", ())
    assert all(lot.amount > 0 for lot in left)
    assert len({lot.key for lot in left}) == len(left)
    assert add_lots(after, "point", pieces) == card


def test_a_lot_below_zero_is_our_mistake_and_stops_everything() -> None:
    with pytest.raises(AssertionError):
        add_lots(Card("c"), "point", (Lot("", "", 1),), sign=-1)


def test_a_correction_takes_off_no_more_than_can_be_spent() -> None:
    cafe = shop("2026-11-22")
    cafe.sale(5)

    with pytest.raises(Refused) as refused:
        cafe.adjust("point", -6)
    assert refused.value.code is RefusalCode.INSUFFICIENT_BALANCE
    cafe.adjust("point", -5)
    cafe.adjust("point", -1, allow_debt=True)
    assert dict(cafe.card.debt) == {"point": 1}
    with pytest.raises(Refused) as refused:
        cafe.adjust("gold", 1)
    assert (refused.value.code, refused.value.errors[0][0]) == (RefusalCode.INVALID, "unit")
    assert cafe.verify() == []
