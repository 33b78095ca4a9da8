"""Documents that can be held to the code are."""

from __future__ import annotations

import re
from pathlib import Path

from regulars.store import keys

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_document_is_that_of_the_keys_module() -> None:
    """Every row of the module's own table stands in docs/table.md, word for word."""
    document = (ROOT / "docs" / "table.md").read_text("utf-8")
    rows = [line for line in (keys.__doc__ or "").splitlines() if line.startswith("|")]

    assert len(rows) > 20
    assert [row for row in rows if row not in document] == []


def test_links_between_documents_lead_somewhere() -> None:
    """Relative links and pictures of README and docs exist."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    broken = []
    for page in pages:
        text = page.read_text("utf-8")
        targets = re.findall(r"\]\(([^)#]+)\)", text) + re.findall(r'src="([^"]+)"', text)
        local = [target for target in targets if "://" not in target]
        broken += [f"{page.name}: {it}" for it in local if not (page.parent / it).exists()]

    assert broken == []


def test_the_readme_names_commands_that_exist() -> None:
    """Every `make` target and script that the documents name is there."""
    text = "".join(
        page.read_text("utf-8") for page in (ROOT / "README.md", ROOT / "docs" / "operations.md")
    )
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"\bmake ([a-z]+)\b", text))
    scripts = set(re.findall(r"\bscripts/([a-z]+)\b", text))

    assert {it for it in targets if f"\n{it}:" not in makefile} == set()
    assert {it for it in scripts if not (ROOT / "scripts" / it).exists()} == set()
