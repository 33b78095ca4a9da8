"""Values survive the way into an item and back, and boto3's own serialiser agrees."""

from __future__ import annotations

from base64 import b64encode
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from regulars.store.marshal import from_item, to_item

scalars = (
    st.text(max_size=20)
    | st.integers(-(10**37), 10**37)
    | st.booleans()
    | st.none()
    | st.binary(max_size=20)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
items = st.dictionaries(st.text(min_size=1, max_size=8), values, max_size=6)


def as_json(attribute: Any) -> Any:
    """An attribute as it looks after a trip through JSON: bytes are base64."""
    if isinstance(attribute, bytes):
        return b64encode(attribute).decode()
    if isinstance(attribute, dict):
        return {name: as_json(value) for name, value in attribute.items()}
    if isinstance(attribute, list):
        return [as_json(value) for value in attribute]
    return attribute


@given(items)
def test_an_item_comes_back_as_it_went(item: dict[str, Any]) -> None:
    assert from_item(to_item(item)) == item
    assert from_item(as_json(to_item(item))) == item


@given(items)
def test_true_stays_a_truth_and_one_stays_a_number(item: dict[str, Any]) -> None:
    back = from_item(to_item(item))
    assert {name: type(value) for name, value in back.items()} == {
        name: type(value) for name, value in item.items()
    }


@given(items)
def test_boto3_writes_the_same_attributes(item: dict[str, Any]) -> None:
    assert to_item(item) == {
        name: TypeSerializer().serialize(value) for name, value in item.items()
    }


@pytest.mark.parametrize("value", [1.5, Decimal(1), {1}, (1,), object(), {"deep": [0.1]}])
def test_what_a_ledger_never_holds_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="an item cannot hold a"):
        to_item({"value": value})


@pytest.mark.parametrize(
    ("attribute", "error"),
    [({"SS": ["a"]}, TypeError), ({"N": "1.5"}, ValueError), ({"N": "1", "S": "1"}, ValueError)],
)
def test_an_attribute_that_was_never_written_is_noticed(
    attribute: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        from_item({"stranger": attribute})
