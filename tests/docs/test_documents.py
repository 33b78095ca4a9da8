"""What documents say of the project is true: links, commands, scripts, versions, names of code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import regulars
from regulars.store import keys

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = frozenset({"node_modules", "dist", "layers"})
GLOSSARY = ROOT / "docs" / "glossary.md"
CODE = ("shared", "functions", "local", "tests", "bench")


def documents(folder: Path = ROOT) -> list[Path]:
    """Every Markdown file of ours."""
    found = []
    for path in sorted(folder.iterdir()):
        ours = path.name == ".github" or not path.name.startswith(".")
        if not ours or path.name in LEFT_OUT or path.is_symlink():
            continue
        if path.is_dir():
            found += documents(path)
        elif path.suffix == ".md":
            found.append(path)
    return found


def without_examples(text: str) -> str:
    """A document without its blocks of code, where a bracket is no link."""
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """The names that headings of a page can be linked by, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", without_examples(page.read_text("utf-8")), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}


def test_every_link_leads_somewhere() -> None:
    broken = []
    for page in documents():
        text = without_examples(page.read_text("utf-8"))
        targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
        for target in targets:
            if "://" in target or target.startswith("mailto:"):
                continue
            name, _, anchor = target.partition("#")
            there = page.parent / name if name else page
            named = not anchor or there.suffix != ".md" or anchor in anchors(there)
            if not there.exists() or not named:
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_every_document_is_in_the_index() -> None:
    """In docs/README.md, or in the index of its own folder that stands there."""
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    named = {(ROOT / "docs" / it).resolve() for it in re.findall(r"\]\(([^)#]+)\)", index)}
    listed = named | {page for page in documents(ROOT / "docs") if page.parent.name == "adr"}
    assert ROOT / "docs" / "adr" / "README.md" in named
    assert [it for it in documents(ROOT / "docs") if it.resolve() not in listed] == [
        ROOT / "docs" / "README.md"
    ]


def test_the_table_document_is_that_of_the_keys_module() -> None:
    """Every row of the module's own table stands in docs/table.md, word for word."""
    document = (ROOT / "docs" / "table.md").read_text("utf-8")
    rows = [line for line in (keys.__doc__ or "").splitlines() if line.startswith("|")]

    assert len(rows) > 20
    assert [row for row in rows if row not in document] == []


def test_every_command_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    missing = []
    for page in documents():
        text = page.read_text("utf-8")
        named = re.findall(r"(?:`|^|\$ )make ([a-z]+)\b", text, re.MULTILINE)
        missing += [f"{page.relative_to(ROOT)}: make {it}" for it in named if it not in targets]
        scripts = re.findall(r"\bscripts/([a-z0-9-]+)\b", text)
        missing += [
            f"{page.relative_to(ROOT)}: scripts/{it}"
            for it in scripts
            if not (ROOT / "scripts" / it).exists()
        ]
    assert missing == []


def test_the_newest_version_in_the_changelog_is_this_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)$", changelog, re.MULTILINE)

    assert versions[0][0] == project["version"] == regulars.__version__
    assert [day for _, day in versions] == sorted((day for _, day in versions), reverse=True)


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text("utf-8")
    listed = re.findall(r"^\| \[(.+)\]\((\d{4}-.+\.md)\) \|", index, re.MULTILINE)
    decisions = sorted(folder.glob("[0-9]*.md"))

    titles = [path.read_text("utf-8").splitlines()[0] for path in decisions]
    assert [f"# {title}" for title, _ in listed] == titles
    assert [name for _, name in listed] == [path.name for path in decisions]
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))


def test_every_decision_says_what_was_rejected_and_why() -> None:
    folder = ROOT / "docs" / "adr"
    silent = []
    for path in sorted(folder.glob("[0-9]*.md")):
        _, _, rejected = path.read_text("utf-8").partition("\n## Rejected\n")
        options = re.findall(r"^- \*\*.+?\*\*", rejected.partition("\n## ")[0], re.MULTILINE)
        if not options:
            silent.append(path.name)
    assert silent == []


def test_the_glossary_names_code_that_exists() -> None:
    """The last column of its tables: names in Python files, or paths."""
    sources = [path.read_text("utf-8") for folder in CODE for path in (ROOT / folder).rglob("*.py")]
    known = {word for source in sources for word in re.findall(r"\w+", source)}
    rows = re.findall(r"^\| (.+?) \|.*\| (.*?) \|$", GLOSSARY.read_text("utf-8"), re.MULTILINE)
    places = {term: re.findall(r"`([^`]+)`", place) for term, place in rows}
    bases = (ROOT, ROOT / "shared", ROOT / "shared" / "regulars")
    missing = [
        f"{term}: {name}"
        for term, found in places.items()
        for name in found
        if name not in known and not any((base / name).exists() for base in bases)
    ]

    assert len(places) > 50
    assert missing == []
    assert [term for term, found in places.items() if not found] == ["term"]


def test_a_term_stands_in_the_glossary_once() -> None:
    text = GLOSSARY.read_text("utf-8")
    terms = [it for it in re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE) if it[0].isalpha()]
    repeated = {it for it in terms if it != "term" and terms.count(it) > 1}
    assert repeated == set()
