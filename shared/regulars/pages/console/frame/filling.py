"""Puts what somebody typed back into the form on a page, as HTML: a page need not know of it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser
from typing import NamedTuple

Attributes = dict[str, str | None]

TICKED = frozenset({"checkbox", "radio"})
NEVER = frozenset({"password", "file", "submit", "button", "image", "reset"})
"""Kinds of fields that are left as the page has them."""

OWN = frozenset({"key"})
"""Hidden fields that are the page's own: nothing was done under the key of before."""


class Tag(NamedTuple):
    """An opening tag, where it stands, and for a textarea what is in it."""

    name: str
    attributes: Attributes
    start: int
    end: int
    inner_end: int = -1

    @property
    def field(self) -> str:
        return self.attributes.get("name") or ""

    @property
    def kind(self) -> str:
        return self.attributes.get("type") or "text"

    @property
    def is_hidden(self) -> bool:
        return self.name == "input" and self.kind == "hidden"


class FoundForm(NamedTuple):
    """A form of a page: its fields, the options of its lists, what is folded around it."""

    tag: Tag
    fields: list[Tag]
    folded: tuple[Tag, ...]


def filled(page: str, action: str, typed: Mapping[str, str], note: str) -> str:
    """Return a page with the form for `action` as it was typed, opened where it is folded, with a
    sentence on top of it; the page as it is where there is no such form, or nothing to type in it.
    """
    found = _Forms(page)
    known = [one for one in found.forms if one.tag.attributes.get("action") == action]
    form = next((one for one in known if _is_same(one, typed)), known[0] if known else None)
    if form is None or not any(_is_typed(one) and one.field in typed for one in form.fields):
        return page
    on_top = f'<p class="says" id="typed" tabindex="-1">{escape(note)}</p>'
    edits = [(form.tag.end, form.tag.end, on_top)]
    edits += [(one.start, one.end, _written(one, open=None)) for one in form.folded]
    chosen = ""
    for one in form.fields:
        if one.name == "select":
            chosen = one.field
        edits += _edit(one, chosen, typed)
    for start, end, text in sorted(edits, reverse=True):
        page = page[:start] + text + page[end:]
    return page


def _is_same(form: FoundForm, typed: Mapping[str, str]) -> bool:
    """Whether the hidden fields of a form say what was sent: pages have one form for each row."""
    return all(
        typed.get(one.field) == (one.attributes.get("value") or "")
        for one in form.fields
        if one.is_hidden and one.field not in OWN
    )


def _is_typed(one: Tag) -> bool:
    return one.name != "option" and not one.is_hidden and one.kind not in NEVER


def _edit(one: Tag, chosen: str, typed: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """What of the page changes for a field; `chosen` is the list in which an option stands."""
    if one.name == "option":
        if chosen not in typed:
            return []
        on = (one.attributes.get("value") or "") == typed[chosen]
        return [(one.start, one.end, _switched(one, "selected", on=on))]
    if one.name == "select" or one.kind in NEVER or (one.is_hidden and one.field in OWN):
        return []
    if one.kind in TICKED:
        on = typed.get(one.field) == (one.attributes.get("value") or "on")
        return [(one.start, one.end, _switched(one, "checked", on=on))]
    if one.field not in typed:
        return []
    text = typed[one.field]
    if one.name == "textarea":
        return [(one.end, one.inner_end, escape(text))]
    return [(one.start, one.end, _written(one, value=text))]


def _switched(one: Tag, what: str, *, on: bool) -> str:
    without = one._replace(attributes={k: v for k, v in one.attributes.items() if k != what})
    return _written(without, **({what: None} if on else {}))


def _written(one: Tag, **changed: str | None) -> str:
    every = {**one.attributes, **changed}
    parts = [name if text is None else f'{name}="{escape(text)}"' for name, text in every.items()]
    return f"<{' '.join((one.name, *parts))}>"


class _Forms(HTMLParser):
    """Finds the forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self._lines = [0]
        for line in page.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._open: FoundForm | None = None
        self._folded: list[Tag] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._at()
        one = Tag(tag, dict(attrs), start, start + len(self.get_starttag_text() or ""))
        if tag == "details":
            self._folded.append(one)
        elif tag == "form":
            closed = tuple(it for it in self._folded if "open" not in it.attributes)
            self._open = FoundForm(one, [], closed)
            self.forms.append(self._open)
        elif self._open and tag in {"input", "select", "option", "textarea"}:
            self._open.fields.append(one)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "details" and self._folded:
            self._folded.pop()
        elif tag == "textarea" and self._open:
            self._open.fields[-1] = self._open.fields[-1]._replace(inner_end=self._at())

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
