"""The views of the tools beside the editor."""

from __future__ import annotations

from typing import NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import CSS
from regulars.pages.console.program.view import EDITOR_CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

SHEETS = (*CSS, EDITOR_CSS)
TEMPLATE = Template("pages/console/program/tools/json.html", SHEETS)
TEMPLATES = Template("pages/console/program/tools/templates.html", SHEETS)
CALCULATOR = Template("pages/console/program/tools/calculator.html", SHEETS)


class JsonPage(NamedTuple):
    """`GET /console/programme/json`: the draft as it is written."""

    brand: Brand
    form: Form
    text: str
    seen: str
    mistakes: tuple[tuple[str, str], ...] = ()
    """(path, what is wrong)."""


class Choice(NamedTuple):
    """A template: what it is called, and what it would say."""

    id: str
    name: str
    lines: tuple[str, ...]


class TemplatesPage(NamedTuple):
    """`GET /console/programme/templates`."""

    brand: Brand
    choices: tuple[Choice, ...]


class CalculatorPage(NamedTuple):
    """`GET /console/programme/calculator`: what a reward can cost, with the numbers it used."""

    brand: Brand
    form: Form
    average: str
    average_from: str
    """Where the average order comes from, in words."""
    units: tuple[tuple[str, str], ...]
    result: str = ""
    steps: tuple[str, ...] = ()
