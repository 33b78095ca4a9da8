"""Every field of a programme changes what somebody is answered, shown or told.

For each field two documents are published that differ in it alone, and the same people do the
same things. What the document says of itself (`GET /v1/program`) is not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from difflib import unified_diff
from functools import cache
from typing import Any

import pytest

from regulars.core import config, tokens
from regulars.domain.program import Program
from regulars.program import load
from regulars.program.check import check
from tests import program_schema
from tests.conftest import PLATFORM_KEY
from tests.functional.effects.scenarios import PLAIN, Scenario
from tests.functional.effects.table import LINES, Line
from tests.functional.effects.world import Document, World, world

STORIES = sorted({line.scenario for line in LINES}, key=lambda story: story.__name__)


@pytest.fixture(autouse=True)
def platform_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The key that merchants are made with."""
    monkeypatch.setenv("PLATFORM_KEY_SHA256", tokens.digest(PLATFORM_KEY))
    config.settings.cache_clear()
    yield
    config.settings.cache_clear()


def test_there_is_one_line_for_every_field() -> None:
    """A new field fails here until it has one."""
    lines = [line.path for line in LINES]

    assert sorted(lines) == sorted(program_schema.leaves())


@pytest.mark.sampled(3)
@pytest.mark.parametrize("line", LINES, ids=lambda line: line.path)
def test_the_field_has_an_effect(line: Line) -> None:
    """Somebody is answered otherwise."""
    before = PLAIN | line.sections
    after = changed(before, line)
    assert check(before) != check(after)

    assert answers(line.scenario, json.dumps(before)) != answers(line.scenario, json.dumps(after))


@pytest.mark.long
@pytest.mark.parametrize("line", LINES, ids=lambda line: line.path)
def test_a_field_that_is_not_read_has_none(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a fault planted in what reads documents, the story is the old one: no echo of the
    document, and nothing drawn by chance, passes for an effect."""
    before = PLAIN | line.sections
    after = changed(before, line)
    old, new, read = check(before), check(after), load.load

    def blind(document: Document, version: int) -> Program:
        return read(old if document == new else document, version)

    monkeypatch.setattr(load, "load", blind)

    assert run(line.scenario, after) == answers(line.scenario, json.dumps(before))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_same_program_twice_is_the_same_story(story: Scenario) -> None:
    """Nothing else than the document makes a difference."""
    document = with_everything(story)

    first, second = run(story, document), run(story, document)

    assert "\n".join(unified_diff(first, second, lineterm="")) == ""


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_later_version_of_the_same_program_is_no_difference(story: Scenario) -> None:
    """Version numbers are not looked at."""
    document = with_everything(story)

    def published_before(fresh: World, document: Document) -> None:
        fresh.publish(document)
        fresh.publish(document, live=True)
        story(fresh, document)

    assert run(story, document) == run(published_before, document)


@cache
def answers(story: Scenario, document: str) -> list[str]:
    """What a story comes to; many fields are compared with the same document."""
    return run(story, json.loads(document))


def run(story: Scenario, document: Document) -> list[str]:
    """Play a story in a world of its own."""
    with world() as fresh:
        story(fresh, document)
        return fresh.seen


def with_everything(story: Scenario) -> Document:
    """A document with all that the lines of a story have in theirs."""
    document = dict(PLAIN)
    for line in LINES:
        if line.scenario is story:
            document |= line.sections
    return document


def changed(document: Document, line: Line) -> Document:
    """A document with a line's other value; parts that are missing on the way are made."""
    found = deepcopy(document)
    part: Any = found
    *above, name = line.at.split(".")
    for step in above:
        part = part[int(step)] if step.isdigit() else part.setdefault(step, {})
    part |= {name: line.to, **line.also}
    return found
