"""Catalogues are complete, compiled, and made of today's texts; a new language is one file."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
LANGUAGES = ("hu", "pl", "kk")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    loader = SourceFileLoader("i18n_tool", str(ROOT / "scripts" / "i18n"))
    spec = spec_from_loader("i18n_tool", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    # The sources do not change while tests run.
    setattr(module, "texts", cache(module.texts))  # noqa: B010
    return module


def test_nothing_is_stale_and_everything_is_translated(tool: ModuleType) -> None:
    assert tool.stale() == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_catalogue_is_there_and_holds_every_text(tool: ModuleType, lang: str) -> None:
    held = {_key(message.id) for message in tool.read(lang) if message.id}
    asked = {_key(message.id) for message in tool.texts() if message.id}
    assert held == asked
    assert tool.untranslated(lang) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_fuzzy(tool: ModuleType, lang: str) -> None:
    assert [message.id for message in tool.read(lang) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_counted_text_has_the_forms_of_its_language(tool: ModuleType, lang: str) -> None:
    forms = len(tool.language_data(lang)["categories"])
    counted = [message for message in tool.read(lang) if isinstance(message.id, tuple)]
    assert counted
    assert [message.id for message in counted if len(message.string) != forms] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_form_has_the_names_of_the_original(tool: ModuleType, lang: str) -> None:
    """Each by itself: a number may only be left out where the original leaves it out, too."""
    wrong = []
    for asked, given in _pairs(tool, lang):
        wanted = set().union(*map(_names, asked))
        optional = {"n"} if any("n" not in _names(text) for text in asked) else set()
        wrong += [text for text in given if not wanted - optional <= _names(text) <= wanted]
    assert wrong == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_text_ends_as_the_original_does(tool: ModuleType, lang: str) -> None:
    """Full stop, question mark, dots of waiting: a text that has none stands in a line."""
    marks = {".", "?", "…"}
    wrong = [
        text
        for asked, given in _pairs(tool, lang)
        for text in given
        if (asked[0][-1] in marks or text[-1] in marks) and text[-1] != asked[0][-1]
    ]
    assert wrong == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_mixes_alphabets(tool: ModuleType, lang: str) -> None:
    """Latin a and Cyrillic а look the same, and are not found by a search or read aloud."""
    mixed = [
        word
        for _, given in _pairs(tool, lang)
        for text in given
        for word in re.findall(r"[^\W\d_]+", re.sub(r"\{\w+\}", " ", text))
        if len({unicodedata.name(letter).partition(" ")[0] for letter in word}) > 1
    ]
    assert mixed == []


@pytest.mark.parametrize(
    ("lang", "categories", "forms"),
    [("pl", ("one", "few", "many"), 3), ("kk", ("one", "other"), 2), ("cs", None, 3)],
)
def test_another_language_is_one_file(
    tool: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
    categories: tuple[str, ...] | None,
    forms: int,
) -> None:
    monkeypatch.setattr(tool, "FOLDER", tmp_path)
    assert tool.main(["new", lang]) == 0
    text = tool.po_path(lang).read_text("utf-8")
    assert f"nplurals={forms};" in text
    assert 'msgid "Get my card"' in text
    made = tool.language_data(lang)
    assert len(made["categories"]) == forms
    if categories:
        assert made["categories"] == categories
    assert f'"{lang}": {{' in (tmp_path / "cldr.py").read_text("utf-8")


def test_a_missing_placeholder_is_noticed(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool, "FOLDER", tmp_path)
    path = tool.po_path("hu")
    path.parent.mkdir(parents=True)
    path.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "today {time}"\nmsgstr "ma"\n\nmsgid "Show"\nmsgstr "Mutatom"\n',
        "utf-8",
    )
    assert tool.untranslated("hu") == ["today {time}"]


def _pairs(tool: ModuleType, lang: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Every text of a catalogue with its translations, each as a tuple of forms."""
    for message in tool.read(lang):
        if message.id:
            yield _forms(message.id), _forms(message.string)


def _forms(text: Any) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _key(text: Any) -> str:
    return _forms(text)[0]


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
