"""The texts of a form as a part of the document, over the part that was shown (see `forms.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from regulars.pages.console.frame import notation
from regulars.pages.console.program import variants
from regulars.pages.console.program.forms import (
    MISSING,
    YES,
    Reader,
    Values,
    fields,
    listed,
    places,
    several,
    shown,
    sort_of,
    texts,
)
from regulars.pages.console.program.kinds import Kind
from regulars.program.fields import Part

MISTAKES: Final = {
    "money": "must be money", "number": "must be a number", "share": "must be a share in percent",
}  # fmt: skip


class Typed(NamedTuple):
    """What became of a form: the part, and by path what could not be read."""

    part: dict[str, Any]
    mistakes: dict[str, str]


def read(
    model: type[Part], part: Mapping[str, Any] | None, typed: Mapping[str, str], by: Reader
) -> Typed:
    """Take what was typed over a part. Fields that the form does not have stay as they are."""
    reading = _Reading(typed, by)
    found = reading.part(model, part, "", _Metric("", ""))
    return Typed(found, reading.mistakes)


class _Metric(NamedTuple):
    """What a measure counts: as it was shown, and as it was chosen now."""

    was: str
    now: str


class _Reading:
    """One form that is read over a part."""

    def __init__(self, typed: Mapping[str, str], by: Reader) -> None:
        self.typed, self.by = typed, by
        self.mistakes: dict[str, str] = {}

    def part(
        self, model: type[Part], part: Mapping[str, Any] | None, above: str, metric: _Metric
    ) -> dict[str, Any]:
        """A part with what was typed; the same value where nothing was."""
        old = dict(part or {})
        was = str(old.get("metric", metric.was))
        inherited = was if "metric" in old else metric.now
        metric = _Metric(was, self.typed.get(f"{above}metric", "") or inherited)
        changes: dict[str, Any] = {}
        for kind in fields(model):
            path, value = above + kind.name, old.get(kind.name, MISSING)
            if kind.sort == "part":
                made = self._below(kind, value, path, metric)
            elif kind.part is not None:
                made = self._several(kind, value, path, metric)
            else:
                made = self._field(kind, value, path, metric)
            if made is not value:
                changes[kind.name] = made
        changes |= dict.fromkeys(variants.left_behind(model, old, changes), MISSING)
        merged = {**old, **changes}
        return {name: value for name, value in merged.items() if value is not MISSING}

    def _below(self, kind: Kind, value: Any, path: str, metric: _Metric) -> Any:
        """A part below: as it was, or with what was typed, or absent once it was cleared."""
        below = value if isinstance(value, Mapping) else None
        if not kind.required and kind.default is None:
            was = shown(
                kind.below, below, self.by, above=f"{path}.", metric=metric.was, optional=True
            )
            now = {name: self.typed.get(name, text) for name, text in was.items()}
            if now == was:
                return value
            if _is_blank(kind.below, now, f"{path}."):
                return MISSING
        made = self.part(kind.below, below, f"{path}.", metric)
        return value if made == (below or {}) else made

    def _several(self, kind: Kind, value: Any, path: str, metric: _Metric) -> Any:
        """The parts of a list, each over the one that was shown at its place."""
        old = several(value)
        made = [
            self.part(kind.below, one, f"{path}.{place}.", metric) for place, one in enumerate(old)
        ]
        if made == list(old):
            return value
        return made[0] if isinstance(value, Mapping) else made

    def _field(self, kind: Kind, value: Any, path: str, metric: _Metric) -> Any:
        """A field: as it was when its texts are as they were shown, else what was typed."""
        was = texts(kind, path, value, self.by, metric.was)
        now = _now(kind, path, self.typed, was)
        other_measure = kind.sort == "measure" and sort_of(kind, metric.was) != sort_of(
            kind, metric.now
        )
        if now == was and not other_measure:
            return value
        if kind.sort in _COMPOUND:
            return _COMPOUND[kind.sort](kind, path, now, value)
        text = now[path].strip()
        if not text:
            return False if kind.sort == "flag" else MISSING
        made = _scalar(kind, text, self.by, metric.now)
        if made is None:
            sort = sort_of(kind, metric.now)
            self.mistakes[path] = MISTAKES[sort]
            return value
        return made


def _is_blank(model: type[Part], now: Values, above: str) -> bool:
    """Whether a part is left out: nothing is typed into what it cannot be without, or, where it
    could be without any of it, into anything."""
    needed = [
        above + kind.name
        for kind in fields(model)
        if kind.required and kind.sort not in {"choice", "reference"}
    ]
    return not any(now[name].strip() for name in needed or now)


def _now(kind: Kind, path: str, typed: Mapping[str, str], was: Values) -> Values:
    """The texts of a field as they are in the form; what the form does not have is as it was."""
    ticked = kind.sort in {"choices", "references", "languages"}
    if ticked and path not in typed:
        return was
    found = dict.fromkeys(was, "") if ticked else dict(was)
    for name, text in typed.items():
        if name == path or name.startswith(f"{path}."):
            found[name] = text.replace("\r\n", "\n")
    return found


def _scalar(kind: Kind, text: str, by: Reader, metric: str) -> Any:
    match sort_of(kind, metric):
        case "money":
            return notation.read_money(by.words, text, by.currency)
        case "number":
            return notation.read_whole(text)
        case "decimal":
            return notation.read_decimal(by.words, text)
        case "share":
            return notation.read_share(by.words, text)
        case "flag":
            return True
    return text


def _read_words(kind: Kind, path: str, now: Values, value: Any) -> Any:
    order = list(value) if isinstance(value, Mapping) else []
    given = {
        name.removeprefix(f"{path}."): text
        for name, text in now.items()
        if name.startswith(f"{path}.") and text
    }
    plain = now.get(path, "")
    if not given:
        return plain or MISSING
    names = dict.fromkeys((*(one for one in order if one in given), *given))
    made = {name: given[name] for name in names}
    first = next((name.removeprefix(f"{path}.") for name in now if name != path), "")
    if plain and first and first not in made:
        made = {first: plain, **made}
    return made


def _read_plural(kind: Kind, path: str, now: Values, value: Any) -> Any:
    made: dict[str, dict[str, str]] = {}
    for name, text in now.items():
        lang, _, form = name.removeprefix(f"{path}.").partition(".")
        if text and form:
            made.setdefault(lang, {})[form] = text
    if isinstance(value, Mapping):
        order = [lang for lang in value if lang in made]
        made = {lang: _ordered(made[lang], value.get(lang, {}))
                for lang in dict.fromkeys((*order, *made))}  # fmt: skip
    return made or MISSING


def _ordered(made: dict[str, str], as_in: Mapping[str, str]) -> dict[str, str]:
    names = dict.fromkeys((*(one for one in as_in if one in made), *made))
    return {name: made[name] for name in names}


def _read_names(kind: Kind, path: str, now: Values, value: Any) -> Any:
    old = list(value.items()) if isinstance(value, Mapping) else []
    made = {}
    for place in range(places(path, now)):
        name = now.get(f"{path}.{place}.id", "").strip()
        before = old[place][1] if place < len(old) else MISSING
        texts_ = _below(f"{path}.{place}.name", now)
        read_ = _read_words(kind, f"{path}.{place}.name", texts_, before)
        if name and read_ is not MISSING:
            made[name] = read_
    return made or MISSING


def _read_wordings(kind: Kind, path: str, now: Values, value: Any) -> Any:
    old = listed(value)
    made = []
    for place in range(places(path, now)):
        before = old[place] if place < len(old) else MISSING
        read_ = _read_words(kind, f"{path}.{place}", _below(f"{path}.{place}", now), before)
        if read_ is not MISSING:
            made.append(read_)
    return made or MISSING


def _below(path: str, now: Values) -> Values:
    return {name: text for name, text in now.items() if name == path or name.startswith(f"{path}.")}


def _read_texts(kind: Kind, path: str, now: Values, value: Any) -> Any:
    made = [one.strip() for one in now[path].split("\n")]
    return list(dict.fromkeys(one for one in made if one)) or MISSING


def _read_choices(kind: Kind, path: str, now: Values, value: Any) -> Any:
    chosen = [name.removeprefix(f"{path}.") for name, text in now.items() if text and name != path]
    old = listed(value)
    order = [*(one for one in old if one in chosen), *(one for one in chosen if one not in old)]
    if kind.choices:
        order.sort(key=lambda one: kind.choices.index(one) if one in kind.choices else 99)
    return order or MISSING


def _read_languages(kind: Kind, path: str, now: Values, value: Any) -> Any:
    first = now.get(f"{path}.first", "")
    others = [name.removeprefix(f"{path}.") for name, text in now.items() if text == YES]
    order = [one for one in listed(value) if one in others]
    found = dict.fromkeys((first, *order, *others))
    return [one for one in found if one] or MISSING


_COMPOUND = {
    "words": _read_words, "plural": _read_plural, "names": _read_names, "texts": _read_texts,
    "wordings": _read_wordings, "choices": _read_choices, "references": _read_choices,
    "languages": _read_languages,
}  # fmt: skip
