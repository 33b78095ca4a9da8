"""Multipliers are read exactly."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.values import thousandths


@given(st.from_regex(r"-?(?:[0-9]|10)(?:\.[0-9]{1,3})?", fullmatch=True))
def test_thousandths_are_those_of_the_decimal(multiplier: str) -> None:
    assert thousandths(multiplier) == Decimal(multiplier) * 1000
