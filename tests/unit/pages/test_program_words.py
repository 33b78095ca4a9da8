"""Every field of the schema has a sentence, every choice words, in four languages; what differs is
said; and two who edit at once lose nothing."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.i18n import words
from regulars.pages.console.program import (
    choices,
    editing,
    forms,
    kinds,
    merging,
    problems,
    rows,
    sentences,
    spoken,
    starters,
)
from regulars.program import templates
from regulars.program.check import check
from regulars.program.document import ProgramDocument
from regulars.program.fields import Part
from tests.unit.pages.documents import allowed
from tests.unit.pages.test_program_forms import LANGUAGES, TRIED

SUPPER = templates.template("supper-club")


def rows_and_lists() -> list[type[Part]]:
    """The models that have sentences of their own: those of rows, and of lists inside of them."""
    found: list[type[Part]] = []

    def walk(model: type[Part], *, own: bool) -> None:
        if own and model not in found:
            found.append(model)
        for kind in forms.fields(model):
            if kind.part is not None:
                walk(kind.part, own=kind.sort == "parts")

    for field in rows.fields():
        walk(_model(field), own=True)
    return found


def _model(field: str) -> type[Part]:
    return ProgramDocument if field == rows.SHOP else kinds.of(ProgramDocument)[field].below


@pytest.mark.parametrize("model", rows_and_lists(), ids=lambda model: model.__name__)
def test_every_field_has_a_sentence(model: type[Part]) -> None:
    assert sentences.unworded(model) == ()


@pytest.mark.parametrize("model", rows_and_lists(), ids=lambda model: model.__name__)
def test_every_sentence_is_about_fields_that_are_there(model: type[Part]) -> None:
    known = {path for kind in forms.fields(model) for path in sentences.paths(kind)}
    for clause in sentences.clauses(model, words("en")):
        assert set(clause.fields) <= known


def test_a_field_without_a_sentence_is_there_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new field of the schema can be typed before anybody has written a sentence for it."""

    class Extra(Part):
        id: str
        surprise_minor: int = 0

    monkeypatch.setattr(sentences, "DESCRIPTIONS", {"Extra": {"surprise_minor": "What it is."}})
    (clause,) = sentences.clauses(Extra, words("en"))
    assert clause.text == "What it is. {surprise_minor}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_choice_has_words(lang: str) -> None:
    for model in (*rows_and_lists(), *_below()):
        for kind in kinds.of(model).values():
            if kind.sort in {"choice", "choices", "flag", "month"}:
                worded = choices.worded(model.__name__, kind, words(lang))
                assert worded
                assert all(worded.values())
                assert len(worded) >= len(kind.choices)


def _below() -> list[type[Part]]:
    return [
        kind.part
        for model in rows_and_lists()
        for kind in forms.fields(model)
        if kind.part is not None
    ]


@TRIED
@given(allowed())
def test_every_document_is_worded_and_differs_in_nothing_from_itself(
    document: dict[str, Any],
) -> None:
    by = forms.reader(words("hu"), document)
    one = spoken.speaker(by, document)
    for row in rows.every(document):
        assert all(spoken.worded(row.model, row.part or {}, one))
        editing.shown(row, one, document)
    assert list(spoken.differences(document, document, one, one)) == []
    assert problems.of(document) == {}


def test_what_differs_is_worded_clause_by_clause() -> None:
    after = copy.deepcopy(SUPPER)
    after["earn"][0]["amount"] = 2
    del after["rewards"][2]
    after["tiers"][1]["benefits"].pop()
    after["tiers"].reverse()
    was, now = (spoken.speaker(forms.reader(words("en"), it), it) for it in (SUPPER, after))
    found = {it.row: (it.before, it.after) for it in spoken.differences(SUPPER, after, was, now)}
    assert found["earn.main"] == (
        ("Give 1 stamp for each piece",), ("Give 2 stamps for each piece",),
    )  # fmt: skip
    assert found["rewards.anniversary-treat"][0][0] == "An anniversary treat"
    assert found["rewards.anniversary-treat"][1] == ()
    assert found["tiers.foodie"][1] == ("Gifts: 1 × A free starter or dessert every month",)
    assert found["tiers"][1] == ("The Chef's Table", "The Foodie", "The Regular")


@pytest.mark.parametrize("field", [field for field in rows.fields() if field != rows.SHOP])
def test_what_can_be_added_can_be_published(field: str) -> None:
    by = words("en")
    today = date(2026, 11, 28)
    for variant in starters.offers(field, by):
        part = starters.new(SUPPER, field, variant, by, today)
        document = {**SUPPER, field: [*SUPPER.get(field, ()), part]}
        check(copy.deepcopy(document))
        again = starters.new(document, field, variant, by, today)
        assert again["id"] != part["id"]
        for kind in kinds.of(kinds.of(ProgramDocument)[field].below).values():
            if kind.sort == "parts":
                for more in starters.below(kind, by):
                    new = starters.new_below(kind, more, part, SUPPER)
                    kind.below.model_validate(new)


class TestMerging:
    def test_what_each_did_is_there(self) -> None:
        mine, theirs = copy.deepcopy(SUPPER), copy.deepcopy(SUPPER)
        mine["earn"][0]["amount"] = 2
        mine["earn"].append({"id": "join", "on": "join", "unit": "stamp", "amount": 1})
        theirs["earn"][0]["min_spend_minor"] = 500
        theirs["earn"].append({"id": "visit", "on": "visit", "unit": "stamp", "amount": 1})
        del theirs["rewards"][2]
        merged, conflicts = merging.merge(SUPPER, mine, theirs)
        assert conflicts == ()
        assert merged["earn"][0]["amount"] == 2
        assert merged["earn"][0]["min_spend_minor"] == 500
        assert [one["id"] for one in merged["earn"]] == ["main", "visit", "join"]
        assert [one["id"] for one in merged["rewards"]] == ["tenth-main", "starter-or-dessert"]

    def test_what_both_changed_is_theirs_and_named(self) -> None:
        mine, theirs = copy.deepcopy(SUPPER), copy.deepcopy(SUPPER)
        mine["earn"][0]["amount"], theirs["earn"][0]["amount"] = 2, 3
        merged, (conflict,) = merging.merge(SUPPER, mine, theirs)
        assert conflict == (("earn", "main", "amount"), 2, 3)
        assert merged["earn"][0]["amount"] == 3

    def test_what_one_took_out_and_the_other_changed_is_a_conflict(self) -> None:
        mine, theirs = copy.deepcopy(SUPPER), copy.deepcopy(SUPPER)
        del mine["rewards"][0]
        theirs["rewards"][0]["stock"] = 3
        merged, (conflict,) = merging.merge(SUPPER, mine, theirs)
        assert conflict.path == ("rewards", "tenth-main")
        assert merged["rewards"][0]["stock"] == 3

    @TRIED
    @given(st.sampled_from([templates.template(name) for name in templates.names()]), allowed())
    def test_who_changes_alone_gets_what_they_made(
        self, seen: dict[str, Any], made: dict[str, Any]
    ) -> None:
        for before, after in ((seen, made), (made, seen)):
            assert merging.merge(before, after, before) == (after, ())
            assert merging.merge(before, before, after) == (after, ())


def _worded(lang: str, field: str, part: dict[str, Any]) -> list[str]:
    document = {**SUPPER, field: [part]}
    row = rows.find(document, f"{field}.{part['id']}")
    assert row is not None
    return spoken.worded(
        row.model, part, spoken.speaker(forms.reader(words(lang), document), document)
    )


@pytest.mark.parametrize(
    ("lang", "of_one", "of_two", "of_five"),
    [
        ("en", "1 stamp ", "2 stamps ", "5 stamps "),
        ("pl", "1 pieczątk", "2 pieczątki ", "5 pieczątek "),
        ("hu", "1 bélyeg", "2 bélyeg", "5 bélyeg"),
        ("kk", "1 мөр", "2 мөр", "5 мөр"),
    ],
)
def test_a_unit_beside_a_number_has_its_form(
    lang: str, of_one: str, of_two: str, of_five: str
) -> None:
    unit = SUPPER["units"][0]["id"]
    for amount, worded in ((1, of_one), (2, of_two), (5, of_five)):
        part = {"id": "joining", "on": "join", "unit": unit, "amount": amount}
        (clause, *_) = _worded(lang, "earn", part)
        assert worded in f"{clause} ", clause


@pytest.mark.parametrize(
    ("lang", "worded"),
    [
        ("en", {1: "good for 1 day", 2: "good for 2 days"}),
        ("pl", {1: "ważna 1 dzień", 2: "ważna 2 dni", 5: "ważna 5 dni"}),
        ("hu", {1: "1 napig érvényes", 2: "2 napig érvényes"}),
        ("kk", {1: "1 күн жарамды", 2: "2 күн жарамды"}),
    ],
)
def test_a_noun_beside_a_number_has_its_form(lang: str, worded: dict[int, str]) -> None:
    for days, clause in worded.items():
        assert clause in _worded(lang, "rewards", {"id": "x", "name": "X", "valid_days": days})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_form_has_the_noun_of_what_was_typed(lang: str) -> None:
    part = {"id": "x", "name": "X", "valid_days": 1}
    document = {**SUPPER, "rewards": [part]}
    row = rows.find(document, "rewards.x")
    assert row is not None
    one = spoken.speaker(forms.reader(words(lang), document), document)

    def said_of(days: str) -> list[str]:
        shown = editing.shown(row, one, document, typed={"valid_days": days})
        return [
            piece.text
            for clause in (*shown[0], *shown[1])
            for piece in clause.pieces
            if any(it.field and it.field.path == "valid_days" for it in clause.pieces)
        ]

    assert (said_of("1") != said_of("5")) == (lang in {"en", "pl"})
    assert said_of("x") == said_of("5")
