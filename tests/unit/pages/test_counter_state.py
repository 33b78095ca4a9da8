"""The one state machine of the counter's screen, with answers in every order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

SCRIPTS = Path(__file__).resolve().parents[3] / "shared/regulars/pages/counter/screen/scripts"

EVERY_ORDER = (Path(__file__).parent / "counter_orders.js").read_text("utf-8")


@pytest.fixture
def machine(browser: Browser) -> Any:
    page = browser.new_page()
    for name in ("state.js", "sale.js"):
        page.add_script_tag(content=(SCRIPTS / name).read_text("utf-8"))
    yield page
    page.close()


def test_answers_in_every_order_never_show_another_guest(machine: Any) -> None:
    walked = machine.evaluate(EVERY_ORDER)
    assert walked["wrong"] == []
    assert walked["steps"] > 20_000


def test_a_second_tap_books_nothing(machine: Any) -> None:
    phases = machine.evaluate(
        """() => {
            let state = nextState(nobody(), { type: "ask", question: 1 });
            const guest = { id: "a", card: { member_id: "a" }, proof: "", counted: false };
            state = nextState(state, { type: "found", question: 1, guest });
            const first = nextState(state, { type: "book", guest: "a", work: 1 });
            const second = nextState(first, { type: "book", guest: "a", work: 2 });
            return [first.work, second.work, second === first];
        }"""
    )
    assert phases == [1, 1, True]


SETUP = {
    "keys": [
        {"id": "category-main", "kind": "goods", "name": "Main", "category": "main"},
        {"id": "category-tea", "kind": "goods", "name": "Tea", "category": "tea"},
        {"id": "category-cut", "kind": "goods", "name": "Cut", "category": "cut", "single": True},
        {"id": "amount", "kind": "amount", "name": "Amount"},
    ]
}  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "minors", "counted", "body"),
    [
        ({}, {"amount": 840}, False, {"visits": 1, "spend_minor": 840}),
        ({}, {"amount": 840}, True, {"visits": 0, "spend_minor": 840}),
        (
            {"category-main": 2}, {"amount": 18600}, False,
            {"visits": 1, "items": [{"category": "main", "quantity": 2, "amount_minor": 18600}]},
        ),
        (
            {"category-main": 2, "category-tea": 1}, {"amount": 1000}, False,
            {"visits": 1, "items": [
                {"category": "main", "quantity": 2, "amount_minor": 666},
                {"category": "tea", "quantity": 1, "amount_minor": 334},
            ]},
        ),
        (
            {}, {"category-cut": 4500}, False,
            {"visits": 1, "items": [{"category": "cut", "quantity": 1, "amount_minor": 4500}]},
        ),
    ],
)  # fmt: skip
def test_what_was_tapped_is_one_sale(
    machine: Any, counts: dict[str, int], minors: dict[str, int], counted: bool, body: Any
) -> None:
    given = [SETUP, {"counts": counts, "minors": minors}, counted]
    assert machine.evaluate("([a, b, c]) => saleBody(a, b, c)", given) == body


def test_items_without_an_amount_wait_for_it(machine: Any) -> None:
    given = [SETUP, {"counts": {"category-main": 1}, "minors": {}}]
    assert machine.evaluate("([a, b]) => needsAmount(a, b)", given) is True
