"""Keeps words out of code and documents that have a better one: banned_words.txt says which."""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("banned_words.txt")

LEFT_OUT = frozenset({
    "node_modules", "compiled", "dist", "__pycache__",
    "banned_words.txt",  # the list itself
    "glossary.md",  # names what a thing is not called
    "jsqr.js", "package-lock.json", "requirements.txt", "LICENSE", "OFL.txt",  # not our text
})  # fmt: skip
HIDDEN = frozenset({".ci", ".github", ".pre-commit-config.yaml"})
"""Of what begins with a dot, what is ours."""

ENDINGS = frozenset({
    "", ".cfg", ".css", ".html", ".in", ".js", ".json", ".md", ".po", ".py", ".toml", ".ts",
    ".txt", ".yaml", ".yml",
})  # fmt: skip


class Ban(NamedTuple):
    """A pattern that must not be found, where, and what to say instead."""

    where: str
    pattern: str
    instead: str

    @property
    def expression(self) -> re.Pattern[str]:
        """Whole words in texts; any part of a name."""
        text = self.pattern if self.where == "names" else rf"(?<![\w-])(?:{self.pattern})(?![\w-])"
        return re.compile(text, re.IGNORECASE)


class Allowed(NamedTuple):
    """Files in which a pattern may be found, and why."""

    path: str
    pattern: str
    reason: str


def read_list(text: str) -> tuple[list[Ban], list[Allowed]]:
    """The bans and exceptions of a list; ValueError names a line that is neither."""
    bans, allowed = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if ban := re.fullmatch(r"(all|documents|code|names)\s+(\S+)\s+=>\s+(.+)", line):
            bans.append(Ban(*ban.groups()))
        elif exception := re.fullmatch(r"except\s+(\S+)\s+(\S+)\s+:\s+(.+)", line):
            allowed.append(Allowed(*exception.groups()))
        else:
            raise ValueError(f"line {number} is neither a ban nor an exception: {line}")
    return bans, allowed


def files(folder: Path) -> Iterator[Path]:
    """Every text file of ours under a folder."""
    for path in sorted(folder.iterdir()):
        ours = path.name in HIDDEN or not path.name.startswith(".")
        if not ours or path.name in LEFT_OUT or path.is_symlink():
            continue
        if path.is_dir():
            yield from files(path)
        elif path.suffix in ENDINGS:
            yield path


@cache
def names(path: Path, text: str) -> Mapping[str, list[int]]:
    """The names in a Python file, each with its lines, and the module's own name in line 0."""
    lines = {path.stem: [0]}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
            lines.setdefault(token.string, []).append(token.start[0])
    return lines


def found(
    root: Path, paths: Iterable[Path], bans: list[Ban], allowed: list[Allowed]
) -> Iterator[str]:
    """`file:line: word: say ...` for everything banned that is not allowed where it is."""
    possible = possibly(bans)
    for path in paths:
        place = path.relative_to(root).as_posix()
        text = path.read_text("utf-8")
        for ban in possible(f"{path.stem}\n{text}"):
            if any(it.pattern == ban.pattern and fnmatch(place, it.path) for it in allowed):
                continue
            for line, word in hits(ban, path, text):
                yield f"{place}:{line}: {word!r}: say {ban.instead}"


def possibly(bans: list[Ban]) -> Callable[[str], list[Ban]]:
    """Return what tells quickly which bans a text may break: most texts break none.

    Each word of a text is looked at once, however often it stands anywhere; bans of several words
    are looked for in the whole text.
    """
    compiled = [(ban, ban.expression) for ban in bans]
    names = [it for it in compiled if it[0].where == "names"]
    several = [it for it in compiled if it not in names and re.search(r"\\s|-", it[0].pattern)]
    words = [it for it in compiled if it not in names and it not in several]

    @cache
    def of_name(name: str) -> list[Ban]:
        return [ban for ban, expression in names if expression.search(name)]

    @cache
    def of_word(word: str) -> list[Ban]:
        return [ban for ban, expression in words if expression.fullmatch(word)]

    def may(text: str) -> list[Ban]:
        broken = [ban for ban, expression in several if expression.search(text)]
        for name in set(re.findall(r"\w+", text)):
            broken += of_name(name)
        for word in set(re.findall(r"[\w-]+", text)):
            broken += of_word(word)
        return [ban for ban in bans if ban in broken]

    return may


def hits(ban: Ban, path: Path, text: str) -> Iterator[tuple[int, str]]:
    """Line and word of each place in a file where a ban is broken."""
    expression = ban.expression
    if ban.where == "names":
        for name, lines in names(path, text).items() if path.suffix == ".py" else ():
            if match := expression.search(name):
                yield from ((line, match.group()) for line in lines)
    elif ban.where == "all" or (ban.where == "documents") == (path.suffix == ".md"):
        for match in expression.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, match.group()


def test_banned_words_are_nowhere() -> None:
    bans, allowed = read_list(LIST.read_text("utf-8"))
    wrong = list(found(ROOT, files(ROOT), bans, allowed))
    assert not wrong, "\n".join(["words that have a better one:", *wrong])


def test_every_exception_is_still_needed() -> None:
    bans, allowed = read_list(LIST.read_text("utf-8"))
    ours = list(files(ROOT))
    for exception in allowed:
        within = [
            path for path in ours if fnmatch(path.relative_to(ROOT).as_posix(), exception.path)
        ]
        banned = [ban for ban in bans if ban.pattern == exception.pattern]
        assert list(found(ROOT, within, banned, [])), f"no longer needed: {exception}"


@pytest.mark.parametrize(
    ("ban", "file", "text", "expected"),
    [
        ("all zorks? => staff", "a.py", "x = 1\n# The Zork\n", ["a.py:2: 'Zork': say staff"]),
        ("all zorks? => staff", "a.md", "zorkish and zork-like", []),
        ("documents gluts? => fix", "a.py", "# glut", []),
        ("documents gluts? => fix", "a.md", "glut", ["a.md:1: 'glut': say fix"]),
        ("code gluts? => fix", "a.md", "glut", []),
        ("code so\\slate => soon", "a.js", "// so late", ["a.js:1: 'so late': say soon"]),
        ("names colour => color", "a.py", "# colour\nmy_colour = 'colour'\n",
         ["a.py:2: 'colour': say color"]),
        ("names colour => color", "colours.py", "", ["colours.py:0: 'colour': say color"]),
    ],
)  # fmt: skip
def test_what_a_ban_finds(
    tmp_path: Path, ban: str, file: str, text: str, expected: list[str]
) -> None:
    (tmp_path / file).write_text(text, "utf-8")
    bans, _ = read_list(ban)
    assert list(found(tmp_path, files(tmp_path), bans, [])) == expected


def test_a_line_that_is_no_ban_is_refused() -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_list("all zorks? => staff\nzorks are banned\n")
