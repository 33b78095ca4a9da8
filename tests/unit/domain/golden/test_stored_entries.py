"""Entries that were stored before are read, verified and written exactly as then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from regulars.domain.card import Card, Lot
from regulars.domain.ledger import Recorded, canonical, parse, verify
from tests.unit.domain.golden.history import CARDS

STORED: dict[str, Any] = json.loads(Path(__file__).with_name("entries.json").read_text("utf-8"))


def card(name: str) -> Card:
    """The card as it was stored after its last entry."""
    kept = STORED[name]
    lots = {unit: tuple(Lot(*lot) for lot in held) for unit, held in kept["lots"].items()}
    return Card("c1", seq=kept["seq"], head=kept["head"], lots=lots, debt=kept["debt"])


def entries(name: str) -> list[Recorded]:
    return [Recorded(*one) for one in STORED[name]["entries"]]


@pytest.mark.parametrize("name", CARDS)
def test_a_stored_chain_verifies(name: str) -> None:
    assert verify(card(name), entries(name)) == []


@pytest.mark.parametrize("name", CARDS)
def test_a_stored_entry_is_written_back_as_the_same_text(name: str) -> None:
    for stored in entries(name):
        assert canonical(parse(stored.text)) == stored.text


@pytest.mark.parametrize("name", CARDS)
def test_the_same_operations_write_the_same_lines(name: str) -> None:
    """Up to the first refund: refunds are read otherwise since, and facts have been added."""
    shop = CARDS[name]()
    assert shop.verify() == []
    for stored, written in zip(entries(name), shop.ledger, strict=True):
        before, now = json.loads(stored.text), json.loads(written.text)
        if before["kind"] == "reverse":
            break
        assert now["lines"] == before["lines"]
        assert now["bal"] == before["bal"]
        assert now["facts"].items() >= before["facts"].items()


def test_a_reason_of_a_later_version_is_read_and_written_back() -> None:
    first = json.loads(entries("busy")[0].text)
    first["lines"][0][4] = {"k": "of a later version", "who": "Béla", "n": [1, {"x": None}]}
    text = json.dumps(first, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(parse(text)) == text
