"""Catalogues are complete, compiled, and made of today's texts; a new language is one file."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    loader = SourceFileLoader("i18n_tool", str(ROOT / "scripts" / "i18n"))
    spec = spec_from_loader("i18n_tool", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_nothing_is_stale_and_everything_is_translated(tool: ModuleType) -> None:
    assert tool.stale() == []


def test_hungarian_is_there(tool: ModuleType) -> None:
    assert "hu" in [lang for lang in tool.codes() if tool.po_path(lang).is_file()]


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
