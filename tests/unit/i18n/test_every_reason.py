"""Every kind of reason has a sentence in every language, made of names, never of ids."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from regulars.domain import reasons
from regulars.domain.reasons import Reason, ReasonKind
from regulars.i18n.explain import explain
from regulars.i18n.words import Text, words

LANGUAGES = ("en", "hu", "pl", "kk")
UNIT = {
    "en": {"one": "point", "other": "points"},
    "hu": {"other": "pont"},
    "pl": {"one": "punkt", "few": "punkty", "many": "punktów", "other": "punktu"},
    "kk": {"other": "ұпай"},
}
NAMED: dict[str, Text] = {
    "id-1": {"en": "Free coffee", "hu": "Ingyen kávé", "pl": "Darmowa kawa", "kk": "Тегін кофе"}
}
STORED = Path(__file__).parents[1] / "domain" / "golden" / "entries.json"

REASONS = {
    ReasonKind.JOIN: reasons.plain(ReasonKind.JOIN),
    ReasonKind.VISIT: reasons.visit(2),
    ReasonKind.SPEND: reasons.spend(1840, 1, 100, 60, 40),
    ReasonKind.ITEM: reasons.item(4000, "id-1"),
    ReasonKind.ACTION: reasons.action("id-1"),
    ReasonKind.BIRTHDAY: reasons.plain(ReasonKind.BIRTHDAY),
    ReasonKind.ANNIVERSARY: reasons.plain(ReasonKind.ANNIVERSARY),
    ReasonKind.CAMPAIGN: reasons.campaign("id-1"),
    ReasonKind.MILESTONE: reasons.milestone("id-1", 1),
    ReasonKind.REFERRAL: reasons.plain(ReasonKind.REFERRAL),
    ReasonKind.BONUS: reasons.bonus(""),
    ReasonKind.SURPRISE: reasons.surprise("id-1"),
    ReasonKind.ADJUST: reasons.adjust(""),
    ReasonKind.REWARD: reasons.reward("id-1", "vou_id-1"),
    ReasonKind.RETURNED: reasons.returned("id-1", "vou_id-1"),
    ReasonKind.REFUND: reasons.refund(3),
    ReasonKind.DEBT_PAID: reasons.plain(ReasonKind.DEBT_PAID),
    ReasonKind.EXPIRED: reasons.plain(ReasonKind.EXPIRED),
    ReasonKind.REPLACED: reasons.replaced("id-1", 2),
    ReasonKind.ENDED: reasons.plain(ReasonKind.ENDED),
    ReasonKind.COOLDOWN: reasons.cooldown(5),
    ReasonKind.CAP_DAY: reasons.cap_day(3),
    ReasonKind.MIN_SPEND: reasons.min_spend(500),
    ReasonKind.GIVEN: reasons.plain(ReasonKind.GIVEN),
    ReasonKind.RECEIVED: reasons.plain(ReasonKind.RECEIVED),
    ReasonKind.CONFIRMED: reasons.plain(ReasonKind.CONFIRMED),
    ReasonKind.HELD: reasons.held(2),
    ReasonKind.UNCONFIRMED: reasons.plain(ReasonKind.UNCONFIRMED),
    ReasonKind.REVISED: reasons.revised(3),
    ReasonKind.VOID: reasons.void(3),
    ReasonKind.MERGED: reasons.plain(ReasonKind.MERGED),
    ReasonKind.UNMERGED: reasons.plain(ReasonKind.UNMERGED),
    ReasonKind.ZERO_SALE: reasons.plain(ReasonKind.ZERO_SALE),
    ReasonKind.CLAMPED: reasons.clamped(1200, 1000),
}
NEVER_STORED_THEN = {
    ReasonKind.SURPRISE,  # kept in the facts, not in a line
    ReasonKind.ZERO_SALE,
    ReasonKind.CLAMPED,
    ReasonKind.REVISED,
    ReasonKind.GIVEN,
    ReasonKind.RECEIVED,
    ReasonKind.CONFIRMED,
    ReasonKind.VOID,
    ReasonKind.MERGED,
    ReasonKind.UNMERGED,
    ReasonKind.REPLACED,
    ReasonKind.ENDED,
    ReasonKind.HELD,
    ReasonKind.UNCONFIRMED,
}
"""Kinds that no stored entry of an earlier version has."""

WITH_A_NAME = {
    ReasonKind.JOIN, ReasonKind.VISIT, ReasonKind.SPEND, ReasonKind.ITEM, ReasonKind.ACTION,
    ReasonKind.BIRTHDAY, ReasonKind.ANNIVERSARY, ReasonKind.CAMPAIGN, ReasonKind.MILESTONE,
    ReasonKind.SURPRISE, ReasonKind.REWARD, ReasonKind.RETURNED, ReasonKind.MIN_SPEND,
}  # fmt: skip


def sentence(reason: Reason, lang: str, *, named: bool, amount: int = 18) -> str:
    return explain(
        reason.stored,
        words(lang),
        amount=amount,
        unit=UNIT,
        currency="EUR",
        rewards=NAMED if named else {},
        names=NAMED if named else {},
        rule=NAMED["id-1"] if named else None,
    )


def test_no_kind_is_forgotten() -> None:
    assert {*REASONS, ReasonKind.OTHER} == set(ReasonKind)
    assert {kind: reason.kind for kind, reason in REASONS.items()} == {
        kind: kind for kind in REASONS
    }


@pytest.mark.parametrize("kind", REASONS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_kind_has_a_sentence(kind: ReasonKind, lang: str) -> None:
    for named in (False, True):
        text = sentence(REASONS[kind], lang, named=named)
        assert text
        assert "id-1" not in text
        assert not re.search(r"[{}]", text)


@pytest.mark.parametrize("kind", REASONS)
def test_the_languages_have_sentences_of_their_own(kind: ReasonKind) -> None:
    texts = [sentence(REASONS[kind], lang, named=False) for lang in LANGUAGES]
    assert len(set(texts)) == len(LANGUAGES)


@pytest.mark.parametrize("kind", REASONS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_name_of_the_program_is_shown_where_there_is_one(kind: ReasonKind, lang: str) -> None:
    name = words(lang).pick(NAMED["id-1"])
    assert (name in sentence(REASONS[kind], lang, named=True)) == (kind in WITH_A_NAME)


def test_what_counts_is_named() -> None:
    assert (
        sentence(REASONS[ReasonKind.ITEM], "en", named=True) == "18\xa0points for 4 × Free coffee"
    )
    assert sentence(REASONS[ReasonKind.ITEM], "en", named=False) == "18\xa0points for 4 items"
    assert sentence(REASONS[ReasonKind.ACTION], "en", named=True) == "for what you did: Free coffee"


def test_a_kind_of_a_later_version_is_passed_over() -> None:
    later = Reason({"k": "of a later version", "left": 5, "x": 2000, "base": 4, "n": 1})
    assert [sentence(later, lang, named=True) for lang in LANGUAGES] == [""] * len(LANGUAGES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_stored_reasons_are_still_said(lang: str) -> None:
    """Those of entries written by an earlier version, without any names."""
    found = set()
    for reason, amount in _stored():
        text = sentence(reason, lang, named=False, amount=amount)
        assert text
        assert not re.search(r"\b(review|coffee|cake|tuesday|opening|five|book|tart)\b|vou_", text)
        found.add(reason.kind)
    assert found == set(REASONS) - NEVER_STORED_THEN


def _stored() -> Iterator[tuple[Reason, int]]:
    for card in json.loads(STORED.read_text("utf-8")).values():
        for text, _, _ in card["entries"]:
            for _, amount, _, _, why in json.loads(text)["lines"]:
                yield Reason(why), amount
        for _, refused in card["refused"]:
            for _, why in refused:
                yield Reason(why), 0
