"""Document → forms → document is the identity, and every value of it can be typed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.i18n import words
from regulars.pages.console.program import forms, kinds, rows
from regulars.pages.console.program.forms import Reader
from regulars.program import templates
from regulars.program.document import ProgramDocument, Referral
from regulars.program.fields import Part
from regulars.program.tiers import Keep
from tests.examples import examples
from tests.unit.pages.documents import allowed, bytes_of

LANGUAGES = ("en", "hu", "pl", "kk")
TRIED = settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def through_forms(document: Mapping[str, Any], by: Reader) -> dict[str, Any]:
    """The document after the form of every row was sent as it was shown."""
    made = dict(document)
    for row in rows.every(document):
        sent = {name: text.replace("\n", "\r\n") for name, text in rows.shown(row, by).items()}
        typed = rows.read(row, sent, by)
        assert not typed.mistakes, (row.name, typed.mistakes)
        made = rows.put(made, row, typed.part)
    return made


def skeleton(model: type[Part], part: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing of a part but how many parts its lists have."""
    made: dict[str, Any] = {}
    for kind in forms.fields(model):
        value = part.get(kind.name)
        if kind.sort == "parts" and value is not None:
            below = [skeleton(kind.below, one) for one in forms.several(value)]
            made[kind.name] = below[0] if isinstance(value, Mapping) else below
        elif kind.sort == "part" and isinstance(value, Mapping):
            below_ = skeleton(kind.below, value)
            if below_:
                made[kind.name] = below_
    return made


def typed_anew(document: Mapping[str, Any], by: Reader) -> dict[str, Any]:
    """The document after all of it was typed into empty forms."""
    made: dict[str, Any] = {}
    for row in rows.every(document):
        if row.part is None:
            continue
        empty = row._replace(part=skeleton(row.model, row.part))
        typed = rows.read(empty, rows.shown(row, by), by)
        assert not typed.mistakes, (row.name, typed.mistakes)
        if row.field == rows.SHOP:
            made |= typed.part
        elif row.id:
            made.setdefault(row.field, []).append(typed.part)
        elif typed.part:
            made[row.field] = typed.part
    return made


def means(document: Mapping[str, Any]) -> Any:
    """What a document says, however it says it: with defaults, shares in thousandths, lists of one
    as their one, texts without repetitions, choices in their order, a referral of nothing as none.
    """
    made = _plain(ProgramDocument.model_validate(copy.deepcopy(dict(document))).model_dump(), "")
    if made["referral"] == Referral().model_dump():
        made["referral"] = None
    return made


def _plain(value: Any, name: str) -> Any:
    if name == "keep" and value == Keep().model_dump():
        return None  # as long as usual, said or not
    if isinstance(value, dict):
        return {one: _plain(below, one) for one, below in value.items()}
    if name in {"max_share", "visit_kept_from"} and value is not None:
        return round(float(value) * 1000)
    chosen = name in {"weekdays", "days", "on", "segments", "tiers", "units", "locations"}
    if chosen and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return sorted(set(value))
    if name in {"categories", "skus", "exclude"} and isinstance(value, list):
        return list(dict.fromkeys(value))
    if name == "expiry" and isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, list):
        return [_plain(one, "") for one in value]
    return value


def check_identity(document: dict[str, Any], lang: str) -> None:
    by = forms.reader(words(lang), document)
    assert bytes_of(through_forms(document, by)) == bytes_of(document)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", templates.names())
def test_a_template_stays_as_it_is(name: str, lang: str) -> None:
    document = templates.template(name)
    check_identity(document, lang)
    by = forms.reader(words(lang), document)
    assert means(typed_anew(document, by)) == means(document)


@TRIED
@given(allowed())
def test_a_document_stays_as_it_is(document: dict[str, Any]) -> None:
    for lang in LANGUAGES:
        check_identity(document, lang)


@TRIED
@given(allowed())
def test_all_of_a_document_can_be_typed(document: dict[str, Any]) -> None:
    by = forms.reader(words("hu"), document)
    assert means(typed_anew(document, by)) == means(document)


@pytest.mark.long
@settings(TRIED, max_examples=1000)
@given(allowed(), st.sampled_from(LANGUAGES))
def test_a_thousand_documents(document: dict[str, Any], lang: str) -> None:
    check_identity(document, lang)
    by = forms.reader(words(lang), document)
    assert means(typed_anew(document, by)) == means(document)


def test_every_field_of_the_document_can_be_typed() -> None:
    """A field of a new type must not fall through to a text by accident."""
    texts = {
        f"{model.__name__}.{kind.name}"
        for model in _models(ProgramDocument)
        for kind in kinds.of(model).values()
        if kind.sort == "text"
    }
    assert texts == {
        "ProgramDocument.name", "ProgramDocument.currency", "ProgramDocument.timezone",
        "ProgramDocument.country", "Branding.logo", "Replaces.unit", "EarnRule.action",
        "EarnRule.link",
        "Location.name",
    }  # fmt: skip


def _models(model: type[Part]) -> set[type[Part]]:
    found = {model}
    for kind in kinds.of(model).values():
        if kind.part is not None:
            found |= _models(kind.part)
    return found
