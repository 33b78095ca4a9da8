"""The lean checks of the counter and the models of the document accept the very same bodies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from regulars.api import bodies, models
from regulars.core import checks
from regulars.domain.refusals import Refused
from regulars.http.protocol import Request
from regulars.program.mistakes import invalid
from tests.examples import examples

TEXTS = st.sampled_from(
    ["", "c", "anna@example.com", "x" * 200, "x" * 201, "x" * 500, "x" * 501, " ", "é", "\x00",
     "\n", "\x7f", "\x80", "\u2028", "\ufeff", "\U0001f9cb" * 200, "\U0001f9cb" * 201, "\ud800",
     "a\udfff"]
) | st.text(max_size=8) | st.characters(categories=["Cs", "Cc", "Cf", "Co"])  # fmt: skip
NUMBERS = st.sampled_from(
    [-1, 0, 1, 50, 51, 10_000, 10_001, 10**12, 10**12 + 1, 2**63, 2**64, 10**30, -(10**30)]
) | st.integers()  # fmt: skip
INSTANTS = st.sampled_from(
    ["2026-11-22T09:00:00Z", "2026-11-22t09:00:00z", "2026-11-22T09:00:00+05:30",
     "2026-11-22T09:00:00.123456Z", "2026-11-22T09:00:00", "2026-11-22", "1999-12-31T23:59:59Z",
     "2000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z",
     "2026-W47-7T09:00:00Z", "2026-11-22T24:00:00Z", "２０26-11-22T09:00:00Z", "2026-11-22T09:00Z"]
)  # fmt: skip
OTHERS = st.sampled_from(
    [None, True, False, 1.0, 0.5, 1e400, float("nan"), [], {}, [None], {"a": 1}, "1", "true"]
)
ANY = TEXTS | NUMBERS | INSTANTS | OTHERS
STRANGE = TEXTS | st.sampled_from(["Visits", "member id", "balances"])


def nearly(fields: dict[str, st.SearchStrategy[Any]], needed: tuple[str, ...] = ()) -> Any:
    """Objects of some of these fields with good values; then up to two that may be wrong."""
    optional = {name: value for name, value in fields.items() if name not in needed}
    good = st.fixed_dictionaries({name: fields[name] for name in needed}, optional=optional)
    wrong = st.dictionaries(st.sampled_from(sorted(fields)) | STRANGE, ANY, max_size=2)
    return good | st.tuples(good, wrong).map(lambda two: {**two[0], **two[1]})


QUANTITIES = st.sampled_from(
    [0.25, 0.001, 1.0, -0.5, 2.5, 0.1234, 0.0, 1e-3, 1e3, 10_000.001, float("inf")]
) | st.integers(-10_000, 10_000)  # fmt: skip
GOOD = st.sampled_from(["a", "anna@example.com", "x" * 200, None])
ITEMS = nearly(
    {"sku": GOOD, "category": GOOD, "quantity": QUANTITIES, "name": GOOD,
     "kind": st.sampled_from(["goods", "discount", "gift_card", "delivery", "fee", None]),
     "amount_minor": st.integers(-(10**12), 10**12)},
    ("quantity", "amount_minor"),
)  # fmt: skip
WHAT = {
    "visits": st.none() | st.integers(0, 50),
    "spend_minor": st.none() | st.integers(-(10**12), 10**12),
    "tip_minor": st.none() | st.integers(0, 10**12), "tax_inside": st.none() | st.booleans(),
    "items": st.none() | st.lists(ITEMS, max_size=3), "order_id": GOOD, "location": GOOD,
    "staff": GOOD, "effective_at": INSTANTS, "note": GOOD | st.just("x" * 500),
}  # fmt: skip
EARN = (
    nearly({"member_id": st.just("c"), **WHAT}, ("member_id",))
    | nearly({"contact": st.just("anna@example.com"), "code": st.none(), **WHAT}, ("contact",))
    | nearly({"code": st.just("ABCDEFGH"), **WHAT}, ("code",))
)
GIFT = nearly(
    {"member_id": st.just("c"), "surprise": GOOD, "note": GOOD | st.just("x" * 500)},
    ("member_id", "surprise"),
)
REDEEM = nearly({"location": GOOD, "staff": GOOD, "order_id": GOOD})


def as_read(body: Any) -> dict[str, Any]:
    """The body as a request reads it: numbers with a point come out as what no check accepts."""
    request = Request({"body": json.dumps(body), "isBase64Encoded": False})
    return request.json


Verdict = set[tuple[str, str]]
"""What is wrong, by path and in words; empty for a good body."""

OF_THE_WHOLE = "give exactly one of"
"""What pydantic says only of a body that has no other mistake."""


def lean(check: Any, body: dict[str, Any]) -> Verdict:
    try:
        check(body)
    except Refused as refused:
        return set(refused.errors)
    return set()


def strict(model: type[BaseModel], body: dict[str, Any]) -> Verdict:
    try:
        model.model_validate(body)
    except ValidationError as error:
        return set(invalid(error, body).errors)
    return set()


def names(value: Any) -> Iterator[str]:
    """The names of fields in a value, at any depth."""
    if isinstance(value, dict):
        yield from value
    for below in value.values() if isinstance(value, dict) else value:
        if isinstance(below, dict | list):
            yield from names(below)


def same(check: Any, model: type[BaseModel], body: dict[str, Any]) -> None:
    """Fails unless both say the same of a body, at the same places and in the same words.

    Of names that are no characters at all pydantic names none.
    """
    if any(checks.has_surrogates(name) for name in names(body)):
        assert lean(check, body)
        assert strict(model, body)
        return
    one, other = lean(check, body), strict(model, body)
    if other != one:
        one = {mistake for mistake in one if OF_THE_WHOLE not in mistake[1]}
    assert one == other, body
    assert bool(lean(check, body)) == bool(other), body


@settings(max_examples=examples(200), deadline=None)
@example({"items": [{"quantity": 1, "amount_minor": 0, "kind": "\ud800"}]})
@given(EARN)
def test_earn(body: dict[str, Any]) -> None:
    read = as_read(body)
    same(bodies.earn, models.EarnBody, read)


@settings(max_examples=examples(200), deadline=None)
@given(REDEEM)
def test_redeem(body: dict[str, Any]) -> None:
    read = as_read(body)
    same(bodies.redeem, models.RedeemBody, read)


@settings(max_examples=examples(100), deadline=None)
@given(GIFT)
def test_gift(body: dict[str, Any]) -> None:
    read = as_read(body)
    same(bodies.gift, models.GiftBody, read)


@pytest.mark.parametrize(("number", "good"), [(199, True), (200, True), (201, False)])
def test_both_take_as_many_items(number: int, good: bool) -> None:
    body = {"member_id": "c", "items": [{"quantity": 1, "amount_minor": 1}] * number}
    same(bodies.earn, models.EarnBody, body)
    assert (not lean(bodies.earn, body)) is good


def test_the_examples_above_are_worth_something() -> None:
    """Enough of what is generated is valid, and enough is not."""
    verdicts: list[bool] = []

    @settings(max_examples=300, deadline=None, database=None, derandomize=True)
    @given(EARN)
    def look(body: dict[str, Any]) -> None:
        verdicts.append(not strict(models.EarnBody, as_read(body)))

    look()
    assert 20 < sum(verdicts) < len(verdicts) - 20
