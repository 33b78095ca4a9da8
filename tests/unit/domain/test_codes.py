"""Codes that people read out and type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain import codes


@given(st.integers(0, 2**50 - 1))
def test_a_number_is_read_from_its_code(number: int) -> None:
    code = codes.encode(number, 10)
    assert len(code) == 10
    assert codes.decode(code) == number


@pytest.mark.parametrize(("typed", "code"), [("ab-1o il", "AB1011"), ("  7 k", "7K"), ("", "")])
def test_what_is_typed_has_one_normal_form(typed: str, code: str) -> None:
    assert codes.normal(typed) == code


@pytest.mark.parametrize("code", ["ABCU", "!", "AB1O"])
def test_what_is_no_code_has_no_number(code: str) -> None:
    assert codes.decode(code) is None
