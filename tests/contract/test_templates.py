"""The programmes that a merchant can start from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel import Locale

from regulars.i18n import words
from regulars.program import templates
from regulars.program.check import check
from regulars.program.load import load
from regulars.program.templates import template

TEMPLATES = Path(__file__).resolve().parents[2] / "shared" / "regulars" / "program" / "templates"
LANGUAGES = {"en", "hu", "pl", "kk"}
PATHS = sorted(TEMPLATES.glob("*.json"))
LARGE = 64 * 1024
"""Bytes of a document that leave plenty of room in an item of 400 KB beside what is added."""


def test_the_templates_of_the_contract_are_there() -> None:
    """Those that the API's description names, and no other."""
    assert templates.names() == (
        "bakery", "bookshop", "car-wash", "consultant", "corner-cafe", "dog-groomer",
        "mug-club", "supper-club", "vip-collective",
    )  # fmt: skip


@pytest.mark.parametrize("name", templates.names())
def test_a_template_is_a_valid_program(name: str) -> None:
    """It passes the check of publishing unchanged, and the rules can read it."""
    document = template(name)

    assert check(document) == document
    assert load(document, 1).name == document["name"]
    assert len(json.dumps(document).encode()) < LARGE


@pytest.mark.parametrize("name", templates.names())
def test_a_merchant_of_two_languages_keeps_the_other_texts(name: str) -> None:
    """The languages of a merchant may be fewer than a template has texts in."""
    document = {**template(name), "languages": ["en", "hu"]}

    assert check(document) == document
    assert load(document, 1).languages == ("en", "hu")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_text_of_a_template_is_there_in_every_language(path: Path) -> None:
    """A text that is localized at all is so in each language that we speak."""
    document = json.loads(path.read_text("utf-8"))

    assert set(document["languages"]) == LANGUAGES
    assert [text for text in _texts(document) if set(text) != LANGUAGES] == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_counted_texts_have_every_plural_form_of_their_language(path: Path) -> None:
    """Units and promises: all categories of CLDR, and the number in each or in none."""
    counted = [
        (lang, forms)
        for text in _texts(json.loads(path.read_text("utf-8")))
        for lang, forms in text.items()
        if isinstance(forms, dict)
    ]

    assert counted
    for lang, forms in counted:
        assert set(forms) == Locale(lang).plural_form.tags | {"other"}, (lang, forms)
        named = {tuple(_placeholders(form)) for form in forms.values()}
        assert named in ({()}, {("n",)}), (lang, forms)


@pytest.mark.parametrize(
    ("lang", "missing", "sentence"),
    [
        ("en", 1, "1 more visit and the coffee is on the house"),
        ("hu", 3, "Még 3 látogatás, és a kávé a ház ajándéka"),
        ("pl", 1, "Jeszcze 1 wizyta i kawa na nasz koszt"),
        ("pl", 3, "Jeszcze 3 wizyty i kawa na nasz koszt"),
        ("pl", 5, "Jeszcze 5 wizyt i kawa na nasz koszt"),
        ("kk", 3, "Тағы 3 рет келсеңіз, кофе бізден"),
    ],
)
def test_a_promise_is_a_sentence(lang: str, missing: int, sentence: str) -> None:
    """The headline of a card in the form that its number asks for."""
    promise = template("corner-cafe")["rewards"][0]["promise"]

    assert words(lang).unit(promise, missing).replace("{n}", str(missing)) == sentence


def _texts(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if "en" in part:
            yield part
        else:
            for value in part.values():
                yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)


def _placeholders(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]
