"""The closed list of refusals: each has its status, its words, and its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from regulars.domain.refusals import DECIDED, RefusalCode, Refused
from regulars.http import problems
from regulars.i18n.words import words
from regulars.pages.counter.screen import texts

ROOT = Path(__file__).parents[2]
CLIENTS_MAY_RETRY = {409, 429, 500, 503}


def test_each_code_has_one_status_and_one_title() -> None:
    assert set(problems.STATUS) == set(problems.TITLE) == set(RefusalCode)
    assert len(set(problems.TITLE.values())) == len(RefusalCode)
    assert [code.value for code in RefusalCode] == [code.name.lower() for code in RefusalCode]


@pytest.mark.parametrize("code", RefusalCode)
def test_a_refusal_is_a_problem_document(code: RefusalCode) -> None:
    status, document = problems.document(Refused(code, "said", (("field", "remedy"),)))
    assert status == document["status"] == problems.STATUS[code]
    assert document["code"] == code.value
    assert document["type"] == f"urn:regulars:problem:{code.value}"
    assert document["errors"] == [{"path": "field", "message": "remedy"}]


def test_what_is_not_found_says_nothing_more() -> None:
    _, sentence = problems.document(Refused(RefusalCode.NOT_FOUND, "the card of Anna"))
    assert sentence == problems.document(Refused(RefusalCode.NOT_FOUND))[1]


def test_what_is_decided_is_final_and_what_is_transient_is_not() -> None:
    transient = {code for code in RefusalCode if code.transient}
    assert not transient & DECIDED
    assert {problems.STATUS[code] for code in transient} <= CLIENTS_MAY_RETRY
    assert {problems.STATUS[code] for code in DECIDED} == {409}


def test_only_what_may_succeed_later_says_when() -> None:
    assert set(problems.RETRY_AFTER_S) < {code for code in RefusalCode if code.transient}
    assert all(seconds > 0 for seconds in problems.RETRY_AFTER_S.values())


def test_what_a_card_refuses_comes_in_the_order_of_precedence() -> None:
    """Debt before tiers before limits before the balance: see `domain/rewards.py`."""
    order = list(RefusalCode)
    named = [
        RefusalCode.DEBT,
        RefusalCode.TIER_REQUIRED,
        RefusalCode.LIMIT_REACHED,
        RefusalCode.INSUFFICIENT_BALANCE,
    ]
    assert named == sorted(named, key=order.index)


AT_THE_COUNTER = {
    RefusalCode.NOT_FOUND,
    RefusalCode.CAP_REACHED,
    RefusalCode.DEBT,
    RefusalCode.VOUCHER_REDEEMED,
    RefusalCode.VOUCHER_CANCELLED,
    RefusalCode.VOUCHER_EXPIRED,
    RefusalCode.UNDO_EXPIRED,
    RefusalCode.ALREADY_REVERSED,
    RefusalCode.UNAUTHORIZED,
    RefusalCode.FORBIDDEN,
    RefusalCode.CONFLICT,
    RefusalCode.RATE_LIMITED,
}


@pytest.mark.parametrize("code", sorted(AT_THE_COUNTER))
def test_the_counter_has_words_for_what_it_meets_in_each_language(code: RefusalCode) -> None:
    """The screen says what to do; what it has no words for is said in general."""
    sentence = [texts._problems(words(language))[code.value] for language in ("en", "hu")]
    assert sentence[0] != sentence[1]


def test_pages_know_no_other_codes_than_these() -> None:
    pages = ROOT / "shared" / "regulars" / "pages"
    for source in pages.rglob("*.js"):
        text = source.read_text("utf-8")
        for code in re.findall(r'\.code === "([a-z_]+)"', text):
            assert code in set(RefusalCode), f"{source.name}: {code}"
